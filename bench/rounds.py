"""Ours and a partner by turns, so that a machine that drifts drifts under both; and the figure that comes of it."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

ROUNDS = 5
"""Fewest rounds that count."""

COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Rounds:
    """What each round gave, in the order measured; `ours[i]` and `partner[i]` were measured side by side."""

    ours: tuple[float, ...]
    partner: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours divided by the partner, round by round."""
        return tuple(one / other for one, other in zip(self.ours, self.partner, strict=True))

    @property
    def ratio(self) -> float:
        """Median of the pairwise ratios."""
        return median(self.ratios)


def interleave(ours: Callable[[], float], partner: Callable[[], float], *, rounds: int = 7, warm: int = 1) -> Rounds:
    """Measure ours, partner, ours, partner …; each callable does its work once and returns its number.

    `warm` pairs before them are thrown away. Raises ValueError for fewer than `ROUNDS` rounds.
    """
    if rounds < ROUNDS:
        raise ValueError(f"fewer than {ROUNDS} rounds say nothing")
    for _ in range(warm):
        ours(), partner()
    pairs = [(ours(), partner()) for _ in range(rounds)]
    return Rounds(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


def seconds(work: Callable[[], object]) -> float:
    """How long `work` took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def figure(
    name: str,
    value: float | None,
    unit: str,
    *,
    goal: tuple[str, float],
    method: str,
    rounds: Rounds | None = None,
    judged: float | None = None,
    stretch: float | None = None,
) -> dict[str, Any]:
    """One figure as the bench prints it.

    `goal`: "<=" or ">=" and a number, held against `judged`, or the ratio of `rounds`, or `value`, the first given;
    `stretch`: the further aim. A figure without a value was not met.
    """
    sign, limit = goal
    held = next((number for number in (judged, rounds.ratio if rounds else None, value) if number is not None), None)
    return {
        "name": name,
        "value": _short(value),
        "unit": unit,
        "ratio": _short(rounds.ratio if rounds else None),
        "goal": f"{sign} {limit:g}",
        "met": held is not None and bool(COMPARE[sign](held, limit)),
        "method": method,
        "ratio_min": _short(min(rounds.ratios) if rounds else None),
        "ratio_max": _short(max(rounds.ratios) if rounds else None),
        "rounds": len(rounds.ours) if rounds else None,
        "stretch": None if stretch is None else f"{sign} {stretch:g}",
        "stretch_met": None if stretch is None or held is None else bool(COMPARE[sign](held, stretch)),
    }


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")
