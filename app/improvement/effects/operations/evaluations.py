"""Effect evaluations: planned with the plan, computed from verified data, proposed by one person and decided by another."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.effects.comparing import comparison_for
from app.improvement.effects.criteria import Criterion, CriterionReview, evaluate_criteria
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.outcome import Outcome, evaluate
from app.improvement.plans.models import RemediationPlan
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION

CLOSABLE = ("achieved", "improved", "partly_improved")


@dataclass(frozen=True)
class CheckedCriterion:
    """One yes/no criterion as somebody found it on the spot."""

    text: str
    met: bool | None
    on_site: bool


@dataclass(frozen=True)
class PrepareIn:
    """Which cells are the follow-up, or what was found for each criterion."""

    follow_up_ids: tuple[str, ...] = ()
    earlier_ids: tuple[str, ...] = ()
    equated: bool = False
    criteria: tuple[CheckedCriterion, ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class ProposeIn:
    """The outcome a person proposes or decides, with the written judgement; another than computed needs more."""

    outcome: str
    judgement: str
    difference_reason: str = ""
    qualitative: tuple[str, ...] = ()
    rationale_accepted: bool = False
    version: int | None = None


@dataclass(frozen=True)
class EvaluationStep:
    """A step with version and reason."""

    version: int | None = None
    reason: str | None = None


@operation(EFFECT_EVALUATION, "plan")
def plan_evaluation(actor: Actor, plan: RemediationPlan, given: None = None) -> EffectEvaluation:
    """A plan took force: its effect will be judged by the design fixed in it. Taken by SYSTEM."""
    return EffectEvaluation(
        id=uuid7(),
        item_id=plan.item_id,
        item=plan.item,
        plan_id=plan.id,
        plan=plan,
        unit_id=plan.unit_id,
        county_id=plan.county_id,
        school_id=plan.school_id,
        design=plan.design,
        item_due_on=plan.item.due_on,
        baseline_result_id=plan.baseline_result_id,
    )


@operation(EFFECT_EVALUATION, "prepare")
def prepare_evaluation(actor: Actor, evaluation: EffectEvaluation, given: PrepareIn) -> Iterator[None]:
    """Name the follow-up data; the comparison is computed at once and stored with its inputs."""
    plan = db.session.get_one(RemediationPlan, evaluation.plan_id)
    evaluation.follow_up_ids = list(given.follow_up_ids)
    evaluation.criteria_checked = [
        {"text": c.text, "met": c.met, "on_site": c.on_site, "verifier": str(actor.person_id)} for c in given.criteria
    ]
    found = _evaluated(evaluation, plan, given)
    evaluation.comparability = {"checks": [check.as_json() for check in found.checks], "equated": given.equated}
    yield
    _store(evaluation, found)
    follow(evaluation, "compute")


def _evaluated(evaluation: EffectEvaluation, plan: RemediationPlan, given: PrepareIn) -> Outcome:
    if evaluation.design == "criterion":
        review = CriterionReview(
            tuple(Criterion(c.text, c.met, c.on_site, str(i)) for i, c in enumerate(given.criteria)),
            (evaluation.item.source_type or "",),
            frozenset(),
        )
        return evaluate_criteria(review)
    if evaluation.baseline_result_id is None or not given.follow_up_ids:
        raise Invalid("follow_up_ids", Sentence("请选择复测数据", "Choose the follow-up data"))
    return evaluate(
        comparison_for(
            evaluation.baseline_result_id,
            given.follow_up_ids,
            design=evaluation.design or "indicator",
            min_effect=plan.min_effect or 0.20,
            target=plan.target,
            equated=given.equated,
            earlier_ids=given.earlier_ids,
        )
    )


def _store(evaluation: EffectEvaluation, found: Outcome) -> None:
    evaluation.computed = found.as_json()
    evaluation.computed_outcome = found.code
    evaluation.delta = found.estimate.delta if found.estimate else None
    evaluation.is_unadjusted = found.head_decides
    evaluation.effect_not_measurable = not found.measurable
    evaluation.outcome, evaluation.proposed_at = None, None


@operation(EFFECT_EVALUATION, "propose")
def propose_outcome(actor: Actor, evaluation: EffectEvaluation, given: ProposeIn) -> None:
    """The evaluator proposes; the computed outcome is a suggestion."""
    _take(evaluation, given)
    evaluation.proposed_at = clock.now()


def _take(evaluation: EffectEvaluation, given: ProposeIn) -> None:
    evaluation.outcome, evaluation.judgement = given.outcome, given.judgement.strip()
    evaluation.difference_reason = given.difference_reason.strip()
    evaluation.qualitative = list(given.qualitative)
    evaluation.rationale_accepted = given.rationale_accepted


@operation(EFFECT_EVALUATION, "decide")
def decide_evaluation(actor: Actor, evaluation: EffectEvaluation, given: ProposeIn) -> None:
    """The office, or the group head for severe problems, decides; the item is told."""
    _take(evaluation, given)
    evaluation.decided_on = clock.today()
    item = evaluation.item
    item.outcome, item.rationale_accepted = given.outcome, given.rationale_accepted
    item.effect_not_measurable = evaluation.effect_not_measurable and given.outcome == "insufficient_evidence"
    closable = given.outcome in CLOSABLE or item.effect_not_measurable
    item.closable_on = clock.today() if closable else None
    item.unresolved_on = None if closable else clock.today()


@operation(EFFECT_EVALUATION, "return_evaluation")
def return_evaluation(actor: Actor, evaluation: EffectEvaluation, given: EvaluationStep) -> None:
    """The data or the comparison have to be looked at again."""


def evaluation_in_force(item_id: uuid.UUID) -> Any:
    """The evaluation of the plan in force, newest first; None before there is one."""
    return db.session.scalar(
        select(EffectEvaluation)
        .where(EffectEvaluation.item_id == item_id, EffectEvaluation.state != "cancelled")
        .order_by(EffectEvaluation.created_at.desc())
        .limit(1)
    )
