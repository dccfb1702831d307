"""Deadlines and their ladders: until when a step is due, who is reminded, and who is told when it is late."""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import TypeAlias

from workflows.wording import plural


@dataclass(frozen=True, slots=True)
class Rung:
    """One notice of a ladder; exactly one of the three measures is set.

    `percent` is a share of the time allowed (0–100), `days_before` counts calendar days before the due day,
    `working_days_after` counts working days after it. `roles` is empty for a reminder to those whom the record
    waits for, and names the roles that are told when a late record is passed upwards.
    """

    code: str
    percent: int | None = None
    days_before: int | None = None
    working_days_after: int | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """The spacing of reminders before, and of notices after, a due day.

    `climbs` lists the working days after the due day on which one level above is told. A ladder with more levels
    than climbs goes on one working day at a time, so that every level is told once.
    """

    percents: tuple[int, ...] = ()
    days_before: tuple[int, ...] = ()
    climbs: tuple[int, ...] = (1,)

    def climb(self, level: int) -> int:
        """Working days after the due day on which the level (0 = first) is told."""
        if level < len(self.climbs):
            return self.climbs[level]
        return self.climbs[-1] + level - len(self.climbs) + 1


SERVICE = Ladder(percents=(50, 80, 100))
DATED = Ladder(days_before=(30, 14, 7, 1), climbs=(1, 5))
QUIET = Ladder(climbs=())

Levels: TypeAlias = tuple[str | tuple[str, ...], ...]


@dataclass(frozen=True)
class Deadline:
    """Until when something is due. The clock starts when the state is entered, or the step taken, that carries it.

    It is met by leaving the state, or, where `met_by` names an attribute of the record, as soon as that is true.
    `escalate_to` lists the levels above, lowest first; a level is one role or several. `stands_while` says, in Chinese and
    English, what of another record stops the clock; it starts anew when that has passed.
    """

    _: KW_ONLY
    code: str
    zh: str
    en: str
    escalate_to: Levels = ()
    ladder: Ladder = SERVICE
    met_by: str | None = None
    stands_while: tuple[str, str] = ("", "")

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """Every notice in the order of time: reminders first, then one per level above."""
        return tuple(self._rungs())

    def _rungs(self) -> Iterator[Rung]:
        for percent in self.ladder.percents:
            yield Rung(f"{percent}%", percent=percent)
        for days in self.ladder.days_before:
            yield Rung(f"-{days}d", days_before=days)
        told = set()
        for level, named in enumerate(self.escalate_to):
            after = self.ladder.climb(level)
            told.add(after)
            yield Rung(f"+{after}wd", working_days_after=after, roles=(named,) if isinstance(named, str) else named)
        for after in self.ladder.climbs:
            if after not in told and self.ladder.days_before:
                yield Rung(f"+{after}wd", working_days_after=after)

    @property
    def span(self) -> tuple[str, str]:
        """The length of the deadline in words, Chinese and English."""
        raise NotImplementedError


@dataclass(frozen=True)
class Within(Deadline):
    """Minutes or hours from the start; with `school_hours` the clock runs only while schools are open."""

    minutes: int = 0
    hours: int = 0
    school_hours: bool = False

    @property
    def span(self) -> tuple[str, str]:
        zh = (f"{self.hours} 小时" if self.hours else "") + (f"{self.minutes} 分钟" if self.minutes else "")
        en = " ".join(f"{n} {word}" for n, word in ((self.hours, "h"), (self.minutes, "min")) if n)
        return (f"{zh}（上课时间内）", f"{en} of school hours") if self.school_hours else (zh, en)


@dataclass(frozen=True)
class WorkingDays(Deadline):
    """A number of working days from the start; the last day counts until midnight."""

    days: int

    @property
    def span(self) -> tuple[str, str]:
        return f"{self.days} 个工作日", plural(self.days, "working day")


@dataclass(frozen=True)
class Days(Deadline):
    """A number of calendar days from the start."""

    days: int

    @property
    def span(self) -> tuple[str, str]:
        return f"{self.days} 天", plural(self.days, "day")


@dataclass(frozen=True)
class FromField(Deadline):
    """Counted from a date that the record holds in `field`; no date, no deadline. Offsets may be negative.

    `day` names that date for people, in Chinese and English. With `exact` the field holds the very moment from which it
    is late, and no offset is added.
    """

    field: str
    day: tuple[str, str] = ("", "")
    days: int = 0
    working_days: int = 0
    exact: bool = False

    @property
    def span(self) -> tuple[str, str]:
        day_zh, day_en = (self.day[0] or self.field, self.day[1] or self.field)
        amount = self.days or self.working_days
        zh, en = ("个工作日", "working days") if self.working_days else ("天", "days")
        if not amount:
            return f"不晚于{day_zh}", f"by {day_en}"
        return (
            f"{day_zh}{'后' if amount > 0 else '前'} {abs(amount)} {zh}",
            f"{abs(amount)} {en} {'after' if amount > 0 else 'before'} {day_en}",
        )


@dataclass(frozen=True)
class YearlyDate(Deadline):
    """The same month and day every year."""

    month: int
    day: int

    @property
    def span(self) -> tuple[str, str]:
        return f"每年 {self.month} 月 {self.day} 日", f"every year on {self.month:02}-{self.day:02}"


@dataclass(frozen=True)
class Cadence(Deadline):
    """Again and again: every so many days, or on one day of each month."""

    every_days: int = 0
    day_of_month: int = 0

    @property
    def span(self) -> tuple[str, str]:
        if self.day_of_month:
            return f"每月 {self.day_of_month} 日", f"monthly on day {self.day_of_month}"
        return f"每 {self.every_days} 天", f"every {plural(self.every_days, 'day')}"
