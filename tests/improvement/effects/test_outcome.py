"""The outcome of a problem item, held against the worked vectors of domain §7.4."""

import json
import math
from dataclasses import replace

import pytest

from app.improvement.effects.measures import Measure, pooled
from app.improvement.effects.outcome import CLOSING, OUTCOMES, Comparison, Outcome, evaluate, least_change
from app.improvement.effects.outcome_rules import outcome_rules

RULES = outcome_rules()
BASE = Measure(470, 100, "mean", "reading@1", "county-reading", "G7-9", sd=100)
AFTER = replace(BASE, value=505, n=110)
RATE = Measure(0.55, 120, "rate", "pass@1", "county-reading", "G7-9")


def outcome(
    baseline: Measure = BASE,
    follow_up: Measure = AFTER,
    *,
    direction: str = "higher",
    min_effect: float = 0.20,
    target: float | None = 500,
    equated: bool = False,
) -> Outcome:
    return evaluate(Comparison((baseline,), (follow_up,), direction, min_effect, target, equated=equated))


def after(value: float, n: int = 110) -> Measure:
    return replace(BASE, value=value, n=n)


# The worked vectors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n0", "n1", "value", "target", "delta", "interval", "code"),
    [
        (100, 110, 438, 500, -32, (-59.08, -4.92), "worsened"),
        (100, 110, 505, 500, 35, (7.92, 62.08), "achieved"),
        (100, 110, 505, 520, 35, (7.92, 62.08), "improved"),
        (400, 420, 486, 500, 16, (2.31, 29.69), "partly_improved"),
        (100, 110, 494, 500, 24, (-3.08, 51.08), "partly_improved"),
        (900, 900, 472, 500, 2, (-7.24, 11.24), "no_change"),
        (100, 110, 478, 500, 8, (-19.08, 35.08), "insufficient_evidence"),
    ],
)
def test_the_worked_vectors_come_out_to_the_digit(
    n0: int, n1: int, value: float, target: float, delta: float, interval: tuple[float, float], code: str
) -> None:
    found = outcome(replace(BASE, n=n0), after(value, n1), target=target)
    assert found.estimate is not None
    assert found.estimate.delta == delta
    assert tuple(round(limit, 2) for limit in found.estimate.ci95) == interval
    assert (found.code, found.unguarded) == (code, code)


def test_the_two_ways_to_partly_improved_say_which_one_it_was() -> None:
    small, likely = outcome(replace(BASE, n=400), after(486, 420)), outcome(BASE, after(494))
    assert small.estimate is not None and likely.estimate is not None
    assert (round(small.estimate.effect, 2), small.reasons[0].code) == (0.16, "small_effect")
    assert (round(likely.estimate.ci90[0], 2), likely.reasons[0].code) == (1.27, "likely")


def test_no_change_measures_the_minimum_effect_in_points() -> None:
    found = outcome(replace(BASE, n=900), after(472, 900))
    assert found.estimate is not None
    assert found.estimate.least_change == pytest.approx(20)


def test_a_target_that_is_met_exactly_is_met() -> None:
    assert outcome(target=505).code == "achieved"
    assert outcome(target=505.1).code == "improved"
    assert outcome(target=None).code == "improved"


def test_the_minimum_effect_of_the_plan_is_apart_from_its_target() -> None:
    found = outcome(min_effect=0.40, target=500)
    assert (found.code, found.target_met) == ("partly_improved", True)


def test_a_minimum_effect_below_the_floor_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 0\.2"):
        outcome(min_effect=0.19)


def test_design_effects_widen_the_interval() -> None:
    sampled = outcome(replace(BASE, sampled=True), replace(AFTER, sampled=True))
    given = outcome(replace(BASE, deff=2.0), replace(AFTER, deff=2.0, sampled=False))
    assert sampled.estimate is not None and given.estimate is not None
    assert sampled.estimate.se == pytest.approx(math.sqrt(2 * (10000 / 100 + 10000 / 110)))
    assert given.estimate.se == sampled.estimate.se


def test_the_effect_is_counted_in_the_spread_of_the_baseline() -> None:
    found = outcome(BASE, replace(AFTER, sd=50.0))
    assert found.estimate is not None
    assert (found.estimate.kind, found.estimate.effect) == ("d", 0.35)


def test_where_lower_is_better_a_fall_is_a_gain() -> None:
    found = outcome(BASE, after(435), direction="lower", target=440)
    assert found.estimate is not None
    assert (found.estimate.delta, found.code) == (35, "achieved")


def test_every_outcome_has_its_words_and_opens_something() -> None:
    assert set(OUTCOMES) == set(CLOSING)
    assert [code for code, opens in CLOSING.items() if opens == "closure"] == ["achieved", "improved"]
    assert [code for code in OUTCOMES if outcome_of(code).is_improvement] == ["achieved", "improved"]


def outcome_of(code: str) -> Outcome:
    return replace(outcome(), code=code)


# Rates ---------------------------------------------------------------------------------------------------------------


def test_a_rate_is_judged_by_h_and_by_the_difference_of_shares() -> None:
    found = outcome(RATE, replace(RATE, value=0.72, n=130), target=0.70)
    assert found.estimate is not None
    h = 2 * math.asin(math.sqrt(0.72)) - 2 * math.asin(math.sqrt(0.55))
    se = math.sqrt(0.55 * 0.45 / 120 + 0.72 * 0.28 / 130)
    assert found.estimate.kind == "h"
    assert found.estimate.effect == pytest.approx(h)
    assert found.estimate.ci95 == pytest.approx((0.17 - 1.96 * se, 0.17 + 1.96 * se))
    assert found.code == "achieved"


def test_the_minimum_effect_of_a_rate_in_points() -> None:
    points = math.sin(math.asin(math.sqrt(0.55)) + 0.1) ** 2 - 0.55
    assert least_change(RATE, direction="higher", min_effect=0.2) == pytest.approx(points)
    falling = 0.55 - math.sin(math.asin(math.sqrt(0.55)) - 0.1) ** 2
    assert least_change(RATE, direction="lower", min_effect=0.2) == pytest.approx(falling)


def test_the_minimum_effect_of_a_rate_stops_at_all_pupils_and_at_none() -> None:
    assert least_change(replace(RATE, value=0.999), direction="higher", min_effect=0.2) == pytest.approx(0.001)
    assert least_change(replace(RATE, value=0.001), direction="lower", min_effect=0.2) == pytest.approx(0.001)
    assert least_change(replace(RATE, value=1.0), direction="higher", min_effect=0.2) == 0


def test_any_certain_loss_of_a_rate_is_worsened_however_small() -> None:
    found = outcome(replace(RATE, value=0.90, n=20000), replace(RATE, value=0.89, n=20000), target=0.95)
    assert found.estimate is not None
    assert abs(found.estimate.effect) < 0.05
    assert found.code == "worsened"


def test_a_rate_without_any_spread_left_gives_no_empty_number() -> None:
    same = outcome(replace(RATE, value=1.0), replace(RATE, value=1.0), target=1.0)
    gained = outcome(replace(RATE, value=0.0), replace(RATE, value=1.0), target=1.0)
    assert (same.code, gained.code) == ("insufficient_evidence", "achieved")


# Comparability -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("baseline", "follow_up", "codes"),
    [
        (BASE, replace(AFTER, indicator="reading@2"), ["same_indicator"]),
        (BASE, replace(AFTER, value_type="rate", value=0.6, sd=None), ["same_indicator"]),
        (BASE, replace(AFTER, instrument="other"), ["same_instrument"]),
        (BASE, replace(AFTER, grade_band="G4-6"), ["same_grade_band"]),
        (replace(BASE, source_withdrawn=True), AFTER, ["not_withdrawn"]),
        (BASE, replace(AFTER, n=79, n_expected=100), ["response"]),
        (replace(BASE, n=29), AFTER, ["enough_pupils"]),
        (BASE, replace(AFTER, n=29), ["enough_pupils"]),
        (replace(BASE, sd=None), AFTER, ["testable"]),
        (BASE, replace(AFTER, sd=0.0), ["testable"]),
        (BASE, replace(AFTER, value=None), ["testable"]),
        (replace(RATE, value=1.2), RATE, ["testable"]),
        (replace(BASE, value_type="index"), replace(AFTER, value_type="index"), ["testable"]),
        (replace(BASE, n=3), replace(AFTER, n=29, n_expected=90), ["response", "enough_pupils"]),
    ],
)
def test_what_cannot_be_compared_gives_no_evidence_and_says_every_reason(
    baseline: Measure, follow_up: Measure, codes: list[str]
) -> None:
    found = outcome(baseline, follow_up)
    assert (found.code, found.estimate, found.is_improvement) == ("insufficient_evidence", None, False)
    assert [reason.code for reason in found.reasons] == codes
    assert [check.code for check in found.checks if not check.passed] == codes
    assert all(reason.zh and reason.en for reason in found.reasons)


def test_the_checklist_has_the_same_lines_whatever_the_data() -> None:
    lines = [check.code for check in outcome().checks]
    assert lines == [check.code for check in outcome(replace(BASE, n=3), replace(AFTER, indicator="z")).checks]
    assert all(check.passed for check in outcome().checks)


def test_thirty_pupils_and_four_fifths_of_the_roster_are_enough() -> None:
    edge = replace(AFTER, n=32, n_expected=40)
    assert outcome(replace(BASE, n=30), edge).estimate is not None


def test_an_equated_instrument_may_be_another_one() -> None:
    assert outcome(BASE, replace(AFTER, instrument="other"), equated=True).code == "achieved"


def test_a_sentence_names_the_number_that_is_wrong() -> None:
    reason = outcome(BASE, replace(AFTER, n=18)).reasons[0]
    assert reason.zh == "样本不足：18 人，至少 30 人"
    assert reason.en == "Too few pupils: 18; at least 30 are needed."


# Small units ---------------------------------------------------------------------------------------------------------


def small(baseline: tuple[Measure, ...], follow_up: tuple[Measure, ...]) -> Outcome:
    return evaluate(Comparison(baseline, follow_up, "higher", 0.2, 500, design="small_n"))


def test_two_rounds_of_a_small_school_count_as_one() -> None:
    rounds = (replace(BASE, n=18), replace(BASE, n=18, value=474))
    later = (replace(AFTER, n=17, value=560), replace(AFTER, n=19, value=570))
    found = small(rounds, later)
    assert found.estimate is not None
    assert (found.estimate.baseline_n, found.estimate.follow_up_n) == (36, 36)
    assert found.estimate.baseline == pytest.approx(472)
    assert found.code == "achieved"


def test_rounds_that_are_still_too_few_are_not_measurable_and_the_head_decides() -> None:
    found = small((replace(BASE, n=10), replace(BASE, n=10)), (replace(AFTER, n=10), replace(AFTER, n=10)))
    assert (found.code, found.measurable, found.head_decides) == ("insufficient_evidence", False, True)
    assert [reason.code for reason in found.reasons] == ["enough_pupils", "not_measurable"]


def test_a_small_school_waits_for_its_second_round() -> None:
    found = small((replace(BASE, n=40),), (replace(AFTER, n=18),))
    assert (found.code, found.measurable, found.head_decides) == ("insufficient_evidence", True, False)


def test_what_fails_for_another_reason_is_not_called_unmeasurable() -> None:
    withdrawn = replace(AFTER, n=10, source_withdrawn=True)
    assert small((replace(BASE, n=10),), (withdrawn, withdrawn)).measurable


def test_more_rounds_than_the_rules_pool_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 2 rounds"):
        small((BASE,) * 3, (AFTER,))


def test_a_pool_equals_all_its_pupils_measured_at_once() -> None:
    first, second = (1.0, 2.0, 4.0, 7.0), (3.0, 9.0, 10.0)
    rounds = [replace(BASE, value=average(some), sd=spread(some), n=len(some)) for some in (first, second)]
    pool = pooled(rounds)
    assert pool.n == 7
    assert pool.value == pytest.approx(average(first + second))
    assert pool.sd == pytest.approx(spread(first + second))


def average(values: tuple[float, ...]) -> float:
    return sum(values) / len(values)


def spread(values: tuple[float, ...]) -> float:
    return math.sqrt(sum((value - average(values)) ** 2 for value in values) / (len(values) - 1))


def test_a_pool_adds_rosters_and_keeps_the_larger_design_effect() -> None:
    pool = pooled([replace(RATE, n_expected=130, deff=1.2), replace(RATE, n_expected=150, deff=1.6, value=0.65)])
    assert (pool.n, pool.n_expected, pool.deff) == (240, 280, 1.6)
    assert pool.value == pytest.approx(0.60)
    assert pool.sd is None


def test_rounds_of_different_kinds_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="one value type"):
        pooled([BASE, RATE])


# Provenance and refusals ---------------------------------------------------------------------------------------------


def test_an_outcome_is_stored_as_json_with_all_it_was_drawn_from() -> None:
    stored = json.loads(json.dumps(outcome().as_json(), allow_nan=False))
    assert (stored["code"], stored["target"], stored["min_effect"]) == ("achieved", 500, 0.2)
    assert stored["rule_version"] == "outcomes-1"
    assert stored["code_version"].startswith("outcomes-")
    assert len(stored["inputs_sha256"]) == 64
    assert (stored["adjustment"]["adjusted"], stored["head_decides"]) == (False, True)
    assert stored["estimate"]["ci95"] == pytest.approx([7.92, 62.08], abs=0.005)


def test_the_digest_is_that_of_the_inputs() -> None:
    digests = {outcome().inputs_sha256, outcome().inputs_sha256, outcome(target=501).inputs_sha256}
    digests.add(outcome(equated=True).inputs_sha256)
    assert len(digests) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": "up"},
        {"design": "criterion"},
        {"baseline": ()},
        {"follow_up": (AFTER, AFTER)},
        {"target": math.nan},
        {"min_effect": math.inf},
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(Comparison((BASE,), (AFTER,), "higher", 0.2, 500), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes", [{"value_type": "median"}, {"n": -1}, {"n_expected": 0}, {"deff": 0.0}, {"value": math.nan}]
)
def test_a_measure_outside_its_range_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(BASE, **changes)  # type: ignore[arg-type]
