"""Reads of plans: the list, one plan with its editions, reports and remarks."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, Uuid, bindparam, case, func, or_, select, text
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.core import clock
from app.core.casework import deadlines
from app.core.casework.deadlines import Running
from app.core.casework.together import Asking, question
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import Order, page_of
from app.core.whole import columns_of, records
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.queries import Ruling, rulings
from app.improvement.plans.models import Evidence, ProgressReport, RemediationAction, RemediationPlan
from app.improvement.plans.queries.lights import Light, lights
from app.improvement.problems.models import ProblemItem, ProblemList
from app.people.directory.models import Unit

VIEW = "plans.view_plans"
ROWS = 25
WITHOUT_EVIDENCE = selectinload(RemediationPlan.actions).lazyload(RemediationAction.evidence)
"""The page of a plan shows its measures, not what lies under them."""
OVER = ("superseded", "cancelled", "archived")
"""Editions that a list leaves out unless they are asked for."""


@dataclass(frozen=True)
class PlanFilter:
    """What a list of plans is narrowed to."""

    words: str = ""
    states: tuple[str, ...] = ()
    unit: str = ""
    light: str = ""
    list_ref: str = ""
    severity: tuple[str, ...] = ()
    later_editions: bool = False
    after: str = ""
    sort: str = ""


@dataclass(frozen=True)
class PlanLine:
    """One plan of a list."""

    id: uuid.UUID
    ref: str
    number: str
    title: str
    severity: str
    unit: str
    unit_code: str
    edition: int
    state: str
    target_on: date | None
    due_on: date | None
    done: int = 0
    measures: int = 0
    light: Light | None = None
    clock: Running | None = None

    @property
    def is_late(self) -> bool:
        """Its clock ran out and is not paused."""
        return self.clock is not None and self.clock.paused_at is None and self.clock.due_at <= clock.now()


BY_UNIT: Order = (
    (Unit.code, False),
    (ProblemItem.number, False),
    (RemediationPlan.edition, False),
    (RemediationPlan.id, False),
)
GRAVEST = case({"severe": 0, "moderate": 1, "minor": 2}, value=ProblemItem.severity, else_=3)
ORDERS: dict[str, Order] = {
    "number": ((ProblemItem.number, False), (RemediationPlan.edition, False), (RemediationPlan.id, False)),
    "severity": ((GRAVEST, False), *BY_UNIT),
    "due": ((deadlines.soonest(RemediationPlan), False), (RemediationPlan.id, False)),
}
"""Otherwise than by code of the unit."""


def _seen(actor: Actor, query: Select[Any]) -> Select[Any]:
    joined = query.join(ProblemItem, ProblemItem.id == RemediationPlan.item_id)
    return decide.visible(actor, joined.join(Unit, Unit.id == RemediationPlan.unit_id), RemediationPlan, VIEW)


def _narrowed(actor: Actor, query: Select[Any], wanted: PlanFilter) -> Select[Any]:
    if wanted.words:
        like = f"%{wanted.words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(ProblemItem.number.ilike(like), ProblemItem.title.ilike(like), Unit.name.ilike(like)))
    states = RemediationPlan.state.in_(wanted.states) if wanted.states else RemediationPlan.state.not_in(OVER)
    query = query.where(states)
    if wanted.unit:
        query = query.where(Unit.ref == wanted.unit)
    if wanted.later_editions:
        query = query.where(RemediationPlan.edition > 1)
    if wanted.severity:
        query = query.where(ProblemItem.severity.in_(wanted.severity))
    if wanted.list_ref:
        query = query.where(
            ProblemItem.list_id == select(ProblemList.id).where(ProblemList.ref == wanted.list_ref).scalar_subquery()
        )
    if wanted.light:
        lit = [light.plan_id for light in lights(actor) if light.colour == wanted.light]
        query = query.where(RemediationPlan.id.in_(lit))
    return query


def plan_count(actor: Actor, wanted: PlanFilter) -> int:
    """How many plans the filter leaves."""
    seen = _seen(actor, select(func.count(RemediationPlan.id)))
    return int(db.session.scalar(_narrowed(actor, seen, wanted)) or 0)


def plan_lines(actor: Actor, wanted: PlanFilter, rows: int = ROWS) -> list[PlanLine]:
    """Plans by code of their unit and number of their item unless told otherwise; one more than so many rows."""
    query: Any = select(
        RemediationPlan.id,
        RemediationPlan.ref,
        ProblemItem.number,
        ProblemItem.title,
        ProblemItem.severity,
        Unit.short_name.label("unit"),
        Unit.code.label("unit_code"),
        RemediationPlan.edition,
        RemediationPlan.state,
        RemediationPlan.target_on,
        ProblemItem.due_on,
    )
    order = ORDERS.get(wanted.sort, BY_UNIT)
    pages = page_of(_seen(actor, query), RemediationPlan, order, wanted.after, wanted.sort)
    found = db.session.execute(_narrowed(actor, pages, wanted).limit(rows + 1))
    return _with_progress(actor, [PlanLine(**row._mapping) for row in found])


def _with_progress(actor: Actor, lines: list[PlanLine]) -> list[PlanLine]:
    ids = [line.id for line in lines]
    counted = {
        row.plan_id: row
        for row in db.session.execute(
            select(
                RemediationAction.plan_id,
                func.count().filter(RemediationAction.state != "cancelled").label("measures"),
                func.count().filter(RemediationAction.state == "completed").label("done"),
            )
            .where(RemediationAction.plan_id.in_(ids))
            .group_by(RemediationAction.plan_id)
        )
    }
    lit = {light.plan_id: light for light in lights(actor, ids=ids)}
    clocks = deadlines.running(list(lines))
    return [
        replace(
            line,
            measures=counted[line.id].measures if line.id in counted else 0,
            done=counted[line.id].done if line.id in counted else 0,
            light=lit.get(line.id),
            clock=clocks.get(line.id),
        )
        for line in lines
    ]


def plan_for(actor: Actor, ref: str) -> RemediationPlan:
    """One plan with its item, unit, measures and remarks. Raises NotFound."""
    query = select(RemediationPlan).where(RemediationPlan.ref == ref)
    query = query.options(joinedload(RemediationPlan.unit), joinedload(RemediationPlan.owner), WITHOUT_EVIDENCE)
    plan = db.session.scalar(decide.visible(actor, query, RemediationPlan, VIEW))
    if plan is None:
        raise NotFound("plan", ref)
    return plan


def item_for(actor: Actor, ref: str) -> ProblemItem:
    """The item that a plan is drawn up for. Raises NotFound."""
    query = select(ProblemItem).where(ProblemItem.ref == ref).options(joinedload(ProblemItem.unit))
    item = db.session.scalar(decide.visible(actor, query, ProblemItem, "problems.view_items"))
    if item is None:
        raise NotFound("item", ref)
    return item


def editions(actor: Actor, plan: RemediationPlan) -> Sequence[RemediationPlan]:
    """All editions of the plan's item that the actor sees, the newest first, with their measures."""
    query = select(RemediationPlan).where(RemediationPlan.item_id == plan.item_id)
    query = query.order_by(RemediationPlan.edition.desc())
    query = query.options(joinedload(RemediationPlan.owner), WITHOUT_EVIDENCE)
    return db.session.scalars(decide.visible(actor, query, RemediationPlan, VIEW)).unique().all()


SHOWN = ("active", "completed", "archived", "approved", "under_review", "submitted", "returned", "draft")
"""Which edition counts, where an item has several: the one in force, else the one that comes nearest to it."""


def current_plan(actor: Actor, item: ProblemItem) -> Asking[RemediationPlan | None]:
    """A part of the page of an item: the plan that counts now, with its measures and their pieces; None where there is none
    that the actor sees."""
    plans, actions, pieces = yield (
        question(_current_plan, item=item.id),
        question(_its_measures, item=item.id),
        question(_their_pieces, item=item.id),
    )
    if not plans:
        return None
    (plan,) = records(plans[0], RemediationPlan)
    under: dict[uuid.UUID, list[Evidence]] = defaultdict(list)
    for row in pieces:
        under[row.action_id] += records(row, Evidence)
    measures = [one for row in actions for one in records(row, RemediationAction)]
    for measure in measures:
        set_committed_value(measure, "plan", plan)
        set_committed_value(measure, "evidence", under[measure.id])
        for piece in under[measure.id]:
            set_committed_value(piece, "action", measure)
    set_committed_value(plan, "item", item)
    set_committed_value(plan, "actions", measures)
    return cast(RemediationPlan, plan)


def _current_plan(actor: Any) -> Select[Any]:
    return _current(actor, select(*columns_of(RemediationPlan)))


def _its_measures(actor: Any) -> Select[Any]:
    a = RemediationAction
    return select(*columns_of(a)).where(a.plan_id == _its_id(actor)).order_by(a.position)


def _their_pieces(actor: Any) -> Select[Any]:
    these = select(RemediationAction.id).where(RemediationAction.plan_id == _its_id(actor))
    return select(*columns_of(Evidence)).where(Evidence.action_id.in_(these)).order_by(Evidence.created_at)


def _its_id(actor: Any) -> Any:
    return _current(actor, select(RemediationPlan.id)).scalar_subquery()


def _current(actor: Any, query: Any) -> Select[Any]:
    own = RemediationPlan.item_id == bindparam("item", None, type_=Uuid())
    nearest = case({state: place for place, state in enumerate(SHOWN)}, value=RemediationPlan.state)
    found = query.where(own, RemediationPlan.state.in_(SHOWN))
    found = found.order_by(nearest, RemediationPlan.edition.desc()).limit(1)
    return decide.visible(actor, found, RemediationPlan, VIEW)


NAME = text("select name from persons where id = :id")


def name_of(actor: Actor, person_id: uuid.UUID) -> Asking[str | None]:
    """A part of the page of an item: the name of a person on its plan."""
    (rows,) = yield (question(NAME, id=person_id),)
    return rows[0].name if rows else None


def reports(actor: Actor, plan: RemediationPlan) -> Sequence[ProgressReport]:
    """The monthly reports of a plan that the actor was given, the newest first."""
    query = select(ProgressReport).where(ProgressReport.plan_id == plan.id)
    return db.session.scalars(query.order_by(ProgressReport.month.desc())).all()


def indicator_of(actor: Actor, plan: RemediationPlan) -> Indicator | None:
    """The indicator that is measured again."""
    return db.session.get(Indicator, plan.indicator_id) if plan.indicator_id is not None else None


def baseline_of(actor: Actor, plan: RemediationPlan) -> tuple[MonitoringResult, MonitoringCycle] | None:
    """The cell from which the plan is measured, with its round; None where it has none."""
    query = select(MonitoringResult, MonitoringCycle).join(
        MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id
    )
    row = db.session.execute(query.where(MonitoringResult.id == plan.baseline_result_id)).first()
    return (row[0], row[1]) if row is not None else None


def ruling_of(actor: Actor, plan: RemediationPlan) -> Ruling | None:
    """What speaks against the cell of its baseline, if anything does."""
    return rulings(actor, [plan.baseline_result_id]).get(plan.baseline_result_id) if plan.baseline_result_id else None


def indicators(actor: Actor) -> Sequence[Indicator]:
    """The county's indicators in use, for a plan whose item came without data."""
    query = select(Indicator).where(Indicator.county_id == actor.county_id, Indicator.retired.is_(False))
    return db.session.scalars(query.order_by(Indicator.subject, Indicator.code)).all()


def units_with_plans(actor: Actor) -> list[tuple[str, str]]:
    """The units of the plans that the actor sees, in code order: reference and short name."""
    query = select(Unit.ref, Unit.short_name).join(RemediationPlan, RemediationPlan.unit_id == Unit.id).distinct()
    query = query.add_columns(case((Unit.kind == "school", 1), else_=0).label("last"), Unit.code)
    rows = db.session.execute(decide.visible(actor, query, RemediationPlan, VIEW).order_by("last", Unit.code))
    return [(row.ref, row.short_name) for row in rows]


def lists_with_plans(actor: Actor) -> list[tuple[str, str]]:
    """The problem lists whose items have plans that the actor sees: reference and title."""
    query = (
        select(ProblemList.ref, ProblemList.title, ProblemList.number)
        .join(ProblemItem, ProblemItem.list_id == ProblemList.id)
        .join(RemediationPlan, RemediationPlan.item_id == ProblemItem.id)
        .distinct()
    )
    rows = db.session.execute(decide.visible(actor, query, RemediationPlan, VIEW).order_by(ProblemList.number.desc()))
    return [(row.ref, row.title) for row in rows]
