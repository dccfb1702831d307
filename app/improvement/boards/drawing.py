"""The board in rows and cells: every number carries the address of the list that it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from app.improvement.boards.queries import Count
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.vocabulary import Sentence, State

STATES: tuple[State, ...] = tuple(state for state in PROBLEM_ITEM.states if state.code not in ("draft", "void"))
OPEN, LATE = Sentence("在办", "Open"), Sentence("超期", "Late")
COLUMNS: tuple[Any, ...] = (*STATES, OPEN, LATE)


@dataclass(frozen=True)
class Cell:
    """A number and the list it opens."""

    n: int = 0
    url: str = ""
    late: int = 0


@dataclass(frozen=True)
class Row:
    """A line of the matrix: states, then open and late."""

    label: str
    cells: list[Cell] = field(default_factory=list)
    after: tuple[Cell, ...] = ()


def address(**wanted: Any) -> str:
    """The list of items narrowed to what a number counts; county items, as the board counts them."""
    return f"/items?{urlencode({'level': 'county', **{k: v for k, v in wanted.items() if v}}, doseq=True)}"


def row_of(label: str, counts: Iterable[Count], **wanted: Any) -> Row:
    """One line: the sum of `counts` in each state, open and late, each with its list."""
    found = list(counts)
    by_state = {state.code: sum(c.n for c in found if c.state == state.code) for state in STATES}
    cells = [Cell(by_state[state.code], address(**wanted, state=state.code)) for state in STATES]
    open_ = sum(n for code, n in by_state.items() if code != "closed")
    late = sum(c.late for c in found if c.state != "closed")
    ends = [
        Cell(open_, address(**wanted, flag="open")),
        Cell(late, address(**wanted, flag=["open", "overdue"])),
    ]
    return Row(label, cells + ends)


def by_unit(counts: Sequence[Count], category: str) -> list[Row]:
    """A line a unit, in code order."""
    return _grouped(counts, lambda c: (c.unit_ref, c.unit), lambda key: {"unit": key, "category": category})


def by_category(counts: Sequence[Count], names: Callable[[str], str]) -> list[Row]:
    """A line a category, over all units."""
    ordered = sorted(counts, key=lambda c: c.category)
    return _grouped(ordered, lambda c: (c.category, names(c.category)), lambda key: {"category": key})


def by_severity(counts: Sequence[Count], names: dict[str, str]) -> list[Row]:
    """A line a severity, the gravest first."""
    order = {code: place for place, code in enumerate(("severe", "moderate", "minor"))}
    ordered = sorted(counts, key=lambda c: order.get(c.category, len(order)))
    return _grouped(
        ordered, lambda c: (c.category, names.get(c.category, "—")), lambda key: {"severity": key} if key else {}
    )


def _grouped(
    counts: Sequence[Count], key_of: Callable[[Count], tuple[str, str]], wanted: Callable[[str], dict[str, Any]]
) -> list[Row]:
    groups: dict[tuple[str, str], list[Count]] = {}
    for count in counts:
        groups.setdefault(key_of(count), []).append(count)
    return [row_of(label, found, **wanted(key)) for (key, label), found in groups.items()]


def most_of(rows: Sequence[Row]) -> int:
    """The largest number of a state, for the shades."""
    return max((cell.n for row in rows for cell in row.cells[: len(STATES)]), default=0)


def band(name: str, colour: str, edges: Sequence[tuple[float | None, ...]]) -> list[dict[str, Any]]:
    """The space between two edges as two stacked lines without marks: an unseen one below, a shaded one above it."""
    still = {"type": "line", "stack": name, "silent": True, "symbol": "none", "tooltip": {"show": False}}
    unseen = {"opacity": 0}
    width = [None if low is None or high is None else round(high - low, 1) for low, high in edges]
    return [
        {**still, "lineStyle": unseen, "data": [low for low, _high in edges]},
        {**still, "lineStyle": unseen, "areaStyle": {"color": colour, "opacity": 0.14}, "data": width},
    ]
