"""Working days, school hours and the dates that declared deadlines fall on."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import calendar
from app.core.calendar import Hours, Rung, Window, WorkCalendar
from app.core.clock import SHANGHAI, local
from workflows.vocabulary import DATED, Cadence, Days, Deadline, FromField, Within, WorkingDays, YearlyDate

PLAIN = WorkCalendar()
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
NAMED: dict[str, Any] = {"code": "x", "zh": "某事", "en": "something"}


def at(text: str) -> datetime:
    """A county time, as written on paper."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


# Days ----------------------------------------------------------------------------------------------------------------


def test_a_working_saturday_counts_and_a_holiday_monday_does_not() -> None:
    assert calendar.is_working_day(date(2026, 10, 10))
    assert not calendar.is_working_day(date(2026, 10, 5))
    assert not calendar.is_working_day(date(2026, 11, 22))


def test_the_spring_festival_of_2026_is_skipped_as_a_whole() -> None:
    assert calendar.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert calendar.add_working_days(date(2026, 2, 14), 1) == date(2026, 2, 24)


def test_the_office_board_stands_above_the_published_calendar() -> None:
    typhoon = {date(2026, 11, 23): False, date(2026, 11, 28): True}

    assert calendar.add_working_days(date(2026, 11, 20), 1, typhoon) == date(2026, 11, 24)
    assert calendar.working_days_between(date(2026, 11, 20), date(2026, 11, 29), typhoon) == 5


def test_a_year_without_published_holidays_has_only_weekends_and_overrides() -> None:
    assert calendar.is_working_day(date(2031, 10, 1)) and not calendar.is_working_day(date(2031, 10, 4))
    assert not calendar.is_working_day(date(2031, 10, 1), {date(2031, 10, 1): False})


def test_the_board_can_say_until_when_holidays_are_known() -> None:
    known = calendar.known_until()

    assert known >= date(2026, 12, 31) and (known.month, known.day) == (12, 31)
    assert calendar.known_until({date(known.year + 1, 1, 1): False}) == date(known.year + 1, 12, 31)
    assert calendar.known_until({date(known.year + 2, 1, 1): False}) == known


@given(DAYS, st.integers(1, 60))
def test_counting_back_the_days_that_were_added_gives_their_number(start: date, count: int) -> None:
    later = calendar.add_working_days(start, count)

    assert calendar.working_days_between(start, later) == count
    assert calendar.is_working_day(later) and later > start


@given(DAYS, st.integers(1, 40))
def test_going_back_is_the_mirror_of_going_forward(start: date, count: int) -> None:
    begin = calendar.next_working_day(start)

    assert calendar.add_working_days(calendar.add_working_days(begin, count), -count) == begin


@given(DAYS, DAYS, DAYS)
def test_working_days_add_up_over_any_middle_day(first: date, middle: date, last: date) -> None:
    between = calendar.working_days_between

    assert between(first, middle) + between(middle, last) == between(first, last)


@given(DAYS, DAYS, st.dictionaries(DAYS, st.booleans(), max_size=8))
def test_working_days_are_those_one_meets_walking_from_day_to_day(first: date, last: date, declared: Any) -> None:
    first, last = min(first, last), max(first, last)
    walked = [first + timedelta(n) for n in range(1, (last - first).days + 1)]

    assert calendar.working_days_between(first, last, declared) == sum(
        calendar.is_working_day(day, declared) for day in walked
    )


@given(DAYS, st.integers(0, 30), st.sets(DAYS, max_size=5))
def test_a_day_declared_free_never_brings_a_due_day_forward(start: date, count: int, free: set[date]) -> None:
    closed = dict.fromkeys(free, False)

    assert calendar.add_working_days(start, count, closed) >= calendar.add_working_days(start, count)


# Moments -------------------------------------------------------------------------------------------------------------


def test_a_due_day_counts_until_midnight_in_the_county() -> None:
    assert calendar.end_of_day(date(2026, 11, 25)) == datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert calendar.last_day(calendar.end_of_day(date(2026, 11, 25))) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("moment", "waits_until"),
    [
        ("2026-11-25 21:59", "2026-11-25 21:59"),
        ("2026-11-25 22:00", "2026-11-26 07:00"),
        ("2026-11-26 03:00", "2026-11-26 07:00"),
        ("2026-11-26 07:00", "2026-11-26 07:00"),
    ],
)
def test_letters_that_may_wait_leave_after_the_night(moment: str, waits_until: str) -> None:
    assert calendar.after_night(at(moment)) == at(waits_until)


def test_school_hours_are_those_of_working_days_outside_the_vacations() -> None:
    summer = WorkCalendar(hours=Hours(vacations=((date(2026, 7, 1), date(2026, 8, 31)),)))

    assert calendar.in_school_hours(at("2026-11-25 07:30"), PLAIN)
    assert not calendar.in_school_hours(at("2026-11-25 18:00"), PLAIN)
    assert not calendar.in_school_hours(at("2026-11-28 10:00"), PLAIN)
    assert calendar.in_school_hours(at("2026-07-15 10:00"), PLAIN)
    assert not calendar.in_school_hours(at("2026-07-15 10:00"), summer)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 1)), st.integers(1, 3000), st.integers(1, 3000))
def test_school_time_added_in_two_parts_is_school_time_added_at_once(start: datetime, one: int, two: int) -> None:
    begin = start.replace(tzinfo=UTC)
    first = calendar.add_school_time(begin, timedelta(minutes=one), PLAIN)

    assert calendar.add_school_time(first, timedelta(minutes=two), PLAIN) == calendar.add_school_time(
        begin, timedelta(minutes=one + two), PLAIN
    )


def test_a_county_whose_schools_never_open_is_told_where_to_look() -> None:
    closed = WorkCalendar(hours=Hours(vacations=((date(2020, 1, 1), date(2040, 1, 1)),)))

    with pytest.raises(ValueError, match="config/calendars"):
        calendar.add_school_time(at("2026-11-25 10:00"), timedelta(minutes=5), closed)


# Deadlines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deadline", "started", "due"),
    [
        (WorkingDays(days=3, **NAMED), "2026-11-25 10:00", "2026-12-01 00:00"),
        (WorkingDays(days=1, **NAMED), "2026-09-30 23:59", "2026-10-09 00:00"),
        (Days(days=180, **NAMED), "2026-11-25 10:00", "2027-05-25 00:00"),
        (Within(hours=4, **NAMED), "2026-11-27 17:00", "2026-11-27 21:00"),
        (Within(minutes=30, school_hours=True, **NAMED), "2026-11-27 17:45", "2026-11-30 07:45"),
        (YearlyDate(month=3, day=31, **NAMED), "2026-03-31 10:00", "2026-04-01 00:00"),
        (YearlyDate(month=3, day=31, **NAMED), "2026-04-01 00:00", "2027-04-01 00:00"),
        (YearlyDate(month=2, day=29, **NAMED), "2026-01-01 00:00", "2026-03-01 00:00"),
        (Cadence(every_days=14, **NAMED), "2026-11-25 10:00", "2026-12-10 00:00"),
        (Cadence(day_of_month=5, **NAMED), "2026-11-05 10:00", "2026-12-06 00:00"),
        (Cadence(day_of_month=31, **NAMED), "2027-01-31 10:00", "2027-03-01 00:00"),
    ],
)
def test_each_kind_of_deadline_falls_on_its_day(deadline: Deadline, started: str, due: str) -> None:
    assert calendar.due_at(deadline, at(started), None, PLAIN) == at(due)


@pytest.mark.parametrize(
    ("deadline", "due"),
    [
        (FromField(field="due_on", **NAMED), "2026-12-02 00:00"),
        (FromField(field="due_on", days=30, **NAMED), "2027-01-01 00:00"),
        (FromField(field="due_on", working_days=-2, **NAMED), "2026-11-28 00:00"),
        (FromField(field="plan.met_at", working_days=1, **NAMED), "2026-12-01 00:00"),
    ],
)
def test_a_deadline_from_a_field_is_counted_from_the_date_in_it(deadline: FromField, due: str) -> None:
    record = SimpleNamespace(due_on=date(2026, 12, 1), plan=SimpleNamespace(met_at=at("2026-11-27 23:30")))

    assert calendar.due_at(deadline, at("2026-11-25 10:00"), record, PLAIN) == at(due)


def test_without_the_date_there_is_no_deadline_and_a_misspelt_field_is_an_error() -> None:
    record = SimpleNamespace(due_on=None, plan=None)

    assert calendar.due_at(FromField(field="due_on", **NAMED), at("2026-11-25 10:00"), record, PLAIN) is None
    assert calendar.due_at(FromField(field="plan.due_on", **NAMED), at("2026-11-25 10:00"), record, PLAIN) is None
    with pytest.raises(AttributeError):
        calendar.due_at(FromField(field="due_om", **NAMED), at("2026-11-25 10:00"), record, PLAIN)


def ladder(deadline: Deadline, started: str) -> dict[str, str]:
    """Code of each notice and its county time."""
    due = calendar.due_at(deadline, at(started), None, PLAIN)
    assert due is not None
    notices = calendar.rungs(deadline, at(started), due, PLAIN)
    return {rung.name: local(rung.at).strftime("%m-%d %H:%M") for rung in notices}


def test_a_service_deadline_reminds_in_office_hours_and_climbs_one_working_day_a_level() -> None:
    accept = WorkingDays(days=3, escalate_to=("leading_group_head", ("office_director", "evaluator")), **NAMED)

    assert ladder(accept, "2026-11-25 08:00") == {
        "50%": "11-26 18:00",
        "80%": "11-30 10:00",
        "100%": "12-01 00:00",
        "+1wd": "12-02 00:00",
        "+2wd": "12-03 00:00",
    }


def test_the_roles_that_are_told_stand_on_the_notice() -> None:
    accept = WorkingDays(days=1, escalate_to=("principal",), **NAMED)
    due = calendar.due_at(accept, at("2026-11-25 08:00"), None, PLAIN)
    assert due is not None

    assert calendar.rungs(accept, at("2026-11-25 08:00"), due, PLAIN)[-1] == Rung(
        "+1wd", at("2026-11-28 00:00"), ("principal",)
    )


def test_a_dated_plan_is_announced_in_the_morning_and_late_after_one_and_five_working_days() -> None:
    planned = YearlyDate(month=12, day=31, ladder=DATED, escalate_to=("principal", "office_director"), **NAMED)

    assert ladder(planned, "2026-11-25 08:00") == {
        "-30d": "12-01 08:00",
        "-14d": "12-17 08:00",
        "-7d": "12-24 08:00",
        "-1d": "12-30 08:00",
        "+1wd": "01-02 00:00",
        "+5wd": "01-08 00:00",
    }


def test_days_that_were_over_before_the_clock_started_are_not_announced() -> None:
    late_start = Days(days=10, ladder=DATED, **NAMED)

    assert list(ladder(late_start, "2026-11-25 08:00")) == ["-7d", "-1d", "+1wd", "+5wd"]


def test_an_alert_of_thirty_minutes_reminds_by_the_minute() -> None:
    assert ladder(Within(minutes=30, **NAMED), "2026-11-28 23:00") == {
        "50%": "11-28 23:15",
        "80%": "11-28 23:24",
        "100%": "11-28 23:30",
    }


def test_a_clock_of_school_hours_reminds_in_school_hours() -> None:
    over_the_weekend = Within(hours=2, school_hours=True, **NAMED)

    assert ladder(over_the_weekend, "2026-11-27 17:00") == {
        "50%": "11-27 18:00",
        "80%": "11-30 08:06",
        "100%": "11-30 08:30",
    }


def test_a_share_of_a_weekend_is_kept_out_of_the_night() -> None:
    one_day = Days(days=1, **NAMED)

    assert ladder(one_day, "2026-11-27 22:30")["50%"] == "11-28 11:15"
    assert ladder(one_day, "2026-11-27 18:30")["80%"] == "11-28 18:06"
    assert ladder(Days(days=1, **NAMED), "2026-11-28 04:00")["50%"] == "11-29 07:00"


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 6, 1)), st.integers(1, 30), st.booleans())
def test_reminders_come_in_order_between_start_and_due(start: datetime, days: int, working: bool) -> None:
    begin = start.replace(tzinfo=UTC)
    deadline = WorkingDays(days=days, **NAMED) if working else Days(days=days, **NAMED)
    due = calendar.due_at(deadline, begin, None, PLAIN)
    assert due is not None
    times = [rung.at for rung in calendar.rungs(deadline, begin, due, PLAIN)]

    assert times == sorted(times) and len(times) == 3
    assert begin <= times[0] and times[2] == due
    assert not any(calendar.is_night(moment) for moment in times[:2] if moment < due)


# Settings ------------------------------------------------------------------------------------------------------------


def test_the_settings_folder_gives_hours_and_an_override_table() -> None:
    assert calendar.school_hours().night == Window(time(22), time(7))
    assert calendar.WorkCalendar.read({date(2026, 11, 25): False}).overrides[date(2026, 11, 25)] is False


@pytest.mark.parametrize("line", ["2026-02-30: true", "2026-02: true", "2026-02-03: holiday"])
def test_a_wrong_line_of_the_override_table_is_refused_and_the_file_named(tmp_path: Path, line: str) -> None:
    table = tmp_path / "working_days.yaml"
    table.write_text(f"overrides:\n  {line}\n")

    with pytest.raises(ValueError, match="working_days.yaml"):
        calendar.load_overrides(table)
