"""Counts behind the first pages: one statement a board, narrowed by what the actor may see."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.outbox.models import InboxLetter
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.improvement.plans.models import ProgressReport, RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.vocabulary import State

STATES: tuple[State, ...] = tuple(s for s in PROBLEM_ITEM.path if s.open and s.code != "draft")
VIEW = "problems.view_items"
OPEN_ITEMS = "/items?flag=open"
LATE_ITEMS = "/items?flag=open&flag=overdue"
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
    """One unit of the board with a cell per state, its open and its closed items."""

    label: str
    code: str
    url: str
    cells: list[Cell] = field(default_factory=lambda: [Cell() for _ in STATES])
    open: int = 0
    closed: int = 0

    @property
    def after(self) -> tuple[int, int]:
        """What stands behind the cells: open, closed."""
        return self.open, self.closed


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


def _late() -> Any:
    now = clock.now()
    return (
        select(Deadline.record_id, func.min(Deadline.due_at).label("due_at"))
        .where(
            Deadline.entity == "problem_items",
            Deadline.closed_at.is_(None),
            Deadline.paused_at.is_(None),
            Deadline.due_at <= now,
        )
        .group_by(Deadline.record_id)
        .subquery()
    )


def board(actor: Actor) -> Board:
    """Units in code order, never ranked; every number opens its rows."""
    late = _late()
    query = (
        select(
            Unit.id,
            Unit.ref,
            Unit.short_name,
            Unit.code,
            ProblemItem.state,
            func.count().label("n"),
            func.count(late.c.record_id).label("late"),
        )
        .join(Unit, Unit.id == ProblemItem.unit_id)
        .outerjoin(late, late.c.record_id == ProblemItem.id)
        .where(ProblemItem.state.not_in(("draft", "void")), ProblemItem.level == "county")
        .group_by(Unit.id, Unit.ref, Unit.short_name, Unit.code, ProblemItem.state)
        .order_by(Unit.kind, Unit.code)
    )
    rows: dict[uuid.UUID, UnitRow] = {}
    places = {state.code: number for number, state in enumerate(STATES)}
    for found in db.session.execute(decide.visible(actor, query, ProblemItem, VIEW)):
        row = rows.setdefault(found.id, UnitRow(found.short_name, found.code, f"{COUNTY_ITEMS}&unit={found.ref}"))
        if found.state == "closed":
            row.closed += found.n
            continue
        row.open += found.n
        if found.state in places:
            row.cells[places[found.state]] = Cell(
                found.n, found.late, f"{COUNTY_ITEMS}&unit={found.ref}&state={found.state}"
            )
    return Board(list(rows.values()), _sums(rows), max((c.n for r in rows.values() for c in r.cells), default=0))


def _sums(rows: dict[uuid.UUID, UnitRow]) -> UnitRow:
    total = UnitRow("", "", COUNTY_ITEMS)
    for row in rows.values():
        total.open += row.open
        total.closed += row.closed
        for number, cell in enumerate(row.cells):
            total.cells[number].n += cell.n
            total.cells[number].late += cell.late
    return total


def figures(actor: Actor) -> Figures:
    """Open, late, share closed by their due date and share reopened, with numerator and denominator (domain §9.2)."""
    late, today = _late(), clock.today()
    long_ago = clock.now() - timedelta(days=14)
    open_state = ProblemItem.state.not_in(("draft", "void", "closed"))
    query = select(
        func.count().filter(open_state).label("open"),
        func.count(late.c.record_id).filter(open_state).label("late"),
        func.count(late.c.record_id).filter(open_state, late.c.due_at <= long_ago).label("very_late"),
        func.count().filter(ProblemItem.due_on <= today).label("due_closed"),
        func.count()
        .filter(and_(ProblemItem.due_on <= today, ProblemItem.closed_on <= ProblemItem.due_on))
        .label("on_time"),
        func.count().filter(ProblemItem.closed_on.is_not(None)).label("closed"),
        func.count().filter(ProblemItem.state == "closed").label("closed_now"),
        func.count().filter(ProblemItem.recurrence_count > 0).label("reopened"),
    ).outerjoin(late, late.c.record_id == ProblemItem.id)
    query = query.select_from(ProblemItem).where(ProblemItem.state.not_in(("draft", "void")))
    row = db.session.execute(decide.visible(actor, query, ProblemItem, VIEW)).one()
    return Figures(
        row.open, row.late, row.very_late, row.due_closed, row.on_time, row.closed, row.reopened, row.closed_now
    )


@dataclass(frozen=True)
class Light:
    """A plan whose monthly reports are missing: two months yellow, three red (domain A5)."""

    label: str
    unit: str
    url: str
    missed: tuple[date, ...]

    @property
    def red(self) -> bool:
        """Three or more are missing."""
        return len(self.missed) >= 3


def months_due(today: date, back: int = 4) -> list[date]:
    """First days of the last months whose report was due, on the 5th of the month after; newest first."""
    month = today.replace(day=1)
    found = []
    for _ in range(back + 1):
        before = (month - timedelta(days=1)).replace(day=1)
        if today > month.replace(day=5):
            found.append(before)
        month = before
    return found[:back]


def lights(actor: Actor, most: int = 8) -> list[Light]:
    """Plans in force with two or more missing reports in a row, the longest silence first."""
    due = months_due(clock.today())
    query = (
        select(RemediationPlan, Unit.short_name)
        .join(Unit, Unit.id == RemediationPlan.unit_id)
        .where(RemediationPlan.state == "active")
    )
    plans = db.session.execute(decide.visible(actor, query, RemediationPlan, "plans.view_plans")).all()
    told: dict[uuid.UUID, set[date]] = defaultdict(set)
    for report in db.session.execute(
        select(ProgressReport.plan_id, ProgressReport.month).where(
            ProgressReport.plan_id.in_([row[0].id for row in plans]), ProgressReport.month.in_(due)
        )
    ):
        told[report.plan_id].add(report.month)
    found = []
    for plan, unit in plans:
        missed = []
        for month in due:
            if month in told[plan.id] or (plan.approved_on and month < plan.approved_on.replace(day=1)):
                break
            missed.append(month)
        if len(missed) >= 2:
            found.append(Light(plan.item.label, unit, plan.address, tuple(missed)))
    return sorted(found, key=lambda light: -len(light.missed))[:most]


def stuck(actor: Actor) -> list[dict[str, Any]]:
    """Open items per state by how much of their time is used: first half, second half, late up to ten days, later."""
    now = clock.now()
    share = func.extract("epoch", now - Deadline.started_at) / func.nullif(
        func.extract("epoch", Deadline.due_at - Deadline.started_at), 0
    )
    group = case(
        (Deadline.due_at <= now - timedelta(days=14), "long_late"),
        (Deadline.due_at <= now, "late"),
        (share > 0.5, "second"),
        else_="first",
    ).label("used")
    nearest = (
        select(Deadline.record_id, func.min(Deadline.due_at).label("due_at"))
        .where(Deadline.entity == "problem_items", Deadline.closed_at.is_(None))
        .group_by(Deadline.record_id)
        .subquery()
    )
    query = (
        select(ProblemItem.state, group, func.count().label("n"))
        .join(Deadline, Deadline.record_id == ProblemItem.id)
        .join(nearest, and_(nearest.c.record_id == Deadline.record_id, nearest.c.due_at == Deadline.due_at))
        .where(Deadline.closed_at.is_(None), ProblemItem.level == "county")
        .group_by(ProblemItem.state, group)
    )
    counts: dict[tuple[str, str], int] = {
        (row.state, row.used): row.n for row in db.session.execute(decide.visible(actor, query, ProblemItem, VIEW))
    }
    return [
        {
            "state": state,
            **{used: counts.get((state.code, used), 0) for used in ("first", "second", "late", "long_late")},
        }
        for state in STATES
    ]


def letters(actor: Actor, most: int = 20) -> list[InboxLetter]:
    """The newest messages to this person."""
    query = select(InboxLetter).where(InboxLetter.person_id == actor.person_id)
    return list(db.session.scalars(query.order_by(InboxLetter.created_at.desc()).limit(most)))


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
