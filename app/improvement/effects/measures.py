"""One end of a comparison: what was measured, of how many pupils, how sure; and several small rounds as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.improvement.effects.outcome_rules import OutcomeRules

VALUE_TYPES = ("mean", "rate", "index")


@dataclass(frozen=True, slots=True)
class Measure:
    """One monitoring result of the unit, at baseline or at follow-up.

    `value`: units of the indicator, a rate as a share 0–1; `sd`: only for means; `n`, `n_expected`: pupils measured
    and on the roster (None: not known, the response counts as 1); `deff`: design effect (None: the default).
    `indicator`: code and version of the definition; `instrument`: the family of tests it was measured with.
    """

    value: float | None
    n: int
    value_type: str
    indicator: str
    instrument: str
    grade_band: str
    sd: float | None = None
    n_expected: int | None = None
    deff: float | None = None
    sampled: bool = False
    source_withdrawn: bool = False

    def __post_init__(self) -> None:
        if self.value_type not in VALUE_TYPES:
            raise ValueError(f"value_type must be {' | '.join(VALUE_TYPES)}")
        if self.n < 0 or (self.n_expected is not None and self.n_expected <= 0):
            raise ValueError("n is 0 or more, n_expected more than 0")
        if self.deff is not None and not (math.isfinite(self.deff) and self.deff > 0):
            raise ValueError("deff is more than 0")
        if any(number is not None and not math.isfinite(number) for number in (self.value, self.sd)):
            raise ValueError("value and sd are finite numbers or None")

    @property
    def testable(self) -> bool:
        """A mean with a spread, or a rate within 0–1, of at least one pupil."""
        if self.value is None or self.n < 1:
            return False
        if self.value_type == "mean":
            return self.sd is not None and self.sd > 0
        return self.value_type == "rate" and 0 <= self.value <= 1

    @property
    def response(self) -> float:
        """Pupils measured of those on the roster, 1 where the roster is not known (decisions §6)."""
        return 1.0 if self.n_expected is None else self.n / self.n_expected

    def sampling_variance(self, rules: OutcomeRules) -> float:
        """Squared standard error of the value: sd²/n·deff, for rates p(1−p)/n·deff. Source: domain §7.4, decisions §6.

        Raises ValueError for a measure that is not testable.
        """
        if not self.testable or self.value is None:
            raise ValueError("no sampling error without a value, a spread and pupils")
        default = rules.design_effect_sampled if self.sampled else rules.design_effect_census
        spread = self.value * (1 - self.value) if self.value_type == "rate" else (self.sd or 0.0) ** 2
        return spread / self.n * (default if self.deff is None else self.deff)

    def as_json(self) -> dict[str, Any]:
        """All fields as plain JSON values."""
        return asdict(self)


def pooled(rounds: Sequence[Measure]) -> Measure:
    """Several rounds of one unit as if all their pupils had been measured at once.

    Value: mean weighted by n; sd: from the spread within and between rounds; n, n_expected: sums; deff: the largest.
    Definition words are those of the first round. A round that is not testable makes the pool so too.
    Raises ValueError for no rounds or rounds of different value types. Source: decision 41 (`small_n`).
    """
    if not rounds or len({measure.value_type for measure in rounds}) != 1:
        raise ValueError("a pool needs at least one round, all of one value type")
    first, n = rounds[0], sum(measure.n for measure in rounds)
    if len(rounds) == 1:
        return first
    rosters = [measure.n_expected for measure in rounds]
    deffs = [measure.deff for measure in rounds]
    joined = replace(
        first,
        n=n,
        value=None,
        sd=None,
        n_expected=None if None in rosters else sum(roster or 0 for roster in rosters),
        deff=None if None in deffs else max(deff or 0.0 for deff in deffs),
        sampled=any(measure.sampled for measure in rounds),
        source_withdrawn=any(measure.source_withdrawn for measure in rounds),
    )
    if not all(measure.testable for measure in rounds):
        return joined
    value = sum((measure.value or 0.0) * measure.n for measure in rounds) / n
    squares = sum(
        (measure.n - 1) * (measure.sd or 0.0) ** 2 + measure.n * ((measure.value or 0.0) - value) ** 2
        for measure in rounds
    )
    return replace(joined, value=value, sd=math.sqrt(squares / (n - 1)) if first.value_type == "mean" else None)
