"""Who may take a step on a record today, and who does when nobody in the unit may (decision 39)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.core.policy.roles import ROLES
from app.core.policy.scopes import ASSIGNED, CLASSES, COUNTY, EVERYWHERE, OWN, SCHOOL, SCHOOLS, SUBJECT, UNIT, Scope
from app.people.directory.ladder import Rung, next_level, rung_to
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility, TeachingDuty
from app.people.directory.queries.terms import running


@dataclass(frozen=True)
class Candidate:
    """A person who may take the step, in which role; `rung` says how it came up to this level, None on the first."""

    person: Person
    role: str
    is_deputy: bool
    rung: Rung | None = None


def _in_force() -> Select[Any]:
    today = clock.today()
    return (
        select(RoleAssignment)
        .join(Person, Person.id == RoleAssignment.person_id)
        .options(contains_eager(RoleAssignment.person))
        .where(running(RoleAssignment, today), or_(Person.left_on.is_(None), Person.left_on >= today))
        .order_by(RoleAssignment.is_deputy, RoleAssignment.from_on, RoleAssignment.id)
    )


def _reach(scope: Scope, record: Any) -> ColumnElement[bool]:
    """Assignments whose holders reach `record` by this scope: the mirror of `Scope.holds`."""
    today = clock.today()
    county, school = getattr(record, "county_id", None), getattr(record, "school_id", None)
    if scope is EVERYWHERE:
        return true()
    if scope is COUNTY:
        return RoleAssignment.county_id == county
    if scope is SCHOOL:
        return RoleAssignment.school_id == school if school else false()
    if scope is UNIT:
        return RoleAssignment.unit_id == getattr(record, "unit_id", None)
    if scope is SUBJECT:
        subject = getattr(record, "subject", None)
        return and_(RoleAssignment.county_id == county, RoleAssignment.subjects.contains([subject]))
    if scope is OWN:
        return RoleAssignment.person_id == getattr(record, "owner_id", None)
    if scope is SCHOOLS:
        theirs = (SchoolResponsibility.assignment_id == RoleAssignment.id, SchoolResponsibility.school_id == school)
        return exists().where(*theirs, running(SchoolResponsibility, today))
    if scope is CLASSES:
        theirs_too = (TeachingDuty.person_id == RoleAssignment.person_id, TeachingDuty.class_id == record.class_id)
        return exists().where(*theirs_too, running(TeachingDuty, today))
    if scope is ASSIGNED:
        given = (CaseAssignment.entity == type(record).__tablename__, CaseAssignment.record_id == record.id)
        theirs = (CaseAssignment.person_id == RoleAssignment.person_id, running(CaseAssignment, today))
        return exists().where(*given, *theirs)
    return false()


def eligible_for(actor: Actor, right: str, record: Any, excluding: Collection[uuid.UUID] = ()) -> list[Candidate]:
    """Everybody who holds `right` on `record` today, deputies last, each person once; without those in `excluding`."""
    conditions = [
        and_(RoleAssignment.role == role.code, _reach(scope, record))
        for role in ROLES.values()
        for scope in role.grants.get(right, ())
    ]
    if not conditions:
        return []
    found: dict[uuid.UUID, Candidate] = {}
    for held in db.session.scalars(_in_force().where(or_(*conditions))):
        if held.person_id not in excluding:
            found.setdefault(held.person_id, Candidate(held.person, held.role, held.is_deputy))
    return list(found.values())


def eligible_persons(
    actor: Actor, role: str, unit_id: uuid.UUID, excluding: Collection[uuid.UUID] = ()
) -> list[Candidate]:
    """Everybody who holds `role` at the unit today, deputies last; without those in `excluding`."""
    wanted = _in_force().where(RoleAssignment.role == role, RoleAssignment.unit_id == unit_id)
    return [
        Candidate(held.person, held.role, held.is_deputy)
        for held in db.session.scalars(wanted)
        if held.person_id not in excluding
    ]


def stand_ins(actor: Actor, role: str, record: Any, excluding: Collection[uuid.UUID] = ()) -> list[Candidate]:
    """The persons of the next level for a step that `role` should take, when nobody of that role may: nearest level first.

    Looks in the record's county; a department head only in the record's own unit. Empty when the ladder ends.
    """
    for above in next_level(role):
        wanted = _in_force().where(RoleAssignment.role == above, RoleAssignment.county_id == record.county_id)
        if above == "dept_head":
            wanted = wanted.where(RoleAssignment.unit_id == getattr(record, "unit_id", None))
        rung = rung_to(role, above)
        found = [
            Candidate(held.person, held.role, held.is_deputy, rung)
            for held in db.session.scalars(wanted)
            if held.person_id not in excluding
        ]
        if found:
            return found
    return []
