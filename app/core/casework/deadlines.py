"""Deadlines as rows: one clock per record and state, with the ladder of its reminders in it, swept by one job.

Overdue is a flag computed from these rows, never a state (domain §3 G3). A rung is taken once, by SYSTEM, in an act.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Index, func, select, text

from app.core import calendar, clock
from app.core.audit import trail
from app.core.casework.records import Movable, record_of
from app.core.casework.together import Asking, answer, question
from app.core.database import (
    Base,
    Mapped,
    Record,
    Scoped,
    String,
    db,
    mapped_column,
    new_ref,
    use_context,
    uuid7,
)
from app.core.outbox.post import post
from app.core.policy.actor import NOBODY, SYSTEM
from app.core.registers import late
from workflows.vocabulary import Deadline as DeclaredDeadline
from workflows.vocabulary import Step

RUN_OUT: dict[tuple[str, str], str] = {}
"""(table, name of a clock) → kind of outbox row that is posted once the time is over: what the system then does by itself."""


class Deadline(Base, Record, Scoped):
    """One running clock. `closed_at` when the record left the state; `paused_at` while it is suspended.

    It stands where its record stands, which is held to its places by itself, and is found by record or by time alone.
    """

    __tablename__ = "deadlines"
    __protection__ = "unit"
    __untold__ = frozenset({"taken", "next_at"})
    __table_args__ = (
        Index("ix_deadlines_record", "entity", "record_id"),
        Index("ix_deadlines_due", "due_at", postgresql_where=text("closed_at is null")),
        Index("ix_deadlines_next", "next_at", postgresql_where=text("closed_at is null")),
    )

    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID]
    county_id: Mapped[uuid.UUID] = mapped_column()
    school_id: Mapped[uuid.UUID | None] = mapped_column()
    unit_id: Mapped[uuid.UUID | None]
    name: Mapped[str] = mapped_column(String(60))
    met_by: Mapped[str | None] = mapped_column(String(40))
    """Attribute of the record that, once true, meets the deadline before the state is left."""
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    ladder: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """Its reminders in the order of time: name, moment, and the roles told of it; none: those for whom the record waits."""
    taken: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many of them are done with."""
    next_at: Mapped[datetime | None]
    """When the next one comes, if there is a further one."""

    @property
    def rungs(self) -> list[calendar.Rung]:
        """The reminders of its ladder, done with or not."""
        return [calendar.Rung(name, datetime.fromisoformat(at), tuple(roles)) for name, at, roles in self.ladder]

    def climb(self, now: datetime) -> list[calendar.Rung]:
        """The reminders that have come since the last look; they are done with."""
        ahead = self.rungs[self.taken :]
        come = [rung for rung in ahead if rung.at <= now]
        self.taken += len(come)
        self.next_at = ahead[len(come)].at if len(come) < len(ahead) else None
        return come

    def run_on(self, now: datetime) -> None:
        """Go on after a pause: what had not come yet comes so much later."""
        pause = now - self.paused_at if self.paused_at is not None else timedelta()
        self.due_at, self.paused_at = self.due_at + pause, None
        later = [[rung.name, (rung.at + pause).isoformat(), list(rung.roles)] for rung in self.rungs[self.taken :]]
        self.ladder = [*self.ladder[: self.taken], *later]
        self.next_at = self.next_at + pause if self.next_at is not None else None


class WorkdayOverride(Base, Record):
    """A day that the office declared working or free, above what the published calendar says (decision 34)."""

    __tablename__ = "workday_overrides"

    day: Mapped[date] = mapped_column(unique=True)
    works: Mapped[bool]


CALENDAR_SECONDS = 5.0
"""How long a process may go on with the calendar it read: a day that another one declares counts here that much later."""
DECLARED = "a day was declared"
"""Session mark: what this session reads of the calendar is its own until it ends."""
_calendars: dict[str, tuple[float, calendar.WorkCalendar]] = {}


def work_calendar() -> calendar.WorkCalendar:
    """The county's working calendar: published days, the configured file, then the office's own overrides."""
    session = db.session
    if "calendar" not in session.info:
        found, now = _calendars.get("now"), clock.monotonic()
        if found is None or now - found[0] > CALENDAR_SECONDS or DECLARED in session.info:
            rows = session.execute(select(WorkdayOverride.day, WorkdayOverride.works)).all()
            _keep_calendar({row.day: row.works for row in rows})
        else:
            session.info["calendar"] = found[1]
    kept: calendar.WorkCalendar = session.info["calendar"]
    return kept


def _keep_calendar(declared: dict[date, bool]) -> None:
    """The office's own days above the configured file: for the rest of this session, and for a while in this process."""
    overrides, info = {**calendar.load_overrides(), **declared}, db.session.info
    info["calendar"] = calendar.WorkCalendar(overrides, calendar.school_hours())
    if DECLARED not in info:
        _calendars["now"] = clock.monotonic(), info["calendar"]


def forget_calendar() -> None:
    """Read the calendar anew: a day was declared, until the commit in this session alone."""
    forget_kept_calendar()
    db.session.info.pop("calendar", None)
    db.session.info[DECLARED] = True


def forget_kept_calendar() -> None:
    """Let this process read the calendar anew."""
    _calendars.clear()


def restart(record: Movable, step: Step, came_from: str | None) -> None:
    """Close the clocks of the state that was left and start those of the state entered and of the step; inside an act.

    A suspended record keeps its clocks, stopped; when it goes on they run on by what was left (domain A3b). A step that
    leads back to the same state starts nothing anew.
    """
    if came_from != record.state:
        _leave(record, came_from)
        if not (came_from is not None and record.workflow.state(came_from).pauses and _run_on(record)):
            _start_all(record, f"{record.state}", record.standing.deadlines)
    _start_all(record, f"step:{step.name}", step.deadlines)


def _leave(record: Movable, came_from: str | None) -> None:
    if came_from is None:
        return
    if record.standing.pauses:
        trail.put_off("pause", entity=record.__tablename__, record=record.id)
    else:
        names = "" if record.standing.final else f"{came_from}."
        trail.put_off("leave", entity=record.__tablename__, record=record.id, names=names)


def _run_on(record: Movable) -> bool:
    trail.write_out()
    stopped = db.session.scalars(
        select(Deadline).where(
            Deadline.record_id == record.id, Deadline.closed_at.is_(None), Deadline.paused_at.is_not(None)
        )
    ).all()
    for row in stopped:
        row.run_on(clock.now())
    return bool(stopped)


def _start_all(record: Movable, prefix: str, declared: tuple[DeclaredDeadline, ...]) -> None:
    if not declared:
        return
    now, days = clock.now(), work_calendar()
    for one in declared:
        due_at = calendar.due_at(one, now, record, days)
        if due_at is not None:
            ladder = laid(calendar.rungs(one, now, due_at, days), now)
            begun = as_row(record, f"{prefix}.{one.code}", one.met_by, due_at, now)
            trail.put_off("start", ref=new_ref(), **begun, **ladder)


def start(
    record: Movable, name: str, due_at: datetime, ladder: list[calendar.Rung], met_by: str | None = None
) -> Deadline:
    """Start one clock with its ladder of reminders; rungs that are past already are not sent any more."""
    now = clock.now()
    row = Deadline(created_at=now, **as_row(record, name, met_by, due_at, now), **laid(ladder, now))
    db.session.add(row)
    db.session.flush()
    return row


def start_over(row: Deadline, declared: DeclaredDeadline, record: Movable, since: datetime) -> None:
    """Let a clock run from `since` with its whole time and its whole ladder, whatever it had counted; inside an act."""
    days = work_calendar()
    due_at = calendar.due_at(declared, since, record, days)
    if due_at is None:
        raise ValueError(f"{row.name} names no day to run to")
    ladder = laid(calendar.rungs(declared, since, due_at, days), since)
    row.started_at, row.due_at, row.paused_at = since, due_at, None
    row.ladder, row.taken, row.next_at = ladder["ladder"], ladder["taken"], ladder["next_at"]


def as_row(record: Movable, name: str, met_by: str | None, due_at: datetime, now: datetime) -> dict[str, Any]:
    """A clock of a record that starts now, by columns; its ladder beside it (`laid`)."""
    return {
        "id": uuid7(),
        "entity": type(record).__tablename__,
        "record_id": record.id,
        "unit_id": getattr(record, "unit_id", None),
        "county_id": record.county_id,
        "school_id": record.school_id,
        "name": name,
        "met_by": met_by,
        "started_at": now,
        "due_at": due_at,
    }


def laid(ladder: Sequence[calendar.Rung], now: datetime) -> dict[str, Any]:
    """A ladder as its clock keeps it; what was past before the clock started is not sent any more."""
    kept = [[rung.name, rung.at.isoformat(), list(rung.roles)] for rung in ladder]
    taken = sum(rung.at < now for rung in ladder)
    return {"ladder": kept, "taken": taken, "next_at": ladder[taken].at if taken < len(ladder) else None}


class Running(NamedTuple):
    """A clock as lists and boards show it: when it began, when it runs out, since when it is stopped."""

    record_id: uuid.UUID
    name: str
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None


NEAREST = text(
    """select distinct on (record_id) record_id, name, started_at, due_at, paused_at from deadlines
       where record_id = any(:ids) and closed_at is null order by record_id, due_at, id"""
)


NEAREST_AND_DAYS = text(
    """select nearest.*, null::date, null::boolean from (
           select distinct on (record_id) record_id, name, started_at, due_at, paused_at from deadlines
           where record_id = any(:ids) and closed_at is null order by record_id, due_at, id) as nearest
       union all select null, null, null, null, null, day, works from workday_overrides"""
)


def running(records: Sequence[Any]) -> dict[uuid.UUID, Running]:
    """The nearest running clock of each record, in one query: for lists and boards.

    Whoever draws them counts working days: their calendar comes along, where this session does not know it yet.
    """
    return answer(NOBODY, clocks(records))


def clocks(records: Sequence[Any]) -> Asking[dict[uuid.UUID, Running]]:
    """`running` as a part of a page."""
    if not records:
        return {}
    ids = tuple(record.id for record in records)
    if "calendar" in db.session.info:
        (rows,) = yield (question(NEAREST, ids=ids),)
        return {row[0]: Running._make(row) for row in rows}
    (rows,) = yield (question(NEAREST_AND_DAYS, ids=ids),)
    _keep_calendar({row[5]: row[6] for row in rows if row[0] is None})
    return {row[0]: Running._make(row[:5]) for row in rows if row[0] is not None}


def soonest(model: Any) -> Any:
    """When the nearest clock of a record runs out, to order a register by; records without one come last."""
    own = (Deadline.entity == model.__tablename__, Deadline.record_id == model.id, Deadline.closed_at.is_(None))
    return late(select(func.min(Deadline.due_at)).where(*own).correlate(model).scalar_subquery())


def _come(now: datetime, most: int) -> Sequence[Deadline]:
    running = (Deadline.next_at <= now, Deadline.closed_at.is_(None), Deadline.paused_at.is_(None))
    found = select(Deadline).where(*running).order_by(Deadline.next_at, Deadline.id).limit(most)
    newest = found.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return db.session.scalars(newest).all()


def sweep(most: int = 200) -> int:
    """Take every rung that has come: post its letter, mark it done. Returns how many; safe to run twice at once.

    most: clocks in one act. Where several reminders of one clock have come at once, after a night without a sweep, only the
    last is sent.
    """
    use_context(SYSTEM.context())
    taken = 0
    while _come(clock.now(), 1):
        taken += _take_rungs(most)
    db.session.rollback()
    return taken


def _take_rungs(most: int) -> int:
    now, many = clock.now(), 0
    with trail.act(SYSTEM, "system", "deadline.sweep") as deed:
        for row in _come(now, most):
            many += _take(deed, row, row.climb(now))
        deed.main.extra["taken"] = many
    return many


def _take(deed: trail.Act, row: Deadline, come: list[calendar.Rung]) -> int:
    if row.met_by and bool(getattr(record_of(row.entity, row.record_id), row.met_by, False)):
        row.closed_at = clock.now()
        return len(come)
    last = max((place for place, rung in enumerate(come) if not rung.roles), default=-1)
    for place, rung in enumerate(come):
        if rung.roles or place == last:
            post("deadline_rung", row, rung=rung.name, roles=list(rung.roles))
        if rung.name == "100%" and (row.entity, row.name) in RUN_OUT:
            post(RUN_OUT[row.entity, row.name], record_of(row.entity, row.record_id))
        deed.note(trail.Entry("system", f"deadline.{rung.name}", record=row))
    return len(come)
