"""Multilevel shrinkage: a random intercept per group by REML, and intervals that do not trust one variance (domain §7.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from app.core.on_demand import on_demand
from app.improvement.effects.statistics.prediction import standardised, with_intercept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
else:
    np = on_demand("numpy")

Z95 = 1.96


@cache
def _coarse() -> Floats:
    """Ratios of standard deviations, group over pupil, at which the likelihood is looked at first."""
    return np.concatenate([[0.0], np.geomspace(1e-4, 1e2, 160)])


FINE, NEGLIGIBLE, HALVINGS = 61, 14.0, 44


@dataclass(frozen=True, slots=True, eq=False)
class Shrunken:
    """Effects of groups when both variances are known; arrays of shape (groups,). Intervals are û ± 1.96·SE."""

    share: Floats
    effect: Floats
    se: Floats
    low: Floats
    high: Floats


def shrunken(n: Floats, mean_residual: Floats, tau2: float, sigma2: float) -> Shrunken:
    """λ = τ²/(τ²+σ²/n), û = λ·mean residual, SE = √(τ²(1−λ)).

    n: pupils ≥ 1, shape (groups,); mean_residual: units of the score; τ² ≥ 0 and σ² > 0, else ValueError.
    Source: domain §7.3.
    """
    if tau2 < 0 or sigma2 <= 0 or (n < 1).any():
        raise ValueError("variances are not negative and every group has a pupil")
    share: Floats = tau2 / (tau2 + sigma2 / n)
    effect = share * mean_residual
    se: Floats = np.sqrt(tau2 * (1 - share))
    return Shrunken(share, effect, se, effect - Z95 * se, effect + Z95 * se)


@dataclass(frozen=True, slots=True, eq=False)
class Multilevel:
    """post = b0 + b·pre + u + e, fitted by REML.

    `coefficients`, `errors`: intercept first, shape (p,); `tau2`, `sigma2`: variance of groups and of pupils;
    `n`: pupils per group; `mean_residual`: mean of post − b0 − b·pre per group; `plug_in`: effects with the variances
    taken as known; `low`, `high`: shown 95 % limits, averaged over the variance and with the doubt about the county's
    line in them (decision 44).
    """

    coefficients: Floats
    errors: Floats
    tau2: float
    sigma2: float
    n: Floats
    mean_residual: Floats
    plug_in: Shrunken
    low: Floats
    high: Floats

    @property
    def effect(self) -> Floats:
        """REML point estimates û."""
        return self.plug_in.effect


def multilevel(pre: Floats, post: Floats, group: Codes) -> Multilevel:
    """Fit by restricted maximum likelihood.

    pre: (n, k); post: (n,); group: whole numbers 0..groups−1, every one with a pupil, shape (n,). Work is on sums per
    group, so that 40,000 pupils cost little more than 400.
    Raises ValueError where `trouble` has something to say.
    Source: domain §7.3, decision 44.
    """
    wrong = trouble(pre, post, group)
    if wrong is not None:
        raise ValueError(f"nothing can be fitted: {wrong}")
    sums = _Sums.of(pre, post, group)
    ratio = _best_ratio(sums)
    at = _Profile.at(sums, np.array([ratio]))
    sigma2 = float(at.rss[0]) / sums.degrees
    tau2 = ratio**2 * sigma2
    mean_residual = sums.post / sums.n - (sums.pre / sums.n[:, None]) @ at.beta[0]
    low, high = _averaged(sums)
    coefficients, errors = sums.in_units(at.beta[0], sigma2 * np.linalg.inv(at.information[0]))
    scale = sums.post_scale
    mean_residual = mean_residual * scale
    sigma2, tau2 = sigma2 * scale**2, tau2 * scale**2
    plug_in = shrunken(sums.n, mean_residual, tau2, sigma2)
    return Multilevel(coefficients, errors, tau2, sigma2, sums.n, mean_residual, plug_in, low * scale, high * scale)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """All that the likelihood needs, with standardised columns: sums per group and over all pupils."""

    n: Floats
    pre: Floats
    post: Floats
    cross: Floats
    moment: Floats
    total: float
    pupils: int
    centres: Floats
    spreads: Floats
    post_centre: float
    post_scale: float

    @classmethod
    def of(cls, pre: Floats, post: Floats, group: Codes) -> _Sums:
        spread = float(post.std())
        design = with_intercept(standardised(pre))
        scores = (post - post.mean()) / spread
        groups = int(group.max()) + 1
        columns = [np.bincount(group, column, groups).astype(np.float64) for column in design.T]
        per_group = np.stack(columns, axis=1)
        return cls(
            n=per_group[:, 0],
            pre=per_group,
            post=np.bincount(group, scores, groups).astype(np.float64),
            cross=design.T @ design,
            moment=design.T @ scores,
            total=float(scores @ scores),
            pupils=len(post),
            centres=pre.mean(axis=0),
            spreads=pre.std(axis=0),
            post_centre=float(post.mean()),
            post_scale=spread,
        )

    @property
    def degrees(self) -> int:
        return self.pupils - len(self.moment)

    def in_units(self, beta: Floats, covariance: Floats) -> tuple[Floats, Floats]:
        """Coefficients and their standard errors in the units of the file."""
        turn = np.diag(np.concatenate([[1.0], 1 / self.spreads]))
        turn[0, 1:] = -self.centres / self.spreads
        back = turn @ beta * self.post_scale
        back[0] += self.post_centre
        errors: Floats = np.sqrt(np.diag(turn @ covariance @ turn.T)) * self.post_scale
        return back, errors


def trouble(pre: Floats, post: Floats, group: Codes) -> str | None:
    """Why nothing can be fitted: few (pupils or groups), equal (scores), column (without news), exact (no residual).

    Shapes as in `multilevel`; raises ValueError where they are others or a number is missing.
    """
    if pre.ndim != 2 or post.shape != (len(pre),) or group.shape != post.shape:
        raise ValueError("pre is (n, k), post and group are (n,)")
    if not (np.isfinite(pre).all() and np.isfinite(post).all()):
        raise ValueError("scores are finite numbers")
    if len(post) < pre.shape[1] + 3 or (np.bincount(group) == 0).any() or group.max() < 1:
        return "few"
    if float(post.std()) <= 1e-12 * max(1.0, float(np.abs(post).max())):
        return "equal"
    if np.linalg.matrix_rank(standardised(pre)) < pre.shape[1]:
        return "column"
    design = with_intercept(standardised(pre))
    scores = (post - post.mean()) / post.std()
    fitted, *_ = np.linalg.lstsq(design, scores, rcond=None)
    return "exact" if float(np.abs(scores - design @ fitted).max()) < 1e-9 else None


@dataclass(frozen=True, slots=True, eq=False)
class _Profile:
    """The likelihood with the coefficients and the pupils' variance worked out, at several ratios (r,)."""

    information: Floats
    beta: Floats
    rss: Floats
    deviance: Floats

    @classmethod
    def at(cls, sums: _Sums, ratios: Floats) -> _Profile:
        ratio2 = ratios[:, None] ** 2
        weights = ratio2 / (1 + sums.n * ratio2)
        flat = (sums.pre[:, :, None] * sums.pre[:, None, :]).reshape(len(sums.n), -1)
        information = sums.cross - (weights @ flat).reshape(len(ratios), *sums.cross.shape)
        right = sums.moment - weights @ (sums.pre * sums.post[:, None])
        beta = np.asarray(np.linalg.solve(information, right[..., None])[..., 0], dtype=np.float64)
        rss = sums.total - weights @ sums.post**2 - (right * beta).sum(axis=1)
        spread = np.log1p(sums.n * ratio2).sum(axis=1) + np.linalg.slogdet(information)[1]
        return cls(information, beta, rss, sums.degrees * np.log(rss) + spread)


def _best_ratio(sums: _Sums) -> float:
    """τ/σ of the highest restricted likelihood, 0 where no spread between groups is better than any."""
    coarse = _Profile.at(sums, _coarse()).deviance
    best = int(coarse.argmin())
    low, high = _coarse()[max(best - 1, 0)], _coarse()[min(best + 1, len(_coarse()) - 1)]
    while high - low > 1e-9 * max(high, 1e-3):
        inside = np.linspace(low, high, 12)
        place = int(_Profile.at(sums, inside).deviance.argmin())
        low, high = inside[max(place - 1, 0)], inside[min(place + 1, 11)]
    if low == 0.0:
        return 0.0
    return float((low + high) / 2)


def _averaged(sums: _Sums) -> tuple[Floats, Floats]:
    """95 % limits of every group's effect over a grid of τ with a flat prior, the county's line unknown too.

    With p(τ, σ) ∝ 1/σ the weight of a ratio τ/σ is its restricted likelihood with one degree of freedom less.
    """
    ratios = _where_it_matters(sums)
    at = _Profile.at(sums, ratios)
    weight = np.exp(-(at.deviance - np.log(at.rss) - (at.deviance - np.log(at.rss)).min()) / 2)
    weight /= weight.sum()
    ratio2 = ratios[:, None] ** 2
    variance = (at.rss / sums.degrees)[:, None]
    means = sums.pre / sums.n[:, None]
    share = sums.n * ratio2 / (1 + sums.n * ratio2)
    centre = share * (sums.post / sums.n - at.beta @ means.T)
    doubt = np.einsum("gp,rpq,gq->rg", means, np.linalg.inv(at.information), means)
    spread = np.sqrt(variance * (ratio2 / (1 + sums.n * ratio2) + share**2 * doubt))
    return _quantile(centre, spread, weight, 0.025), _quantile(centre, spread, weight, 0.975)


def _where_it_matters(sums: _Sums) -> Floats:
    at = _Profile.at(sums, _coarse())
    log_weight = -(at.deviance - np.log(at.rss)) / 2
    places = np.flatnonzero(log_weight > log_weight.max() - NEGLIGIBLE / 2)
    low = _coarse()[max(int(places[0]) - 1, 0)]
    return np.linspace(low, _coarse()[min(int(places[-1]) + 1, len(_coarse()) - 1)], FINE)


def _quantile(centre: Floats, spread: Floats, weight: Floats, share: float) -> Floats:
    """Quantile of a mixture of normal distributions per group; centre and spread (ratios, groups), by halving."""
    low, high = (centre - 9 * spread).min(axis=0), (centre + 9 * spread).max(axis=0)
    safe = np.where(spread > 0, spread, 1.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = np.where(spread > 0, normal_share((middle - centre) / safe), middle >= centre)
        under = weight @ below < share
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    found: Floats = (low + high) / 2
    return found


def normal_share(z: Floats) -> Floats:
    """Share of a standard normal distribution below z, any shape."""
    flat: list[float] = (-z.ravel() / math.sqrt(2)).tolist()
    shares = np.array([0.5 * math.erfc(place) for place in flat], dtype=np.float64)
    return np.reshape(shares, z.shape)
