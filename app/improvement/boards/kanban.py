"""The items of the county as cards in columns by state: the most urgent of each column, with lamp and due day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.boards.drawing import address
from app.improvement.boards.flow import OPEN_STATES
from app.improvement.boards.queries import countable
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.queries.lights import Light, lights
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.vocabulary import State

CARDS = 12
"""Cards of a column, the nearest due day first; the list behind its number has all of them."""
SIDE_STATES = tuple(s for s in PROBLEM_ITEM.states if s.side and s.open)
COLUMNS: tuple[State, ...] = (*OPEN_STATES, *SIDE_STATES)


@dataclass(frozen=True)
class Wanted:
    """What the board is narrowed to; empty means all."""

    unit: str = ""
    category: str = ""
    severity: str = ""


@dataclass(frozen=True)
class Card:
    """One item: number, title, unit, due day, and the lamp of its plan where one is on."""

    id: uuid.UUID
    ref: str
    number: str
    title: str
    unit: str
    severity: str | None
    due_on: date | None
    light: Light | None


@dataclass(frozen=True)
class Column:
    """One state: how many items stand in it, the list of all of them, and the first cards."""

    state: State
    n: int
    url: str
    cards: Sequence[Card]


def kanban(actor: Actor, wanted: Wanted) -> list[Column]:
    """A column for each open state in the order of the path, side states behind; two statements, however many items."""
    found: dict[str, list[Any]] = {}
    for row in db.session.execute(_cards(actor, wanted)):
        found.setdefault(row.state, []).append(row)
    plans = {row.plan_id for rows in found.values() for row in rows if row.plan_id is not None}
    lit = {light.plan_id: light for light in lights(actor, ids=plans)} if plans else {}
    narrowed = {"unit": wanted.unit, "category": wanted.category, "severity": wanted.severity}
    return [
        Column(
            state,
            found[state.code][0].n if state.code in found else 0,
            address(**narrowed, state=state.code),
            [_card(row, lit.get(row.plan_id)) for row in found.get(state.code, ())],
        )
        for state in COLUMNS
        if state in OPEN_STATES or state.code in found
    ]


def _cards(actor: Actor, wanted: Wanted) -> Any:
    i = ProblemItem
    place = func.row_number().over(partition_by=i.state, order_by=(i.due_on.nulls_last(), i.id)).label("place")
    inner = select(
        i.id, i.ref, i.number, i.title, i.state, i.severity, i.due_on, i.unit_id, place,
        func.count().over(partition_by=i.state).label("n"),
    ).where(i.state.in_([state.code for state in COLUMNS]))  # fmt: skip
    if wanted.unit:
        inner = inner.where(i.unit_id == select(Unit.id).where(Unit.ref == wanted.unit).scalar_subquery())
    if wanted.category:
        inner = inner.where(i.category == wanted.category)
    if wanted.severity:
        inner = inner.where(i.severity == wanted.severity)
    first = countable(actor, inner).subquery()
    in_force = (RemediationPlan.item_id == first.c.id) & (RemediationPlan.state == "active")
    return (
        select(first, Unit.short_name.label("unit"), RemediationPlan.id.label("plan_id"))
        .select_from(first)
        .join(Unit, Unit.id == first.c.unit_id)
        .outerjoin(RemediationPlan, in_force)
        .where(first.c.place <= CARDS)
        .order_by(first.c.state, first.c.place)
    )


def _card(row: Any, light: Light | None) -> Card:
    return Card(row.id, row.ref, row.number, row.title, row.unit, row.severity, row.due_on, light)
