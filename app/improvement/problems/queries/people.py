"""Who may be named on an item: units that answer for problems, and the persons of a unit."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, or_, select

from app.core import clock
from app.core.casework.together import Asking, question
from app.core.database import db
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.evaluators import contracts, running
from app.improvement.problems.operations.handlers import DEPUTIES, HANDLERS, staff_ids
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility, Unit

KINDS = ("department", "school_district", "school")
HELPERS = (
    "county_bureau", "leading_group_office", "guidance_group", "assessment_group", "department", "school_district", "school",
)  # fmt: skip
HEADS = ("dept_head", "principal")


@dataclass(frozen=True)
class Named:
    """A person with the roles that matter here."""

    id: uuid.UUID
    ref: str
    name: str
    roles: tuple[str, ...]
    unit_id: uuid.UUID


def responsible_units(actor: Actor) -> list[Unit]:
    """Departments, school districts and schools that may answer for a problem, by code; a school sees itself alone."""
    wanted = select(Unit).where(Unit.county_id == actor.county_id, Unit.kind.in_(KINDS))
    wanted = wanted.where(or_(Unit.to_on.is_(None), Unit.to_on >= clock.today()))
    if actor.school_id is not None:
        wanted = wanted.where(Unit.id == actor.school_id)
    return list(db.session.scalars(wanted.order_by(Unit.kind, Unit.code)))


def helping_units(actor: Actor) -> list[Unit]:
    """Units of every level that may help with a problem: bureau, groups, sections, school districts, schools; by kind and code."""
    wanted = select(Unit).where(Unit.county_id == actor.county_id, Unit.kind.in_(HELPERS))
    wanted = wanted.where(or_(Unit.to_on.is_(None), Unit.to_on >= clock.today()))
    return list(db.session.scalars(wanted.order_by(Unit.kind, Unit.code)))


def heads(actor: Actor) -> list[Named]:
    """Heads of departments, school districts and schools of the county: who may be responsible for an item."""
    return _holders(actor, HEADS)


def _holders(actor: Actor, roles: tuple[str, ...]) -> list[Named]:
    day = clock.today()
    wanted = select(Person.id, Person.ref, Person.name, RoleAssignment.role, RoleAssignment.unit_id)
    wanted = wanted.join(RoleAssignment, RoleAssignment.person_id == Person.id).where(
        RoleAssignment.county_id == actor.county_id,
        RoleAssignment.role.in_(roles),
        RoleAssignment.from_on <= day,
        or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
    )
    if actor.school_id is not None:
        wanted = wanted.where(RoleAssignment.school_id == actor.school_id)
    return _named(wanted.order_by(RoleAssignment.unit_id, Person.pinyin))


def _named(wanted: Any) -> list[Named]:
    found: dict[tuple[uuid.UUID, uuid.UUID], Named] = {}
    for row in db.session.execute(wanted):
        key = (row.id, row.unit_id)
        roles = (*found[key].roles, row.role) if key in found else (row.role,)
        found[key] = Named(row.id, row.ref, row.name, roles, row.unit_id)
    return list(found.values())


def staff_for(actor: Actor, item: ProblemItem, deputies: bool = False) -> list[Named]:
    """Persons of the item's unit who may be its handler (or deputy), with their roles, by pinyin."""
    roles = DEPUTIES if deputies else HANDLERS
    day = clock.today()
    wanted = select(Person.id, Person.ref, Person.name, RoleAssignment.role, Person.unit_id)
    wanted = wanted.join(RoleAssignment, RoleAssignment.person_id == Person.id).where(
        Person.id.in_(staff_ids(item, roles)),
        RoleAssignment.role.in_(roles),
        RoleAssignment.from_on <= day,
        or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
    )
    return _named(wanted.order_by(Person.pinyin, Person.id))


def outside_evaluators(actor: Actor) -> Sequence[Any]:
    """Outside evaluators of the actor's county whose contract runs: person_id, ref, name, to_on."""
    return contracts(actor.county_id)


def in_charge(actor: Actor, item: ProblemItem) -> Asking[dict[str, list[tuple[str, str]]]]:
    """A part of the page: names with their role, who is responsible, handles, stands in, inspects the school, and drafted
    the list."""
    duties = {
        "responsible": item.responsible_person_id,
        "handler": item.owner_id,
        "deputy": item.deputy_id,
        "drafter": item.problem_list.owner_id,
    }
    ids = tuple(one for one in duties.values() if one)
    rows, inspectors = yield (
        question(_named_on, item=item.id, people=ids),
        question(_inspectors, school=item.school_id),
    )
    known: dict[uuid.UUID, tuple[str, str]] = {}
    for row in rows:
        known.setdefault(row.id, (row.name, row.role or ""))
    if rows:
        duties["evaluator"] = rows[0].evaluator
    found = {duty: [known[one]] for duty, one in duties.items() if one in known}
    found["inspector"] = [(row.name, "inspector") for row in inspectors]
    return found


def _named_on(actor: Any) -> Select[Any]:
    """Names and roles of the persons given and of the outside evaluator whose assignment to the item runs."""
    own = CaseAssignment.record_id == bindparam("item", None, type_=Uuid())
    evaluator = running(own).with_only_columns(CaseAssignment.person_id).limit(1).scalar_subquery()
    given = Person.id == any_(bindparam("people", None, type_=ARRAY(Uuid())))
    wanted = select(Person.id, Person.name, RoleAssignment.role, evaluator.label("evaluator"))
    wanted = wanted.join(RoleAssignment, RoleAssignment.person_id == Person.id, isouter=True)
    return wanted.where(or_(given, Person.id == evaluator)).order_by(RoleAssignment.id)


def _inspectors(actor: Any) -> Select[Any]:
    day = clock.today()
    return (
        select(Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .join(SchoolResponsibility, SchoolResponsibility.assignment_id == RoleAssignment.id)
        .where(
            SchoolResponsibility.school_id == bindparam("school", None, type_=Uuid()),
            RoleAssignment.role == "inspector",
            SchoolResponsibility.opened_for.is_(None),
            SchoolResponsibility.from_on <= day,
            or_(SchoolResponsibility.to_on.is_(None), SchoolResponsibility.to_on >= day),
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
        )
        .order_by(Person.pinyin)
    )
