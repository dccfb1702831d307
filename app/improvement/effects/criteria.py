"""Items without statistics: yes/no criteria, seen on site by somebody who did not do the work."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.improvement.effects.comparability import Check
from app.improvement.effects.outcome import (
    ACHIEVED,
    CRITERION,
    INSUFFICIENT,
    NO_CHANGE,
    PARTLY,
    WORSENED,
    Outcome,
    outcome_code_version,
)
from app.improvement.effects.outcome_rules import OutcomeRules, outcome_rules
from app.improvement.provenance import Reason, inputs_digest

MONITORING = "monitoring"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of the plan. `met`: None until somebody looked; `met_before`: it held when the item was issued."""

    text: str
    met: bool | None = None
    on_site: bool = False
    verifier: str | None = None
    met_before: bool = False


@dataclass(frozen=True, slots=True)
class CriterionReview:
    """All criteria of an item, where it came from (`source_type` of its findings) and who did the work (ids).

    `measured`: there are monitoring data of it that a later measurement can be compared with; an index has none.
    """

    criteria: tuple[Criterion, ...]
    source_types: tuple[str, ...]
    doers: frozenset[str]
    measured: bool = True

    def __post_init__(self) -> None:
        if not self.criteria:
            raise ValueError("a review needs at least one criterion")

    def as_json(self) -> dict[str, Any]:
        """All inputs as plain JSON values, the same text for the same inputs."""
        return {
            "criteria": [asdict(criterion) for criterion in self.criteria],
            "source_types": sorted(self.source_types),
            "doers": sorted(self.doers),
            "measured": self.measured,
        }


def evaluate_criteria(review: CriterionReview, rules: OutcomeRules | None = None) -> Outcome:
    """The outcome of yes/no criteria; never raises.

    A failing check → insufficient_evidence; a criterion that held and is lost → worsened; all met → achieved; some of
    those open at the start met → partly_improved; none → no_change. Source: decision 41 (`criterion`); the split of
    partial results is this project's own.
    """
    rules = rules or outcome_rules()
    lines = _checks(review)
    failing = tuple(line.failing for line in lines if line.failing is not None)
    code, reasons = (INSUFFICIENT, failing) if failing else _judged(review)
    return Outcome(
        code=code,
        unguarded=code,
        design=CRITERION,
        checks=lines,
        reasons=reasons,
        estimate=None,
        adjustment=None,
        min_effect=None,
        target=None,
        target_met=None,
        measurable=True,
        head_decides=False,
        rule_version=rules.version,
        code_version=outcome_code_version(),
        inputs_sha256=inputs_digest([rules.model_dump(), review.as_json()]),
    )


def _judged(review: CriterionReview) -> tuple[str, tuple[Reason, ...]]:
    total, met = len(review.criteria), sum(bool(criterion.met) for criterion in review.criteria)
    gained = any(criterion.met and not criterion.met_before for criterion in review.criteria)
    counted = Reason("criteria_met", f"{total} 条标准中 {met} 条达到", f"{met} of {total} criteria are met.")
    lost = sum(criterion.met_before and not criterion.met for criterion in review.criteria)
    if lost:
        return WORSENED, (
            counted,
            Reason("lost", f"{lost} 条原来达到的现在没有达到", f"{lost} that held before are lost."),
        )
    if met == total:
        return ACHIEVED, (counted,)
    return (PARTLY if gained else NO_CHANGE), (counted,)


def _checks(review: CriterionReview) -> tuple[Check, ...]:
    open_ones = sum(criterion.met is None for criterion in review.criteria)
    unseen = sum(not criterion.on_site for criterion in review.criteria)
    own = sum(criterion.verifier is None or criterion.verifier in review.doers for criterion in review.criteria)
    return (
        _line(
            *("source", "没有监测数据可比", "There are no monitoring data to compare"),
            *(MONITORING in review.source_types and review.measured,),
            *("有监测数据可比的问题要用数据评价", "Problems with monitoring data to compare need them."),
        ),
        _line(
            *("all_judged", "每条标准都有结论", "Every criterion is judged", open_ones > 0),
            *(f"{open_ones} 条标准还没有结论", f"{open_ones} criteria are not judged yet."),
        ),
        _line(
            *("on_site", "现场核查", "Verified on site", unseen > 0),
            *(f"{unseen} 条标准没有现场核查", f"{unseen} criteria were not verified on site."),
        ),
        _line(
            *("not_a_doer", "核查人没有参与整改", "Verified by somebody who did not do the work", own > 0),
            *(f"{own} 条标准没有由整改以外的人核查", f"{own} criteria lack a verifier who took no part in the work."),
        ),
    )


def _line(code: str, zh: str, en: str, wrong: bool, why_zh: str, why_en: str) -> Check:
    return Check(code, zh, en, Reason(code, why_zh, why_en) if wrong else None)
