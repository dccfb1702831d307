"""Deadlines as rows: one clock per record and state, one row per rung of its ladder, swept by one job.

Overdue is a flag computed from these rows, never a state (domain §3 G3). A rung is taken once, by SYSTEM, in an act.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, UniqueConstraint, select, text, update

from app.core import calendar, clock
from app.core.audit import trail
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column, use_context
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM

if TYPE_CHECKING:
    from app.core.casework.records import Movable


class Deadline(Base, Record, Scoped):
    """One running clock. `closed_at` when the record left the state; `paused_at` while it is suspended."""

    __tablename__ = "deadlines"
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_deadlines_record", "entity", "record_id"),
        Index("ix_deadlines_due", "due_at", postgresql_where=text("closed_at is null")),
    )

    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class Rung(Base):
    """One step of the reminder ladder of a deadline; taken once."""

    __tablename__ = "deadline_rungs"
    __table_args__ = (
        UniqueConstraint("deadline_id", "name"),
        Index("ix_deadline_rungs_at", "at", postgresql_where=text("done_at is null")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deadlines.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class WorkdayOverride(Base, Record):
    """A day that the office declared working or free, above what the published calendar says (decision 34)."""

    __tablename__ = "workday_overrides"

    day: Mapped[date] = mapped_column(unique=True)
    works: Mapped[bool]


def work_calendar() -> calendar.WorkCalendar:
    """The county's working calendar: published days, the configured file, then the office's own overrides."""
    cache: dict[str, calendar.WorkCalendar] = db.session.info.setdefault("calendar", {})
    if "now" not in cache:
        rows = db.session.execute(select(WorkdayOverride.day, WorkdayOverride.works)).all()
        overrides = {**calendar.load_overrides(), **{row.day: row.works for row in rows}}
        cache["now"] = calendar.WorkCalendar(overrides, calendar.school_hours())
    return cache["now"]


def restart(record: Movable) -> None:
    """Close the clocks of the state that was left and start those of the state that was entered; inside an act."""
    now = clock.now()
    if not record.standing.deadlines and record.version == 1:
        return
    db.session.execute(
        update(Deadline)
        .where(Deadline.entity == record.__tablename__, Deadline.record_id == record.id, Deadline.closed_at.is_(None))
        .values(closed_at=now)
    )
    for number, declared in enumerate(record.standing.deadlines):
        due_at = calendar.due_at(declared, now, record, work_calendar())
        if due_at is not None:
            start(record, f"{record.state}.{number}", due_at, calendar.rungs(declared, now, due_at, work_calendar()))


def start(record: Movable, name: str, due_at: datetime, ladder: list[calendar.Rung]) -> Deadline:
    """Start one clock with its ladder of reminders."""
    deadline = Deadline(
        entity=record.__tablename__,
        record_id=record.id,
        unit_id=getattr(record, "unit_id", None),
        county_id=record.county_id,
        school_id=record.school_id,
        name=name,
        started_at=clock.now(),
        due_at=due_at,
    )
    db.session.add(deadline)
    db.session.flush()
    db.session.add_all(Rung(deadline_id=deadline.id, name=rung.name, at=rung.at) for rung in ladder)
    return deadline


def running(records: list[Any]) -> dict[uuid.UUID, Deadline]:
    """The nearest running clock of each record, in one query: for lists and boards."""
    if not records:
        return {}
    rows = db.session.scalars(
        select(Deadline)
        .where(Deadline.record_id.in_([r.id for r in records]), Deadline.closed_at.is_(None))
        .order_by(Deadline.due_at.desc())
    )
    return {row.record_id: row for row in rows}


DUE = text(
    """select r.id, r.deadline_id, r.name from deadline_rungs r join deadlines d on d.id = r.deadline_id
       where r.done_at is null and r.at <= :now and d.closed_at is null and d.paused_at is null
       order by r.at limit :most for update of r skip locked"""
)


def sweep(most: int = 200) -> int:
    """Take every rung that has come: post its letter, mark it done. Returns how many; safe to run twice at once."""
    use_context(SYSTEM.context())
    taken = 0
    while db.session.execute(DUE, {"now": clock.now(), "most": 1}).first():
        taken += _take_rungs(most)
    db.session.rollback()
    return taken


def _take_rungs(most: int) -> int:
    with trail.act(SYSTEM, "system", "deadline.sweep") as deed:
        rows = db.session.execute(DUE, {"now": clock.now(), "most": most}).all()
        for row in rows:
            clock_row = db.session.get_one(Deadline, row.deadline_id)
            post("deadline_rung", clock_row, rung=row.name, case=clock_row.entity, record=clock_row.record_id)
            deed.note(trail.Entry("system", f"deadline.{row.name}", record=clock_row))
        db.session.execute(update(Rung).where(Rung.id.in_([r.id for r in rows])).values(done_at=clock.now()))
        deed.main.extra["taken"] = len(rows)
    return len(rows)


def pause(record: Movable, resumes_at: datetime) -> None:
    """Stop the clocks of a suspended record (domain A3b: the clock stops); inside an act."""
    db.session.execute(
        update(Deadline)
        .where(Deadline.record_id == record.id, Deadline.closed_at.is_(None))
        .values(paused_at=clock.now())
    )
