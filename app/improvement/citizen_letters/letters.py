"""What the outbox carries out for citizens' letters: a letter about a child in danger is in the office's inbox at once."""

from __future__ import annotations

from sqlalchemy import select

from app.core import clock
from app.core.casework.records import record_of
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.people import letters
from app.people.directory.models import RoleAssignment
from app.people.identity.terms import running

OFFICE = ("office_director", "evaluator")


def urgent(row: OutboxRow) -> None:
    """Tell the office, with number and school and no word of what was written."""
    letter = record_of("citizen_letters", row.record_id) if row.record_id else None
    if letter is None:
        return
    wanted = select(RoleAssignment.person_id).where(
        RoleAssignment.county_id == letter.county_id,
        RoleAssignment.role.in_(OFFICE),
        running(RoleAssignment, clock.today()),
    )
    words = Sentence(
        f"紧急来信，写信人说孩子现在有危险：{letter.label}",
        f"Urgent, a child is said to be in danger now: {letter.named.en}",
    )
    letters.write(set(db.session.scalars(wanted)), f"urgent:{row.id}", "citizen_letter_urgent", letter, words)
