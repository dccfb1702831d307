"""Dates, deadlines, numbers and words as people read them: the only place that decides how they are written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from flask import Flask
from flask_babel import gettext
from markupsafe import Markup

from app.core import clock
from app.core.web import drawings, icons
from app.core.web.beside import put_back, saved_beside, version_of
from app.core.web.controls import attributes, faults, is_group
from app.core.web.plurals import language

Look = Literal["plain", "soon", "today", "late", "paused", "met"]
CountDays = Callable[[date, date], int]

SOON_DAYS = 3
LIVE = timedelta(hours=2)
MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
FAMILY_ICONS = {
    "idle": "circle-dashed",
    "active": "progress",
    "wait": "clock-pause",
    "done": "circle-check",
    "return": "arrow-back-up",
    "late": "alert-triangle",
}
ICONS: dict[Look, str] = {
    "plain": "clock",
    "soon": "clock-exclamation",
    "today": "clock-exclamation",
    "late": "alert-triangle",
    "paused": "clock-pause",
    "met": "check",
}


@dataclass(frozen=True)
class Chip:
    """A deadline in words: its look, what it says, the whole date for the title, the moment a live one counts to."""

    look: Look
    text: str
    title: str = ""
    live_until: datetime | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.look]


def chinese() -> bool:
    """Whether the page is written in Chinese; also outside a request, where letters say their own language."""
    return language() == "zh"


def word(thing: Any) -> str:
    """The name of a state, step, guard or sentence in the language of the page; text stays as it is."""
    if thing is None:
        return ""
    if hasattr(thing, "zh"):
        return str(thing.zh if chinese() else thing.en)
    return str(thing)


def long_date(day: date | datetime | None) -> str:
    """2026年11月25日, in English 25 Nov 2026."""
    if day is None:
        return ""
    day = _day(day)
    return f"{day.year}年{day.month}月{day.day}日" if chinese() else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_and_week(day: date | datetime) -> str:
    """2026年11月25日 星期三, in English Wednesday 25 Nov 2026."""
    day = _day(day)
    if chinese():
        return f"{long_date(day)} 星期{WEEKDAYS_ZH[day.weekday()]}"
    return f"{WEEKDAYS_EN[day.weekday()]} {long_date(day)}"


def short_date(day: date | datetime | None, today: date | None = None) -> str:
    """11-25 for the year that runs, 2027-06-30 for another: how dates stand in tables, in both languages."""
    if day is None:
        return ""
    day = _day(day)
    return f"{day:%m-%d}" if day.year == (today or clock.today()).year else f"{day:%Y-%m-%d}"


def day_of_year(day: date | datetime | None, today: date | None = None) -> str:
    """11月25日, in English 25 Nov; with the year where it is not the one that runs: how dates stand in sentences."""
    if day is None:
        return ""
    day = _day(day)
    if day.year != (today or clock.today()).year:
        return long_date(day)
    return f"{day.month}月{day.day}日" if chinese() else f"{day.day} {MONTHS[day.month - 1]}"


def moment(at: datetime | None, today: date | None = None) -> str:
    """11月23日 16:42, in English 23 Nov 16:42, on the county's clock."""
    return "" if at is None else f"{day_of_year(at, today)} {clock.local(at):%H:%M}"


def time_of_day(at: datetime | None) -> str:
    """14:06 on the county's clock."""
    return "" if at is None else f"{clock.local(at):%H:%M}"


def size_words(size: int) -> str:
    """182 KB, 3.4 MB: a file's size as people say it."""
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def deadline(
    due: date | datetime | None,
    *,
    count_days: CountDays | None = None,
    now: datetime | None = None,
    paused: bool = False,
    resumes_on: date | None = None,
    waits_for: Any = None,
    long: bool = False,
) -> Chip | None:
    """What the chip of a deadline says now.

    `count_days(first, last)` counts the working days after `first` up to and with `last`; without it calendar days
    are counted and called 天. A due day lasts until its midnight; a due moment inside two hours counts in minutes.
    `waits_for` says what a stopped clock waits for: until then there is no day to name.
    `long` adds the days left to a date that is still far (11-27，还有 7 个工作日).
    """
    if due is None:
        return None
    now = now or clock.now()
    today, day = clock.local(now).date(), _due_day(due)
    if paused and waits_for:
        return Chip("paused", word(waits_for))
    if paused:
        return Chip("paused", _paused(resumes_on, today), long_date(day))
    if isinstance(due, datetime) and (chip := _minutes(due, now)):
        return chip
    working = count_days(min(day, today), max(day, today)) if count_days and day != today else 0
    return _whole_days(day, today, working, long, language())


@lru_cache(maxsize=4096)
def _whole_days(day: date, today: date, working: int, long: bool, spoken: str) -> Chip:
    """The chip of a due day in the language `spoken`, which is the page's; `working` days lie between it and today.

    Kept, because the rows of a list fall due on few days, and its next reader sees the same ones.
    """
    if day == today:
        return Chip("today", gettext("今天"), long_date(day))
    if day < today:
        return Chip("late", _late(day, today, working), long_date(day))
    days, left = _left(today, day, working)
    if days <= SOON_DAYS:
        return Chip("soon", left, long_date(day))
    text = short_date(day, today)
    return Chip(
        "plain",
        gettext("%(date)s，%(left)s", date=text, left=left) if long else text,
        long_date(day),
    )


def met(day: date | datetime, said: str = "") -> Chip:
    """A deadline that was kept, in the quiet look: the day, and what was done by then (11-06 核验)."""
    return Chip("met", f"{short_date(day)} {said}".strip(), long_date(day))


def _day(day: date | datetime) -> date:
    return clock.local(day).date() if isinstance(day, datetime) else day


def _due_day(due: date | datetime) -> date:
    """The day that a deadline belongs to: midnight is the end of the day before it."""
    if not isinstance(due, datetime):
        return due
    return (clock.local(due) - timedelta(microseconds=1)).date()


def _paused(resumes_on: date | None, today: date) -> str:
    if resumes_on is None:
        return str(gettext("计时暂停"))
    return str(gettext("计时暂停，%(date)s恢复", date=day_of_year(resumes_on, today)))


def _minutes(due: datetime, now: datetime) -> Chip | None:
    if not timedelta() <= due - now < LIVE:
        return None
    minutes = int((due - now).total_seconds() // 60)
    if clock.local(due).strftime("%H:%M:%S") in ("00:00:00", "23:59:59"):  # a whole day, not a moment
        return None
    left = gettext("还有 %(n)s 分钟", n=max(1, minutes))
    return Chip("soon", left, moment(due), live_until=due)


def _left(today: date, due: date, working: int) -> tuple[int, str]:
    """How many days are left and the words for it; across a mere weekend the days are calendar days."""
    if working > 0:
        return working, str(gettext("还有 %(n)s 个工作日", n=working))
    days = (due - today).days
    return days, str(gettext("还有 %(n)s 天", n=days))


def _late(due: date, today: date, working: int) -> str:
    if working > 0:
        return str(gettext("超 %(n)s 个工作日", n=working))
    return str(gettext("超 %(n)s 天", n=(today - due).days))


@lru_cache(maxsize=1024, typed=True)
def badge_of(family: str, text: str, icon_name: str = "") -> Markup:
    """The badge of a state family: icon and word. Kept, because a page of rows draws the same few again and again."""
    return Markup('<span class="badge badge-{}">{}{}</span>').format(
        family, icons.icon(icon_name or FAMILY_ICONS[family]), text
    )


def badge(state: Any) -> Markup:
    """The one badge of a row: state, verdict or standing, with family, zh and en."""
    return badge_of(state.family, word(state))


@lru_cache(maxsize=1024)
def chip_of(chip: Chip) -> Markup:
    """The chip of a deadline that does not count by itself."""
    return Markup('<span class="chip chip-{}" title="{}">{}<span>{}</span></span>').format(
        chip.look, chip.title, icons.icon(chip.icon), chip.text
    )


def register(app: Flask) -> None:
    """Give the templates their words, dates, icons and drawings without being handed them."""
    app.jinja_env.globals.update(
        asset=icons.asset,
        icon=icons.icon,
        htmx_config=icons.HTMX,
        deadline=deadline,
        met=met,
        badge_of=badge_of,
        chip_of=chip_of,
        faults=faults,
        put_back=put_back,
        saved_beside=saved_beside,
        version_of=version_of,
        attributes=attributes,
        is_group=is_group,
        forest=drawings.forest,
        forest_row=drawings.forest_row,
        forest_axis=drawings.forest_axis,
        chain_ring=drawings.chain_ring,
        slope=drawings.slope,
        spark=drawings.spark,
        shade=drawings.shade,
        strip_of=drawings.strip_of_record,
    )
    app.jinja_env.filters.update(
        word=word,
        badge=badge,
        chip=chip_of,
        long_date=long_date,
        short_date=short_date,
        day_and_week=day_and_week,
        day_of_year=day_of_year,
        moment=moment,
        time_of_day=time_of_day,
        size_words=size_words,
        signed=drawings.signed,
    )
