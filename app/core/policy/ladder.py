"""Who takes a step when nobody at the level that holds its right may: the role above (decision 39); never nobody.

A deputy comes first: he or she holds the role itself. The role above holds the right only on records on which everybody
below took an earlier part, or where nobody holds a role below; the day a colleague is named there, it holds it no more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, literal, not_, or_, select

from app.core.clock import today
from app.core.database import Base, db
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.core.policy.scopes import CLASSES, COUNTY, SCHOOL, SCHOOLS, Scope
from workflows import catalogue

Granted = dict[str, dict[str, tuple[Scope, ...]]]
LADDER = {
    "homeroom_teacher": "school_counselor",
    "school_coordinator": "evaluator",
    "grade_leader": "evaluator",
    "principal": "evaluator",
    "assessment_member": "evaluator",
    "evaluator": "office_director",
    "office_director": "leading_group_member",
}
"""Role → the role of the next level. What is done for a child in care goes up inside the school alone."""
INSIDE_THE_SCHOOL = frozenset({"school_counselor"})
NAMED = "stand_in"
"""Part of whom the group's head named among its members to take what nobody in the office may."""
CLIMBING = frozenset(
    {
        "disclosure.approve_school_disclosure",
        "effects.approve_closure",
        "effects.approve_school_closure",
        "effects.decide_evaluation",
        "effects.decide_reopening",
        "effects.decide_school_evaluation",
        "effects.prepare_data",
        "effects.prepare_school_data",
        "effects.propose_school_outcome",
        "effects.verify_school_closure",
        "plans.approve_plan",
        "plans.approve_school_plan",
        "plans.judge_school_evidence",
        "plans.review_plan",
        "plans.review_school_plan",
        "plans.verify_school_action",
        "problems.approve_school_list",
        "problems.decide_objection",
        "rainbow.do_class_duty",
        "visits.decide_objection",
    }
)
"""Rights that go up. What a unit writes, submits and signs for stays its own: there it names somebody."""


@dataclass(frozen=True)
class Level:
    """A role above a right, with those below it: it has the right where none of them may."""

    role: str
    below: Mapping[str, tuple[Scope, ...]]
    first: tuple[str, ...]
    """The roles whose step it is."""

    @property
    def reach(self) -> Scope:
        """Where the role stands above those below: in its school, or in the county."""
        return SCHOOL if self.role in INSIDE_THE_SCHOOL else COUNTY


LEVELS: dict[str, list[Level]] = {}
"""Right that goes up → the roles above, the nearest first; written with the grants."""


def gone_up(right: str, model: Any, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Level]:
    """Those of the records of `model` on which nobody below may use `right`, each with the role that has it now; one question.

    Of the highest level it is not asked whether anybody is there: above it there is nobody.
    """
    levels = LEVELS.get(right, [])
    if not levels or not ids or not hasattr(model, "took_part"):
        return {}
    empty = [_nobody_may(right, level.role, model, today()) for level in levels]
    found = {}
    for identity, *left in db.session.execute(select(model.id, *empty).where(model.id.in_(ids))):
        above = [level for level, nobody in zip(levels, left, strict=True) if nobody]
        if above:
            found[identity] = above[-1]
    return found


def with_next_levels(granted: Granted) -> Granted:
    """The grants, and beside each of `CLIMBING` the roles above, each where nobody below may."""
    found = {role: dict(rights) for role, rights in granted.items()}
    LEVELS.clear()
    for right in sorted(CLIMBING):
        below = {role: rights[right] for role, rights in granted.items() if right in rights}
        first = tuple(role for role in below if role in LADDER)
        above = LADDER[first[0]]
        while above:
            if above not in below:
                level = Level(above, dict(below), first)
                LEVELS.setdefault(right, []).append(level)
                found.setdefault(above, {})[right] = (_above(right, level),)
                below[above] = (level.reach,)
            above = LADDER.get(above, "")
    return found


def _above(right: str, level: Level) -> Scope:
    def where(actor: Actor, model: Any) -> ColumnElement[bool]:
        if not hasattr(model, "took_part"):
            return false()
        condition = and_(level.reach.where(actor, model), _nobody_may(right, level.role, model, today()))
        return and_(condition, _was_named(actor)) if level.role == "leading_group_member" else condition

    def holds(actor: Actor, record: Any) -> bool:
        return level.reach.holds(actor, record) and record.id in together(actor, [record])

    def together(actor: Actor, records: Sequence[Any]) -> Set[uuid.UUID]:
        model = type(records[0])
        if not hasattr(model, "took_part"):
            return frozenset()
        ids = [record.id for record in records]
        return set(db.session.scalars(select(model.id).where(model.id.in_(ids), where(actor, model))))

    return Scope("next_level", "下级无人可办时", "where nobody below may", holds, where, together, level.first)


def _was_named(actor: Actor) -> ColumnElement[bool]:
    wanted = select(literal(1)).where(
        CaseAssignment.entity == "units",
        CaseAssignment.record_id == actor.county_id,
        CaseAssignment.part == NAMED,
        CaseAssignment.person_id == actor.person_id,
        *_running(CaseAssignment, today()),
    )
    return exists(wanted.correlate_except(CaseAssignment))


def _running(dated: Any, day: date) -> tuple[ColumnElement[bool], ...]:
    return dated.from_on <= day, or_(dated.to_on.is_(None), dated.to_on >= day)


@lru_cache(maxsize=256)
def _nobody_may(right: str, role: str, model: Any, day: date) -> ColumnElement[bool]:
    """Whether nobody below the role holds the right on a record of `model`: who does is still here and took no part that excludes.

    It says nothing of who asks, so it is written once a day: writing it costs a list more than its rows do.
    """
    below = next(level.below for level in LEVELS[right] if level.role == role)
    held, person = (Base.metadata.tables[name].alias() for name in ("role_assignments", "persons"))
    reached = or_(
        *(and_(held.c.role == role, REACHES[s](held, model, day)) for role, scopes in below.items() for s in scopes)
    )
    here = or_(person.c.left_on.is_(None), person.c.left_on >= day)
    took_part = model.took_part(held.c.person_id, other_steps(right))
    wanted = select(literal(1)).where(
        reached, *_running(held.c, day), person.c.id == held.c.person_id, here, not_(took_part)
    )
    return not_(exists(wanted.correlate_except(held, person)))


def _responsible(held: Any, model: Any, day: date) -> ColumnElement[bool]:
    given = Base.metadata.tables["school_responsibilities"].alias()
    wanted = select(literal(1)).where(
        given.c.assignment_id == held.c.id, given.c.school_id == model.school_id, *_running(given.c, day)
    )
    return exists(wanted.correlate_except(given))


def _leads_the_class(held: Any, model: Any, day: date) -> ColumnElement[bool]:
    if not hasattr(model, "class_id"):
        return false()
    given = Base.metadata.tables["teaching_duties"].alias()
    wanted = select(literal(1)).where(
        given.c.person_id == held.c.person_id, given.c.class_id == model.class_id, given.c.duty == "homeroom",
        *_running(given.c, day),
    )  # fmt: skip
    return and_(held.c.school_id == model.school_id, exists(wanted.correlate_except(given)))


REACHES: dict[Scope, Callable[[Any, Any, date], ColumnElement[bool]]] = {
    COUNTY: lambda held, model, day: held.c.county_id == model.county_id,
    SCHOOL: lambda held, model, day: held.c.school_id == model.school_id,
    SCHOOLS: _responsible,
    CLASSES: _leads_the_class,
}
"""Scope → the role assignments whose holders reach a record by it."""


@cache
def other_steps(right: str) -> tuple[str, ...]:
    """The steps ("machine.step") whose takers may take none that asks for `right`."""
    return tuple(
        sorted(
            {
                other if "." in other else f"{workflow.name}.{other}"
                for workflow in catalogue.ALL
                for step in workflow.steps
                if right in step.rights
                for other in step.four_eyes
            }
        )
    )
