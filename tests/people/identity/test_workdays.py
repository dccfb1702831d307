"""The county's own working days: declared by the system administrator, counted by every clock that starts afterwards."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock as core_clock
from app.core.calendar import add_working_days
from app.core.casework.deadlines import WorkdayOverride, work_calendar
from app.core.clock import SHANGHAI
from app.core.database import db
from app.people.identity import workdays
from tests.cast import Cast, sign_in

MONDAY = date(2027, 5, 10)


@pytest.fixture
def spring(clock: Any) -> None:
    clock.set(datetime(2027, 5, 3, 9, tzinfo=SHANGHAI))


def sent(app: Flask, cast: Cast, **typed: str) -> Any:
    return sign_in(app.test_client(), cast["sys_admin"]).post("/workdays", data=typed)


def kept() -> int:
    db.session.expire_all()
    return db.session.scalar(select(func.count()).select_from(WorkdayOverride)) or 0


def five_days_on() -> date:
    workdays.forget_calendar()
    return add_working_days(MONDAY, 5, work_calendar().overrides)


def test_a_declared_holiday_moves_the_clocks_that_start_afterwards(app: Flask, cast: Cast, spring: None) -> None:
    assert five_days_on() == date(2027, 5, 17)
    assert sent(app, cast, first="2027-05-12", last="2027-05-13", kind="free").status_code == 303
    assert five_days_on() == date(2027, 5, 19)
    assert sent(app, cast, first="2027-05-15", kind="worked").status_code == 303  # a Saturday
    assert five_days_on() == date(2027, 5, 18)
    page = sign_in(app.test_client(), cast["sys_admin"]).get("/workdays").text
    assert page.count("放假</td>") == 2 and page.count("上班</td>") == 1
    assert sent(app, cast, first="2027-05-12", last="2027-05-15", kind="published").status_code == 303
    assert five_days_on() == date(2027, 5, 17) and kept() == 0


def test_the_trail_tells_who_declared_which_days(app: Flask, cast: Cast, spring: None) -> None:
    sent(app, cast, first="2027-05-12", kind="free")
    auditor = sign_in(app.test_client(), cast["auditor"])
    (number,) = set(re.findall(r"/audit/entries/(\d+)", auditor.get("/audit/entries?step=calendar.declare").text))
    told = auditor.get(f"/audit/entries/{number}").text
    assert "登记工作日历" in told and "2027-05-12" in told and cast["sys_admin"].name in told


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"first": "2027-05-02", "kind": "free"}, "不能改已经过去的日子"),
        ({"first": "2027-05-12", "last": "2027-05-11", "kind": "free"}, "最后一天在第一天之前"),
        ({"first": "2027-05-12", "last": "2027-07-12", "kind": "free"}, "一次最多 60 天"),
        ({"first": "2037-05-12", "kind": "free"}, "最多填到三年以后"),
        ({"first": "2027年5月12日", "kind": "free"}, "第一天"),
        ({"first": "2027-05-12", "kind": "sometimes"}, "这些天"),
        ({"kind": "free"}, "请填第一天"),
    ],
)
def test_wrong_days_are_told_at_the_field_and_nothing_is_kept(
    app: Flask, cast: Cast, spring: None, typed: dict[str, str], sentence: str
) -> None:
    answer = sent(app, cast, **typed)
    assert answer.status_code == 422 and sentence in answer.text and kept() == 0
    assert all(value in answer.text for key, value in typed.items() if key != "kind")


def test_the_office_is_told_in_time_that_the_known_holidays_end(app: Flask, cast: Cast, clock: Any) -> None:
    end = workdays.known_until()
    clock.set(datetime(end.year, 6, 1, 9, tzinfo=SHANGHAI))
    office = sign_in(app.test_client(), cast["office_director"])
    assert "节假日安排只到" not in office.get("/").text
    clock.set(datetime(end.year, 12, 1, 9, tzinfo=SHANGHAI))
    office = sign_in(app.test_client(), cast["office_director"])
    assert "节假日安排只到" in office.get("/").text
    assert sent(app, cast, first=f"{end + timedelta(days=1)}", kind="free").status_code == 303
    assert "节假日安排只到" not in office.get("/").text
    assert core_clock.today().year == end.year
