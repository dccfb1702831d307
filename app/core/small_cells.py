"""Small numbers are not published, nor one more that would give them away (domain P0, decision 54, security 31).

A table is published again and again, so what stood in it before counts too:

- a number below `least` (5, or 10 outside the county) prints as FEW, zero included; it stays FEW until it is so large that
  it has certainly moved by `least`;
- a number that moved by less than `least` keeps the value shown before, so that two weeks never differ by one child;
- whatever would let a FEW be computed is KEPT back: every FEW stands in a rectangle of hidden cells that leaves all its
  values possible, and a cell that was kept back once stays so;
- where that cannot be had, the table is not renewed, or was never given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FEW, KEPT = "few", "kept"
LEAST, LEAST_OUTSIDE = 5, 10
"""The smallest number shown in the county; to city, province and the public."""
Shown = int | str
"""A number, FEW, or KEPT."""


def suppress(counts: Sequence[int], least: int) -> list[int | None]:
    """Counts whose sum is published, with None for those that are not shown; for what is published once.

    counts: whole numbers ≥ 0; least: the smallest number shown. Every count below `least` is left out, zero included;
    then further ones, the smallest first, until what is left out holds at least two cells and `least` in sum.
    """
    hidden = {place for place, count in enumerate(counts) if count < least}
    rest = sorted(set(range(len(counts))) - hidden, key=lambda place: (counts[place], place))
    while hidden and rest and (len(hidden) < 2 or sum(counts[place] for place in hidden) < least):
        hidden.add(rest.pop(0))
    return [None if place in hidden else count for place, count in enumerate(counts)]


@dataclass
class Line:
    """One row of numbers with its sum: what is published of it, and whether it is the one of an earlier day."""

    total: int
    cells: list[Shown]
    carried: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Line:
        """From what `as_dict` wrote."""
        return cls(kept["total"], list(kept["cells"]), kept["carried"])

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"total": self.total, "cells": self.cells, "carried": self.carried}


@dataclass
class Table:
    """Rows × groups of columns; `pooled`: rows too small to stand alone, told together under the key POOL."""

    groups: list[list[int]]
    rows: dict[str, Line]
    pooled: list[str] = field(default_factory=list)
    carried: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Table:
        """From what `as_dict` wrote."""
        rows = {key: Line.of(line) for key, line in kept["rows"].items()}
        return cls([list(one) for one in kept["groups"]], rows, list(kept["pooled"]), kept["carried"])

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        rows = {key: line.as_dict() for key, line in self.rows.items()}
        return {"groups": self.groups, "rows": rows, "pooled": self.pooled, "carried": self.carried}


POOL = "*"
Counts = Mapping[str, Sequence[int]]


def publish_line(counts: Sequence[int], earlier: Sequence[Line] = (), least: int = LEAST) -> Line | None:
    """What of one row may be published, given all that was published of it before (oldest first); None: too few for any.

    counts: whole numbers ≥ 0, one a column. The sum is published; beside a FEW the largest number is kept back, which the
    reader can still tell to within a FEW, so that the telling ones stay.
    """
    total = stable(sum(counts), [line.total for line in earlier], least)
    if sum(counts) < 4 * least:
        return _again(earlier[-1]) if earlier else None
    history = [[line.cells[place] for line in earlier] for place in range(len(counts))]
    cells = [_cell(count, past, least) for count, past in zip(counts, history, strict=True)]
    unsafe = [place for place, count in enumerate(counts) if _unsafe(count, cells[place], least)]
    strong = _strong(least)
    if unsafe and not any(cells[place] == KEPT and counts[place] >= strong for place in range(len(counts))):
        able = [
            place
            for place, count in enumerate(counts)
            if count >= strong and cells[place] not in (FEW, KEPT) and _is_fresh(count, history[place], least)
        ]
        if not able:
            return _again(earlier[-1]) if earlier else Line(total, [KEPT] * len(counts))
        cells[max(able, key=lambda place: (counts[place], -place))] = KEPT
    return Line(total, cells)


def publish_table(
    counts: Counts,
    county: Line | None,
    earlier: Sequence[Table] = (),
    least: int = LEAST,
    apart: Collection[str] = (),
) -> Table | None:
    """What of a table may be published beside its county line; None: nothing of it.

    counts: row → whole numbers ≥ 0, one a column of `county`. Rows too small to stand alone are pooled and columns that
    cannot be protected are joined with their neighbour, once, when the table is published first; it keeps that shape.
    `apart`: rows that may not stand alone because another table keeps their sum back.
    """
    if earlier:
        return _renewed(counts, earlier, least, apart) or Table(**{**vars(earlier[-1]), "carried": True})
    if county is None:
        return None
    pooled = _pool(counts, least, apart)
    rows = _pooled(counts, pooled)
    if len(rows) < 2:
        return None
    hidden = [place for place, cell in enumerate(county.cells) if not isinstance(cell, int)]
    groups = [[place] for place in range(len(county.cells)) if place not in hidden] + ([hidden] if hidden else [])
    while len(groups) > 1:
        values = _grouped(rows, groups)
        marks, fault = _protected(values, {}, least)
        if fault is None:
            return Table(groups, _lines(values, marks, [], least), pooled)
        other = fault - 1 if fault else 1
        groups[min(fault, other)] = sorted(groups[fault] + groups[other])
        del groups[max(fault, other)]
    return None


def stable(count: int, past: Sequence[Shown], least: int) -> int:
    """The number itself, or the nearest one shown before that it differs from by less than `least`."""
    near = [shown for shown in reversed(past) if isinstance(shown, int) and abs(shown - count) < least]
    return min(near, key=lambda shown: abs(shown - count)) if near else count


def _strong(least: int) -> int:
    """From here on a number is certainly `least` away from every FEW, and may give a FEW any of its values."""
    return 2 * least - 1


def _ample(least: int) -> int:
    """A corner of a rectangle: it may lose all that a FEW can hold and is still no small number."""
    return 3 * least - 2


def _cell(count: int, past: Sequence[Shown], least: int) -> Shown:
    if KEPT in past:
        return KEPT
    if past and past[-1] == FEW and count < _strong(least):
        return FEW
    shown = stable(count, past, least)
    return FEW if shown < least else shown


def _unsafe(count: int, shown: Shown, least: int) -> bool:
    return shown == FEW or (shown == KEPT and count < least)


def _is_fresh(count: int, past: Sequence[Shown], least: int) -> bool:
    """Never shown, or so far from what was shown last that nobody can take that for its value."""
    told = [shown for shown in past if isinstance(shown, int)]
    return not told or abs(told[-1] - count) >= least


def _again(line: Line) -> Line:
    return Line(line.total, line.cells, carried=True)


def _pool(counts: Counts, least: int, apart: Collection[str]) -> list[str]:
    by_size = sorted(counts, key=lambda key: (sum(counts[key]), key))
    size = {key: sum(counts[key]) for key in counts}
    pooled = [key for key in by_size if size[key] < 4 * least or key in apart]
    for key in [key for key in by_size if key not in pooled]:
        if not pooled or (len(pooled) > 1 and sum(size[one] for one in pooled) >= 4 * least):
            break
        pooled.append(key)
    return pooled


def _pooled(counts: Counts, pooled: Sequence[str]) -> dict[str, list[int]]:
    rows = {key: list(line) for key, line in counts.items() if key not in pooled}
    if pooled:
        rows[POOL] = [sum(column) for column in zip(*(counts[key] for key in pooled if key in counts), strict=True)]
    return rows


def _grouped(rows: Mapping[str, Sequence[int]], groups: Sequence[Sequence[int]]) -> dict[str, list[int]]:
    return {key: [sum(line[place] for place in group) for group in groups] for key, line in rows.items()}


def _renewed(counts: Counts, earlier: Sequence[Table], least: int, apart: Collection[str]) -> Table | None:
    """The table in the shape that it was given first; None where it cannot be protected so."""
    last = earlier[-1]
    known = set(last.rows) | set(last.pooled)
    gone = known - {POOL} - set(counts)
    if (
        gone
        or set(apart) - set(last.pooled)
        or any(sum(counts[key]) < 4 * least for key in set(counts) - set(last.pooled))
    ):
        return None
    values = _grouped(_pooled(counts, last.pooled), last.groups)
    history: dict[tuple[str, int], list[Shown]] = {}
    for table in earlier:
        for key, line in table.rows.items():
            for place, shown in enumerate(line.cells):
                history.setdefault((key, place), []).append(shown)
    marks, fault = _protected(values, history, least)
    if fault is not None:
        return None
    return Table(last.groups, _lines(values, marks, earlier, least), last.pooled)


Marks = dict[tuple[str, int], Shown]


def _protected(
    values: Mapping[str, Sequence[int]], history: Mapping[tuple[str, int], Sequence[Shown]], least: int
) -> tuple[Marks, int | None]:
    """Every cell as it is shown; and the column whose FEW no rectangle protects, or None."""
    marks = {
        (key, place): _cell(count, history.get((key, place), ()), least)
        for key, line in values.items()
        for place, count in enumerate(line)
    }
    able = {
        (key, place)
        for (key, place), mark in marks.items()
        if values[key][place] >= _ample(least)
        and mark != FEW
        and (mark == KEPT or _is_fresh(values[key][place], history.get((key, place), ()), least))
    }
    unsafe = [at for at, mark in marks.items() if _unsafe(values[at[0]][at[1]], mark, least)]
    for row, place in sorted(unsafe, key=lambda at: (at[1], at[0])):
        corners = _rectangle(row, place, values, marks, able)
        if corners is None:
            return marks, place
        marks |= dict.fromkeys(corners, KEPT)
    return marks, None


def _rectangle(
    row: str, place: int, values: Mapping[str, Sequence[int]], marks: Marks, able: set[tuple[str, int]]
) -> tuple[tuple[str, int], ...] | None:
    """The three cells, all large, that with this one can be moved against each other; those that hide least anew."""
    wide = range(len(values[row]))
    corners = (
        ((row, beside), (other, place), (other, beside))
        for other in values
        if other != row and (other, place) in able
        for beside in wide
        if beside != place
    )
    found = [three for three in corners if able.issuperset(three)]

    def loss(three: tuple[tuple[str, int], ...]) -> tuple[int, int]:
        anew = [values[key][at] for key, at in three if marks[key, at] != KEPT]
        return len(anew), sum(anew)

    return min(found, key=loss) if found else None


def _lines(values: Mapping[str, Sequence[int]], marks: Marks, earlier: Sequence[Table], least: int) -> dict[str, Line]:
    def before(key: str) -> list[int]:
        return [table.rows[key].total for table in earlier if key in table.rows]

    return {
        key: Line(stable(sum(line), before(key), least), [marks[key, place] for place in range(len(line))])
        for key, line in values.items()
    }
