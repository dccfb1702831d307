"""Reads of many items: a page of the list in its order, and the rows of an export."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Uuid, and_, bindparam, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import joinedload, raiseload, selectinload

from app.core import registers
from app.core.casework.together import Asking, answer, question
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.item_filter import SETTLED, ItemFilter, fitting, opened
from app.improvement.problems.queries.reach import visible_items
from app.people.directory.models import Unit
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.vocabulary import State

PAGE = 50
SORTS: dict[str, Any] = {
    "due": ProblemItem.due_on,
    "since": ProblemItem.state_since,
    "number": ProblemItem.id,
    "unit": Unit.code,
}
READ: dict[type, Any] = {date: date.fromisoformat, datetime: datetime.fromisoformat, uuid.UUID: uuid.UUID, str: str}
Edge = tuple[Any, uuid.UUID]
"""Where an item stands in the order: the value that is sorted by, and its id."""
EDGE_ID = bindparam("edge_id", None, type_=Uuid())
MOST = bindparam("most", None, type_=Integer())


@dataclass(frozen=True)
class Page:
    """One page of a list. `first` is the place of its first row, `total` all rows that fit the filter."""

    rows: list[Any] = field(default_factory=list)
    total: int = 0
    first: int = 1
    after: str = ""
    before: str = ""

    @property
    def last(self) -> int:
        """The place of the last row."""
        return self.first + len(self.rows) - 1


@dataclass(frozen=True, slots=True)
class ItemLine:
    """What a row of a list says of an item: columns, not records, so that a page of fifty costs little to read."""

    id: uuid.UUID
    ref: str
    number: str
    title: str
    category: str | None
    severity: str | None
    source_type: str | None
    state: str
    state_since: datetime
    due_on: date | None
    closed_on: date | None
    resume_on: date | None
    unit_code: str | None
    unit_name: str | None

    @property
    def address(self) -> str:
        """The item's page."""
        return f"/items/{self.ref}"

    @property
    def standing(self) -> State:
        """The state as declared."""
        return PROBLEM_ITEM.state(self.state)

    @property
    def is_settled(self) -> bool:
        """Closed or void."""
        return self.state in SETTLED


COLUMNS = (
    *(getattr(ProblemItem, name.name) for name in fields(ItemLine)[:-2]),
    Unit.code.label("unit_code"),
    Unit.short_name.label("unit_name"),
)


@dataclass(frozen=True)
class _Part:
    """Writes the question for one part of a page, and how many items there are; for `together.question`."""

    wanted: ItemFilter
    """An opened filter."""
    down: bool
    edge: str = ""
    """Whether the page begins behind an item: "" for the first page, "value" or "empty" by what that item is sorted by."""
    place: int | None = 0
    """Which part of the page; None asks how many there are, and no row."""

    @property
    def column(self) -> Any:
        """What is sorted by."""
        return SORTS.get(self.wanted.sort, ProblemItem.due_on)

    @property
    def parts(self) -> tuple[ColumnElement[bool], ...]:
        """The rows behind the edge, in one or two parts: each is a range of the index, which an `or` is not."""
        if not self.edge:
            return (true(),)
        column, down = self.column, self.down
        here, there = tuple_(column, ProblemItem.id), tuple_(bindparam("edge_value", None, column.type), EDGE_ID)
        if self.edge == "empty":
            same = and_(column.is_(None), ProblemItem.id < EDGE_ID if down else ProblemItem.id > EDGE_ID)
            return (same, column.is_not(None)) if down else (same,)
        return (here < there,) if down else (here > there, column.is_(None))

    @property
    def order(self) -> list[Any]:
        """Empty values stand last, and so first when the order is turned round."""
        if self.down:
            return [self.column.desc().nulls_first(), ProblemItem.id.desc()]
        return [self.column.asc().nulls_last(), ProblemItem.id.asc()]

    def __call__(self, actor: Any) -> Select[Any]:
        """One scan tells how many items fit and how many of them lie beyond the edge, asked along with the rows."""
        found, everything = fitting(actor, self.wanted), func.count(ProblemItem.id)
        both = array([everything, everything.filter(or_(*self.parts))])
        counted = found.with_only_columns(both).correlate(None).scalar_subquery()
        if self.place is None:
            return select(counted)
        some = found.with_only_columns(counted, *COLUMNS).where(self.parts[self.place])
        return some.order_by(*self.order).limit(MOST)


def items_page(actor: Actor, wanted: ItemFilter, size: int = PAGE) -> Page:
    """One page of the items that fit; pages begin behind, or end before, the item whose reference is the cursor."""
    return answer(actor, _page(actor, wanted, size))


def _page(actor: Actor, wanted: ItemFilter, size: int) -> Asking[Page]:
    narrowed, given = opened(wanted)
    column, cursor = SORTS.get(wanted.sort, ProblemItem.due_on), wanted.after or wanted.before
    edge = _edge(actor, cursor, column) if cursor else None
    backwards = edge is not None and not wanted.after
    whole = _Part(narrowed, wanted.descending != backwards, _kind(edge))
    given |= _edge_values(edge)
    told: list[int] | None = None if cursor else [0, 0]
    rows: list[ItemLine] = []
    for place in range(len(whole.parts)):
        if len(rows) <= size:
            part = _Part(whole.wanted, whole.down, whole.edge, place)
            (found,) = yield (question(part, most=size + 1 - len(rows), **given),)
            told = found[0][0] if found else told
            rows += [ItemLine(*row[1:]) for row in found]
    if told is None:
        ((counted,),) = yield (question(_Part(whole.wanted, whole.down, whole.edge, None), **given),)
        told = counted[0]
    total, beyond = told
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    first = (beyond - len(rows) if backwards else total - beyond) + 1 if rows else 1
    return Page(
        rows,
        total,
        first,
        after=_cursor(rows[-1], column) if rows and (more or backwards) else "",
        before=_cursor(rows[0], column) if first > 1 else "",
    )


def all_items(actor: Actor, wanted: ItemFilter, most: int) -> Iterator[ProblemItem]:
    """Every fitting item in its order, read in pages of a thousand: for an export of at most `most` rows."""
    narrowed, given = opened(wanted)
    left, edge = most, None
    whole = fitting(actor, narrowed).options(
        joinedload(ProblemItem.unit),
        joinedload(ProblemItem.responsible_person),
        joinedload(ProblemItem.indicator),
        selectinload(ProblemItem.cited).load_only(DataFinding.scenarios),
        raiseload(ProblemItem.all_causes),
    )
    while left > 0:
        part = _Part(narrowed, wanted.descending, _kind(edge))
        some = whole.where(or_(*part.parts)).order_by(*part.order).limit(min(1000, left))
        rows = db.session.scalars(some, given | _edge_values(edge)).all()
        yield from rows
        left -= len(rows)
        if len(rows) < 1000:
            return
        edge = _place(rows[-1], part.column)


def _kind(edge: Edge | None) -> str:
    return "" if edge is None else "empty" if edge[0] is None else "value"


def _edge_values(edge: Edge | None) -> dict[str, Hashable]:
    return {} if edge is None else {"edge_value": edge[0], "edge_id": edge[1]}


def _place(item: ProblemItem, column: Any) -> Edge:
    value = (item.unit.code if item.unit else None) if column is Unit.code else getattr(item, column.key)
    return value, item.id


def _cursor(line: ItemLine, column: Any) -> str:
    value = line.unit_code if column is Unit.code else getattr(line, column.key)
    return registers.cursor_at(ProblemItem, line.ref, value, line.id, sort=column.key)


def _edge(actor: Actor, cursor: str, column: Any) -> Any:
    """What the row of the cursor was sorted by when it was shown, or is now where the cursor is a mere reference.

    None when it is gone or hidden, then the list begins anew.
    """
    ref, place = registers.place_at(ProblemItem, cursor, column.key)
    if place:
        value, identity = place
        return None if value is None else READ[column.type.python_type](value), uuid.UUID(identity)
    found = visible_items(actor, select(column, ProblemItem.id).select_from(ProblemItem))
    return db.session.execute(
        found.join(Unit, Unit.id == ProblemItem.unit_id, isouter=True).where(ProblemItem.ref == ref)
    ).first()
