"""The outcome of a problem item: six words, drawn from a comparison by rules that were fixed before the work began."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.improvement.effects.adjustment import Adjustment, Peers, PupilEnds, adjust
from app.improvement.effects.comparability import Check, checks
from app.improvement.effects.measures import Measure, pooled
from app.improvement.effects.outcome_rules import OutcomeRules, outcome_rules
from app.improvement.provenance import Reason, code_version, inputs_digest, sentences

ACHIEVED, IMPROVED, PARTLY = "achieved", "improved", "partly_improved"
NO_CHANGE, INSUFFICIENT, WORSENED = "no_change", "insufficient_evidence", "worsened"

OUTCOMES = {
    ACHIEVED: ("达标", "Target reached"),
    IMPROVED: ("有改进", "Improved"),
    PARTLY: ("部分改进", "Partly improved"),
    NO_CHANGE: ("无变化", "No change"),
    INSUFFICIENT: ("证据不足", "Insufficient evidence"),
    WORSENED: ("退步", "Worsened"),
}
"""Every outcome with its word in both languages, from best to worst known (domain §1.3)."""

CLOSING = {
    ACHIEVED: "closure",
    IMPROVED: "closure",
    PARTLY: "closure_with_rationale",
    NO_CHANGE: "new_plan",
    INSUFFICIENT: "one_extension",
    WORSENED: "new_plan",
}
"""What a decided outcome opens for its item (domain A3b); after its one extension insufficient_evidence: new_plan."""

INDICATOR, CRITERION, SMALL_N = "indicator", "criterion", "small_n"
DESIGNS = (INDICATOR, CRITERION, SMALL_N)
"""Evaluation designs, chosen with the plan (decision 41); `criterion` is judged in `criteria`."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything an outcome is drawn from.

    `baseline`, `follow_up`: one measure each, or the rounds to pool (`small_n`); `direction`: higher | lower is good;
    `min_effect`: d or h, at least the rule's floor; `target`: units of the indicator, None where the plan names none;
    `equated`: the follow-up instrument was put on the baseline's scale; `peers`: units not flagged on the indicator.
    `pupils`: the same unit and its peers by what their pupils scored before and after, where such scores were reckoned.
    """

    baseline: tuple[Measure, ...]
    follow_up: tuple[Measure, ...]
    direction: str
    min_effect: float
    target: float | None
    design: str = INDICATOR
    equated: bool = False
    peers: Peers | None = None
    pupils: PupilEnds | None = None

    def __post_init__(self) -> None:
        if self.direction not in ("higher", "lower"):
            raise ValueError("direction must be higher | lower")
        if self.design not in (INDICATOR, SMALL_N):
            raise ValueError(f"design must be {INDICATOR} | {SMALL_N}")
        if not self.baseline or not self.follow_up:
            raise ValueError("a comparison needs both ends")
        if self.design == INDICATOR and (len(self.baseline), len(self.follow_up)) != (1, 1):
            raise ValueError("only the design small_n pools rounds")
        numbers = (self.min_effect, 0.0 if self.target is None else self.target)
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError("min_effect and target are finite numbers")

    @property
    def sign(self) -> float:
        """1 where higher is better, −1 where lower is."""
        return -1.0 if self.direction == "lower" else 1.0

    def as_json(self) -> dict[str, Any]:
        """All inputs as plain JSON values, the same text for the same inputs."""
        return {
            "baseline": [measure.as_json() for measure in self.baseline],
            "follow_up": [measure.as_json() for measure in self.follow_up],
            "direction": self.direction,
            "min_effect": self.min_effect,
            "target": self.target,
            "design": self.design,
            "equated": self.equated,
            "peers": None if self.peers is None else self.peers.as_json(),
            **({} if self.pupils is None else {"pupils": self.pupils.as_json()}),
        }


@dataclass(frozen=True, slots=True)
class Estimate:
    """The change in numbers; differences are in the good direction, in units of the indicator (rates 0–1).

    `effect`: d = Δ/sd0 (`kind` "d") or Cohen's h ("h"); `least_change`: the minimum effect in units.
    """

    baseline: float
    follow_up: float
    baseline_n: int
    follow_up_n: int
    delta: float
    se: float
    kind: str
    effect: float
    ci95: Interval
    ci90: Interval
    least_change: float

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"ci95": list(self.ci95), "ci90": list(self.ci90)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules say, with all they said it from.

    `code`: one of `OUTCOMES`; `unguarded`: what it would be without the guard of decision 43. `estimate`: None where
    nothing could be compared. `target_met`: None without a target. `measurable`: False when even the pooled rounds
    are too few, so that the item may only be closed as "effect not measurable". `head_decides`: leading_group_head
    decides instead of office_director. `reasons`: why it came out so.
    """

    code: str
    unguarded: str
    design: str
    checks: tuple[Check, ...]
    reasons: tuple[Reason, ...]
    estimate: Estimate | None
    adjustment: Adjustment | None
    min_effect: float | None
    target: float | None
    target_met: bool | None
    measurable: bool
    head_decides: bool
    rule_version: str
    code_version: str
    inputs_sha256: str

    @property
    def is_improvement(self) -> bool:
        """May be called improved in reports (domain §7.4): achieved or improved."""
        return self.code in (ACHIEVED, IMPROVED)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, ready for storage."""
        whole: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return whole | {
            "checks": [check.as_json() for check in self.checks],
            "reasons": sentences(self.reasons),
            "estimate": None if self.estimate is None else self.estimate.as_json(),
            "adjustment": None if self.adjustment is None else self.adjustment.as_json(),
        }


def evaluate(comparison: Comparison, rules: OutcomeRules | None = None) -> Outcome:
    """The outcome of a comparison, by the first rule that fits.

    Raises ValueError when `min_effect` lies below the floor, or more rounds are pooled than the rules allow.
    Source: domain §7.4; decisions 41 (designs), 42 (minimum effect and target), 43 (guard), §6 (rates).
    """
    rules = rules or outcome_rules()
    _refuse_unlawful(comparison, rules)
    lines = checks(comparison.baseline, comparison.follow_up, rules, equated=comparison.equated)
    failing = tuple(line.failing for line in lines if line.failing is not None)
    if failing:
        measurable = not _not_measurable(comparison, failing, rules)
        reasons = failing if measurable else (*failing, _NOT_MEASURABLE)
        return _outcome(comparison, rules, INSUFFICIENT, lines, reasons, measurable=measurable)
    before, after = pooled(comparison.baseline), pooled(comparison.follow_up)
    numbers = estimate(before, after, rules, direction=comparison.direction, min_effect=comparison.min_effect)
    adjustment = adjust(before, after, comparison.peers, rules, sign=comparison.sign)
    if not adjustment.adjusted and comparison.pupils is not None:
        adjustment = comparison.pupils.adjust(rules)
    met = (
        None if comparison.target is None else round(comparison.sign * (numbers.follow_up - comparison.target), 9) >= 0
    )
    code, reason = first_match(numbers, comparison.min_effect, bool(met))
    return _guarded(comparison, rules, lines, numbers, adjustment, met, code, reason)


def estimate(before: Measure, after: Measure, rules: OutcomeRules, *, direction: str, min_effect: float) -> Estimate:
    """Change, standard error, effect and intervals of two testable measures (else ValueError).

    SE = √(sd0²/n0·deff + sd1²/n1·deff), for rates p(1−p)/n·deff; intervals Δ ± z·SE. Source: domain §7.4, decisions §6.
    """
    sign = -1.0 if direction == "lower" else 1.0
    value0, value1 = float(before.value or 0.0), float(after.value or 0.0)
    delta = sign * (value1 - value0)
    se = math.sqrt(before.sampling_variance(rules) + after.sampling_variance(rules))
    rate = before.value_type == "rate"
    h = sign * 2 * (math.asin(math.sqrt(value1)) - math.asin(math.sqrt(value0))) if rate else 0.0
    wide, narrow = rules.interval_z_95 * se, rules.interval_z_90 * se
    return Estimate(
        baseline=value0,
        follow_up=value1,
        baseline_n=before.n,
        follow_up_n=after.n,
        delta=delta,
        se=se,
        kind="h" if rate else "d",
        effect=h if rate else delta / float(before.sd or 0.0),
        ci95=(delta - wide, delta + wide),
        ci90=(delta - narrow, delta + narrow),
        least_change=least_change(before, direction=direction, min_effect=min_effect),
    )


def least_change(before: Measure, *, direction: str, min_effect: float) -> float:
    """The minimum effect in units of the indicator, ≥ 0: d·sd0, for rates sin²(asin√p0 + h/2) − p0.

    A rate cannot rise above 1 or fall below 0. Also what a plan's target must at least add to the baseline (domain A4).
    Raises ValueError for a measure that is not testable. Source: decisions §6 "§7.4 rates".
    """
    if not before.testable or before.value is None:
        raise ValueError("no least change without a value and a spread")
    if before.value_type == "mean":
        return min_effect * float(before.sd or 0.0)
    sign = -1.0 if direction == "lower" else 1.0
    angle = math.asin(math.sqrt(before.value)) + sign * min_effect / 2
    return abs(math.sin(min(max(angle, 0.0), math.pi / 2)) ** 2 - before.value)


def first_match(numbers: Estimate, min_effect: float, target_met: bool) -> tuple[str, Reason]:
    """The first rule of the table of domain §7.4 that fits, and why; boundaries meet numbers of 9 decimals."""
    low, high = (round(limit, 9) for limit in numbers.ci95)
    large = round(numbers.effect, 9) >= min_effect
    if high < 0:
        return WORSENED, _WORSENED
    if low > 0 and large and target_met:
        return ACHIEVED, _ACHIEVED
    if low > 0 and large:
        return IMPROVED, _IMPROVED
    if low > 0:
        return PARTLY, _SMALL
    if large and round(numbers.ci90[0], 9) > 0:
        return PARTLY, _LIKELY
    if high < round(numbers.least_change, 9):
        return NO_CHANGE, _NO_CHANGE
    return INSUFFICIENT, _WIDE


def _guarded(
    comparison: Comparison,
    rules: OutcomeRules,
    lines: tuple[Check, ...],
    numbers: Estimate,
    adjustment: Adjustment,
    met: bool | None,
    code: str,
    reason: Reason,
) -> Outcome:
    """Decision 43: what does not go beyond the peers falls to the next rule of the table, partly_improved."""
    claimed, guarded = code in (ACHIEVED, IMPROVED), code
    reasons: tuple[Reason, ...] = (reason,)
    if claimed and adjustment.adjusted and not adjustment.holds:
        guarded, reasons = PARTLY, (_NOT_BEYOND_PEERS,)
    if not adjustment.adjusted:
        reasons = (*reasons, _not_adjusted(adjustment.peers, rules))
    return _outcome(
        *(comparison, rules, guarded, lines, reasons),
        unguarded=code,
        numbers=numbers,
        adjustment=adjustment,
        met=met,
        head=claimed and not adjustment.adjusted,
    )


def _outcome(
    comparison: Comparison,
    rules: OutcomeRules,
    code: str,
    lines: tuple[Check, ...],
    reasons: tuple[Reason, ...],
    *,
    unguarded: str | None = None,
    numbers: Estimate | None = None,
    adjustment: Adjustment | None = None,
    met: bool | None = None,
    measurable: bool = True,
    head: bool = False,
) -> Outcome:
    return Outcome(
        code=code,
        unguarded=unguarded or code,
        design=comparison.design,
        checks=lines,
        reasons=reasons,
        estimate=numbers,
        adjustment=adjustment,
        min_effect=comparison.min_effect,
        target=comparison.target,
        target_met=met,
        measurable=measurable,
        head_decides=head or not measurable,
        rule_version=rules.version,
        code_version=outcome_code_version(),
        inputs_sha256=inputs_digest([rules.model_dump(), comparison.as_json()]),
    )


def outcome_code_version() -> str:
    """Version of the code that draws outcomes; changes with any of its source files."""
    names = ("adjustment", "comparability", "criteria", "measures", "outcome", "outcome_rules", "statistics/prediction")
    return code_version("outcomes", Path(__file__).parent, tuple(f"{name}.py" for name in names))


def _refuse_unlawful(comparison: Comparison, rules: OutcomeRules) -> None:
    if comparison.min_effect < rules.least_effect:
        raise ValueError(f"min_effect is at least {rules.least_effect}")
    if max(len(comparison.baseline), len(comparison.follow_up)) > rules.pooled_rounds:
        raise ValueError(f"at most {rules.pooled_rounds} rounds are pooled")


def _not_measurable(comparison: Comparison, failing: tuple[Reason, ...], rules: OutcomeRules) -> bool:
    """Decision 41: a small unit whose pooled rounds are still too few, and nothing else is wrong."""
    only_size = {reason.code for reason in failing} == {"enough_pupils"}
    return comparison.design == SMALL_N and only_size and len(comparison.follow_up) == rules.pooled_rounds


_WORSENED = Reason("worsened", "变化的 95% 区间全在 0 以下", "The whole 95 % interval of the change lies below 0.")
_ACHIEVED = Reason(
    "achieved", "变化可信，达到最小效应，也达到目标值", "The change is certain, large enough and reaches the target."
)
_IMPROVED = Reason(
    "improved", "变化可信，达到最小效应，还没到目标值", "The change is certain and large enough, but below the target."
)
_SMALL = Reason("small_effect", "变化可信，但没有达到最小效应", "The change is certain but below the minimum effect.")
_LIKELY = Reason(
    "likely", "达到最小效应，但只在 90% 区间上可信", "The change is large enough, but certain at 90 % only."
)
_NO_CHANGE = Reason(
    "no_change", "区间含 0，上限低于最小效应", "The interval holds 0 and ends below the minimum effect."
)
_WIDE = Reason(
    "wide_interval", "数据还看不出变化，需再收一次数据", "No change can be seen yet; collect data once more."
)
_NOT_BEYOND_PEERS = Reason(
    "not_beyond_peers",
    "起点相近、没有被标记的单位也会有这样的变化",
    "Units that were not flagged would have changed as much from the same baseline.",
)
_NOT_MEASURABLE = Reason(
    "not_measurable", "合并各轮后人数仍不足，成效无法测量", "Even with rounds pooled the effect cannot be measured."
)


def _not_adjusted(peers: int, rules: OutcomeRules) -> Reason:
    least = rules.least_reference_units
    return Reason(
        "not_adjusted",
        f"没有做回归校正：可参照的单位 {peers} 个，需要 {least} 个基线不同的单位",
        f"Not adjusted: units to compare with: {peers}; needed, with differing baselines: {least}.",
    )
