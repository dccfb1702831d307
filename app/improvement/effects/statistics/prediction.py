"""Predictions by least squares: one line, a pupil's own trend, a county's cohort, and quantiles of Student's t (domain §7.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Self

from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = on_demand("numpy")


LEAST_TREND_POINTS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A least squares line through m points: y = intercept + slope·x.

    `scatter`: residual variance with m−2 degrees of freedom; `centre`: mean of x; `squares`: Σ(x − centre)².
    """

    slope: float
    intercept: float
    scatter: float
    m: int
    centre: float
    squares: float

    @classmethod
    def through(cls, x: Floats, y: Floats) -> Self:
        """The line through points of shape (m,), m ≥ 3 and not all at one x, else ValueError."""
        if x.shape != y.shape or x.ndim != 1 or len(x) < LEAST_TREND_POINTS or np.ptp(x) == 0:
            raise ValueError("a line needs three points that do not share one place")
        centre = float(x.mean())
        deviations = x - centre
        squares = float(deviations @ deviations)
        slope = float(deviations @ y) / squares
        intercept = float(y.mean()) - slope * centre
        residuals = y - intercept - slope * x
        return cls(slope, intercept, float(residuals @ residuals) / (len(x) - 2), len(x), centre, squares)

    def at(self, x: float) -> float:
        """The value that the line expects at x."""
        return self.intercept + self.slope * x

    def prediction_variance(self, x: float) -> float:
        """Squared standard error of one new point at x around the line."""
        return self.scatter * (1 + 1 / self.m + (x - self.centre) ** 2 / self.squares)


def trend(scores: Floats) -> Floats:
    """The next score of each pupil by least squares on time order 1..k; scores of shape (n, k), result (n,).

    Raises ValueError for k < 3. A row with a missing score gives NaN. Source: domain §7.2(a).
    """
    if scores.ndim != 2 or scores.shape[1] < LEAST_TREND_POINTS:
        raise ValueError("a trend needs at least three scores in time order")
    k = scores.shape[1]
    times = np.arange(1, k + 1) - (k + 1) / 2
    slopes: Floats = scores @ times / float(times @ times)
    predicted: Floats = scores.mean(axis=1) + slopes * (k + 1) / 2
    return predicted


def value_added_by_trend(scores: Floats, observed: Floats) -> Floats:
    """Observed − predicted by each pupil's own trend; shapes (n, k) and (n,). Source: domain §7.2(a)."""
    return observed - trend(scores)


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Least squares of post on all pre scores and declared covariates over a cohort.

    `coefficients`: intercept first, shape (p,); `errors`: their standard errors; `residuals`: shape (n,);
    `variance`: residual variance with n−p degrees of freedom; `inverse`: (X'X)⁻¹, shape (p, p).
    """

    coefficients: Floats
    errors: Floats
    residuals: Floats
    variance: float
    inverse: Floats

    @property
    def degrees(self) -> int:
        """Pupils minus coefficients."""
        return len(self.residuals) - len(self.coefficients)


def cohort(pre: Floats, post: Floats) -> Cohort:
    """Regression of post (n,) on pre (n, k), intercept added.

    Raises ValueError when pupils are not more than coefficients, or one column is a sum of the others (a column that
    is the same for everybody included). Source: domain §7.2(b).
    """
    design = with_intercept(pre)
    n, p = design.shape
    if n <= p:
        raise ValueError("more coefficients than pupils allow")
    if np.linalg.matrix_rank(standardised(pre)) < pre.shape[1]:
        raise ValueError("a column says nothing that the others do not say")
    inverse = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    fitted = np.asarray(np.linalg.lstsq(design, post, rcond=None)[0], dtype=np.float64)
    residuals: Floats = post - design @ fitted
    variance = float(residuals @ residuals) / (n - p)
    return Cohort(fitted, np.sqrt(variance * np.diag(inverse)), residuals, variance, inverse)


def with_intercept(pre: Floats) -> Floats:
    """The columns of pre (n, k) behind a column of ones."""
    return np.column_stack([np.ones(len(pre)), pre])


def standardised(pre: Floats) -> Floats:
    """Columns with mean 0 and standard deviation 1; a column without spread stays 0."""
    spread = pre.std(axis=0)
    centred: Floats = pre - pre.mean(axis=0)
    flat = spread <= 1e-12 * np.maximum(1.0, np.abs(pre).max(axis=0))
    return np.where(flat, 0.0, centred / np.where(flat, 1.0, spread))


def t_quantile(share: float, degrees: int) -> float:
    """Quantile of Student's t; `share` 0–1, `degrees` ≥ 10 (there exact to 4 decimals between 0.01 and 0.99).

    Source: expansion around the normal quantile, Abramowitz and Stegun 26.7.5.
    """
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / float(degrees**power) for power, term in enumerate(terms, start=1))
