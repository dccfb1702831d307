"""Working days with 调休: the published calendar, the settings table, and the declared days above both."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType

import chinese_calendar
import yaml

FOLDER = Path(__file__).parents[3] / "config" / "calendars"
DAY = timedelta(days=1)

Overrides = Mapping[date, bool]
NONE: Overrides = MappingProxyType({})


def load_overrides(path: Path = FOLDER / "working_days.yaml") -> dict[date, bool]:
    """The override table of a settings file: date to worked or free; ValueError names a line that is neither."""
    return dict(_overrides(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=8)
def _overrides(path: Path, changed: int) -> dict[date, bool]:
    """The table as it stood when the file was `changed`; reading it anew for every page took longer than the page."""
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8")).get("overrides") or {}
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    for day, works in table.items():
        if type(day) is not date or not isinstance(works, bool):
            raise ValueError(f"{path.name}: write a date and true or false, not {day!r}: {works!r}")
    return dict(table)


@lru_cache(maxsize=8192)
def _published(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.isoweekday() <= 5


@lru_cache(maxsize=64)
def _published_by(year: int) -> tuple[int, ...]:
    """For every day of the year how many published working days it has had by then; the last is that of the whole year."""
    first = date(year, 1, 1)
    length = (date(year, 12, 31) - first).days + 1
    return tuple(accumulate(_published(first + n * DAY) for n in range(length)))


def _published_until(day: date) -> int:
    return _published_by(day.year)[day.timetuple().tm_yday - 1]


def is_working_day(day: date, overrides: Overrides = NONE) -> bool:
    """Whether the offices work on that day: the override table first, then the published calendar, then the weekday."""
    return overrides[day] if day in overrides else _published(day)


def known_until(overrides: Overrides = NONE) -> date:
    """The last day whose holidays are known; beyond it only weekends count, which the office board says.

    A later year counts as known once the override table names a day of it.
    """
    last = max(day.year for day in chinese_calendar.constants.holidays)
    while any(day.year == last + 1 for day in overrides):
        last += 1
    return date(last, 12, 31)


def add_working_days(start: date, count: int, overrides: Overrides = NONE) -> date:
    """The `count`-th working day after `start`, which is not counted; before it when negative; `start` when 0."""
    day, step = start, DAY if count > 0 else -DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, overrides):
            day += step
    return day


def working_days_between(start: date, end: date, overrides: Overrides = NONE) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` is the earlier one."""
    if end < start:
        return -working_days_between(end, start, overrides)
    years = sum(_published_by(year)[-1] for year in range(start.year, end.year))
    published = years + _published_until(end) - _published_until(start)
    # Counted by the published calendar, then set right by the few days that differ from it.
    return published + sum(works - _published(day) for day, works in overrides.items() if start < day <= end)


def next_working_day(day: date, overrides: Overrides = NONE) -> date:
    """`day` itself when it is worked, else the first one after it that is."""
    while not is_working_day(day, overrides):
        day += DAY
    return day
