"""When a declared deadline falls due for one record, and when each notice of its ladder is sent (decisions 31, 32)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core.calendar.days import DAY, add_working_days
from app.core.calendar.hours import WorkCalendar, add_office_share, add_school_time, end_of_day, last_day, moment
from app.core.clock import local
from workflows import vocabulary
from workflows.vocabulary import Cadence, Days, Deadline, FromField, Within, WorkingDays, YearlyDate


@dataclass(frozen=True)
class Rung:
    """One notice of a running deadline; `roles` are told, or, where empty, those whom the record waits for."""

    name: str
    at: datetime
    roles: tuple[str, ...] = ()


def due_at(deadline: Deadline, started_at: datetime, record: Any, calendar: WorkCalendar) -> datetime | None:
    """The moment from which the record is late: a UTC moment, 24:00 of the last day for all but minutes and hours.

    started_at: when the state was entered or the step taken; the day it falls on is not counted. record: read only for
    a deadline from a field; None is returned while the record holds no date there.
    """
    if isinstance(deadline, Within):
        return _within(deadline, started_at, calendar)
    if isinstance(deadline, FromField) and deadline.exact:
        exact: datetime | None = getattr(record, deadline.field)
        return exact
    day = _due_day(deadline, local(started_at).date(), record, calendar)
    return None if day is None else end_of_day(day)


def rungs(deadline: Deadline, started_at: datetime, due: datetime, calendar: WorkCalendar) -> list[Rung]:
    """Every notice of the deadline's ladder with its moment, in the order of time.

    Shares of the allowed time are counted in office hours (in plain time for minutes and hours, in school hours where
    that is its clock), days before are told in the morning, working days after when that day has passed. A day that
    was over before the clock started is left out.
    """
    last = last_day(due)
    told = [
        Rung(rung.code, _rung_at(rung, deadline, started_at, due, last, calendar), rung.roles)
        for rung in deadline.rungs
    ]
    early = {rung.code for rung in deadline.rungs if rung.days_before is not None}
    return sorted((rung for rung in told if rung.name not in early or rung.at >= started_at), key=lambda rung: rung.at)


def _within(deadline: Within, started_at: datetime, calendar: WorkCalendar) -> datetime:
    amount = timedelta(hours=deadline.hours, minutes=deadline.minutes)
    return add_school_time(started_at, amount, calendar) if deadline.school_hours else started_at + amount


def _due_day(deadline: Deadline, start: date, record: Any, calendar: WorkCalendar) -> date | None:
    match deadline:
        case WorkingDays():
            return add_working_days(start, deadline.days, calendar.overrides)
        case Days():
            return start + deadline.days * DAY
        case FromField():
            return _from_field(deadline, record, calendar)
        case YearlyDate():
            this_year = _day_of(start.year, deadline.month, deadline.day)
            return this_year if this_year >= start else _day_of(start.year + 1, deadline.month, deadline.day)
        case Cadence():
            return _next_turn(deadline, start)
    raise TypeError(f"{type(deadline).__name__} is no kind of deadline that can be counted")


def _from_field(deadline: FromField, record: Any, calendar: WorkCalendar) -> date | None:
    value: Any = record
    for name in deadline.field.split("."):
        value = getattr(value, name)
        if value is None:
            return None
    day = local(value).date() if isinstance(value, datetime) else value
    return add_working_days(day + deadline.days * DAY, deadline.working_days, calendar.overrides)


def _next_turn(deadline: Cadence, start: date) -> date:
    if not deadline.day_of_month:
        return start + deadline.every_days * DAY
    turn = _day_of(start.year, start.month, deadline.day_of_month)
    if turn > start:
        return turn
    following = start.replace(day=1) + 31 * DAY
    return _day_of(following.year, following.month, deadline.day_of_month)


def _day_of(year: int, month: int, day: int) -> date:
    """That day, or the last one of a month that is too short for it."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def _rung_at(
    rung: vocabulary.Rung, deadline: Deadline, started_at: datetime, due: datetime, last: date, calendar: WorkCalendar
) -> datetime:
    if rung.percent is not None:
        return _share_at(rung.percent / 100, deadline, started_at, due, calendar)
    if rung.days_before is not None:
        return moment(last - rung.days_before * DAY, calendar.hours.office.opens)
    return end_of_day(add_working_days(last, rung.working_days_after or 0, calendar.overrides))


def _share_at(
    share: float, deadline: Deadline, started_at: datetime, due: datetime, calendar: WorkCalendar
) -> datetime:
    if share >= 1:
        return due
    if not isinstance(deadline, Within):
        return add_office_share(started_at, due, share, calendar)
    if not deadline.school_hours:
        return started_at + share * (due - started_at)
    amount = timedelta(hours=deadline.hours, minutes=deadline.minutes)
    return add_school_time(started_at, share * amount, calendar)
