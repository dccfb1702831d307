"""Multilevel shrinkage: the worked numbers of domain §7.3, a known data set, and intervals that keep their promise."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.improvement.effects.statistics.shrinkage import Multilevel, multilevel, normal_share, shrunken
from tests.improvement.effects.statistics.worlds import SCHOOL_SDS, SIZES, YEAR_SDS, county

LONDON = Path(__file__).parents[1] / "data" / "london_schools.csv"


@pytest.mark.parametrize(
    ("n", "mean", "share", "effect", "se", "low", "high"),
    [
        (25, 5, 0.8, 4.0, 1.789, 0.494, 7.506),
        (5, 5, 0.4444, 2.222, 2.981, -3.621, 8.066),
        (100, 5, 0.9412, 4.706, 0.970, 2.804, 6.607),
        (50, -6, 0.8889, -5.333, 1.333, -7.947, -2.720),
    ],
)
def test_the_worked_numbers_of_shrinkage(
    n: int, mean: float, share: float, effect: float, se: float, low: float, high: float
) -> None:
    found = shrunken(np.array([float(n)]), np.array([float(mean)]), 16, 100)
    numbers = [column[0] for column in (found.share, found.effect, found.se, found.low, found.high)]
    assert numbers == pytest.approx([share, effect, se, low, high], abs=6e-4)


@pytest.mark.parametrize(("tau2", "sigma2", "n"), [(-1.0, 100.0, 5.0), (1.0, 0.0, 5.0), (1.0, 100.0, 0.0)])
def test_variances_that_cannot_be_are_refused(tau2: float, sigma2: float, n: float) -> None:
    with pytest.raises(ValueError, match="variances"):
        shrunken(np.array([n]), np.array([1.0]), tau2, sigma2)


@given(st.floats(0.01, 400), st.floats(1, 1e4), st.floats(-100, 100), st.integers(1, 500))
def test_an_effect_is_drawn_towards_the_county_and_more_pupils_draw_less(
    tau2: float, sigma2: float, mean: float, n: int
) -> None:
    found = shrunken(np.array([float(n), float(n + 1)]), np.array([mean, mean]), tau2, sigma2)
    assert abs(found.effect[0]) <= abs(found.effect[1]) <= abs(mean)
    assert found.se[0] >= found.se[1]


@pytest.fixture(scope="module")
def london() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Reading test (n, 1), exam (n,), school (n,)."""
    with LONDON.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    pre = np.array([[float(row["standLRT"])] for row in rows])
    post = np.array([float(row["normexam"]) for row in rows])
    return pre, post, np.array([int(row["school"]) for row in rows]) - 1


def test_on_the_london_schools_all_numbers_agree_with_statsmodels(
    london: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    pre, post, school = london
    ours = multilevel(pre, post, school)
    theirs = MixedLM(post, np.column_stack([np.ones(len(post)), pre]), groups=school).fit(reml=True)
    assert ours.coefficients.tolist() == pytest.approx(theirs.fe_params.tolist(), abs=1e-3)
    assert ours.errors.tolist() == pytest.approx(theirs.bse_fe.tolist(), abs=1e-3)
    assert (ours.tau2, ours.sigma2) == pytest.approx((float(theirs.cov_re[0, 0]), theirs.scale), abs=1e-3)
    effects = [float(np.asarray(theirs.random_effects[code])[0]) for code in range(65)]
    assert ours.effect.tolist() == pytest.approx(effects, abs=1e-3)


def test_on_the_london_schools_the_shown_intervals_are_wider_than_the_plug_in_ones(
    london: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    found = multilevel(*london)
    width, plug_in = found.high - found.low, found.plug_in.high - found.plug_in.low
    assert (width > plug_in).all()
    assert (width < 1.4 * plug_in).all()
    assert ((found.low < found.effect) & (found.effect < found.high)).all()


def test_units_of_the_file_do_not_change_what_is_found(london: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    pre, post, school = london
    one, other = multilevel(pre, post, school), multilevel(50 + 10 * pre, 500 + 100 * post, school)
    assert (other.effect / 100).tolist() == pytest.approx(one.effect.tolist(), abs=1e-6)
    assert (other.low / 100).tolist() == pytest.approx(one.low.tolist(), abs=1e-6)
    assert other.coefficients.tolist() == pytest.approx(
        [500 + 100 * one.coefficients[0] - 500 * one.coefficients[1], 10 * one.coefficients[1]]
    )


def test_without_any_spread_between_schools_the_interval_keeps_its_width() -> None:
    random = np.random.default_rng(3)
    group = np.repeat(np.arange(20), 40)
    pre = random.standard_normal((800, 1))
    noise = random.standard_normal(800)
    noise -= np.array([noise[group == code].mean() for code in range(20)])[group]
    found = multilevel(pre, 100 * (pre[:, 0] + noise), group)
    assert found.tau2 == 0
    assert not found.effect.any()
    assert (found.high - found.low > 1).all()


def test_a_school_with_one_pupil_is_drawn_almost_wholly_to_the_county() -> None:
    pre, post, group, _ = county(np.random.default_rng(5), 30, 60, 20.0)
    pre, post, group = np.vstack([pre, [[500.0]]]), np.append(post, 900.0), np.append(group, 30)
    found = multilevel(pre, post, group)
    assert abs(found.effect[-1]) < 0.2 * abs(found.mean_residual[-1])
    assert found.high[-1] - found.low[-1] > (found.high - found.low)[:-1].max()


@pytest.mark.parametrize(
    ("pre", "post", "group", "words"),
    [
        (np.arange(8.0)[:, None], np.full(8, 5.0), np.arange(8) % 2, "equal"),
        (np.arange(8.0)[:, None], 2 * np.arange(8.0) + 1, np.arange(8) % 2, "exact"),
        (np.full((8, 1), 4.0), np.arange(8.0) ** 2, np.arange(8) % 2, "column"),
        (np.arange(8.0)[:, None], np.arange(8.0) ** 2, np.zeros(8, dtype=int), "few"),
        (np.arange(8.0)[:, None], np.arange(8.0) ** 2, np.array([0, 0, 0, 0, 2, 2, 2, 2]), "few"),
        (np.arange(3.0)[:, None], np.arange(3.0) ** 2, np.arange(3), "few"),
        (np.array([[np.nan], *[[float(x)] for x in range(7)]]), np.arange(8.0) ** 2, np.arange(8) % 2, "finite"),
        (np.arange(8.0)[:, None], np.arange(7.0), np.arange(8) % 2, "pre is"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_words(
    pre: np.ndarray, post: np.ndarray, group: np.ndarray, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        multilevel(pre, post, group)


def test_the_share_below_a_normal_value() -> None:
    found = normal_share(np.array([[-1.959964, 0.0], [1.959964, 8.0]]))
    assert found.ravel().tolist() == pytest.approx([0.025, 0.5, 0.975, 1.0], abs=1e-6)


# Counties whose truth is known (decision 45) --------------------------------------------------------------------------


def covered(found: Multilevel, truth: np.ndarray) -> float:
    """Share of schools whose interval holds what the school truly did."""
    return float(((found.low <= truth) & (truth <= found.high)).mean())


def coverage(schools: int, size: int, school_sd: float, year_sd: float, counties: int) -> float:
    """Mean coverage over counties of one world; the same seed for the same world."""
    random = np.random.default_rng([schools, size, int(school_sd), int(year_sd)])
    worlds = (county(random, schools, size, school_sd, year_sd) for _ in range(counties))
    return float(np.mean([covered(multilevel(pre, post, group), truth) for pre, post, group, truth in worlds]))


@pytest.mark.parametrize(("size", "school_sd", "year_sd"), [(30, 15.0, 0.0), (60, 25.0, 15.0)])
def test_intervals_of_fifty_six_schools_hold_the_truth_as_often_as_they_say(
    size: int, school_sd: float, year_sd: float
) -> None:
    assert 0.92 <= coverage(56, size, school_sd, year_sd, 60) <= 0.97


def test_intervals_of_twelve_schools_are_not_too_narrow() -> None:
    assert coverage(12, 30, 15.0, 0.0, 60) >= 0.92


@pytest.mark.drill
@pytest.mark.parametrize("year_sd", YEAR_SDS)
@pytest.mark.parametrize("school_sd", SCHOOL_SDS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("schools", [10, 15, 20, 56])
def test_the_whole_grid_of_worlds_is_covered(schools: int, size: int, school_sd: float, year_sd: float) -> None:
    found = coverage(schools, size, school_sd, year_sd, 400 if schools < 56 else 150)
    assert found >= 0.92
    assert schools < 20 or found <= 0.97


def flagged_without_effect(size: int, year: int, counties: int) -> float:
    """Share of schools shown above or below where no school does anything."""
    random = np.random.default_rng([size, year])
    worlds = (county(random, 56, size, 0.0) for _ in range(counties))
    fits = [multilevel(pre, post, group) for pre, post, group, _ in worlds]
    return float(np.mean([((fit.low > 0) | (fit.high < 0)).mean() for fit in fits]))


def test_where_no_school_does_anything_at_most_one_in_twenty_stands_out() -> None:
    assert flagged_without_effect(60, 1, 25) <= 0.05


@pytest.mark.drill
@pytest.mark.parametrize("size", SIZES)
def test_over_the_whole_grid_no_more_than_one_in_twenty_stands_out_without_effect(size: int) -> None:
    assert flagged_without_effect(size, 2, 300) <= 0.05
