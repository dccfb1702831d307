"""May a follow-up be compared with its baseline at all: the checklist that comes before any number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.improvement.effects.measures import Measure, pooled
from app.improvement.effects.outcome_rules import OutcomeRules
from app.improvement.provenance import Reason


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist; `failing` says in both languages what is wrong, None where the line holds."""

    code: str
    zh: str
    en: str
    failing: Reason | None = None

    @property
    def passed(self) -> bool:
        return self.failing is None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        failing = None if self.failing is None else self.failing.as_json()
        return {"code": self.code, "zh": self.zh, "en": self.en, "passed": self.passed, "failing": failing}


def checks(
    baseline: Sequence[Measure], follow_up: Sequence[Measure], rules: OutcomeRules, *, equated: bool
) -> tuple[Check, ...]:
    """Seven lines, always the same and in the same order; every line that fails gives insufficient_evidence.

    `baseline`, `follow_up`: the rounds of either end (one, or several pooled); `equated`: another instrument that
    was put on the same scale. Source: domain §7.4 (comparability), decision 41 (pooled rounds).
    """
    rounds = (*baseline, *follow_up)
    before, after = _pool(baseline), _pool(follow_up)
    return (
        _same_indicator(rounds),
        _same_instrument(rounds, equated),
        _same_grade_band(rounds),
        _not_withdrawn(rounds),
        _response(rounds, rules),
        _enough_pupils(before, after, rules),
        _testable(before, after),
    )


def _pool(rounds: Sequence[Measure]) -> Measure:
    return pooled([measure for measure in rounds if measure.value_type == rounds[0].value_type])


def _line(code: str, zh: str, en: str, wrong: bool, why_zh: str, why_en: str) -> Check:
    return Check(code, zh, en, Reason(code, why_zh, why_en) if wrong else None)


def _same_indicator(rounds: Sequence[Measure]) -> Check:
    names = sorted({measure.indicator for measure in rounds})
    wrong = len({(measure.indicator, measure.value_type) for measure in rounds}) > 1
    why = "、".join(names), ", ".join(names)
    return _line(
        *("same_indicator", "指标口径相同", "Same indicator definition", wrong),
        *(f"前后指标口径不同：{why[0]}", f"The indicator is not defined the same way: {why[1]}."),
    )


def _same_instrument(rounds: Sequence[Measure], equated: bool) -> Check:
    names = sorted({measure.instrument for measure in rounds})
    why = "、".join(names), ", ".join(names)
    return _line(
        *("same_instrument", "工具同系列或已等值", "Same family of instruments, or equated"),
        len(names) > 1 and not equated,
        *(f"测评工具不同且没有等值：{why[0]}", f"The instruments differ and were not equated: {why[1]}."),
    )


def _same_grade_band(rounds: Sequence[Measure]) -> Check:
    names = sorted({measure.grade_band for measure in rounds})
    why = "、".join(names), ", ".join(names)
    return _line(
        *("same_grade_band", "年级段相同", "Same grade band", len(names) > 1),
        *(f"前后年级段不同：{why[0]}", f"The grade bands differ: {why[1]}."),
    )


def _not_withdrawn(rounds: Sequence[Measure]) -> Check:
    return _line(
        *("not_withdrawn", "数据没有撤回", "Data not withdrawn", any(measure.source_withdrawn for measure in rounds)),
        *("数据来源已撤回，不能用于评价", "The data were withdrawn and cannot be used."),
    )


def _response(rounds: Sequence[Measure], rules: OutcomeRules) -> Check:
    least = rules.least_response
    share = min(measure.response for measure in rounds)
    return _line(
        *("response", "参测率达标", "Enough of the roster measured", round(share, 9) < least),
        *(f"参测率 {share:.1%}，至少 {least:.0%}", f"Response is {share:.1%}; at least {least:.0%} is needed."),
    )


def _enough_pupils(before: Measure, after: Measure, rules: OutcomeRules) -> Check:
    n, least = min(before.n, after.n), rules.least_n
    return _line(
        *("enough_pupils", "前后人数足够", "Enough pupils at both ends", n < least),
        *(f"样本不足：{n} 人，至少 {least} 人", f"Too few pupils: {n}; at least {least} are needed."),
    )


def _testable(before: Measure, after: Measure) -> Check:
    words = {
        "mean": ("缺少数值或标准差，无法检验", "Value or standard deviation is missing, so nothing can be tested."),
        "rate": ("缺少比率，或不在 0–100% 之间", "The rate is missing or not between 0 and 100 %."),
        "index": ("指数没有标准差，无法检验", "An index has no standard deviation, so nothing can be tested."),
    }
    wrong = before if not before.testable else after
    zh, en = "数值可以检验", "Numbers can be tested"
    return _line("testable", zh, en, not (before.testable and after.testable), *words[wrong.value_type])
