"""Reads of items: one by its reference, the list with filters and pages, the rows of an export."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, exists, func, literal, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import joinedload, raiseload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.core import clock, registers
from app.core.casework.deadlines import Deadline
from app.core.casework.together import Asking, answer, question
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.core.whole import columns_of, records
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle
from app.improvement.problems.models import Cause, ProblemItem, ProblemList
from app.improvement.problems.queries import tallies
from app.improvement.problems.queries.reach import visible_items
from app.people.directory.models import Person, Unit
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
DUE = {"week": (0, 7), "month": (8, 30), "quarter": (31, 90), "later": (91, 36_500)}
"""Days from today to the first and last due day that a filter leaves."""
SETTLED = ("closed", "void")


@dataclass(frozen=True)
class ItemFilter:
    """What a list of items is narrowed to; `flags` holds overdue, mine and open."""

    words: str = ""
    units: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    level: str = ""
    flags: tuple[str, ...] = ()
    due: str = ""
    """A span of `DUE`, or a day, YYYY-MM-DD."""
    outcomes: tuple[str, ...] = ()
    tally: str = ""
    used: tuple[str, ...] = ()
    issued_in: str = ""
    closed_in: str = ""
    sort: str = "due"
    descending: bool = False
    after: str = ""
    before: str = ""


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


def item_for(actor: Actor, ref: str) -> ProblemItem:
    """One item with its list, unit, person, indicator and causes; raises NotFound."""
    return answer(actor, _item(ref))


AROUND = (ProblemItem, ProblemList, MonitoringCycle, Unit, Person, Indicator)
ITS_REF = bindparam("ref", None, type_=String())


def _item(ref: str) -> Asking[ProblemItem]:
    found, causes = yield question(_with_all_around, ref=ref), question(_causes, ref=ref)
    if not found:
        raise NotFound("problem_item", ref)
    item, held, cycle, unit, person, indicator = records(found[0], *AROUND)
    set_committed_value(held, "cycle", cycle)
    around = {"problem_list": held, "unit": unit, "responsible_person": person, "indicator": indicator}
    around["all_causes"] = [one for row in causes for one in records(row, Cause)]
    for name, one in around.items():
        set_committed_value(item, name, one)
    return cast(ProblemItem, item)


def _with_all_around(actor: Any) -> Select[Any]:
    """The item of a reference with the records around it, as far as the actor may see it."""
    joined = (
        select(*columns_of(*AROUND))
        .select_from(ProblemItem)
        .join(ProblemList, ProblemList.id == ProblemItem.list_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == ProblemList.cycle_id)
        .outerjoin(Unit, Unit.id == ProblemItem.unit_id)
        .outerjoin(Person, Person.id == ProblemItem.responsible_person_id)
        .outerjoin(Indicator, Indicator.id == ProblemItem.indicator_id)
    )
    return visible_items(actor, joined).where(ProblemItem.ref == ITS_REF)


def _causes(actor: Any) -> Select[Any]:
    """Its causes; shown with the item or not at all."""
    of_it = select(ProblemItem.id).where(ProblemItem.ref == ITS_REF).scalar_subquery()
    return select(*columns_of(Cause)).where(Cause.item_id == of_it).order_by(Cause.created_at)


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


def items_page(actor: Actor, wanted: ItemFilter, size: int = PAGE) -> Page:
    """One page of the items that fit; pages begin behind, or end before, the item whose reference is the cursor."""
    fitting = _fitting(actor, wanted)
    column, cursor = SORTS.get(wanted.sort, ProblemItem.due_on), wanted.after or wanted.before
    edge = _edge(actor, cursor, column) if cursor else None
    backwards = edge is not None and not wanted.after
    down = wanted.descending != backwards
    parts = _behind(edge, column, down) if edge is not None else (true(),)
    counted = _counted(fitting, parts)
    told: tuple[int, int] | None = None if cursor else (0, 0)
    rows: list[ItemLine] = []
    for part in parts:
        if len(rows) <= size:
            some = fitting.with_only_columns(counted, *COLUMNS).where(part).order_by(*_order(column, down))
            found = db.session.execute(some.limit(size + 1 - len(rows))).all()
            told = found[0][0] if found else told
            rows += [ItemLine(*row[1:]) for row in found]
    total, beyond = told or db.session.scalars(select(counted)).one()
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


def _counted(fitting: Select[Any], parts: tuple[ColumnElement[bool], ...]) -> ColumnElement[Any]:
    """How many items fit, and how many of them lie beyond the cursor: one scan tells both, asked along with the rows."""
    everything = func.count(ProblemItem.id)
    both = array([everything, everything.filter(or_(*parts))])
    return fitting.with_only_columns(both).correlate(None).scalar_subquery()


def all_items(actor: Actor, wanted: ItemFilter, most: int) -> Iterator[ProblemItem]:
    """Every fitting item in its order, read in pages of a thousand: for an export of at most `most` rows."""
    column, left, edge = SORTS.get(wanted.sort, ProblemItem.due_on), most, None
    whole = _fitting(actor, wanted).options(
        joinedload(ProblemItem.unit),
        joinedload(ProblemItem.responsible_person),
        joinedload(ProblemItem.indicator),
        selectinload(ProblemItem.cited).load_only(DataFinding.scenarios),
        raiseload(ProblemItem.all_causes),
    )
    while left > 0:
        some = whole.where(or_(*_behind(edge, column, wanted.descending))) if edge is not None else whole
        rows = db.session.scalars(some.order_by(*_order(column, wanted.descending)).limit(min(1000, left))).all()
        yield from rows
        left -= len(rows)
        if len(rows) < 1000:
            return
        edge = _place(rows[-1], column)


def _place(item: ProblemItem, column: Any) -> tuple[Any, uuid.UUID]:
    """Where an item stands in the order: the value that is sorted by, and its id."""
    value = (item.unit.code if item.unit else None) if column is Unit.code else getattr(item, column.key)
    return value, item.id


def _fitting(actor: Actor, wanted: ItemFilter) -> Select[Any]:
    narrowed = visible_items(actor, select(ProblemItem).join(Unit, Unit.id == ProblemItem.unit_id, isouter=True))
    narrowed = narrowed.where(or_(ProblemItem.state != "void", ProblemItem.issued_on.is_not(None)))
    for column, values in (
        (Unit.ref, wanted.units),
        (ProblemItem.category, wanted.categories),
        (ProblemItem.state, wanted.states),
        (ProblemItem.severity, wanted.severities),
        (ProblemItem.source_type, wanted.sources),
        (ProblemItem.level, (wanted.level,) if wanted.level else ()),
        (ProblemItem.outcome, wanted.outcomes),
    ):
        if values:
            narrowed = narrowed.where(column.in_(values))
    narrowed = narrowed.where(*_as_counted(wanted))
    if wanted.scenarios:
        of_them = DataFinding.scenarios.has_any(array(wanted.scenarios))
        narrowed = narrowed.where(ProblemItem.cited.any(of_them))
    if "open" in wanted.flags:
        narrowed = narrowed.where(ProblemItem.state.not_in(SETTLED))
    if wanted.due:
        narrowed = narrowed.where(ProblemItem.due_on.between(*_days(wanted.due)))
    if "overdue" in wanted.flags:
        narrowed = narrowed.where(is_overdue())
    if "mine" in wanted.flags:
        narrowed = narrowed.where(is_mine(actor))
    return narrowed.where(_found(wanted.words)) if wanted.words else narrowed


def _days(due: str) -> tuple[date, date]:
    """The first and last due day behind a span, or the one day that is named."""
    if due not in DUE:
        return date.fromisoformat(due), date.fromisoformat(due)
    first, last = DUE[due]
    return clock.today() + timedelta(first), clock.today() + timedelta(last)


def _as_counted(wanted: ItemFilter) -> list[ColumnElement[bool]]:
    """The conditions behind a number of the boards."""
    found = [tallies.tallied(wanted.tally)] if wanted.tally in tallies.TALLIES else []
    if wanted.used:
        found += [tallies.is_counted(), tallies.has_used(wanted.used)]
    if wanted.issued_in:
        found += [tallies.is_counted(), tallies.in_month(ProblemItem.issued_on, wanted.issued_in)]
    if wanted.closed_in:
        found += [tallies.is_closed(), tallies.in_month(ProblemItem.closed_on, wanted.closed_in)]
    return found


def is_overdue() -> ColumnElement[bool]:
    """A clock of the item ran out and is neither met nor stopped: a flag, never a state (domain §3 G3)."""
    return exists().where(
        Deadline.record_id == ProblemItem.id,
        Deadline.entity == ProblemItem.__tablename__,
        Deadline.closed_at.is_(None),
        Deadline.paused_at.is_(None),
        Deadline.due_at <= clock.now(),
    )


def is_mine(actor: Actor) -> ColumnElement[bool]:
    """The actor is responsible for it, handles it or stands in."""
    columns = (ProblemItem.responsible_person_id, ProblemItem.owner_id, ProblemItem.deputy_id)
    return or_(*(column == actor.person_id for column in columns))


def _found(words: str) -> ColumnElement[bool]:
    """Number, title, or the unit by name or pinyin."""
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return or_(
        ProblemItem.number.ilike(like),
        ProblemItem.title.ilike(like),
        Unit.name.ilike(like),
        Unit.pinyin.ilike(like),
    )


def _order(column: Any, down: bool) -> list[Any]:
    """Empty values stand last, and so first when the order is turned round."""
    if down:
        return [column.desc().nulls_first(), ProblemItem.id.desc()]
    return [column.asc().nulls_last(), ProblemItem.id.asc()]


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


def _behind(edge: Any, column: Any, down: bool) -> tuple[ColumnElement[bool], ...]:
    """The rows that come after the edge, in one or two parts: each is a range of the index, which an `or` is not."""
    value, identity = edge
    here, there = tuple_(column, ProblemItem.id), tuple_(literal(value, column.type), literal(identity))
    if value is None:
        same = and_(column.is_(None), ProblemItem.id < identity if down else ProblemItem.id > identity)
        return (same, column.is_not(None)) if down else (same,)
    return (here < there,) if down else (here > there, column.is_(None))


def units_with_items(actor: Actor) -> list[tuple[str, str]]:
    """Reference and short name of every unit that answers for an item the actor sees, by code."""
    return answer(actor, _units())


def _units() -> Asking[list[tuple[str, str]]]:
    (rows,) = yield (question(_with_items),)
    return [(row.ref, row.short_name) for row in rows]


def _with_items(actor: Any) -> Any:
    held = visible_items(actor, select(literal(1)).select_from(ProblemItem)).where(
        ProblemItem.unit_id == Unit.id, ProblemItem.county_id == Unit.county_id
    )
    # One look into an index for each unit: as a scalar, the planner cannot make one scan of all items of it.
    wanted = select(Unit.ref, Unit.short_name).where(held.limit(1).correlate(Unit).scalar_subquery().is_not(None))
    if actor.county_id is not None:
        wanted = wanted.where(Unit.county_id == actor.county_id)
    return wanted.order_by(Unit.code)


def address_of(actor: Actor, item_id: uuid.UUID) -> str:
    """The page of an item, empty for who may not open it."""
    ref = db.session.scalar(visible_items(actor, select(ProblemItem.ref)).where(ProblemItem.id == item_id))
    return f"/items/{ref}" if ref else ""


def names_of(actor: Actor, ids: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of persons who stand on records that the actor has loaded."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_({one for one in ids if one})))
    return {row.id: row.name for row in rows}


def unit_names(actor: Actor, ids: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The short names of units that stand on records that the actor has loaded."""
    rows = db.session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_({one for one in ids if one})))
    return {row.id: row.short_name for row in rows}
