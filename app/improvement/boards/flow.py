"""How items move: where they stand by the time they have used, and how many came and went in each month."""

from __future__ import annotations

from dataclasses import dataclass

from app.core import clock
from app.core.policy.actor import Actor
from app.improvement.boards.drawing import Cell, address
from app.improvement.boards.tally import Tally, tally
from app.improvement.problems.queries import tallies
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.vocabulary import State

OPEN_STATES: tuple[State, ...] = tuple(s for s in PROBLEM_ITEM.path if s.open and s.code != "draft")
MONTHS = 12


@dataclass(frozen=True)
class Ageing:
    """Open items of one state by the share of their present deadline that is used, in the order of `tallies.USED`."""

    state: State
    cells: tuple[Cell, ...]


def ageing(actor: Actor, told: Tally | None = None) -> list[Ageing]:
    """County items that the actor sees, by state and the time used; each number with the list that it counts."""
    found = {(line.state, line.used): line.n for line in (told or tally(actor)).of("clocks", "county")}
    return [
        Ageing(
            state,
            tuple(
                Cell(found.get((state.code, used), 0), address(state=state.code, used=used)) for used in tallies.USED
            ),
        )
        for state in OPEN_STATES
    ]


@dataclass(frozen=True)
class Month:
    """One month, YYYY-MM: how many items were issued in it and how many of those closed now were closed in it."""

    month: str
    issued: Cell
    closed: Cell


def flow(actor: Actor, told: Tally | None = None) -> list[Month]:
    """The last twelve months that the county's items tell of, the newest first."""
    told = told or tally(actor)
    issued, closed = ({line.month: line.n for line in told.of(part, "county")} for part in ("issued", "closed"))
    return [
        Month(
            month,
            Cell(issued.get(month, 0), address(issued_in=month)),
            Cell(closed.get(month, 0), address(closed_in=month)),
        )
        for month in _months()
    ]


def _months() -> list[str]:
    today = clock.today()
    last = today.year * 12 + today.month - 1
    return [f"{(last - back) // 12:04}-{(last - back) % 12 + 1:02}" for back in range(MONTHS)]
