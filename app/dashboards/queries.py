"""Counts behind the first pages: one statement a board, narrowed by what the actor may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import select

from app.core.database import db
from app.core.outbox.models import InboxLetter
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.core.registers import page_of
from app.improvement.boards.queries import counts
from app.improvement.boards.tally import Tally, tally
from app.improvement.problems.models import ProblemItem
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.vocabulary import State

STATES: tuple[State, ...] = tuple(s for s in PROBLEM_ITEM.path if s.open and s.code != "draft")
VIEW = "problems.view_items"
OPEN_ITEMS = "/items?flag=open"
LATE_ITEMS = "/items?flag=open&flag=overdue"
LONG_LATE_ITEMS = "/items?flag=open&used=long_late"
COUNTY_ITEMS = "/items?level=county"
"""The lists that the numbers open."""


@dataclass
class Cell:
    """How many items stand here, and how many of them are late."""

    n: int = 0
    late: int = 0
    url: str = ""


@dataclass
class UnitRow:
    """One unit of the board with a cell per state, its open ones, those of them that are late, and its closed items."""

    label: str
    code: str
    url: str
    cells: list[Cell] = field(default_factory=lambda: [Cell() for _ in STATES])
    open: int = 0
    late: int = 0
    closed: int = 0

    @property
    def after(self) -> tuple[Cell, Cell]:
        """What stands behind the cells: open, closed; each with its list."""
        return Cell(self.open, url=f"{self.url}&flag=open"), Cell(self.closed, url=f"{self.url}&state=closed")


@dataclass(frozen=True)
class Board:
    """The matrix unit × state, its sums, and the largest number for the shades."""

    rows: list[UnitRow]
    totals: UnitRow
    most: int


@dataclass(frozen=True)
class Figures:
    """The head of the board: open, late, closed on time, reopened; each with its denominator."""

    open: int
    late: int
    very_late: int
    due_closed: int
    closed_on_time: int
    closed: int
    reopened: int
    closed_now: int


def board(actor: Actor, told: Tally | None = None) -> Board:
    """Units in code order, never ranked; every number opens its rows."""
    rows: dict[uuid.UUID, UnitRow] = {}
    places = {state.code: number for number, state in enumerate(STATES)}
    for found in counts(actor, told):
        assert found.unit_id is not None
        row = rows.setdefault(
            found.unit_id, UnitRow(found.unit, found.unit_code, f"{COUNTY_ITEMS}&unit={found.unit_ref}")
        )
        if found.state == "closed":
            row.closed += found.n
            continue
        row.open, row.late = row.open + found.n, row.late + found.late
        if found.state in places:
            cell = row.cells[places[found.state]]
            cell.n, cell.late = cell.n + found.n, cell.late + found.late
            cell.url = f"{COUNTY_ITEMS}&unit={found.unit_ref}&state={found.state}"
    return Board(list(rows.values()), _sums(rows), max((c.n for r in rows.values() for c in r.cells), default=0))


def _sums(rows: dict[uuid.UUID, UnitRow]) -> UnitRow:
    total = UnitRow("", "", COUNTY_ITEMS)
    for row in rows.values():
        total.open, total.late = total.open + row.open, total.late + row.late
        total.closed += row.closed
        for number, cell in enumerate(row.cells):
            total.cells[number].n += cell.n
            total.cells[number].late += cell.late
    return total


def figures(actor: Actor, told: Tally | None = None) -> Figures:
    """Open, late, share closed by their due date and share reopened, with numerator and denominator (domain §9.2)."""
    told = told or tally(actor)
    sums, open_ = told.sums(), [line for line in told.of("clocks") if line.state != "closed"]
    return Figures(
        open=sum(line.n for line in open_),
        late=sum(line.late for line in open_),
        very_late=sum(line.n for line in open_ if line.used == "long_late"),
        due_closed=sums["due"],
        closed_on_time=sums["on_time"],
        closed=sums["ever_closed"],
        reopened=sums["reopened"],
        closed_now=sums["closed"],
    )


def letters(actor: Actor, most: int = 20) -> list[InboxLetter]:
    """The newest messages to this person."""
    query = select(InboxLetter).where(InboxLetter.person_id == actor.person_id)
    return list(db.session.scalars(query.order_by(InboxLetter.created_at.desc()).limit(most)))


def letters_after(actor: Actor, after: str) -> list[InboxLetter]:
    """All messages to this person, the newest first; one more than a page."""
    own = select(InboxLetter).where(InboxLetter.person_id == actor.person_id)
    order = ((InboxLetter.created_at, True), (InboxLetter.id, True))
    return list(db.session.scalars(page_of(own, InboxLetter, order, after)))


def of_one_unit(actor: Actor) -> bool:
    """Whether this role works for one department or school, and not for the county."""
    return actor.role in ROLES and ROLES[actor.role].level in ("department", "school")


def unit_items(actor: Actor, most: int = 6) -> list[ProblemItem]:
    """Open items, the nearest due first: of the own unit where the role belongs to one, else all that the actor sees."""
    query = select(ProblemItem).where(ProblemItem.state.not_in(("draft", "void", "closed")))
    if of_one_unit(actor):
        query = query.where(ProblemItem.unit_id == actor.unit_id)
    query = decide.visible(actor, query, ProblemItem, VIEW)
    return list(db.session.scalars(query.order_by(ProblemItem.due_on.nulls_last()).limit(most)))
