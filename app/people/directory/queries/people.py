"""Staff: the list, one person with roles and duties, what waits at a person's hands, who could take it over."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, inspect, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import contains_eager, joinedload

from app.core import clock
from app.core.casework.records import MOVABLES, Movable
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.core.policy.ladder import NAMED
from app.people.directory.models import (
    Person,
    RoleAssignment,
    RoleRequest,
    SchoolClass,
    SchoolResponsibility,
    TeachingDuty,
    Unit,
)
from app.people.directory.pinyin import sounds_like
from app.people.directory.queries.terms import not_over, running

VIEW = "people.view_staff"
PAGE = 50


@dataclass(frozen=True)
class StaffFilter:
    """What the staff list is narrowed to; `after` is the reference of the last person on the page before."""

    words: str = ""
    units: Sequence[str] = ()
    roles: Sequence[str] = ()
    left: bool = False
    after: str = ""


@dataclass(frozen=True)
class Held:
    """What a person holds: roles, duties, and requests that are not decided."""

    roles: list[RoleAssignment] = field(default_factory=list)
    duties: list[tuple[TeachingDuty, SchoolClass]] = field(default_factory=list)
    requests: list[RoleRequest] = field(default_factory=list)


def _narrowed(actor: Actor, wanted: StaffFilter) -> Select[Any]:
    query = decide.visible(actor, select(Person).join(Unit, Unit.id == Person.unit_id), Person, VIEW)
    today = clock.today()
    gone = and_(Person.left_on.is_not(None), Person.left_on < today)
    query = query.where(gone if wanted.left else ~gone | Person.left_on.is_(None))
    if wanted.words:
        query = query.where(
            or_(sounds_like(Person.pinyin, Person.name, wanted.words), Person.staff_no == wanted.words.upper())
        )
    if wanted.units:
        query = query.where(Unit.ref.in_(wanted.units))
    if wanted.roles:
        query = query.where(_holds_any(wanted.roles))
    return query


def _holds_any(roles: Sequence[str]) -> ColumnElement[bool]:
    held = and_(
        RoleAssignment.person_id == Person.id,
        RoleAssignment.role.in_(roles),
        running(RoleAssignment, clock.today()),
    )
    return exists().where(held)


def staff(actor: Actor, wanted: StaffFilter, most: int = PAGE) -> list[tuple[Person, list[str]]]:
    """Persons with the codes of the roles they hold today, by pinyin; one more than `most` when there is a next page."""
    query = _narrowed(actor, wanted).options(contains_eager(Person.unit))
    if wanted.after:
        last = select(Person.pinyin, Person.id).where(Person.ref == wanted.after).scalar_subquery()
        query = query.where(tuple_(Person.pinyin, Person.id) > last)
    people = list(db.session.scalars(query.order_by(Person.pinyin, Person.id).limit(most + 1)))
    roles = _roles_by_person([person.id for person in people])
    return [(person, roles.get(person.id, [])) for person in people]


def _roles_by_person(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    rows = db.session.execute(
        select(RoleAssignment.person_id, func.array_agg(RoleAssignment.role.distinct()))
        .where(RoleAssignment.person_id.in_(ids), running(RoleAssignment, clock.today()))
        .group_by(RoleAssignment.person_id)
    )
    return {row[0]: list(row[1]) for row in rows}


def staff_count(actor: Actor, wanted: StaffFilter) -> int:
    """How many persons the filters leave."""
    inner = _narrowed(actor, wanted).with_only_columns(Person.id).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def person_for(actor: Actor, ref: str, right: str = VIEW) -> Person:
    """One person with the unit. Raises NotFound."""
    query = select(Person).where(Person.ref == ref).options(joinedload(Person.unit))
    found: Person | None = db.session.scalar(decide.visible(actor, query, Person, right))
    if found is None:
        raise NotFound("person", ref)
    return found


def roles_of(actor: Actor, person: Person) -> Held:
    """Everything the person holds or held, the present first."""
    roles = db.session.scalars(
        select(RoleAssignment)
        .options(joinedload(RoleAssignment.unit))
        .where(RoleAssignment.person_id == person.id)
        .order_by(RoleAssignment.to_on.desc().nulls_first(), RoleAssignment.from_on.desc())
    )
    duties = db.session.execute(
        select(TeachingDuty, SchoolClass)
        .join(SchoolClass, SchoolClass.id == TeachingDuty.class_id)
        .where(TeachingDuty.person_id == person.id)
        .order_by(TeachingDuty.to_on.desc().nulls_first(), SchoolClass.grade, SchoolClass.class_no)
    )
    requests = db.session.scalars(
        select(RoleRequest)
        .options(joinedload(RoleRequest.unit), joinedload(RoleRequest.requester))
        .where(RoleRequest.person_id == person.id, RoleRequest.decision.is_(None))
        .order_by(RoleRequest.created_at)
    )
    return Held(list(roles), [(row[0], row[1]) for row in duties], list(requests))


def owned_models() -> list[type[Movable]]:
    """Movable records that have one accountable person and go over with the work."""
    return [
        model
        for name, model in MOVABLES.items()
        if name != "import_batches" and "owner_id" in inspect(model).column_attrs
    ]


def _open_states(model: type[Movable]) -> list[str]:
    return [state.code for state in model.workflow.states if state.open]


def open_work(actor: Actor, person: Person) -> tuple[list[Any], list[CaseAssignment], list[TeachingDuty]]:
    """What waits at a person's hands as far as the actor may see it: records, assignments to records, duties in classes."""
    today = clock.today()
    records: list[Any] = []
    for model in _models_in_hand(person):
        records += db.session.scalars(select(model).where(*_in_hand(model, person)))
    assignments = db.session.scalars(
        select(CaseAssignment).where(
            CaseAssignment.person_id == person.id, CaseAssignment.part != NAMED, not_over(CaseAssignment, today)
        )
    )
    duties = db.session.scalars(
        select(TeachingDuty).where(TeachingDuty.person_id == person.id, not_over(TeachingDuty, today))
    )
    return records, list(assignments), list(duties)


def _models_in_hand(person: Person) -> list[type[Any]]:
    """Models of which a record waits at the person's hands: one question, however many machines there are."""
    models = owned_models()
    asked = [
        select(literal(place).label("place")).where(exists().where(*_in_hand(model, person)))
        for place, model in enumerate(models)
    ]
    return [models[place] for place in sorted(db.session.scalars(union_all(*asked)))]


def _in_hand(model: Any, person: Person) -> tuple[Any, ...]:
    return model.owner_id == person.id, model.state.in_(_open_states(model))


def successors(actor: Actor, person: Person) -> list[Person]:
    """Who could take a person's work over: everybody of the same unit or school who holds a role today."""
    today = clock.today()
    same = or_(RoleAssignment.unit_id == person.unit_id, RoleAssignment.school_id == person.school_id)
    held = exists().where(RoleAssignment.person_id == Person.id, running(RoleAssignment, today), same)
    wanted = select(Person).where(
        Person.county_id == person.county_id, Person.id != person.id, Person.left_on.is_(None), held
    )
    return list(db.session.scalars(wanted.order_by(Person.pinyin)))


def people_within(actor: Actor, unit: Unit) -> list[Person]:
    """Who may be proposed for a role at a unit: staff of its school, else of the county outside schools."""
    wanted = select(Person).where(Person.county_id == unit.county_id, Person.left_on.is_(None))
    if unit.school_id is not None:
        wanted = wanted.where(Person.school_id == unit.school_id)
    elif unit.kind in ("department", "school_district") and actor.role == "dept_head":
        wanted = wanted.where(Person.unit_id == unit.id)
    else:
        wanted = wanted.where(Person.school_id.is_(None))
    return list(db.session.scalars(wanted.order_by(Person.pinyin)))


def person_within(actor: Actor, unit: Unit, ref: str) -> Person:
    """One of those. Raises NotFound."""
    found = next((person for person in people_within(actor, unit) if person.ref == ref), None)
    if found is None:
        raise NotFound("person", ref)
    return found


def request_for(actor: Actor, person_ref: str, ref: str) -> RoleRequest:
    """A wish about this person, of a unit the actor may ask for. Raises NotFound."""
    query = (
        select(RoleRequest)
        .join(Person, Person.id == RoleRequest.person_id)
        .where(Person.ref == person_ref, RoleRequest.ref == ref, RoleRequest.decision.is_(None))
    )
    found: RoleRequest | None = db.session.scalar(decide.visible(actor, query, RoleRequest, "people.request_role"))
    if found is None:
        raise NotFound("role_request", ref)
    return found


def schools_of(actor: Actor, held: Sequence[RoleAssignment]) -> dict[uuid.UUID, list[Unit]]:
    """The schools that holders answer for today, by assignment."""
    rows = db.session.execute(
        select(SchoolResponsibility.assignment_id, Unit)
        .join(Unit, Unit.id == SchoolResponsibility.school_id)
        .where(
            SchoolResponsibility.assignment_id.in_([each.id for each in held]),
            SchoolResponsibility.opened_for.is_(None),
            running(SchoolResponsibility, clock.today()),
        )
        .order_by(Unit.code)
    )
    found: dict[uuid.UUID, list[Unit]] = defaultdict(list)
    for assignment_id, school in rows:
        found[assignment_id].append(school)
    return found


def role_held(actor: Actor, ref: str, right: str) -> RoleAssignment:
    """One assignment on which the actor holds `right`, with person and unit. Raises NotFound."""
    query = select(RoleAssignment).where(RoleAssignment.ref == ref)
    query = query.options(joinedload(RoleAssignment.person), joinedload(RoleAssignment.unit))
    found: RoleAssignment | None = db.session.scalar(decide.visible(actor, query, RoleAssignment, right))
    if found is None:
        raise NotFound("role", ref)
    return found
