"""The guard against regression to the mean: weak units get better by themselves, and that is no effect."""

from dataclasses import replace

import numpy as np
import pytest

from app.improvement.effects.adjustment import Peers, PupilEnds, adjust
from app.improvement.effects.measures import Measure
from app.improvement.effects.outcome import Comparison, Outcome, evaluate
from app.improvement.effects.outcome_rules import outcome_rules
from app.improvement.effects.statistics.prediction import t_quantile
from app.improvement.monitoring.cells import Cell, Cells
from app.improvement.monitoring.finding_rules import judge

RULES = outcome_rules()
BASE = Measure(470, 100, "mean", "reading@1", "county", "G7-9", sd=100)


def measure(value: float, n: float = 100) -> Measure:
    return replace(BASE, value=value, n=int(n))


def peers(count: int = 24, slope: float = 0.5, lift: float = 0.0, scatter: float = 6.0) -> Peers:
    """Units around 500 that move half-way back to 500, a known distance off their line, by turns above and below."""
    baselines = np.linspace(480, 540, count)
    offsets = np.where(np.arange(count) % 2, -scatter, scatter)
    follow_ups = 500 + slope * (baselines - 500) + lift + offsets
    pairs = [(measure(a), measure(b)) for a, b in zip(baselines.tolist(), follow_ups.tolist(), strict=True)]
    return Peers.of(pairs, RULES)


def outcome(value: float, others: Peers | None, *, direction: str = "higher", n: int = 400) -> Outcome:
    ends = (measure(470, n),), (measure(value, n),)
    return evaluate(Comparison(*ends, direction, 0.2, 500, peers=others))


def test_a_gain_that_unflagged_units_also_show_is_partly_improved_at_most() -> None:
    found = outcome(505, peers(lift=20))
    assert (found.unguarded, found.code) == ("achieved", "partly_improved")
    assert found.reasons[0].code == "not_beyond_peers"
    assert not found.head_decides


def test_a_gain_beyond_the_peers_stands() -> None:
    found = outcome(512, peers())
    assert (found.code, found.head_decides) == ("achieved", False)
    assert found.adjustment is not None
    assert found.adjustment.low is not None
    assert found.adjustment.low > 0


def test_the_guard_says_what_was_expected() -> None:
    found = adjust(measure(470), measure(505), peers(scatter=0), RULES, sign=1)
    assert found.slope == pytest.approx(0.5)
    assert found.expected == pytest.approx(485)
    assert found.change == pytest.approx(20)


def test_fewer_than_twenty_peers_leave_the_raw_rule_marked_and_the_head_decides() -> None:
    for others in (None, peers(19)):
        found = outcome(505, others)
        assert (found.code, found.head_decides) == ("achieved", True)
        assert found.reasons[-1].code == "not_adjusted"
        assert found.adjustment is not None
        assert not found.adjustment.adjusted
    assert outcome(505, peers(20, lift=20)).code == "partly_improved"


def test_an_outcome_that_claims_nothing_needs_no_head_without_peers() -> None:
    found = outcome(471, None)
    assert (found.code, found.head_decides) == ("no_change", False)


def pupil_ends(value: float, others: Peers) -> PupilEnds:
    """A unit whose pupils scored 470 before and `value` after, beside others."""
    return PupilEnds(measure(470, 400), measure(value, 400), others, "run")


def test_where_cells_are_too_few_the_pupils_scores_guard_the_claim() -> None:
    ends = (measure(470, 400),), (measure(505, 400),)
    for lift, code in ((20.0, "partly_improved"), (0.0, "achieved")):
        pupils = pupil_ends(512 if lift == 0 else 505, peers(lift=lift))
        found = evaluate(Comparison(*ends, "higher", 0.2, 500, peers=peers(19), pupils=pupils))
        assert (found.unguarded, found.code, found.head_decides) == ("achieved", code, False)
        assert found.adjustment is not None
        assert (found.adjustment.adjusted, found.adjustment.source, found.adjustment.peers) == (True, "pupils", 24)


def test_enough_cells_come_before_the_pupils_scores() -> None:
    ends = (measure(470, 400),), (measure(512, 400),)
    with_both = Comparison(*ends, "higher", 0.2, 500, peers=peers(), pupils=pupil_ends(471, peers(lift=30)))
    found = evaluate(with_both)
    assert found.adjustment is not None
    assert (found.code, found.adjustment.source) == ("achieved", "cells")


def test_pupils_of_too_few_schools_leave_the_raw_rule() -> None:
    ends = (measure(470, 400),), (measure(505, 400),)
    found = evaluate(Comparison(*ends, "higher", 0.2, 500, pupils=pupil_ends(505, peers(19))))
    assert (found.code, found.head_decides, found.reasons[-1].code) == ("achieved", True, "not_adjusted")


def test_pupils_scores_are_part_of_the_inputs() -> None:
    ends = (measure(470, 400),), (measure(505, 400),)
    plain = evaluate(Comparison(*ends, "higher", 0.2, 500))
    pupils = evaluate(Comparison(*ends, "higher", 0.2, 500, pupils=pupil_ends(505, peers(19))))
    assert plain.inputs_sha256 != pupils.inputs_sha256


def test_peers_that_share_one_baseline_cannot_adjust() -> None:
    same = Peers.of([(measure(500), measure(500 + step)) for step in range(25)], RULES)
    assert not adjust(measure(470), measure(505), same, RULES, sign=1).adjusted


def test_peers_that_cannot_be_tested_are_left_out() -> None:
    pairs = [(measure(500), replace(BASE, sd=None)), (measure(500), measure(510))]
    assert len(Peers.of(pairs, RULES).baseline) == 1


def test_the_prediction_limits_are_those_of_a_textbook_regression() -> None:
    others = peers(24)
    found = adjust(measure(470), measure(505), others, RULES, sign=1)
    table = np.column_stack([np.ones(24), others.baseline])
    fit, squares, *_ = np.linalg.lstsq(table, others.follow_up, rcond=None)
    here = np.array([1.0, 470.0])
    variance = squares[0] / 22 * (1 + here @ np.linalg.inv(table.T @ table) @ here)
    own = 100.0 + fit[1] ** 2 * 100.0
    assert own == pytest.approx(float((others.follow_up_variance + fit[1] ** 2 * others.baseline_variance).mean()))
    assert found.low == pytest.approx(505 - here @ fit - 2.073873 * np.sqrt(variance), abs=1e-3)


def test_a_unit_smaller_than_its_peers_needs_a_larger_gain() -> None:
    others = peers()
    large = adjust(measure(470, 100), measure(505, 100), others, RULES, sign=1)
    larger = adjust(measure(470, 400), measure(505, 400), others, RULES, sign=1)
    little = adjust(measure(470, 30), measure(505, 30), others, RULES, sign=1)
    assert large.low is not None and larger.low is not None and little.low is not None
    assert little.low < large.low == pytest.approx(larger.low)


def test_the_guard_is_the_same_where_lower_is_better() -> None:
    others = peers()
    turned = Peers(-others.baseline, -others.follow_up, others.baseline_variance, others.follow_up_variance)
    one = adjust(measure(470), measure(505), others, RULES, sign=1)
    other = adjust(measure(-470), measure(-505), turned, RULES, sign=-1)
    assert one.change == pytest.approx(other.change)
    assert one.low == pytest.approx(other.low)


def test_the_order_of_the_peers_does_not_change_the_digest() -> None:
    others = peers()
    columns = (others.baseline, others.follow_up, others.baseline_variance, others.follow_up_variance)
    backwards = Peers(*(column[::-1].copy() for column in columns))
    assert outcome(505, others).inputs_sha256 == outcome(505, backwards).inputs_sha256
    assert outcome(505, others).inputs_sha256 != outcome(505, None).inputs_sha256


@pytest.mark.parametrize(
    ("share", "degrees", "value"),
    [(0.975, 18, 2.100922), (0.975, 10, 2.228139), (0.975, 54, 2.004879), (0.95, 30, 1.697261), (0.025, 20, -2.085963)],
)
def test_quantiles_of_student(share: float, degrees: int, value: float) -> None:
    assert t_quantile(share, degrees) == pytest.approx(value, abs=1e-4)


def test_empty_or_uneven_columns_of_peers_are_refused() -> None:
    column = np.arange(3.0)
    with pytest.raises(ValueError, match="one shape"):
        Peers(column, column, column, column[:2])
    with pytest.raises(ValueError, match="finite"):
        Peers(column, column * np.nan, column, column)


# A county in which nothing was done ----------------------------------------------------------------------------------


def claims(random: np.random.Generator, school_sd: float, year_sd: float) -> tuple[int, int, int]:
    """One county of 56 schools whose follow-up holds no effect: flagged, called improved, the same by the raw rule."""
    schools = 56
    n0 = random.integers(30, 201, schools)
    n1 = np.maximum(30, np.round(n0 * random.uniform(0.9, 1.1, schools)))
    lasting = 500 + school_sd * random.standard_normal(schools)
    before, later = (
        lasting + year_sd * random.standard_normal(schools) + 100 / np.sqrt(n) * random.standard_normal(schools)
        for n in (n0, n1)
    )
    cells = [
        Cell(str(row), "2019", "reading", "school", "mean", "higher", value, 500, int(n), sd=100)
        for row, (value, n) in enumerate(zip(before.tolist(), n0.tolist(), strict=True))
    ]
    flagged = judge(Cells.of(cells)).verdict == "candidate"
    ends = [(measure(a, m), measure(b, k)) for a, b, m, k in zip(before.tolist(), later.tolist(), n0, n1, strict=True)]
    others = Peers.of([ends[row] for row in np.flatnonzero(~flagged)], RULES)
    found = [
        evaluate(Comparison((ends[row][0],), (ends[row][1],), "higher", 0.2, 500, peers=others))
        for row in np.flatnonzero(flagged)
    ]
    improved = sum(one.is_improvement for one in found)
    return len(found), improved, sum(one.unguarded in ("achieved", "improved") for one in found)


def test_with_no_effect_at_all_at_most_one_in_twenty_flagged_units_is_called_improved() -> None:
    random = np.random.default_rng(20220301)
    worlds = [(school, year) for school in (15.0, 25.0) for year in (0.0, 10.0, 15.0)]
    totals = np.array([claims(random, *world) for world in worlds for _ in range(14)]).sum(axis=0)
    flagged, improved, by_the_raw_rule = totals.tolist()
    assert flagged > 400
    assert improved / flagged <= 0.05
    assert by_the_raw_rule / flagged > 0.10
