"""Small numbers are not published, nor one more that would give them away by subtraction (domain P0, decision 54)."""

from __future__ import annotations

from collections.abc import Sequence


def suppress(counts: Sequence[int], least: int) -> list[int | None]:
    """Counts whose sum is published, with None for those that are not shown.

    counts: whole numbers ≥ 0; least: the smallest number shown. Every count below `least` is left out, zero included;
    then further ones, the smallest first, until what is left out holds at least two cells and `least` in sum.
    """
    hidden = {place for place, count in enumerate(counts) if count < least}
    rest = sorted(set(range(len(counts))) - hidden, key=lambda place: (counts[place], place))
    while hidden and rest and (len(hidden) < 2 or sum(counts[place] for place in hidden) < least):
        hidden.add(rest.pop(0))
    return [None if place in hidden else count for place, count in enumerate(counts)]
