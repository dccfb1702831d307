"""Tables of accountability: the record, what it cites, what was said, who was present, what others read, printed papers."""

from app.improvement.accountability.models.documents import AccountabilityDocument, AccountabilityPrint
from app.improvement.accountability.models.notices import AccountabilityNotice
from app.improvement.accountability.models.parts import AccountabilityFact, AccountabilitySaying, AccountabilitySeat
from app.improvement.accountability.models.records import AccountabilityRecord

__all__ = [
    "AccountabilityDocument",
    "AccountabilityFact",
    "AccountabilityNotice",
    "AccountabilityPrint",
    "AccountabilityRecord",
    "AccountabilitySaying",
    "AccountabilitySeat",
]
