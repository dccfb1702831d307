"""What the rainbow code tells people; no letter names a student, a level or the matter (domain G8)."""

from __future__ import annotations

from sqlalchemy import select

from app.care.consent.letters import staff_of
from app.care.rainbow.models import CodeChangeRequest
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.people import letters

CHANGED = Sentence("一名学生的支持安排有调整", "The support of a student has changed")


def support_changed(row: OutboxRow) -> None:
    """The head of the school's psychological work hears that a level was changed by people (domain B5)."""
    change = db.session.scalar(select(CodeChangeRequest).where(CodeChangeRequest.id == row.record_id))
    if change is not None:
        told = staff_of(change.unit_id, "school_psych_lead")
        letters.write(told, f"changed:{row.id}", "support_changed", change, CHANGED, "/support/levels")
