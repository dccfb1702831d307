"""The county's calendar: working days with 调休, school hours, and when declared deadlines and their notices fall."""

from app.core.calendar.days import (
    NONE,
    Overrides,
    add_working_days,
    is_working_day,
    known_until,
    load_overrides,
    next_working_day,
    working_days_between,
)
from app.core.calendar.due import Rung, due_at, rungs
from app.core.calendar.hours import (
    Hours,
    Window,
    WorkCalendar,
    add_office_share,
    add_school_time,
    after_night,
    end_of_day,
    in_school_hours,
    is_night,
    last_day,
    moment,
    school_hours,
)

__all__ = [
    "NONE",
    "Hours",
    "Overrides",
    "Rung",
    "Window",
    "WorkCalendar",
    "add_office_share",
    "add_school_time",
    "add_working_days",
    "after_night",
    "due_at",
    "end_of_day",
    "in_school_hours",
    "is_night",
    "is_working_day",
    "known_until",
    "last_day",
    "load_overrides",
    "moment",
    "next_working_day",
    "rungs",
    "school_hours",
    "working_days_between",
]
