"""Hours of the day: when schools and offices are open, when it is night, and the moments that days begin and end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.core.calendar.days import DAY, FOLDER, NONE, Overrides, is_working_day, load_overrides
from app.core.clock import SHANGHAI, local


@dataclass(frozen=True)
class Window:
    """A time of day from `opens` until `closes`; one that closes earlier than it opens runs over midnight."""

    opens: time
    closes: time

    def holds(self, at: time) -> bool:
        """Whether the time of day lies in the window; the closing minute does not."""
        if self.opens <= self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes


@dataclass(frozen=True)
class Hours:
    """The windows of config/calendars/school_hours.yaml; `vacations` are first and last days without school."""

    school: Window = Window(time(7, 30), time(18))
    office: Window = Window(time(8), time(18))
    night: Window = Window(time(22), time(7))
    vacations: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class WorkCalendar:
    """What counting needs to know: days that differ from the published calendar, and the hours of the day."""

    overrides: Overrides = field(default_factory=lambda: NONE)
    hours: Hours = Hours()

    @classmethod
    def read(cls, overrides: Overrides = NONE, folder: Path = FOLDER) -> "WorkCalendar":
        """The calendar of the settings folder; `overrides` (the office board's rows) stand above its table."""
        return cls(
            {**load_overrides(folder / "working_days.yaml"), **overrides}, school_hours(folder / "school_hours.yaml")
        )


def school_hours(path: Path = FOLDER / "school_hours.yaml") -> Hours:
    """The windows of a settings file."""
    return _hours(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _hours(path: Path, changed: int) -> Hours:
    """The windows as they stood when the file was `changed`."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    windows = {name: _window(table[name]) for name in ("school", "office", "night")}
    return Hours(**windows, vacations=tuple((row["from"], row["until"]) for row in table["vacations"] or ()))


def _window(row: dict[str, Any]) -> Window:
    return Window(time.fromisoformat(row["from"]), time.fromisoformat(row["until"]))


def moment(day: date, at: time = time()) -> datetime:
    """That time of that day in the county, as an aware UTC moment."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """24:00 of the day in the county: a due day counts until then, so late means now >= end_of_day."""
    return moment(day + DAY)


def last_day(due_at: datetime) -> date:
    """The day that a due moment belongs to: 24:00 is the end of a day, not the beginning of the next."""
    return local(due_at - timedelta(microseconds=1)).date()


def is_night(at: datetime, hours: Hours = Hours()) -> bool:
    """Whether letters that may wait are held back now."""
    return hours.night.holds(local(at).time())


def after_night(at: datetime, hours: Hours = Hours()) -> datetime:
    """The same moment, or the end of the night that it falls into."""
    if not is_night(at, hours):
        return at
    here = local(at)
    return moment(here.date() + (DAY if here.time() >= hours.night.closes else timedelta()), hours.night.closes)


def in_school_hours(at: datetime, calendar: WorkCalendar) -> bool:
    """Whether schools are open at that moment."""
    here = local(at)
    return _school_open(here.date(), calendar) and calendar.hours.school.holds(here.time())


def add_school_time(start: datetime, amount: timedelta, calendar: WorkCalendar) -> datetime:
    """The moment at which schools have been open for `amount` since `start`; ValueError if that never happens."""
    left = amount
    for opens, closes in _spans(local(start).date(), calendar, school=True):
        begin = max(opens, start)
        if closes > begin:
            if left <= closes - begin:
                return begin + left
            left -= closes - begin
    raise ValueError("schools do not open again in the coming year; look at config/calendars")


def add_office_share(start: datetime, end: datetime, share: float, calendar: WorkCalendar) -> datetime:
    """The moment at which `share` (0 to 1) of the office hours between two moments has passed.

    Between two moments without office hours (a weekend) the share of the plain time, moved out of the night.
    """
    parts = [
        (max(opens, start), min(closes, end))
        for opens, closes in _spans(local(start).date(), calendar, school=False, until=local(end).date())
        if closes > start and opens < end
    ]
    left = share * sum((closes - opens for opens, closes in parts), timedelta())
    for opens, closes in parts:
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return min(after_night(start + share * (end - start), calendar.hours), end)


def _school_open(day: date, calendar: WorkCalendar) -> bool:
    holidays = any(first <= day <= last for first, last in calendar.hours.vacations)
    return not holidays and is_working_day(day, calendar.overrides)


def _spans(
    first: date, calendar: WorkCalendar, *, school: bool, until: date | None = None
) -> Iterator[tuple[datetime, datetime]]:
    window = calendar.hours.school if school else calendar.hours.office
    last = until or first + 366 * DAY
    for n in range((last - first).days + 1):
        day = first + n * DAY
        if _school_open(day, calendar) if school else is_working_day(day, calendar.overrides):
            yield moment(day, window.opens), moment(day, window.closes)
