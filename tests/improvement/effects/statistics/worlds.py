"""Counties made by chance, whose true school effects are known."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

PUPIL_SD = 100.0
SIZES, SCHOOL_SDS, YEAR_SDS = (30, 60, 100, 200), (15.0, 25.0), (0.0, 10.0, 15.0)
"""The fixed grid of decision 45."""


def county(
    random: np.random.Generator, schools: int, size: int, school_sd: float, year_sd: float = 0.0, slope: float = 0.7
) -> tuple[Floats, Floats, Codes, Floats]:
    """Pre (n, 1), post (n,), school (n,) and the true effect of each school in that year (lasting and of the year)."""
    group = np.repeat(np.arange(schools), size)
    effect = school_sd * random.standard_normal(schools) + year_sd * random.standard_normal(schools)
    pre = 500 + 100 * random.standard_normal(len(group))
    post = 500 + slope * (pre - 500) + effect[group] + PUPIL_SD * random.standard_normal(len(group))
    return pre[:, None], post, group, effect
