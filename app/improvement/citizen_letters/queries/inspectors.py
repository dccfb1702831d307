"""Who answers for a school as its inspector, and who may answer a letter about it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.visits.models.facts import with_an_interest
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility, Unit
from app.people.directory.operations.openings import answers_for
from app.people.identity.terms import running


@dataclass(frozen=True)
class Answerer:
    """Somebody who may be given a letter; `is_own`: the school's responsible inspector."""

    id: uuid.UUID
    ref: str
    name: str
    role: str
    is_own: bool = False
    has_interest: bool = False


def inspectors_by_school(county_id: uuid.UUID) -> dict[uuid.UUID, tuple[str, ...]]:
    """School → names of its responsible inspectors today; a school that is only opened for a piece of work is left out."""
    day = clock.today()
    rows = db.session.execute(
        select(SchoolResponsibility.school_id, Person.name)
        .join(RoleAssignment, RoleAssignment.id == SchoolResponsibility.assignment_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            SchoolResponsibility.county_id == county_id,
            RoleAssignment.role == "inspector",
            running(SchoolResponsibility, day),
            running(RoleAssignment, day),
            SchoolResponsibility.opened_for.is_(None),
        )
        .order_by(Person.pinyin)
        .distinct()
        .add_columns(Person.pinyin)
    )
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for row in rows:
        found[row.school_id].append(row.name)
    return {school: tuple(names) for school, names in found.items()}


def answerers(actor: Actor, letter: CitizenLetter, roles: tuple[str, ...]) -> list[Answerer]:
    """Who may be given the letter: the school's own inspector first; those who have to stay away are marked."""
    day = clock.today()
    rows = db.session.execute(
        select(Person.id, Person.ref, Person.name, Person.pinyin, RoleAssignment.role, RoleAssignment.id.label("held"))
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.county_id == letter.county_id,
            RoleAssignment.role.in_(roles),
            running(RoleAssignment, day),
            Person.left_on.is_(None),
        )
    ).all()
    assert letter.school_id is not None
    away = with_an_interest([row.id for row in rows], letter.school_id)
    own = set(db.session.scalars(answers_for(letter.school_id, day)))
    found = {
        row.id: Answerer(row.id, row.ref, row.name, row.role, row.held in own, row.id in away)
        for row in sorted(rows, key=lambda row: row.held in own)
        if row.id != letter.first_answered_by
    }
    places = {row.id: row.pinyin for row in rows}
    return sorted(found.values(), key=lambda one: (not one.is_own, roles.index(one.role), places[one.id]))


def departments(actor: Actor) -> list[Unit]:
    """Departments of the county that may be given a letter."""
    wanted = select(Unit).where(Unit.county_id == actor.county_id, Unit.kind == "department").order_by(Unit.code)
    return [one for one in db.session.scalars(wanted) if one.is_open(clock.today())]
