"""The cell that a plan begins from: that of the item's newest finding, or what the office chose in its place."""

from __future__ import annotations

from sqlalchemy import select

from app.core.casework.door import operation
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.rulings import DISPUTED, standing_instead_of, standing_of
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ItemFinding


def take_baseline(plan: RemediationPlan) -> None:
    """Value, spread and row of the newest finding's cell, within a round the lowest; none while two sources disagree on it."""
    cell = _cell_of(plan)
    if cell is None:
        return
    plan.baseline_result_id, plan.baseline, plan.baseline_sd = cell.id, cell.value, cell.sd
    plan.indicator_id = cell.indicator_id


def _cell_of(plan: RemediationPlan) -> MonitoringResult | None:
    cited = (
        select(MonitoringResult.id)
        .join(DataFinding, DataFinding.result_id == MonitoringResult.id)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .join(ItemFinding, ItemFinding.finding_id == DataFinding.id)
        .where(ItemFinding.item_id == plan.item_id)
        .order_by(MonitoringCycle.starts_on.desc(), DataFinding.effect)
    )
    for identity in db.session.scalars(cited).all():
        found = standing_instead_of(identity)
        if found is not None:
            return db.session.get_one(MonitoringResult, found)
        if standing_of(identity) == DISPUTED:
            return None
    return None


def renew_baseline(plan: RemediationPlan) -> None:
    """A plan that can be changed lets go of a cell that fell, and takes what stands in its place; inside an act."""
    if plan.baseline_stands and (plan.baseline_result_id is not None or not plan.is_from_monitoring):
        return
    if not plan.baseline_stands:
        plan.baseline_result_id, plan.baseline, plan.baseline_sd = None, None, None
    take_baseline(plan)


@operation(right="system", name="remediation_plan.take_ruling")
def take_ruling(actor: Actor, plan: RemediationPlan, given: None = None) -> None:
    """The office decided between two sources: a plan that is being written begins from the one that counts."""
    if plan.can_be_edited:
        renew_baseline(plan)
