"""What happens to plans when their item or list ends: taken by the system, safe to be taken twice."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.casework.door import follow, operation
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem, ProblemList

OPEN = ("draft", "submitted", "under_review", "returned", "approved", "active")


def end_open_actions(plan: RemediationPlan) -> None:
    """What was not finished ends with its plan; inside an act."""
    for action in plan.actions:
        if action.state not in ("completed", "cancelled"):
            follow(action, "cancel_with_plan")


@operation(right="system", name="remediation_plan.end_with_item")
def end_with_item(actor: Actor, item: ProblemItem, given: None = None) -> None:
    """The item is void: its open plans end, and with them their open measures."""
    if item.state != "void":
        return
    for plan in _plans_of(RemediationPlan.item_id == item.id, OPEN):
        follow(plan, "cancel_with_item")
        end_open_actions(plan)


@operation(right="system", name="remediation_plan.archive_with_list")
def archive_with_list(actor: Actor, problem_list: ProblemList, given: None = None) -> None:
    """The list is archived: so are the plans that were completed with its items."""
    if problem_list.state != "archived":
        return
    for plan in _plans_of(RemediationPlan.item.has(ProblemItem.list_id == problem_list.id), ("completed",)):
        follow(plan, "archive")


def _plans_of(condition: object, states: tuple[str, ...]) -> Sequence[RemediationPlan]:
    wanted = select(RemediationPlan).where(condition, RemediationPlan.state.in_(states))  # type: ignore[arg-type]
    return db.session.scalars(wanted.order_by(RemediationPlan.id)).all()
