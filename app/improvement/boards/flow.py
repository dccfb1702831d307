"""How items move: where they stand by the time they have used, and how many came and went in each month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.boards.drawing import Cell, address
from app.improvement.boards.queries import countable
from app.improvement.problems.models import ProblemItem
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


def ageing(actor: Actor) -> list[Ageing]:
    """County items that the actor sees, by state and the time used; each number with the list that it counts."""
    clocks, i = tallies.present_clocks(), ProblemItem
    wanted = select(i.state, clocks.c.used, func.count()).select_from(i).join(clocks, clocks.c.record_id == i.id)
    found = {
        (row[0], row[1]): row[2]
        for row in db.session.execute(countable(actor, wanted.group_by(i.state, clocks.c.used)))
    }
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


def flow(actor: Actor) -> list[Month]:
    """The last twelve months that the county's items tell of, the newest first."""
    issued, closed = (_by_month(actor, column) for column in (ProblemItem.issued_on, ProblemItem.closed_on))
    return [
        Month(
            month,
            Cell(issued.get(month, 0), address(issued_in=month)),
            Cell(closed.get(month, 0), address(closed_in=month)),
        )
        for month in _months()
    ]


def _by_month(actor: Actor, column: Any) -> dict[str, int]:
    month = func.to_char(column, "YYYY-MM").label("month")
    wanted = select(month, func.count()).where(column.is_not(None)).group_by(month)
    if column.key == "closed_on":
        wanted = wanted.where(tallies.is_closed())
    return {row[0]: row[1] for row in db.session.execute(countable(actor, wanted))}


def _months() -> list[str]:
    today = clock.today()
    last = today.year * 12 + today.month - 1
    return [f"{(last - back) // 12:04}-{(last - back) % 12 + 1:02}" for back in range(MONTHS)]
