"""What holds of outcomes whatever the data: symmetry, order, and no empty numbers."""

import json
import math
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from app.improvement.effects.measures import Measure
from app.improvement.effects.outcome import OUTCOMES, Comparison, evaluate

COMMON = {"indicator": st.just("reading@1"), "instrument": st.just("county"), "grade_band": st.just("G7-9")}
WHO = {"n": st.integers(0, 500), "n_expected": st.none() | st.integers(1, 500), "deff": st.none() | st.floats(0.5, 4)}
means = st.builds(
    Measure, **COMMON, **WHO, value_type=st.just("mean"), value=st.floats(300, 700), sd=st.floats(20, 200)
)
rates = st.builds(Measure, **COMMON, **WHO, value_type=st.just("rate"), value=st.floats(0, 1))
ORDER = ("worsened", "insufficient_evidence", "no_change", "partly_improved", "improved", "achieved")


def comparisons(
    measures: st.SearchStrategy[Measure], targets: st.SearchStrategy[float]
) -> st.SearchStrategy[Comparison]:
    return st.builds(
        Comparison,
        baseline=st.tuples(measures),
        follow_up=st.tuples(measures),
        direction=st.sampled_from(["higher", "lower"]),
        min_effect=st.floats(0.2, 1),
        target=st.none() | targets,
    )


anything = comparisons(means, st.floats(300, 700)) | comparisons(rates, st.floats(0, 1))


def mirrored(comparison: Comparison) -> Comparison:
    """The same comparison told the other way round: lower is good and every number is turned."""
    rate = comparison.baseline[0].value_type == "rate"

    def turned(value: float | None) -> float | None:
        return None if value is None else (1 - value if rate else -value)

    return replace(
        comparison,
        baseline=tuple(replace(measure, value=turned(measure.value)) for measure in comparison.baseline),
        follow_up=tuple(replace(measure, value=turned(measure.value)) for measure in comparison.follow_up),
        direction="lower" if comparison.direction == "higher" else "higher",
        target=turned(comparison.target),
    )


@given(anything)
def test_turning_every_number_and_the_direction_changes_nothing(comparison: Comparison) -> None:
    one, other = evaluate(comparison), evaluate(mirrored(comparison))
    assert (one.estimate is None) == (other.estimate is None)
    if one.estimate is None or other.estimate is None:
        assert one.code == other.code
        return
    for name in ("delta", "se", "effect", "least_change"):
        assert math.isclose(getattr(one.estimate, name), getattr(other.estimate, name), abs_tol=1e-6), name
    limits = (*one.estimate.ci95, one.estimate.ci90[0], one.estimate.effect - comparison.min_effect)
    far = min(map(abs, (*limits, one.estimate.ci95[1] - one.estimate.least_change))) > 1e-6
    target = comparison.target
    if far and (target is None or abs(one.estimate.follow_up - target) > 1e-6):
        assert one.code == other.code


@given(anything)
def test_no_outcome_holds_an_empty_number(comparison: Comparison) -> None:
    stored = json.loads(json.dumps(evaluate(comparison).as_json(), allow_nan=False))
    assert stored["code"] in OUTCOMES
    if stored["estimate"]:
        assert None not in stored["estimate"].values()
        assert stored["estimate"]["ci95"][0] <= stored["estimate"]["ci90"][0] <= stored["estimate"]["delta"]


@given(comparisons(means, st.floats(300, 700)), st.floats(0, 200))
def test_a_better_follow_up_never_gives_a_worse_outcome(comparison: Comparison, gain: float) -> None:
    """Means only: there the interval moves with the change and keeps its width. Between "no change" and
    "insufficient evidence" there is no better or worse: both leave the item open."""
    follow_up = comparison.follow_up[0]
    better = (follow_up.value or 0) + (gain if comparison.direction == "higher" else -gain)
    one, other = evaluate(comparison), evaluate(replace(comparison, follow_up=(replace(follow_up, value=better),)))
    rank = {code: max(place, 2) if code != "worsened" else 0 for place, code in enumerate(ORDER)}
    assert rank[other.code] >= rank[one.code]


@given(anything)
def test_a_larger_minimum_effect_never_gives_a_better_outcome(comparison: Comparison) -> None:
    assume(comparison.min_effect < 0.9)
    one, other = evaluate(comparison), evaluate(replace(comparison, min_effect=comparison.min_effect + 0.1))
    rank = {code: max(place, 2) if code != "worsened" else 0 for place, code in enumerate(ORDER)}
    assert rank[other.code] <= rank[one.code]


@given(anything)
def test_improved_is_only_said_of_a_certain_gain_of_the_agreed_size(comparison: Comparison) -> None:
    found = evaluate(comparison)
    if found.is_improvement:
        assert found.estimate is not None
        assert found.estimate.ci95[0] > 0
        assert round(found.estimate.effect, 9) >= comparison.min_effect
        assert found.head_decides
