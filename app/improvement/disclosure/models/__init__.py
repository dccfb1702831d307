"""Tables of disclosure: what is being prepared, and the frozen public pages."""

from app.improvement.disclosure.models.adoptions import ShowcaseAdoption
from app.improvement.disclosure.models.data_needs import DataNeed
from app.improvement.disclosure.models.disclosures import ResultDisclosure
from app.improvement.disclosure.models.document_library import LibraryDocument, LibraryVersion
from app.improvement.disclosure.models.public_pages import PublicPage
from app.improvement.disclosure.models.sendings import DocumentReceipt, DocumentSending
from app.improvement.disclosure.models.showcase import ShowcaseEntry

__all__ = [
    "DataNeed",
    "DocumentReceipt",
    "DocumentSending",
    "LibraryDocument",
    "LibraryVersion",
    "PublicPage",
    "ResultDisclosure",
    "ShowcaseAdoption",
    "ShowcaseEntry",
]
