"""A plan takes the cell that it is measured from, and takes another where the office decided against it."""

from __future__ import annotations

from app.core.casework.door import operation
from app.core.policy.actor import Actor
from app.improvement.plans.baselines import baseline_for
from app.improvement.plans.models import RemediationPlan


def take_baseline(plan: RemediationPlan) -> None:
    """Value, spread and the row itself, and why it is this one; none while two sources disagree on it."""
    found = baseline_for(plan.item)
    if found is None:
        return
    result, plan.baseline_origin = found.result, found.origin
    plan.baseline_result_id, plan.baseline, plan.baseline_sd = result.id, result.value, result.sd
    plan.indicator_id = result.indicator_id


def renew_baseline(plan: RemediationPlan) -> None:
    """A plan that can be changed lets go of a cell that fell, and takes what stands in its place; inside an act."""
    if plan.baseline_stands and (plan.baseline_result_id is not None or not plan.is_from_monitoring):
        return
    if not plan.baseline_stands:
        plan.baseline_result_id = plan.baseline = plan.baseline_sd = plan.baseline_origin = None
    take_baseline(plan)


@operation(right="system", name="remediation_plan.take_ruling")
def take_ruling(actor: Actor, plan: RemediationPlan, given: None = None) -> None:
    """The office decided between two sources: a plan that is being written begins from the one that counts."""
    if plan.can_be_edited:
        renew_baseline(plan)
