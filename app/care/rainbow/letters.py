"""What the rainbow code tells people; no letter names a student, a level or the matter (domain G8)."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.care.consent.letters import staff_of
from app.care.rainbow.models import CodeChangeRequest
from app.core import clock
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.people import letters
from app.people.directory.models import TeachingDuty
from app.people.directory.queries.terms import running

CHANGED = Sentence("一名学生的支持安排有调整", "The support of a student has changed")


def support_changed(row: OutboxRow) -> None:
    """Those who saw the level before hear that people changed it (domain B5, §10.1): who heads the school's psychological
    work, the class teacher, and the head of the school where help at once began or ended."""
    change = db.session.scalar(select(CodeChangeRequest).where(CodeChangeRequest.id == row.record_id))
    if change is None:
        return
    readers = {
        "/support/levels": staff_of(change.unit_id, "school_psych_lead"),
        "/support/class": _class_teachers(change),
        "/support/urgent": staff_of(change.unit_id, "principal") if change.asks_for_two else set(),
    }
    for address, told in readers.items():
        letters.write(told, f"changed:{row.id}", "support_changed", change, CHANGED, address)


def _class_teachers(change: CodeChangeRequest) -> set[uuid.UUID]:
    mine = select(TeachingDuty.person_id).where(
        TeachingDuty.class_id == change.student.class_id, TeachingDuty.duty == "homeroom",
        running(TeachingDuty, clock.today()),
    )  # fmt: skip
    return set(db.session.scalars(mine))
