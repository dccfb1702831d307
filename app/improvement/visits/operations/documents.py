"""Keeping printed feedback sheets, and apart from them what anybody may check of the paper."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.improvement.visits.models import SupervisionVisit, VisitDocument, VisitPrint


@dataclass(frozen=True)
class MadeIn:
    """What was made: form, edition, file, digest of what it says, and the code in its QR picture."""

    form: str
    edition: int
    file: Stored
    content_sha256: str
    ref: str


def next_edition(visit: SupervisionVisit, digest: str) -> int:
    """The number of the edition that says this; 0 where both forms of it are there already."""
    rows = db.session.execute(
        select(VisitDocument.edition, VisitDocument.content_sha256, func.count())
        .where(VisitDocument.visit_id == visit.id)
        .group_by(VisitDocument.edition, VisitDocument.content_sha256)
        .order_by(VisitDocument.edition.desc())
    ).all()
    if not rows:
        return 1
    edition, said, forms = rows[0]
    if said != digest:
        return int(edition) + 1
    return 0 if forms > 1 else int(edition)


@operation(right="system", name="supervision_visit.sheet_made")
def keep_sheet(actor: Actor, visit: SupervisionVisit, given: MadeIn) -> None:
    """Keep one form of an edition once; a second delivery of the same job changes nothing."""
    known = select(VisitDocument.id).where(
        VisitDocument.visit_id == visit.id, VisitDocument.edition == given.edition, VisitDocument.form == given.form
    )
    if db.session.scalar(known) is not None:
        return
    shared = {
        "number": visit.number,
        "edition": given.edition,
        "form": given.form,
        "made_at": clock.now(),
        "content_sha256": given.content_sha256,
        "file_sha256": given.file.sha256,
    }
    kept = VisitDocument(
        visit_id=visit.id,
        file_name=given.file.name,
        file_size=given.file.size,
        county_id=visit.county_id,
        school_id=visit.school_id,
        **shared,
    )
    db.session.add_all([kept, VisitPrint(ref=given.ref, **shared)])


@operation(right="visits.print_sheet", name="supervision_visit.print")
def print_sheet(actor: Actor, visit: SupervisionVisit, given: None = None) -> None:
    """Make the forms that are missing: printing was off, or its job was given up."""
    if visit.feedback_on is None:
        raise StepRefused((Sentence("印发反馈以后才有反馈单", "The sheet is made once the feedback is issued"),))
    post("visit_sheet", visit, queue="heavy")
