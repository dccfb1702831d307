"""Which inspectors may check a list, and the school that is open to them as long as the check runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from app.core import clock
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.sampling.avoiding import has_to_stay_away
from app.improvement.sampling.models import ListCheck
from app.people.directory.models import Person, RoleAssignment
from app.people.directory.operations.openings import answers_for, close_school, is_open, open_school
from app.people.identity.terms import running

OPENED = "list_check"


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
    day = clock.today()
    answers = RoleAssignment.id.in_(answers_for(school_id, day))
    found = db.session.execute(
        select(Person.id, Person.ref, Person.name, RoleAssignment.id.label("assignment"), answers.label("answers"))
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.county_id == county_id,
            RoleAssignment.role == "inspector",
            running(RoleAssignment, day),
            or_(Person.left_on.is_(None), Person.left_on >= day),
            Person.id != but,
        )
        .order_by(Person.pinyin, Person.id)
    ).all()
    away = has_to_stay_away({row.id for row in found}, school_id, list_id)
    rows = {row.id: row for row in found if row.id not in away}
    return [Inspector(row.id, row.ref, row.name, row.assignment, row.answers) for row in rows.values()]


def take_over(check: ListCheck, who: Inspector) -> None:
    """The check is in the hands of this inspector from today: whoever had it before loses the school with it."""
    if who.person_id != check.owner_id:
        close_school(check.responsibility_id, clock.today() - timedelta(days=1))
        check.owner_id, check.responsibility_id = who.person_id, None
    if not is_open(check.responsibility_id):
        check.responsibility_id = open_school(who.assignment_id, check.unit_id, OPENED)


def handed_over(actor: Actor, check: ListCheck, successor: Person) -> None:
    """A person's open work goes to another: a check only to an inspector who need not stay away. Raises Invalid."""
    free = free_inspectors(check.county_id, check.unit_id, check.list_id, but=check.draw.drawn_by)
    who = next((one for one in free if one.person_id == successor.id), None)
    if who is None:
        raise Invalid(
            "successor",
            Sentence(
                f"{check.number} 是清单抽查，只能交给在岗、不用回避的督学。请先在抽查页上换督学",
                f"{check.number} is the check of a list and goes only to an inspector in office without an interest. "
                "Name another inspector on its page first",
            ),
        )
    take_over(check, who)
