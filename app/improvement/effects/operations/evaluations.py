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
from app.core.errors import Invalid, NotAllowed, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.effects.comparing import standing_baseline
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.models.follow_ups import measured_after
from app.improvement.effects.models.four_parts import USES
from app.improvement.effects.operations.clocks import fit_clock
from app.improvement.effects.operations.computing import Found, Named, computed, doers_of
from app.improvement.monitoring.models import Indicator, MonitoringResult
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.items import renew_clocks
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION

CLOSABLE = ("achieved", "improved")
OPEN = ("draft", "data_ready", "computed", "returned")
NOT_NOW = Sentence("成效已经计算，不能再改核查结果", "The effect is computed already; the findings stay as they are")
A_DOER = Sentence(
    "你参与了这个问题的整改，请由没有参与的人到现场核查",
    "You took part in the work; somebody who did not has to check on site",
)
NOT_ON_SITE = Sentence("请到现场核查后再填", "Check on site first")


@dataclass(frozen=True)
class CheckedCriterion:
    """One yes/no criterion as somebody found it on the spot."""

    text: str
    met: bool | None
    on_site: bool
    note: str = ""


@dataclass(frozen=True)
class CheckIn:
    """What was found for every criterion of the plan."""

    criteria: tuple[CheckedCriterion, ...]
    version: int | None = None


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
    uses: tuple[str, ...] = ()
    opinion_answer: str = ""
    """Why it is decided against an opinion from outside; kept with the decision alone."""


@dataclass(frozen=True)
class EvaluationStep:
    """A step with version and reason."""

    version: int | None = None
    reason: str | None = None


@operation(EFFECT_EVALUATION, "plan")
def plan_evaluation(actor: Actor, plan: RemediationPlan, given: None = None) -> EffectEvaluation:
    """A plan took force: its effect will be judged by the design fixed in it. Taken by SYSTEM."""
    evaluation = EffectEvaluation(
        id=uuid7(),
        item_id=plan.item_id,
        item=plan.item,
        unit_id=plan.unit_id,
        county_id=plan.county_id,
        school_id=plan.school_id,
    )
    _as_in(plan, evaluation)
    return evaluation


def _as_in(plan: RemediationPlan, evaluation: EffectEvaluation) -> None:
    evaluation.plan_id, evaluation.plan, evaluation.design = plan.id, plan, plan.design
    evaluation.item_due_on, evaluation.baseline_result_id = plan.item.due_on, _baseline(plan)
    evaluation.indicator_id = _measured(plan) if plan.design != "criterion" else None
    evaluation.evaluation_type = type_of(plan.design, evaluation.indicator_id)


def _baseline(plan: RemediationPlan) -> uuid.UUID | None:
    """The cell of the plan, or what the office chose in its place; where nothing stands for it, preparing says so."""
    if plan.baseline_result_id is None:
        return None
    return standing_baseline(plan.baseline_result_id, measured_after(plan.id)) or plan.baseline_result_id


def _measured(plan: RemediationPlan) -> uuid.UUID | None:
    """The indicator of the baseline cell; before one is chosen, that of the plan or of its item."""
    baseline = db.session.get(MonitoringResult, plan.baseline_result_id) if plan.baseline_result_id else None
    return baseline.indicator_id if baseline is not None else plan.indicator_id or plan.item.indicator_id


def type_of(design: str | None, indicator_id: uuid.UUID | None) -> str:
    """结果, 过程, 增值 or 综合, told by the design: nobody chooses it, so nobody contradicts it.

    Criteria checked on site look at what is done: process. A result measured before and after is judged by the gain over
    its own start, adjusted for what comes by itself: value added. Process and comprehensive indicators stay what they are.
    """
    if design == "criterion":
        return "process"
    told = db.session.get_one(Indicator, indicator_id).evaluation_type if indicator_id else "result"
    return "value_added" if told == "result" else told


@dataclass(frozen=True)
class InForce:
    """The edition that took force."""

    plan: RemediationPlan


@operation(right="system", name="effect_evaluation.follow_plan")
def follow_plan(actor: Actor, evaluation: EffectEvaluation, given: InForce) -> None:
    """A later edition of the plan took force: what is not computed yet will be judged by the design fixed in that one."""
    if evaluation.state in ("draft", "returned"):
        _as_in(given.plan, evaluation)
        evaluation.follow_up_ids, evaluation.criteria_checked = [], []
        evaluation.comparability, evaluation.computed, evaluation.computed_outcome = {}, {}, None


@operation(right="system", name="effect_evaluation.take_ruling")
def take_ruling(actor: Actor, evaluation: EffectEvaluation, given: None = None) -> None:
    """The office decided on a cell it compares: the one that counts is its baseline, what was computed is computed anew."""
    if evaluation.state == "computed" and not evaluation.cells_stand:
        follow(evaluation, "recompute")
    if evaluation.state in ("draft", "returned") and evaluation.design != "criterion":
        evaluation.baseline_result_id = _baseline(evaluation.plan)


@operation(right="system", name="effect_evaluation.end_with_item")
def end_with_item(actor: Actor, item: ProblemItem, given: None = None) -> None:
    """The item is void: its open evaluations end with it."""
    if item.state != "void":
        return
    query = select(EffectEvaluation).where(EffectEvaluation.item_id == item.id, EffectEvaluation.state.in_(OPEN))
    for evaluation in db.session.scalars(query.order_by(EffectEvaluation.id)).all():
        follow(evaluation, "cancel_with_item")


@operation(right="system", name="effect_evaluation.follow_item")
def follow_item(actor: Actor, evaluation: EffectEvaluation, given: None = None) -> None:
    """The item came into evaluation or left it: the clock of the decision starts, stops or runs on."""
    fit_clock(evaluation)


@operation(right="effects.check_criteria", name="effect_evaluation.check_criteria")
def check_criteria(actor: Actor, evaluation: EffectEvaluation, given: CheckIn) -> None:
    """Somebody who did not do the work says for each criterion what was found on the spot."""
    if actor.school_id is not None and not evaluation.is_school_level:
        raise NotAllowed("effects.check_criteria", evaluation)
    if evaluation.state not in ("draft", "returned") or evaluation.design != "criterion":
        raise StepRefused((NOT_NOW,))
    doers = doers_of(actor, evaluation)
    if str(actor.person_id) in doers:
        raise StepRefused((A_DOER,))
    if not all(one.on_site for one in given.criteria):
        raise Invalid("on_site", NOT_ON_SITE)
    evaluation.criteria_checked = _checked(actor, given.criteria, doers)


def _checked(actor: Actor, criteria: tuple[CheckedCriterion, ...], doers: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "text": one.text,
            "met": one.met,
            "on_site": one.on_site,
            "note": one.note.strip(),
            "verifier": str(actor.person_id),
            "checked_on": clock.today().isoformat(),
            "by_doer": str(actor.person_id) in doers,
        }
        for one in criteria
    ]


@operation(EFFECT_EVALUATION, "prepare")
def prepare_evaluation(actor: Actor, evaluation: EffectEvaluation, given: PrepareIn) -> Iterator[None]:
    """Name the follow-up data; the comparison is computed at once and stored with its inputs."""
    plan = db.session.get_one(RemediationPlan, evaluation.plan_id)
    if given.criteria:
        evaluation.criteria_checked = _checked(actor, given.criteria, doers_of(actor, evaluation))
    named = Named(given.follow_up_ids, given.earlier_ids, given.equated)
    found = computed(actor, evaluation, plan, named)
    evaluation.follow_up_ids = list(named.follow_up_ids)
    evaluation.comparability = {
        "checks": [check.as_json() for check in found.outcome.checks],
        "equated": named.equated,
        "earlier_ids": list(named.earlier_ids),
    }
    yield
    _store(evaluation, found)
    follow(evaluation, "compute")
    fit_clock(evaluation)


def _store(evaluation: EffectEvaluation, found: Found) -> None:
    outcome = found.outcome
    evaluation.computed = found.as_json()
    evaluation.computed_outcome = outcome.code
    evaluation.delta = outcome.estimate.delta if outcome.estimate else None
    evaluation.is_unadjusted = outcome.head_decides and outcome.measurable
    evaluation.effect_not_measurable = not outcome.measurable
    evaluation.outcome, evaluation.proposed_at = None, None
    evaluation.judgement, evaluation.difference_reason, evaluation.qualitative = "", "", []
    evaluation.opinion_answer = ""


@operation(EFFECT_EVALUATION, "propose")
def propose_outcome(actor: Actor, evaluation: EffectEvaluation, given: ProposeIn) -> None:
    """The evaluator proposes; the computed outcome is a suggestion."""
    _take(evaluation, given)
    evaluation.proposed_at, evaluation.proposed_by = clock.now(), actor.person_id
    evaluation.proposed_outcome, evaluation.proposed_judgement = evaluation.outcome, evaluation.judgement


def _take(evaluation: EffectEvaluation, given: ProposeIn) -> None:
    evaluation.outcome, evaluation.judgement = given.outcome, given.judgement.strip()
    evaluation.difference_reason = given.difference_reason.strip()
    evaluation.qualitative = list(dict.fromkeys(given.qualitative))
    evaluation.uses = [use for use in USES if use in given.uses]
    evaluation.rationale_accepted = given.rationale_accepted and given.outcome == "partly_improved"


@operation(EFFECT_EVALUATION, "decide")
def decide_evaluation(actor: Actor, evaluation: EffectEvaluation, given: ProposeIn) -> Iterator[None]:
    """The office, or the group head for severe problems, decides; the item is told, and its clock runs from today."""
    _take(evaluation, given)
    answer = given.opinion_answer.strip()
    evaluation.opinion_answer = answer if answer and evaluation.is_against_an_opinion else ""
    evaluation.decided_on, evaluation.decided_by = clock.today(), actor.person_id
    yield
    item = evaluation.item
    item.outcome, item.rationale_accepted = evaluation.outcome, evaluation.rationale_accepted
    item.effect_not_measurable = evaluation.effect_not_measurable and evaluation.outcome == "insufficient_evidence"
    closable = (
        evaluation.outcome in CLOSABLE
        or item.effect_not_measurable
        or (evaluation.outcome == "partly_improved" and item.rationale_accepted)
    )
    item.closable_on = clock.today() if closable else None
    item.unresolved_on = None if closable else clock.today()
    renew_clocks(item)


@operation(EFFECT_EVALUATION, "return_evaluation")
def return_evaluation(actor: Actor, evaluation: EffectEvaluation, given: EvaluationStep) -> None:
    """The data or the comparison have to be looked at again."""


def evaluation_in_force(item_id: uuid.UUID) -> EffectEvaluation | None:
    """The evaluation of the plan in force, newest first; None before there is one."""
    return db.session.scalar(
        select(EffectEvaluation)
        .where(EffectEvaluation.item_id == item_id, EffectEvaluation.state != "cancelled")
        .order_by(EffectEvaluation.created_at.desc())
        .limit(1)
    )
