"""Intervals of shares, of medians and of agreement, for every area that publishes numbers with their doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z95, UNSURE = 1.96, 0.05
FEWEST = 5
"""Below this denominator no percentage of the county's work is told, only the two numbers."""


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """95 % score interval of a share 0–1 of n > 0. Source: Wilson 1927, without continuity correction."""
    middle, below = share + z * z / (2 * n), 1 + z * z / n
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def median_interval(known: Sequence[float]) -> list[float] | None:
    """95 % interval of the median of sorted values by their order, whatever their distribution; None for fewer than six.

    Source: the binomial interval of a quantile (Conover, Practical Nonparametric Statistics, §3.2).
    """
    number, below, skipped = len(known), 0.0, 0
    while skipped < number and 2 * (below + math.comb(number, skipped) / 2**number) <= UNSURE:
        below += math.comb(number, skipped) / 2**number
        skipped += 1
    return [known[skipped - 1], known[number - skipped]] if skipped else None


def weighted_kappa(table: Sequence[Sequence[int]]) -> tuple[float, float, float] | None:
    """Quadratic weighted kappa of a square table of counts, with its 95 % interval; None where one side never varies.

    table[i][j]: how many were put into place i by the first and j by the second, places in order. Interval by the
    large-sample standard error of Fleiss, Cohen and Everitt 1969, cut to −1 … 1.
    """
    k, n = len(table), sum(map(sum, table))
    if n == 0 or k < 2:
        return None
    p = [[count / n for count in line] for line in table]
    rows = [sum(line) for line in p]
    columns = [sum(line[j] for line in p) for j in range(k)]
    w = [[1 - (i - j) ** 2 / (k - 1) ** 2 for j in range(k)] for i in range(k)]
    seen = sum(w[i][j] * p[i][j] for i in range(k) for j in range(k))
    chance = sum(w[i][j] * rows[i] * columns[j] for i in range(k) for j in range(k))
    if chance >= 1:
        return None
    value = (seen - chance) / (1 - chance)
    by_row = [sum(w[i][j] * columns[j] for j in range(k)) for i in range(k)]
    by_column = [sum(w[i][j] * rows[i] for i in range(k)) for j in range(k)]
    spread = sum(
        p[i][j] * (w[i][j] * (1 - chance) - (by_row[i] + by_column[j]) * (1 - seen)) ** 2
        for i in range(k)
        for j in range(k)
    )
    variance = (spread - (seen * chance - 2 * chance + seen) ** 2) / (n * (1 - chance) ** 4)
    half = Z95 * math.sqrt(max(0.0, variance))
    return value, max(-1.0, value - half), min(1.0, value + half)
