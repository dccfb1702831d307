"""What follows for a student from a level of support, as a county keeps it in config/rainbow (decision 65)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, model_validator

from app.care.rainbow.rule_set import FOLDER, Piece, Tier
from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.calendar.hours import end_of_day
from app.core.casework.deadlines import work_calendar

Code = Literal[
    "keep_company", "talk_today", "tell_guardian", "check_in", "get_to_know", "interview", "draw_up_plan",
    "decide_referral", "watch_closely", "keep_watch", "follow_up",
]  # fmt: skip


class Duty(Piece):
    """One thing to do, by the counsellor or the class teacher, within hours, days or working days.

    `again`: as long as the level lasts, the next one is due when this one is done.
    """

    code: Code
    by: Literal["counsellor", "class"]
    hours: Annotated[int, Field(ge=1, le=240)] | None = None
    days: Annotated[int, Field(ge=1, le=365)] | None = None
    working_days: Annotated[int, Field(ge=1, le=60)] | None = None
    again: bool = False

    @model_validator(mode="after")
    def _one_span(self) -> Self:
        if [self.hours, self.days, self.working_days].count(None) != 2:
            raise ValueError("a duty has either hours, or days, or working days")
        return self

    def due_at(self, start: datetime) -> datetime:
        """The moment from which it is late."""
        if self.hours is not None:
            return start + timedelta(hours=self.hours)
        if self.days is not None:
            return end_of_day(clock.local(start).date() + timedelta(days=self.days))
        days = work_calendar()
        return end_of_day(add_working_days(clock.local(start).date(), self.working_days or 0, days.overrides))


class DutyPlan(Piece):
    """Duties by level: `at_once` with the proposal, `in_effect` once people have confirmed, `asked_up` as soon as more is
    asked for, `stepped_down` after a level was lowered, `asked_by_answers` where a question was left open or one of worry
    was met; minutes of a look by level; `find_out`: working days to learn more of a student of whom too little is known;
    `sample`: share of proposals of everyday support drawn for a talk.
    """

    at_once: dict[Tier, tuple[Duty, ...]]
    in_effect: dict[Tier, tuple[Duty, ...]]
    asked_up: dict[Tier, tuple[Duty, ...]]
    stepped_down: tuple[Duty, ...]
    asked_by_answers: tuple[Duty, ...]
    minutes: dict[Tier, Annotated[int, Field(ge=1, le=480)]]
    hours_a_week: Annotated[int, Field(ge=1, le=60)]
    sample: Annotated[float, Field(ge=0, le=0.2)]
    find_out: Annotated[int, Field(ge=1, le=60)]
    decide_up: Annotated[int, Field(ge=1, le=60)]
    decide_down: dict[Literal["yellow", "orange", "red"], Annotated[int, Field(ge=1, le=60)]]

    def days_to_decide(self, left: str, *, upward: bool) -> int:
        """Working days to decide about a change from the level `left` (domain B5). Raises KeyError for green downward."""
        return self.decide_up if upward else {str(tier): days for tier, days in self.decide_down.items()}[left]


@cache
def duty_plan(version: int = 1) -> DutyPlan:
    """The plan that is in force. Raises pydantic.ValidationError for a file that is none."""
    text = (FOLDER / f"duties_v{version}.yaml").read_text(encoding="utf-8")
    return DutyPlan.model_validate(yaml.safe_load(text))
