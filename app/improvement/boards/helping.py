"""Hand-offs of the last year on the board: whom items wait for, how long helping units have them, what is past its promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from urllib.parse import urlencode

from sqlalchemy import func, or_, select

from app.core import clock, registers
from app.core.calendar import working_days_between
from app.core.casework.deadlines import work_calendar
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.boards.drawing import Cell
from app.improvement.boards.queries import countable
from app.improvement.problems.models import ItemErrand, ItemHandOff, ProblemItem
from app.people.directory.models import Unit

PAST = timedelta(days=365)
OPEN, ENDED, LATE = "open", "ended", "late"
PATH = "/boards/hand-offs"


@dataclass(frozen=True)
class Helped:
    """One unit's time with an item that it was handed for help; `until` is empty while it lasts."""

    ref: str
    address: str
    label: str
    unit_ref: str
    unit: str
    kind: str
    note: str
    since: date
    until: date | None
    promised_on: date | None
    working_days: int

    @property
    def is_late(self) -> bool:
        """It has it, or had it, longer than was agreed."""
        return self.promised_on is not None and (self.until or clock.today()) > self.promised_on


def helped(actor: Actor) -> list[Helped]:
    """County items that were handed for help within a year or still are, what was promised first on top: one statement."""
    h, i = ItemHandOff, ProblemItem
    following = func.lead(h.handed_at).over(partition_by=h.item_id, order_by=(h.handed_at, h.id)).label("following")
    every = select(
        h.id, h.ref, h.item_id, h.to_unit_id, h.kind, h.note, h.handed_at, h.promised_on, following
    ).subquery()
    wanted = (
        select(every, i.ref.label("item_ref"), i.number, i.title, i.state, i.state_since)
        .add_columns(Unit.ref.label("unit_ref"), Unit.short_name, Unit.kind.label("unit_kind"))
        .select_from(every)
        .join(i, i.id == every.c.item_id)
        .join(Unit, Unit.id == every.c.to_unit_id)
        .where(
            every.c.kind == "passed",
            or_(every.c.handed_at >= clock.now() - PAST, every.c.following.is_(None) & (i.state != "closed")),
        )
        .order_by(every.c.promised_on.nulls_last(), every.c.handed_at, every.c.id)
    )
    days, today, found = work_calendar().overrides, clock.today(), list[Helped]()
    for row in db.session.execute(countable(actor, wanted)):
        ended = row.following or (row.state_since if row.state == "closed" else None)
        since, until = clock.local(row.handed_at).date(), clock.local(ended).date() if ended else None
        found.append(
            Helped(
                row.ref, f"/items/{row.item_ref}/hand-offs", f"{row.number} {row.title}", row.unit_ref, row.short_name,
                row.unit_kind, row.note, since, until, row.promised_on,
                max(working_days_between(since, until or today, days), 0),
            )
        )  # fmt: skip
    return found


def waiting(actor: Actor) -> tuple[Cell, Cell]:
    """How many items lie with helping units now, and how many of them past their promise; a board's own line."""
    e = ItemErrand
    late = func.count().filter(e.promised_on < clock.today())
    both = select(func.count(), late).select_from(ProblemItem).join(e, e.item_id == ProblemItem.id)
    lying, past = db.session.execute(countable(actor, both)).one()
    return Cell(lying, _to(standing=OPEN)), Cell(past, _to(standing=OPEN, late=LATE))


@dataclass(frozen=True)
class Line:
    """One unit or one type of units: hand-offs, those of them that last, those past their promise; average working days."""

    label: str
    all: Cell
    open: Cell
    late: Cell
    days: float | None


def by_kind(rows: Sequence[Helped]) -> list[Line]:
    """A line a type of units; `label` is its code."""
    return _lines(rows, lambda one: (one.kind, one.kind), "kind")


def by_unit(rows: Sequence[Helped]) -> list[Line]:
    """A line for each unit that has something now: whom the items wait for."""
    lying = [one for one in rows if one.until is None]
    return _lines(lying, lambda one: (one.unit_ref, one.unit), "unit", standing=OPEN)


def _lines(rows: Iterable[Helped], key: Callable[[Helped], tuple[str, str]], name: str, **kept: str) -> list[Line]:
    groups: dict[tuple[str, str], list[Helped]] = {}
    for one in rows:
        groups.setdefault(key(one), []).append(one)
    return [
        Line(
            label,
            Cell(len(some), _to(**kept, **{name: code})),
            Cell(sum(one.until is None for one in some), _to(**{**kept, name: code, "standing": OPEN})),
            Cell(sum(one.is_late for one in some), _to(**kept, **{name: code, "late": LATE})),
            mean(one.working_days for one in some),
        )
        for (code, label), some in sorted(groups.items(), key=lambda pair: pair[0][1])
    ]


def _to(**wanted: str) -> str:
    return f"{PATH}?{urlencode(wanted)}#rows"


def behind(rows: Sequence[Helped], narrowed: Sequence[Helped], after: str) -> Sequence[Helped]:
    """Those of `narrowed` that stand behind the hand-off with the ref `after`, which itself need not fit any more."""
    if not after or (first := registers.counted(after)):
        return narrowed[first:] if after else narrowed
    places = {one.ref: place for place, one in enumerate(rows)}
    edge = places.get(after, len(rows))
    return [one for one in narrowed if places[one.ref] > edge]


def narrowed(rows: Sequence[Helped], standing: str, kind: str, unit: str, late: str) -> list[Helped]:
    """The rows behind a number."""
    return [
        one
        for one in rows
        if (not standing or (one.until is None) == (standing == OPEN))
        and (not kind or one.kind == kind)
        and (not unit or one.unit_ref == unit)
        and (not late or one.is_late)
    ]
