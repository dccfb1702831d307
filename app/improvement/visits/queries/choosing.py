"""Who may be put on a visit, which schools, which items, which entries of the yearly list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import raiseload

from app.core import clock
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.reach import visible_items
from app.improvement.visits.models import SupervisionEntry, SupervisionVisit
from app.improvement.visits.models.facts import with_an_interest
from app.improvement.visits.operations.teams import ROLES
from app.people.directory.models import Person, RoleAssignment, Unit

OPEN = (
    "issued", "accepted", "contested", "diagnosing", "planning", "implementing", "evaluating", "pending_closure",
    "reopened", "suspended",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """Somebody who may go on a visit, in one role."""

    id: uuid.UUID
    ref: str
    name: str
    role: str
    has_interest: bool = False


def schools(actor: Actor) -> list[Unit]:
    """The schools the actor may plan a visit to, by code."""
    wanted = select(Unit).where(Unit.county_id == actor.county_id, Unit.kind == "school")
    wanted = wanted.where(or_(Unit.to_on.is_(None), Unit.to_on >= clock.today()))
    return list(db.session.scalars(decide.visible(actor, wanted, Unit, "visits.plan_visit").order_by(Unit.code)))


def county_schools(actor: Actor) -> list[Unit]:
    """Every open school of the county, by code: names for the yearly list."""
    wanted = select(Unit).where(Unit.county_id == actor.county_id, Unit.kind == "school")
    return list(
        db.session.scalars(wanted.where(or_(Unit.to_on.is_(None), Unit.to_on >= clock.today())).order_by(Unit.code))
    )


def candidates(actor: Actor, school_id: uuid.UUID | None = None) -> list[Candidate]:
    """Inspectors, evaluators, researchers and guidance members in office, by role and pinyin, with who has to stay away."""
    day = clock.today()
    rows = db.session.execute(
        select(Person.id, Person.ref, Person.name, Person.pinyin, RoleAssignment.role)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.county_id == actor.county_id,
            RoleAssignment.role.in_(ROLES),
            RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
            or_(Person.left_on.is_(None), Person.left_on >= day),
        )
        .distinct()
    ).all()
    away = with_an_interest([row.id for row in rows], school_id) if school_id is not None else set()
    found = [Candidate(row.id, row.ref, row.name, row.role, row.id in away) for row in rows]
    places = {row.id: row.pinyin for row in rows}
    return sorted(found, key=lambda one: (ROLES.index(one.role), places[one.id]))


def items_of(actor: Actor, school_id: uuid.UUID) -> list[ProblemItem]:
    """What a visit to the school may look at: its open items by due date, then those closed within 24 months."""
    day = clock.today()
    since = date(day.year - 2, day.month, min(day.day, 28))
    wanted = visible_items(actor, select(ProblemItem)).where(
        ProblemItem.school_id == school_id,
        or_(ProblemItem.state.in_(OPEN), (ProblemItem.state == "closed") & (ProblemItem.closed_on >= since)),
    )
    wanted = wanted.options(raiseload(ProblemItem.all_causes))
    rows = list(db.session.scalars(wanted.order_by(ProblemItem.due_on, ProblemItem.number)))
    return sorted(rows, key=lambda item: item.state == "closed")


def entries_for(actor: Actor, school_id: uuid.UUID | None = None) -> list[SupervisionEntry]:
    """Entries of this and the next year that are in force, for a school, by their first day."""
    wanted = select(SupervisionEntry).where(
        SupervisionEntry.county_id == actor.county_id,
        SupervisionEntry.withdrawn_on.is_(None),
        SupervisionEntry.to_on >= clock.today(),
    )
    found = db.session.scalars(wanted.order_by(SupervisionEntry.from_on, SupervisionEntry.number))
    return [one for one in found if school_id is None or not one.schools or str(school_id) in one.schools]


def place_of(actor: Actor, ref: str) -> Unit | None:
    """The school of that reference, if the actor may plan a visit to it."""
    return next((unit for unit in schools(actor) if unit.ref == ref), None)


def lines_of(actor: Actor, visit: SupervisionVisit) -> set[uuid.UUID]:
    """Items that are on the checklist already."""
    return {line.item_id for line in visit.lines if line.item_id is not None}
