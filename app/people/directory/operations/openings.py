"""A school opened to somebody for one piece of work: who answers for it anyway needs none, and the last day closes it."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Select, select

from app.core import clock
from app.core.database import db, uuid7
from app.people.directory.models import RoleAssignment, SchoolResponsibility
from app.people.identity.terms import running


def answers_for(school_id: uuid.UUID, day: date) -> Select[uuid.UUID]:
    """Ids of the assignments that answer for a school on a day, whatever was opened beside it."""
    own = SchoolResponsibility
    return select(own.assignment_id).where(own.school_id == school_id, own.opened_for.is_(None), running(own, day))


def open_school(assignment_id: uuid.UUID, school_id: uuid.UUID, what: str) -> uuid.UUID | None:
    """The school's records open from today to the holder of a role, until `close_school`; None where they are open anyway.

    what: visit or list_check.
    """
    day = clock.today()
    if db.session.scalar(answers_for(school_id, day).where(SchoolResponsibility.assignment_id == assignment_id)):
        return None
    county = db.session.get_one(RoleAssignment, assignment_id).county_id
    opened = SchoolResponsibility(
        id=uuid7(), county_id=county, assignment_id=assignment_id, school_id=school_id, from_on=day, opened_for=what
    )
    db.session.add(opened)
    db.session.flush()
    return opened.id


def close_school(opened_id: uuid.UUID | None, last_day: date) -> None:
    """What was opened closes after a day; where that lies before it was opened, it holds on no day."""
    opened = db.session.get(SchoolResponsibility, opened_id) if opened_id else None
    if opened is not None:
        opened.to_on = last_day


def is_open(opened_id: uuid.UUID | None) -> bool:
    """What was opened is open today."""
    opened = db.session.get(SchoolResponsibility, opened_id) if opened_id else None
    return opened is not None and (opened.to_on is None or opened.to_on >= clock.today())
