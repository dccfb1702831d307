"""Whom a record may be about, what it may cite, who may sit over it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import lazyload

from app.core import clock
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.accountability.models.records import LEADING
from app.improvement.accountability.operations.deciding import Sat
from app.improvement.accountability.operations.drafting import Cited
from app.improvement.disclosure.models.disclosures import VISIT_IS_OUT
from app.improvement.effects.models import ClosureRequest, EffectEvaluation
from app.improvement.effects.words import OUTCOMES
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionVisit, VisitFinding
from app.people.directory.models import Person, RoleAssignment, Unit
from workflows.improvement.problem_item import PROBLEM_ITEM

DRAFT = "accountability.draft_record"
DECIDERS = (*LEADING, "dept_head")
HEARERS = (*DECIDERS, "guidance_member", "subject_researcher", "assessment_member")
"""Records offered of each kind, the newest first."""
FINDINGS = ("problem", "recurrence", "strength")


@dataclass(frozen=True)
class Offer:
    """A record that may be cited, under the name of its choice."""

    value: str
    cited: Cited


def units(actor: Actor) -> list[Unit]:
    """Schools, school districts and departments that the actor may register a record about, by code."""
    wanted = select(Unit).where(Unit.county_id == actor.county_id)
    wanted = wanted.where(Unit.kind.in_(("school", "school_district", "department")))
    wanted = wanted.where(or_(Unit.to_on.is_(None), Unit.to_on >= clock.today()))
    return list(db.session.scalars(decide.visible(actor, wanted, Unit, DRAFT).order_by(Unit.kind.desc(), Unit.code)))


def people_of(actor: Actor, unit_id: uuid.UUID) -> list[Person]:
    """Who holds a role at the unit today, by pinyin."""
    held = _in_office(RoleAssignment.person_id).where(
        RoleAssignment.unit_id == unit_id, RoleAssignment.county_id == actor.county_id
    )
    return list(db.session.scalars(select(Person).where(Person.id.in_(held)).order_by(Person.pinyin)))


def sitters(actor: Actor, roles: Sequence[str]) -> list[Sat]:
    """Who may sit besides the actor, who presides: by role and pinyin, one line for each person."""
    rows = db.session.execute(
        _in_office(Person.id, RoleAssignment.role, Person.name)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.county_id == actor.county_id, RoleAssignment.role.in_(roles))
        .order_by(RoleAssignment.role.desc(), Person.pinyin)
    ).all()
    found = {row.id: Sat(row.id, row.role, row.name) for row in rows if row.id != actor.person_id}
    return list(found.values())


def _in_office(*columns: Any) -> Any:
    day = clock.today()
    return (
        select(*columns)
        .select_from(RoleAssignment)
        .where(RoleAssignment.from_on <= day, or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day))
    )


def citable(actor: Actor, unit: Unit) -> list[Offer]:
    """Records of the system about a unit that the actor may see: items late and others, findings, verdicts, closures."""
    found = [Offer(f"item:{one.ref}", Cited("item", one.id, _item_said(one))) for one in _items(actor, unit)]
    found += _findings(actor, unit)
    about: tuple[tuple[str, Any, str, str], ...] = (
        ("evaluation", EffectEvaluation, "decided", "effects.view_evaluations"),
        ("closure", ClosureRequest, "closed", "effects.view_closures"),
    )
    for kind, model, state, right in about:
        wanted = (
            select(model, ProblemItem.number, ProblemItem.title)
            .join(ProblemItem, ProblemItem.id == model.item_id)
            .where(model.unit_id == unit.id if hasattr(model, "unit_id") else ProblemItem.unit_id == unit.id)
            .where(model.state == state)
            .options(lazyload("*"))
            .order_by(model.id.desc())
        )
        for record, number, title in db.session.execute(decide.visible(actor, wanted, model, right)):
            said = f"{number} {title}：{_verdict(kind, record)}"
            found.append(Offer(f"{kind}:{record.ref}", Cited(kind, record.id, said)))
    return found


def _verdict(kind: str, record: Any) -> str:
    if kind == "closure":
        return "已销号"
    outcome = OUTCOMES.get(record.outcome or "")
    return f"成效评价{outcome.zh}" if outcome else "成效已评价"


def _items(actor: Actor, unit: Unit) -> Sequence[ProblemItem]:
    wanted = select(ProblemItem).where(ProblemItem.unit_id == unit.id, ProblemItem.state.not_in(("draft", "void")))
    visible = decide.visible(actor, wanted.options(lazyload("*")), ProblemItem, "problems.view_items")
    return db.session.scalars(visible.order_by(ProblemItem.due_on.nulls_last(), ProblemItem.id)).all()


def _item_said(item: ProblemItem) -> str:
    state = PROBLEM_ITEM.state(item.state)
    late = (clock.today() - item.due_on).days if item.due_on and state.open else 0
    return f"{item.number} {item.title}（{state.zh}{f'，逾期 {late} 天' if late > 0 else ''}）"


def _findings(actor: Actor, unit: Unit) -> list[Offer]:
    wanted = (
        select(VisitFinding, SupervisionVisit.number)
        .join(SupervisionVisit, SupervisionVisit.id == VisitFinding.visit_id)
        .where(
            SupervisionVisit.unit_id == unit.id,
            SupervisionVisit.state.in_(VISIT_IS_OUT),
            VisitFinding.kind.in_(FINDINGS),
        )
        .options(lazyload("*"))
        .order_by(VisitFinding.id.desc())
    )
    rows = db.session.execute(decide.visible(actor, wanted, SupervisionVisit, "visits.view_visits"))
    return [
        Offer(f"finding:{one.ref}", Cited("finding", one.id, f"{number} 视导发现：{one.text[:200]}"))
        for one, number in rows
    ]
