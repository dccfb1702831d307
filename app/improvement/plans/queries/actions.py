"""Reads of measures: one's own, a unit's, and one measure with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.core import registers
from app.core.casework.in_hand import record_for
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.plans.models import Evidence, EvidenceUse, RemediationAction, RemediationPlan
from app.improvement.problems.models import ProblemItem

VIEW = "plans.view_plans"
ROWS = 40
ENDS_FIRST = ((registers.late(RemediationAction.planned_end), False), (RemediationAction.id, False))
ORDERS: dict[str, registers.Order] = {
    "number": ((ProblemItem.number, False), (RemediationAction.position, False), (RemediationAction.id, False)),
    "state": ((RemediationAction.state_since, False), (RemediationAction.id, False)),
}
"""Otherwise than the one that ends first: by number of the item, or those longest in their state."""
LIGHT = (
    joinedload(RemediationAction.plan).options(
        lazyload(RemediationPlan.actions),
        lazyload(RemediationPlan.comments),
        joinedload(RemediationPlan.item).lazyload(ProblemItem.all_causes),
    ),
)
"""For lists: a measure with its plan and item, without everything else that belongs to the plan."""
OPEN = ("not_started", "in_progress", "evidence_submitted", "returned")


@dataclass(frozen=True)
class ActionFilter:
    """Which measures: words, states, and whether everybody's of the unit or one's own."""

    words: str = ""
    states: tuple[str, ...] = ()
    whose: str = "mine"
    after: str = ""
    sort: str = ""


def _seen(actor: Actor) -> Select[Any]:
    query = (
        select(RemediationAction)
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .join(ProblemItem, ProblemItem.id == RemediationPlan.item_id)
    )
    return decide.visible(actor, query, RemediationAction, VIEW)


def own_actions(actor: Actor, wanted: ActionFilter, rows: int = ROWS) -> Sequence[RemediationAction]:
    """Measures of plans in force, the one that ends first at the top unless told otherwise; one more than so many rows."""
    counted, order = registers.counted(wanted.after), ORDERS.get(wanted.sort, ENDS_FIRST)
    query = registers.page_of(_seen(actor), RemediationAction, order, "" if counted else wanted.after, wanted.sort)
    query = query.where(RemediationPlan.state.in_(("active", "completed")))
    if wanted.whose != "unit":
        query = query.where(RemediationAction.owner_id == actor.person_id)
    query = query.where(RemediationAction.state.in_(wanted.states or OPEN))
    if wanted.words:
        like = f"%{wanted.words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(RemediationAction.title.ilike(like), ProblemItem.number.ilike(like)))
    query = query.options(joinedload(RemediationAction.owner), *LIGHT).offset(counted).limit(rows + 1)
    return db.session.scalars(query).unique().all()


def action_for(actor: Actor, ref: str) -> RemediationAction:
    """One measure with its plan, item, criteria and evidence. Raises NotFound."""
    query = (
        select(RemediationAction)
        .where(RemediationAction.ref == ref)
        .options(
            joinedload(RemediationAction.owner),
            selectinload(RemediationAction.evidence).joinedload(Evidence.owner),
        )
    )
    action = db.session.scalar(decide.visible(actor, query, RemediationAction, VIEW))
    if action is None:
        raise NotFound("action", ref)
    return action


def action_in_hand(actor: Actor, ref: str) -> RemediationAction:
    """The measure that somebody acts on, with its plan and item; the rest is read when asked for. Raises NotFound."""
    return record_for(actor, RemediationAction, VIEW, ref, "action")


def uses_of(actor: Actor, action: RemediationAction) -> Sequence[EvidenceUse]:
    """Evidence of other measures that is shown for this one too."""
    query = (
        select(EvidenceUse)
        .where(EvidenceUse.action_id == action.id)
        .options(joinedload(EvidenceUse.evidence).joinedload(Evidence.owner))
    )
    return db.session.scalars(query.order_by(EvidenceUse.created_at)).unique().all()
