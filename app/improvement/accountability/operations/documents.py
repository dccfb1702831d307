"""Keeping printed notices and decisions, and apart from them what anybody may check of the paper."""

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
from app.improvement.accountability.models import AccountabilityDocument, AccountabilityPrint, AccountabilityRecord

NOT_YET = Sentence("送达告知以后才有告知书", "The notice is made once notice was given")


@dataclass(frozen=True)
class MadePaper:
    """What was made: paper, form, edition, file, digest of what it says, and the code in its QR picture."""

    paper: str
    form: str
    edition: int
    file: Stored
    content_sha256: str
    ref: str


def next_edition(record: AccountabilityRecord, paper: str, digest: str) -> int:
    """The number of the edition that says this; 0 where both forms of it are there already."""
    table = AccountabilityDocument
    rows = db.session.execute(
        select(table.edition, table.content_sha256, func.count())
        .where(table.record_id == record.id, table.paper == paper)
        .group_by(table.edition, table.content_sha256)
        .order_by(table.edition.desc())
    ).all()
    if not rows:
        return 1
    edition, said, forms = rows[0]
    if said != digest:
        return int(edition) + 1
    return 0 if forms > 1 else int(edition)


@operation(right="system", name="accountability_record.paper_made")
def keep_paper(actor: Actor, record: AccountabilityRecord, given: MadePaper) -> None:
    """Keep one form of an edition once; a second delivery of the same job changes nothing."""
    table = AccountabilityDocument
    known = select(table.id).where(
        table.record_id == record.id,
        table.paper == given.paper,
        table.edition == given.edition,
        table.form == given.form,
    )
    if db.session.scalar(known) is not None:
        return
    shared = {
        "number": record.number,
        "edition": given.edition,
        "form": given.form,
        "made_at": clock.now(),
        "content_sha256": given.content_sha256,
        "file_sha256": given.file.sha256,
    }
    kept = AccountabilityDocument(
        record_id=record.id,
        paper=given.paper,
        file_name=given.file.name,
        file_size=given.file.size,
        county_id=record.county_id,
        school_id=record.school_id,
        **shared,
    )
    db.session.add_all([kept, AccountabilityPrint(ref=given.ref, **shared)])


@operation(right="accountability.print_paper", name="accountability_record.print")
def print_papers(actor: Actor, record: AccountabilityRecord, given: None = None) -> None:
    """Make the papers that are missing: printing was off, or its job was given up. Raises StepRefused before the notice."""
    if record.notified_on is None:
        raise StepRefused((NOT_YET,))
    for paper in ("notice", "decision") if record.decided_on is not None else ("notice",):
        post("accountability_paper", record, queue="heavy", paper=paper)
