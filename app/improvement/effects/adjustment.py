"""Guard against regression to the mean: how far a unit came beyond what unflagged units with its baseline did."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from app.core.on_demand import on_demand
from app.improvement.effects.measures import Measure
from app.improvement.effects.outcome_rules import OutcomeRules
from app.improvement.effects.statistics.prediction import Line, t_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = on_demand("numpy")


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """Units that were not flagged on the indicator, each with both ends; four arrays of shape (m,).

    `baseline`, `follow_up`: units of the indicator; `*_variance`: squared standard errors of the two.
    """

    baseline: Floats
    follow_up: Floats
    baseline_variance: Floats
    follow_up_variance: Floats

    def __post_init__(self) -> None:
        columns = (self.baseline, self.follow_up, self.baseline_variance, self.follow_up_variance)
        if len({column.shape for column in columns}) != 1 or self.baseline.ndim != 1:
            raise ValueError("the four columns of peers have one shape (m,)")
        if not all(np.isfinite(column).all() for column in columns):
            raise ValueError("peers hold finite numbers only")

    @classmethod
    def of(cls, pairs: Iterable[tuple[Measure, Measure]], rules: OutcomeRules) -> Self:
        """Columns from (baseline, follow-up) pairs; pairs that cannot be tested are left out."""
        kept = [(before, after) for before, after in pairs if before.testable and after.testable]
        rows = [
            (before.value, after.value, before.sampling_variance(rules), after.sampling_variance(rules))
            for before, after in kept
        ]
        table = np.array(rows, dtype=np.float64).reshape(len(rows), 4)
        return cls(table[:, 0], table[:, 1], table[:, 2], table[:, 3])

    def as_json(self) -> list[list[float]]:
        """Rows of four numbers, sorted, so that the order in which peers were read does not change the digest."""
        columns = (self.baseline, self.follow_up, self.baseline_variance, self.follow_up_variance)
        rows: list[list[float]] = np.stack(columns, axis=1).tolist()
        return sorted(rows)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is left of a change after the regression over peers; None everywhere when it could not be made.

    `expected`: follow-up that peers with this baseline had; `change`: follow-up − expected in the good direction;
    `low`, `high`: prediction limits of `change`. All in units of the indicator. `peers`: how many there were.
    `source`: cells, or pupils where too few cells could be compared and pupils' scores stand in, in units of the score.
    """

    adjusted: bool
    peers: int
    slope: float | None = None
    intercept: float | None = None
    expected: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    source: str = "cells"

    @property
    def holds(self) -> bool:
        """The change lies beyond what peers show: lower prediction limit above 0."""
        return self.low is not None and round(self.low, 9) > 0

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def adjust(
    baseline: Measure, follow_up: Measure, peers: Peers | None, rules: OutcomeRules, *, sign: float
) -> Adjustment:
    """Change of a flagged unit beyond the value expected from its baseline.

    Least squares of follow-up on baseline over the peers; limits are a two-sided prediction interval (t, m−2 degrees)
    at `prediction_level`. A unit smaller than its peers is noisier than their scatter: the excess of its own sampling
    variance over their mean is added (without it, units of 30 pupils among large ones passed 5–12 % of the time with
    no effect at all). `sign`: 1 where higher is better, −1 where lower is. Fewer than `least_reference_units` peers,
    or peers that share one baseline: not adjusted. Both measures must be testable, else ValueError.
    Source: decision 43.
    """
    m = 0 if peers is None else len(peers.baseline)
    if peers is None or m < rules.least_reference_units or np.ptp(peers.baseline) == 0:
        return Adjustment(adjusted=False, peers=m)
    before, after = float(baseline.value or 0.0), float(follow_up.value or 0.0)
    line = Line.through(peers.baseline, peers.follow_up)
    own = follow_up.sampling_variance(rules) + line.slope**2 * baseline.sampling_variance(rules)
    usual = float((peers.follow_up_variance + line.slope**2 * peers.baseline_variance).mean())
    variance = line.prediction_variance(before) + max(0.0, own - usual)
    expected = line.at(before)
    change = sign * (after - expected)
    half = t_quantile((1 + rules.prediction_level) / 2, m - 2) * math.sqrt(variance)
    return Adjustment(True, m, line.slope, line.intercept, expected, change, change - half, change + half)


@dataclass(frozen=True, slots=True, eq=False)
class PupilEnds:
    """Mean earlier and later scores of a unit's pupils, and those of unflagged units: the guard where cells are too few.

    `run`: reference of the reckoning that they come from. Higher scores are better.
    """

    before: Measure
    after: Measure
    peers: Peers
    run: str

    def adjust(self, rules: OutcomeRules) -> Adjustment:
        """The same regression over units, on means of linked pupils. Source: decision 43, domain §7.4."""
        return replace(adjust(self.before, self.after, self.peers, rules, sign=1.0), source="pupils")

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        ends = {"before": self.before.as_json(), "after": self.after.as_json()}
        return ends | {"peers": self.peers.as_json(), "run": self.run}
