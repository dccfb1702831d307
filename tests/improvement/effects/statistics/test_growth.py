"""Growth scores, trends and cohort regression, with every worked number of domain §7.1–7.2."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvement.effects.statistics.growth import growth, growth_z
from app.improvement.effects.statistics.prediction import Line, cohort, trend, value_added_by_trend

SCORES = st.floats(-500, 500)


def test_from_eighty_to_ninety_is_a_growth_of_ten() -> None:
    assert growth(np.array([80.0]), np.array([90.0])).tolist() == [10.0]


def test_on_two_scales_growth_is_counted_in_county_standard_deviations() -> None:
    found = growth_z(np.array([80.0, 60.0]), np.array([520.0, 450.0]), (70, 10), (500, 50))
    assert found.tolist() == pytest.approx([-0.6, 0.0])


def test_growth_of_a_pupil_with_one_score_missing_is_missing() -> None:
    assert np.isnan(growth(np.array([np.nan]), np.array([90.0]))).all()


def test_a_county_without_spread_has_no_standard_scores() -> None:
    with pytest.raises(ValueError, match="above 0"):
        growth_z(np.array([80.0]), np.array([90.0]), (70, 0), (500, 50))
    with pytest.raises(ValueError, match="one shape"):
        growth(np.arange(3.0), np.arange(2.0))


def test_the_trend_of_sixty_seventy_eighty_is_ninety_and_ninety_five_adds_five() -> None:
    scores = np.array([[60.0, 70.0, 80.0], [72.0, 70.0, 74.0]])
    assert trend(scores).tolist() == pytest.approx([90.0, 74.0])
    assert value_added_by_trend(scores[:1], np.array([95.0])).tolist() == pytest.approx([5.0])


def test_two_scores_make_no_trend() -> None:
    with pytest.raises(ValueError, match="three"):
        trend(np.array([[60.0, 70.0]]))


@given(st.lists(st.lists(SCORES, min_size=4, max_size=4), min_size=1, max_size=5))
def test_a_trend_is_the_line_through_the_pupils_own_scores(rows: list[list[float]]) -> None:
    found = trend(np.array(rows))
    for row, expected in zip(rows, found, strict=True):
        slope, intercept = np.polyfit([1, 2, 3, 4], row, 1)
        assert expected == pytest.approx(intercept + 5 * slope, abs=1e-6)


def test_the_cohort_of_four_gives_the_worked_line_and_residuals() -> None:
    found = cohort(np.array([[60.0], [70.0], [80.0], [90.0]]), np.array([65.0, 72.0, 84.0, 91.0]))
    assert found.coefficients.tolist() == pytest.approx([10.5, 0.90])
    assert found.residuals.tolist() == pytest.approx([0.5, -1.5, 1.5, -0.5])


def test_a_cohort_regression_takes_all_pre_scores_and_covariates() -> None:
    random = np.random.default_rng(7)
    pre = random.normal(size=(50, 3))
    found = cohort(pre, 2 + pre @ [1.0, -0.5, 0.25])
    assert found.coefficients.tolist() == pytest.approx([2, 1, -0.5, 0.25])
    assert found.degrees == 46


@pytest.mark.parametrize("pre", [np.full((9, 1), 3.0), np.column_stack([np.arange(9.0), 2 * np.arange(9.0) + 1])])
def test_a_column_that_adds_nothing_is_refused(pre: np.ndarray) -> None:
    with pytest.raises(ValueError, match="says nothing"):
        cohort(pre, np.arange(9.0))


def test_as_many_coefficients_as_pupils_are_refused() -> None:
    with pytest.raises(ValueError, match="more coefficients"):
        cohort(np.array([[1.0], [2.0]]), np.array([1.0, 2.0]))


@given(st.lists(st.tuples(SCORES, SCORES), min_size=3, max_size=30, unique_by=lambda point: round(point[0])))
def test_residuals_of_a_line_sum_to_nothing(points: list[tuple[float, float]]) -> None:
    x, y = (np.array(column) for column in zip(*points, strict=True))
    line = Line.through(x, y)
    assert sum(b - line.at(a) for a, b in points) == pytest.approx(0, abs=1e-5)
    assert line.prediction_variance(line.centre) >= line.scatter
