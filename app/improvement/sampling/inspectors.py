"""Which inspectors may check a list, and the school that is open to them as long as the check runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from app.core import clock
from app.core.database import db, uuid7
from app.improvement.sampling.avoiding import has_to_stay_away
from app.improvement.sampling.models import ListCheck
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility


@dataclass(frozen=True)
class Inspector:
    """An inspector in office who may check a list."""

    person_id: uuid.UUID
    ref: str
    name: str
    assignment_id: uuid.UUID
    answers_for: bool
    """He or she answers for the school anyway."""


def free_inspectors(
    county_id: uuid.UUID, school_id: uuid.UUID, list_id: uuid.UUID, but: uuid.UUID | None
) -> list[Inspector]:
    """Inspectors in office without an interest in the school or a part in the list, by pinyin; `but`: who drew it."""
    day, own = clock.today(), SchoolResponsibility
    answers = (
        select(own.id)
        .where(own.assignment_id == RoleAssignment.id, own.school_id == school_id, own.from_on <= day)
        .where(or_(own.to_on.is_(None), own.to_on >= day))
        .exists()
    )
    found = db.session.execute(
        select(Person.id, Person.ref, Person.name, RoleAssignment.id.label("assignment"), answers.label("answers"))
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.county_id == county_id,
            RoleAssignment.role == "inspector",
            RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
            or_(Person.left_on.is_(None), Person.left_on >= day),
            Person.id != but,
        )
        .order_by(Person.pinyin, Person.id)
    ).all()
    away = has_to_stay_away({row.id for row in found}, school_id, list_id)
    rows = {row.id: row for row in found if row.id not in away}
    return [Inspector(row.id, row.ref, row.name, row.assignment, row.answers) for row in rows.values()]


def open_school(county_id: uuid.UUID, school_id: uuid.UUID, who: Inspector | None) -> uuid.UUID | None:
    """The school's records open to an inspector who does not answer for it anyway, as long as the check runs."""
    if who is None or who.answers_for:
        return None
    opened = SchoolResponsibility(
        id=uuid7(), county_id=county_id, assignment_id=who.assignment_id, school_id=school_id, from_on=clock.today()
    )
    db.session.add(opened)
    db.session.flush()
    return opened.id


def close_school(check: ListCheck, last_day: date) -> None:
    opened = db.session.get(SchoolResponsibility, check.responsibility_id) if check.responsibility_id else None
    if opened is not None:
        opened.to_on = max(last_day, opened.from_on)
