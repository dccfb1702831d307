"""Tables of visits: the yearly list, visits with team and checklist, what was seen, found and answered, printed sheets."""

from app.improvement.visits.models.checklist import VisitLine, VisitObservation, VisitPhoto
from app.improvement.visits.models.documents import VisitDocument, VisitPrint
from app.improvement.visits.models.findings import VisitFinding
from app.improvement.visits.models.programme import SupervisionEntry
from app.improvement.visits.models.visits import SupervisionVisit, VisitMember

__all__ = [
    "SupervisionEntry",
    "SupervisionVisit",
    "VisitDocument",
    "VisitFinding",
    "VisitLine",
    "VisitMember",
    "VisitObservation",
    "VisitPhoto",
    "VisitPrint",
]
