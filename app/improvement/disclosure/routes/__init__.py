"""Pages of disclosure: what is being prepared, and what everybody reads."""

from app.improvement.disclosure.routes import (
    data_needs,
    disclosure_steps,
    disclosures,
    document_library,
    examples,
    public,
    school_pages,
    sendings,
    showcase,
)
from app.improvement.disclosure.routes.blueprint import BLUEPRINTS

__all__ = [
    "BLUEPRINTS",
    "data_needs",
    "disclosure_steps",
    "disclosures",
    "document_library",
    "examples",
    "public",
    "school_pages",
    "sendings",
    "showcase",
]
