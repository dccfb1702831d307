"""Reads of the interface: records by keyset pages through each feature's own visibility, and who holds which token."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, raiseload, selectinload

from app.api.models import ApiToken, Granted, Webhook
from app.core.database import db
from app.core.errors import Invalid, NotFound, Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.effects.models import ClosureRequest, EffectEvaluation
from app.improvement.effects.queries.lists import seen as seen_effects
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.rulings import standing
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.problems.models import ItemHandOff, ProblemItem, ProblemList
from app.improvement.problems.queries.reach import visible_items, visible_lists
from app.improvement.sampling.models import ListCheck, ListCheckAnswer
from app.improvement.sampling.queries import seen as seen_checks
from app.people.directory.models import Unit

LOST = Sentence(
    "after 所指的记录不在了，请从第一页重新读取", "The record that after names is gone; begin with the first page."
)
STATELESS = Sentence("监测结果没有状态，请去掉 state", "Results have no state; leave state out.")
RELEASED = ("released", "improving", "closed")


@dataclass(frozen=True)
class Resource:
    """One kind of record: its table, who sees which rows, and what is loaded with them."""

    model: Any
    see: Callable[[Actor, Select[Any]], Select[Any]]
    loads: tuple[Any, ...] = ()
    moves: bool = True
    """Whether it has states, and so moments of its last move; otherwise what is new is what was made since."""
    beside: Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, Mapping[str, Any]]] = lambda ids: {}
    """Of many records by id, fields that are not columns of theirs: asked once for a page."""


@dataclass(frozen=True)
class Wanted:
    """What a page is narrowed to: states, changes since a moment, the record before it, its size (1–200)."""

    states: Sequence[str] = ()
    changed_since: datetime | None = None
    after: str | None = None
    size: int = 50


def _by(model: Any, right: str) -> Callable[[Actor, Select[Any]], Select[Any]]:
    return lambda actor, statement: decide.visible(actor, statement, model, right)


def _seen_results(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """Cells in force of rounds that were released."""
    r, c = MonitoringResult, MonitoringCycle
    out = statement.join(c, c.id == r.cycle_id).where(c.state.in_(RELEASED), r.superseded_at.is_(None))
    return decide.visible(actor, out, r, "monitoring.view_results")


def _standings(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    r = MonitoringResult
    rows = db.session.execute(select(r.id, standing(r.id).label("standing")).where(r.id.in_(ids)))
    return {row.id: {"standing": row.standing} for row in rows}


def _seen_evidence(actor: Actor, statement: Select[Any]) -> Select[Any]:
    measures = decide.visible(actor, select(RemediationAction.id), RemediationAction, "plans.view_evidence")
    return statement.where(Evidence.action_id.in_(measures))


def _seen_effects(model: Any) -> Callable[[Actor, Select[Any]], Select[Any]]:
    return lambda actor, statement: seen_effects(
        actor, statement.join(ProblemItem, ProblemItem.id == model.item_id), model
    )


RESOURCES: dict[str, Resource] = {
    "results": Resource(
        MonitoringResult,
        _seen_results,
        (contains_eager(MonitoringResult.cycle), joinedload(MonitoringResult.indicator)),
        moves=False,
        beside=_standings,
    ),
    "findings": Resource(
        DataFinding, _by(DataFinding, "monitoring.view_findings"), (joinedload(DataFinding.indicator),)
    ),
    "lists": Resource(ProblemList, visible_lists, (joinedload(ProblemList.cycle),)),
    "items": Resource(
        ProblemItem,
        visible_items,
        (
            joinedload(ProblemItem.problem_list),
            joinedload(ProblemItem.indicator),
            selectinload(ProblemItem.hand_offs).joinedload(ItemHandOff.to_unit),
            selectinload(ProblemItem.cited).load_only(DataFinding.scenarios),
        ),
    ),
    "plans": Resource(RemediationPlan, _by(RemediationPlan, "plans.view_plans"), (joinedload(RemediationPlan.item),)),
    "actions": Resource(
        RemediationAction,
        _by(RemediationAction, "plans.view_plans"),
        (joinedload(RemediationAction.plan).joinedload(RemediationPlan.item), joinedload(RemediationAction.topic)),
    ),
    "evidence": Resource(Evidence, _seen_evidence, (joinedload(Evidence.action), selectinload(Evidence.versions))),
    "evaluations": Resource(
        EffectEvaluation,
        _seen_effects(EffectEvaluation),
        (joinedload(EffectEvaluation.item), joinedload(EffectEvaluation.plan)),
    ),
    "closures": Resource(
        ClosureRequest,
        _seen_effects(ClosureRequest),
        (joinedload(ClosureRequest.item), joinedload(ClosureRequest.evaluation)),
    ),
    "list-checks": Resource(
        ListCheck,
        seen_checks,
        (
            joinedload(ListCheck.problem_list),
            joinedload(ListCheck.draw),
            selectinload(ListCheck.answers).joinedload(ListCheckAnswer.item),
        ),
    ),
}
"""Last part of the address → what stands behind it."""


def _selected(actor: Actor, resource: Resource) -> Select[Any]:
    return resource.see(actor, select(resource.model)).options(*resource.loads, raiseload("*"))


def page_of(actor: Actor, name: str, wanted: Wanted) -> tuple[list[Any], str | None]:
    """The records in the order of their making and the cursor of the next page. Raises Invalid for a cursor that is gone."""
    resource = RESOURCES[name]
    model, query = resource.model, _selected(actor, resource)
    if wanted.states:
        if not resource.moves:
            raise Invalid("state", STATELESS)
        query = query.where(model.state.in_(wanted.states))
    if wanted.changed_since is not None:
        moved = model.state_since if resource.moves else model.created_at
        query = query.where(moved >= wanted.changed_since)
    if wanted.after:
        query = query.where(model.id > edge_of(actor, name, wanted.after))
    rows = list(db.session.scalars(query.order_by(model.id).limit(wanted.size + 1)).unique())
    more, rows = len(rows) > wanted.size, rows[: wanted.size]
    return rows, rows[-1].ref if more else None


def edge_of(actor: Actor, name: str, after: str) -> uuid.UUID:
    """The id of the record that a cursor names. Raises Invalid where it is gone."""
    resource = RESOURCES[name]
    edge: uuid.UUID | None = db.session.scalar(
        resource.see(actor, select(resource.model.id)).where(resource.model.ref == after)
    )
    if edge is None:
        raise Invalid("after", LOST)
    return edge


def record_for(actor: Actor, name: str, ref: str) -> Any:
    """One record. Raises NotFound."""
    resource = RESOURCES[name]
    found = db.session.scalars(_selected(actor, resource).where(resource.model.ref == ref)).unique().first()
    if found is None:
        raise NotFound(name, ref)
    return found


def sees(actor: Actor, entity: str, record_id: uuid.UUID) -> tuple[str, str] | None:
    """Resource and reference of a record by table and id, where the actor sees it."""
    for name, resource in RESOURCES.items():
        if resource.model.__tablename__ == entity:
            one = resource.see(actor, select(resource.model.ref)).where(resource.model.id == record_id)
            ref = db.session.scalar(one)
            return (name, ref) if ref else None
    return None


def beside(actor: Actor, name: str, rows: Sequence[Any]) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    """What stands beside records which the actor has loaded, by their ids."""
    return RESOURCES[name].beside([row.id for row in rows])


def units_of(actor: Actor, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Any]:
    """The units that stand on records which the actor has loaded: ref, code, name."""
    rows = db.session.execute(
        select(Unit.id, Unit.ref, Unit.code, Unit.name).where(Unit.id.in_({one for one in ids if one}))
    )
    return {row.id: row for row in rows}


def held(actor: Actor, model: type[Granted]) -> list[Any]:
    """Tokens or webhooks that the actor asked for or oversees, the newest first."""
    found = select(model).options(joinedload(model.owner), joinedload(model.assignment))
    visible = decide.visible(actor, found, model, "api.view")
    return list(db.session.scalars(visible.order_by(model.created_at.desc())))


def granted_for(actor: Actor, kind: str, ref: str) -> Any:
    """One token or webhook. Raises NotFound."""
    model: Any = {"tokens": ApiToken, "webhooks": Webhook}[kind]
    query = select(model).options(joinedload(model.owner), joinedload(model.assignment)).where(model.ref == ref)
    found = db.session.scalar(decide.visible(actor, query, model, "api.view"))
    if found is None:
        raise NotFound(kind, ref)
    return found
