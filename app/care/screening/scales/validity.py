"""Can the answers be believed: time, equal rows, lie items, contradictions, blanks (domain §5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from app.care.screening.scales.definition import Scale
from app.care.screening.scales.scoring import Answers, Result, oriented

FAST, STRAIGHT, CONTRADICTED, SHARED_DEVICE = "fast", "straight", "contradicted", "shared_device"
TOO_FAST, ALL_EQUAL, LIE = "too_fast", "all_equal", "lie"
TOO_MANY_BLANK = "too_many_blank"
VALID, FLAGGED, NEEDS_RETEST, INVALID = "valid", "flagged", "needs_retest", "invalid"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`verdict`: valid | flagged | needs_retest | invalid; `flags` and `retest`: the rules that spoke, by code.

    Critical answers act whatever stands here.
    """

    verdict: str
    flags: tuple[str, ...]
    retest: tuple[str, ...]


def judge(
    scale: Scale, answers: Answers, result: Result, *, seconds: float | None = None, shared_device: bool = False
) -> Judgement:
    """Which rules of §5.4 speak against one response.

    `seconds`: mean seconds per item, None where time was not measured (paper); `shared_device`: another student's
    form began on the same device less than 30 s before (V6). Any retest rule or two flags ask again; one flag is
    valid with a flag; too many blanks make it invalid. Source: domain §5.4, decisions §6.
    """
    flags, retest = [], []
    if seconds is not None and seconds < scale.validity.hard_min_seconds_per_item:
        retest.append(TOO_FAST)
    elif seconds is not None and seconds < scale.validity.min_seconds_per_item:
        flags.append(FAST)
    if _all_equal_both_ways(scale, answers):
        retest.append(ALL_EQUAL)
    elif _long_run(scale, answers):
        flags.append(STRAIGHT)
    if _lie(scale, answers):
        retest.append(LIE)
    if _contradictions(scale, answers) >= 2:
        flags.append(CONTRADICTED)
    if shared_device:
        flags.append(SHARED_DEVICE)
    verdict = NEEDS_RETEST if retest or len(flags) >= 2 else FLAGGED if flags else VALID
    if not result.computable:
        verdict = INVALID
    return Judgement(verdict, tuple(flags), tuple(retest))


def _given(scale: Scale, answers: Answers) -> list[int]:
    return [answer for number in scale.by_id if (answer := answers.get(number)) is not None]


def _all_equal_both_ways(scale: Scale, answers: Answers) -> bool:
    given = _given(scale, answers)
    return scale.both_ways and len(given) > 1 and len(set(given)) == 1


def _long_run(scale: Scale, answers: Answers) -> bool:
    """A run of equal answers on a scale of several subscales; only the lowest answer all the way is no flag (V2)."""
    subscales = [score for score in scale.scores if score.items != "all"]
    given = _given(scale, answers)
    if len(subscales) < 2 or not given:
        return False
    lowest = min(scale.ends(item)[0] for item in scale.items)
    if scale.symptom and set(given) == {lowest}:
        return False
    rule = scale.validity.straightline
    runs = groupby(answers.get(number) for number in scale.by_id)
    longest = max(len(list(run)) for answer, run in runs if answer is not None)
    return longest >= max(rule.min_run, rule.share * len(scale.items))


def _lie(scale: Scale, answers: Answers) -> bool:
    rule = scale.validity.lie
    return rule.retest_at is not None and sum(answers.get(number) or 0 for number in rule.items) >= rule.retest_at


def _contradictions(scale: Scale, answers: Answers) -> int:
    count = 0
    for pair in scale.validity.pairs:
        first, second = (answers.get(number) for number in pair.items)
        if first is None or second is None:
            continue
        apart = oriented(scale, scale.by_id[pair.items[0]], first) - oriented(scale, scale.by_id[pair.items[1]], second)
        count += abs(apart) > pair.max_difference
    return count
