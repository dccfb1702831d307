"""A multilevel fit of 40,000 pupils in 56 schools, with its intervals, beside plain least squares of the same pupils."""

from __future__ import annotations

from statistics import median
from typing import Any

import numpy as np

from app.improvement.effects.statistics.prediction import cohort
from app.improvement.effects.statistics.shrinkage import multilevel
from bench.context import Context
from bench.rounds import figure, interleave, seconds

PUPILS, SCHOOLS, TAU, SIGMA = 40_000, 56, 20.0, 100.0


def run(context: Context) -> list[dict[str, Any]]:
    """Seconds of one fit; an estimate far from the variances that made the pupils raises AssertionError."""
    random = np.random.default_rng(20220301)
    group = np.concatenate([np.arange(SCHOOLS), random.integers(0, SCHOOLS, PUPILS - SCHOOLS)])
    pre = 500 + 100 * random.standard_normal((PUPILS, 1))
    effect = TAU * random.standard_normal(SCHOOLS)
    post = 150 + 0.7 * pre[:, 0] + effect[group] + SIGMA * random.standard_normal(PUPILS)
    found = multilevel(pre, post, group)
    assert abs(found.sigma2**0.5 / SIGMA - 1) < 0.02
    assert abs(found.coefficients[1] - 0.7) < 0.02
    rounds = interleave(
        lambda: seconds(lambda: multilevel(pre, post, group)), lambda: seconds(lambda: cohort(pre, post))
    )
    value = median(rounds.ours)
    method = (
        f"{PUPILS:,} pupils in {SCHOOLS} schools: REML, effects, and 95 % limits averaged over the variance, in process; "
        f"ratio: time against least squares without schools on the same columns, {median(rounds.partner):.4f} s in the "
        f"same rounds"
    )
    return [figure("multilevel fit", value, "s", rounds=rounds, judged=value, goal=("<=", 1), method=method)]
