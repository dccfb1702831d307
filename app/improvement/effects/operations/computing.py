"""What preparing an evaluation computes: from the cells or criteria named to the outcome by rule, with both ends beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.core.database import db, use_context, widen
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.effects.comparing import candidates_for_follow_up, comparison_for, earlier_rounds, later_rounds
from app.improvement.effects.criteria import Criterion, CriterionReview, evaluate_criteria
from app.improvement.effects.measures import Measure, pooled
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.outcome import Comparison, Outcome, evaluate
from app.improvement.effects.outcome_rules import OutcomeRules, outcome_rules
from app.improvement.monitoring.models.rulings import all_stand
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.targets import is_comparable

CHOOSE = Sentence("请选择复测数据", "Choose the follow-up data")
OTHERS = Sentence(
    "选的数据不是本单位这个指标后来的结果，请重新选择",
    "What was chosen is no later result of this unit on this indicator; choose again",
)
NO_BASELINE = Sentence(
    "方案里没有监测数据格，没有数据可比；请起草新一版方案，改为按标准核验（已进入评价的，先请办公室重订方案）",
    "The plan names no measured cell, so nothing can be compared; draw up a next edition that is judged by criteria"
    " (in evaluation, the office has to ask for a new plan first)",
)
TOO_EARLY = Sentence(
    "选的数据在方案生效（或重新打开）以前测得，不能说明整改的成效",
    "What was chosen was measured before the plan took effect or the item was reopened; it tells nothing of the work",
)
BASELINE_FELL = Sentence(
    "基线数据格有来源不一致，还没有裁定，或已裁定不采用而替代的数据在方案生效以后才测得：等裁定，或请办公室重订方案",
    "The baseline cell is disputed, or it was decided against and what counts instead was measured after the plan took"
    " effect: wait for the decision, or ask the office for a new plan",
)
ONE_ROUND = Sentence("只能选一轮复测数据", "Choose one round of follow-up data")
NO_CRITERIA = Sentence("还没有现场核查标准，请先核查", "No criterion was checked on site yet")
DOERS = text(
    """select person_id from audit.transition_log where person_id is not null and record_id = any(:ids)
           and step in ('remediation_plan.draft', 'remediation_plan.submit', 'remediation_action.start',
                        'remediation_action.report_done', 'evidence.submit', 'evidence.resubmit')
       union select owner_id from remediation_actions where plan_id = any(:plans) and owner_id is not null
       union select owner_id from remediation_plans where id = any(:plans) and owner_id is not null"""
)
WORK = text(
    """select p.id, 'plan' as kind from remediation_plans p where p.item_id = :item
       union all select a.id, 'action' from remediation_actions a join remediation_plans p on p.id = a.plan_id
         where p.item_id = :item
       union all select e.id, 'evidence' from evidence e join remediation_actions a on a.id = e.action_id
         join remediation_plans p on p.id = a.plan_id where p.item_id = :item"""
)

HELD_BEFORE = text(
    """select one ->> 'text' from (
           select v.criteria_checked from effect_evaluations v
           where v.item_id = :item and v.plan_id <> :plan and v.state = 'decided' and not exists (
               select 1 from audit.transition_log l
               where l.record_id = v.item_id and l.step = 'problem_item.reopen' and l.at > v.created_at)
           order by v.created_at desc limit 1) as last
       cross join lateral jsonb_array_elements(last.criteria_checked) as one where (one ->> 'met')::boolean"""
)
"""Criteria that were met when the plan before this one was judged; what a reopening found lost is nobody's any more."""


@dataclass(frozen=True)
class Named:
    """Which cells are the follow-up, which earlier rounds are pooled with the baseline, whether the scales were equated."""

    follow_up_ids: tuple[str, ...] = ()
    earlier_ids: tuple[str, ...] = ()
    equated: bool = False


@dataclass(frozen=True)
class Found:
    """The outcome by rule, and the two ends as they are drawn; no ends where criteria were judged."""

    outcome: Outcome
    ends: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, ready for storage."""
        return self.outcome.as_json() | {"ends": list(self.ends)}


def doers_of(actor: Actor, evaluation: EffectEvaluation) -> frozenset[str]:
    """Ids of the persons who planned, did or documented the work on the item."""
    rows = db.session.execute(WORK, {"item": evaluation.item_id}).all()
    plans = [row.id for row in rows if row.kind == "plan"]
    found = db.session.execute(DOERS, {"ids": [row.id for row in rows], "plans": plans})
    return frozenset(str(row.person_id) for row in found)


def computed(actor: Actor, evaluation: EffectEvaluation, plan: RemediationPlan, given: Named) -> Found:
    """The outcome by the design fixed in the plan. Raises Invalid where there is nothing to compute from."""
    if evaluation.design == "criterion":
        return Found(_judged(actor, evaluation))
    if evaluation.baseline_result_id is None:
        raise Invalid("follow_up", NO_BASELINE)
    comparison = _comparison(evaluation, plan, given)
    return Found(evaluate(comparison), _ends(comparison, outcome_rules()))


def _judged(actor: Actor, evaluation: EffectEvaluation) -> Outcome:
    if not evaluation.criteria_checked:
        raise Invalid("", NO_CRITERIA)
    held = set(db.session.scalars(HELD_BEFORE, {"item": evaluation.item_id, "plan": evaluation.plan_id}))
    criteria = tuple(
        Criterion(one["text"], one.get("met"), bool(one.get("on_site")), one.get("verifier"), one["text"] in held)
        for one in evaluation.criteria_checked
    )
    sources = (evaluation.item.source_type or "",)
    measured = is_comparable(evaluation.baseline_result_id)
    return evaluate_criteria(CriterionReview(criteria, sources, doers_of(actor, evaluation), measured))


def _comparison(evaluation: EffectEvaluation, plan: RemediationPlan, given: Named) -> Comparison:
    assert evaluation.baseline_result_id is not None
    if not all_stand([evaluation.baseline_result_id]):
        raise Invalid("follow_up", BASELINE_FELL)
    _must_be_chosen(evaluation, given)
    with _peers_shown(evaluation):
        return comparison_for(
            evaluation.baseline_result_id,
            given.follow_up_ids,
            design=evaluation.design or "indicator",
            min_effect=max(plan.min_effect or 0.0, outcome_rules().least_effect),
            target=plan.target,
            equated=given.equated,
            earlier_ids=given.earlier_ids,
        )


def _must_be_chosen(evaluation: EffectEvaluation, given: Named) -> None:
    """Only cells of the same unit and indicator measured after the plan took effect, in no more rounds than the design pools."""
    assert evaluation.baseline_result_id is not None
    most = 1 if evaluation.design == "indicator" else outcome_rules().pooled_rounds
    if not given.follow_up_ids:
        raise Invalid("follow_up", CHOOSE)
    if len(given.follow_up_ids) > most:
        several = Sentence(f"最多合并 {most} 轮复测数据", f"Rounds pooled: at most {most}")
        raise Invalid("follow_up", ONE_ROUND if most == 1 else several)
    if given.earlier_ids and (most == 1 or len(given.earlier_ids) >= most):
        raise Invalid("earlier", Sentence(f"基线最多合并 {most} 轮", f"Rounds in the baseline: at most {most}"))
    later = later_rounds(evaluation.baseline_result_id)
    if not set(given.follow_up_ids) <= {str(cell.id) for cell, _cycle in later}:
        raise Invalid("follow_up", OTHERS)
    counted = candidates_for_follow_up(evaluation.baseline_result_id, evaluation.counts_after)
    if not set(given.follow_up_ids) <= {str(cell.id) for cell, _cycle in counted}:
        raise Invalid("follow_up", TOO_EARLY)
    before = {str(cell.id) for cell, _cycle in earlier_rounds(evaluation.baseline_result_id)}
    if not set(given.earlier_ids) <= before:
        raise Invalid("earlier", OTHERS)


@contextmanager
def _peers_shown(evaluation: EffectEvaluation) -> Iterator[None]:
    """The regression needs the county's other units, of which a school sees none; nothing of them leaves but numbers."""
    db.session.flush()
    before = widen(counties=(evaluation.county_id,))
    yield
    use_context(before)


def _ends(comparison: Comparison, rules: OutcomeRules) -> tuple[dict[str, Any], ...]:
    return tuple(_end(rounds, rules) for rounds in (comparison.baseline, comparison.follow_up))


def _end(rounds: Sequence[Measure], rules: OutcomeRules) -> dict[str, Any]:
    """One end with its own 95 % interval; low and high are None where it cannot be tested."""
    alike = [one for one in rounds if one.value_type == rounds[0].value_type]
    whole = pooled(alike)
    found: dict[str, Any] = {"value": whole.value, "n": whole.n, "sd": whole.sd, "value_type": whole.value_type}
    if not whole.testable or whole.value is None:
        return found | {"low": None, "high": None}
    half = rules.interval_z_95 * math.sqrt(whole.sampling_variance(rules))
    return found | {"low": whole.value - half, "high": whole.value + half}
