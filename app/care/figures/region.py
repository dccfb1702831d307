"""What city and province are told of a county: shares of a release of which nothing is under ten (domain P0, decision 54)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from app.care.figures.rates import HIDDEN, SHARES, Figure
from app.core.intervals import wilson
from app.core.small_cells import LEAST_OUTSIDE, stable

IN_THE_COUNTY = ("consented", "missed", "seen")
"""Beside those who refused or took back consent would tell how many did not reply, and those may be under ten; and talks with
some who were drawn by chance say nothing about a county outside of it."""


def for_the_region(figures: Iterable[Figure], told: Sequence[tuple[str, int, int]]) -> Iterator[Figure]:
    """Shares whose numerator and rest are both ten or more, moved by ten or not at all since they were told before.

    figures: those of the release, with numbers; told: (code, numerator, denominator) of every number that was given to the
    region, the oldest first.
    """
    for one in figures:
        if one.kind == "share" and one.done is not None and one.code not in IN_THE_COUNTY:
            before = [(done, n) for code, done, n in told if code == one.code]
            done = stable(one.done, [done for done, _n in before], LEAST_OUTSIDE)
            rest = stable(one.n - one.done, [n - done for done, n in before], LEAST_OUTSIDE)
            if min(done, rest) >= LEAST_OUTSIDE:
                n = done + rest
                low, high = wilson(done / n, n)
                yield replace(one, value=done / n, low=low, high=high, done=done, n=n)


def figures_from(rows: Iterable[Any]) -> list[Figure]:
    """The figures of a release as they were kept for the region, in the order of the mission's list; what is not told says so."""
    kept = {row.code: row for row in rows if row.code is not None}
    found = []
    for one in SHARES:
        row = kept.get(one.code)
        if row is None:
            found.append(Figure(one.number, one.code, one.name, one.counted, why=HIDDEN))
        else:
            done = round(row.value * row.n)
            found.append(
                Figure(one.number, one.code, one.name, one.counted, "share", row.value, row.low, row.high, done, row.n)
            )
    return sorted(found, key=lambda one: one.number) if kept else []
