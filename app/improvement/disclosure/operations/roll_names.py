"""Names of pupils in words that wait for approval: looked up by the worker, as no county desk reads a school's roll."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.anonymity import pupils_in
from app.improvement.disclosure.models import ResultDisclosure, ShowcaseEntry

WAITING: tuple[tuple[type[Any], str], ...] = ((ResultDisclosure, "submitted"), (ShowcaseEntry, "agreed"))


@operation(right="system", name="disclosure.look_at_roll")
def look_at_roll(actor: Actor, record: Any, given: None = None) -> None:
    """Keep with the record which of its words are names on the roll, so that the approver is warned."""
    record.roll_names = list(pupils_in(record.county_id, record.school_id, *record.words_shown))


def look_at_all_rolls() -> int:
    """The job of each sweep: records handed in since; how many were looked at."""
    use_context(SYSTEM.context())
    found = 0
    for model, state in WAITING:
        unread = select(model).where(model.state == state, model.roll_names.is_(None))
        for record in db.session.scalars(unread).unique().all():
            look_at_roll(SYSTEM, record, None)
            found += 1
    return found
