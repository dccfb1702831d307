"""Erasing what is due: proposed by one person, approved by another, carried out by the worker in portions.

Each portion is an act of its own and tells the trail its count and digest; a worker that is killed goes on where it was.
Before each portion it is asked again who is held and who is back on a roll. Files leave the shelf once their rows are gone
for good.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, text, update
from sqlalchemy.sql import column, table

from app.care.retention.classes import classes
from app.care.retention.due import away, held, parts_of, years_of
from app.care.retention.models import PurgeBatch, RetentionDue
from app.care.versions.operations import VersionStep
from app.core import clock
from app.core.audit import trail
from app.core.casework.door import FOUR_EYES, operation
from app.core.copying import allow_long_statements, copy_in
from app.core.database import db, use_context
from app.core.erasure import Erased, erase, unnamed
from app.core.errors import StepRefused
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.core.storage import Shelf, Stored
from workflows.care.purge_batch import PURGE_BATCH

AT_ONCE = 2_000
"""Students whose data go in one act: enough to be quick, short enough to wait for."""
SUBJECTS: Any = table("purged", column("id"))
A_YEAR = 366
REPORTS = {
    name: text(
        f"""delete from {name} t using import_batches b where b.id = t.batch_id and b.kind = any(:kinds)
            and b.state in ('accepted', 'superseded', 'rolled_back', 'discarded') and exists (
                select from purged p join students s on s.id = p.id
                where b.county_id = s.county_id and (b.school_id = s.school_id or b.school_id is null)
                  and b.created_at < s.left_on + :after * interval '1 day')"""
    )
    for name in ("import_rows", "import_reports")
}
"""What reports of files said while the student was on the roll: lists of numbers, words that were typed wrongly."""


@operation(PURGE_BATCH, "propose")
def propose_purge(actor: Actor, batch: PurgeBatch, given: VersionStep) -> None:
    """What is due now is the batch; what comes later waits for the next one."""
    batch.proposed_by, batch.proposed_on = actor.person_id, clock.today()


@operation(PURGE_BATCH, "approve")
def approve_purge(actor: Actor, batch: PurgeBatch, given: VersionStep) -> None:
    """The worker begins at once. Raises StepRefused to who proposed it."""
    _by_somebody_else(actor, batch)
    batch.approved_by, batch.approved_on = actor.person_id, clock.today()
    post("carry_out_purge", batch, queue="heavy")


@operation(PURGE_BATCH, "return_purge")
def return_purge(actor: Actor, batch: PurgeBatch, given: VersionStep) -> None:
    """Back to who proposed it."""
    _by_somebody_else(actor, batch)
    batch.proposed_by = batch.proposed_on = None


@operation(PURGE_BATCH, "take_back")
def take_back_purge(actor: Actor, batch: PurgeBatch, given: VersionStep) -> None:
    """It is not proposed any more."""
    batch.proposed_by = batch.proposed_on = None


def _by_somebody_else(actor: Actor, batch: PurgeBatch) -> None:
    """Four eyes said in words: the database itself refuses without any."""
    if actor.person_id == batch.proposed_by:
        raise StepRefused((FOUR_EYES,))


def carry_out(row: OutboxRow) -> None:
    """What the worker does: portion after portion, then the end. Delivered twice, it finds nothing left to do."""
    use_context(SYSTEM.context())
    wanted = select(PurgeBatch).where(PurgeBatch.id == row.record_id).execution_options(populate_existing=True)
    batch = db.session.scalar(wanted)
    if batch is None or batch.state != "approved":
        return
    while erase_some(SYSTEM, batch, None):
        pass
    complete_purge(SYSTEM, batch, None)


@operation(right="system", name="purge_batch.erase")
def erase_some(actor: Actor, batch: PurgeBatch, given: None = None) -> int:
    """Erase the data of the next students that nothing holds and who are not back; how many they were. With none left, the
    others go free.
    """
    allow_long_statements()
    due = select(RetentionDue.id, RetentionDue.subject_id).where(RetentionDue.batch_id == batch.id)
    due = due.where(held() == "", away(classes()[batch.class_code]))
    rows = db.session.execute(due.order_by(RetentionDue.id).limit(AT_ONCE)).all()
    if not rows:
        freed = update(RetentionDue).where(RetentionDue.batch_id == batch.id).values(batch_id=None, hold=held())
        db.session.execute(freed.execution_options(synchronize_session=False))
        return 0
    done = _erased(batch, [row.subject_id for row in rows])
    gone = delete(RetentionDue).where(RetentionDue.id.in_([row.id for row in rows]))
    db.session.execute(gone.execution_options(synchronize_session=False))
    _note(batch, done, len(rows))
    return len(rows)


def _erased(batch: PurgeBatch, students: list[uuid.UUID]) -> Erased:
    one = classes()[batch.class_code]
    db.session.execute(text("select set_config('bihuan.purge', :id, true)"), {"id": str(batch.id)})
    copy_in("purged", {"id": "uuid"}, ((student,) for student in students))
    reports: Counter[str] = Counter()
    for name, statement in REPORTS.items() if one.imports else ():
        found: Any = db.session.execute(statement, {"kinds": list(one.imports), "after": A_YEAR})
        reports[name] += found.rowcount
    subjects: Any = select(SUBJECTS.c.id)
    done = erase(parts_of(one, years_of(batch.county_id)[one.code], subjects))
    done.counts += reports
    return done


def _note(batch: PurgeBatch, done: Erased, students: int) -> None:
    """What went, on the batch and in the trail: counts and digests."""
    batch.done += students
    batch.erased = dict(Counter(batch.erased) + done.counts)
    batch.files = sorted({*batch.files, *done.files})
    batch.digest = hashlib.sha256(f"{batch.digest}\n{done.digest}".encode()).hexdigest()
    deed = trail.current()
    assert deed is not None
    deed.main.extra = {"count": done.counts.total(), "digest": done.digest, "all": batch.digest}


@operation(PURGE_BATCH, "complete")
def complete_purge(actor: Actor, batch: PurgeBatch, given: None = None) -> None:
    """Nothing is left: the files whose rows are gone leave the shelf, and the protocol is asked for."""
    doomed, batch.files = set(batch.files), []
    db.session.flush()
    shelf: Shelf = current_app.extensions["bihuan.shelf"]
    gone = sum(shelf.discard(digest) for digest in sorted(unnamed(doomed)))
    batch.erased = dict(Counter(batch.erased) + Counter(files=gone))
    batch.carried_on = clock.today()
    post("purge_protocol", batch, queue="heavy")


@dataclass(frozen=True)
class ProtocolIn:
    """The paper that was drawn."""

    file: Stored


@operation(right="system", name="purge_batch.protocol_made")
def keep_protocol(actor: Actor, batch: PurgeBatch, given: ProtocolIn) -> None:
    """Keep the protocol, once."""
    if batch.protocol_sha256 is None:
        batch.protocol_sha256, batch.protocol_name = given.file.sha256, given.file.name
