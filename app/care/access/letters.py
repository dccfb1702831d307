"""What an expert hears when a case was given: that something waits, and where."""

from __future__ import annotations

from sqlalchemy import select

from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.core.policy.assignments import CaseAssignment
from app.people import letters

GIVEN = Sentence("有一项新的工作交给你", "A new piece of work was given to you")


def case_given(row: OutboxRow) -> None:
    """The expert hears of it; the letter names neither child nor matter."""
    given = db.session.scalar(select(CaseAssignment).where(CaseAssignment.id == row.record_id))
    if given is not None:
        letters.write({given.person_id}, f"case:{row.id}", "case_given", given, GIVEN, "/support/proposals")
