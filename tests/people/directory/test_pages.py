"""Pages of the directory: empty states, lists as workbooks, and a fixed number of queries however long the list."""

import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory import bulk
from app.people.directory.models import Student
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.people.directory.rolls import children

DAY = date(2026, 9, 1)


def asked(browser: FlaskClient, address: str) -> int:
    """How often a page asks the database."""
    with counted_statements() as seen:
        assert browser.get(address).status_code == 200
    return len([statement for statement in seen if not statement.startswith("select set_config")])


def fill(cast: Cast, count: int, start: int = 0) -> None:
    code = cast.units["shuangqiao"].code
    bulk.load_roster(cast.county.id, list(children([(code, "G7"), (code, "G8")], count, start=start)), DAY)
    staff = [(code, f"S{n:04}", f"教师{n}", None, [], [], None, None) for n in range(start, start + count)]
    bulk.load_staff(cast.county.id, staff, DAY)


@pytest.mark.parametrize(
    ("who", "address", "most"),
    [
        ("office_director", "/units", 10),
        ("office_director", "/units?q=shuangqiao", 10),
        ("school_coordinator", "/units/{school}", 16),
        ("school_coordinator", "/staff", 12),
        ("school_coordinator", "/staff/{person}", 12),
        ("school_coordinator", "/classes", 12),
        ("school_coordinator", "/students", 12),
        ("school_coordinator", "/students/{student}", 10),
    ],
)
def test_a_page_asks_as_often_for_a_long_list_as_for_a_short_one(
    app: Flask, cast: Cast, who: str, address: str, most: int
) -> None:
    fill(cast, 60)
    use_context(SYSTEM.context())
    student = db.session.scalars(select(Student.ref).limit(1)).first()
    address = address.format(
        school=cast.units["shuangqiao"].ref, person=cast["subject_teacher"].person_ref, student=student
    )
    browser = sign_in(app.test_client(), cast[who])
    browser.get(address)  # what waits is counted once, for the menu
    few = asked(browser, address)
    fill(cast, 300, start=1000)
    many = asked(browser, address)

    assert few == many <= most, (few, many)


def test_lists_without_rows_say_why_and_what_to_do(app: Flask, cast: Cast) -> None:
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    assert "还没有学生" in browser.get("/students").text
    assert "没有符合条件的人" in browser.get("/staff?q=zzzz").text
    assert "还没有导入过表格" in browser.get("/imports/").text


def test_filters_live_in_the_address_and_unknown_ones_change_nothing(app: Flask, cast: Cast) -> None:
    browser = sign_in(app.test_client(), cast["office_director"])
    assert "沈砚秋" in browser.get("/staff?role=principal&unit=" + cast.units["shuangqiao"].ref).text
    assert browser.get("/staff?role=nonsense&after=nonsense&unit=x").status_code == 200
    assert browser.get("/units?kind=%00&closed=maybe").status_code == 200
    assert browser.get("/classes?year=1999&after=-5&grade=G99").status_code == 200


@pytest.mark.parametrize("path", ["/units/export", "/staff/export", "/classes/export"])
def test_a_list_leaves_as_the_workbook_of_what_is_shown(app: Flask, cast: Cast, path: str) -> None:
    browser = sign_in(app.test_client(), cast["office_director"])
    answer = browser.post(f"{path}?q=双桥")
    assert answer.status_code == 200
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert len(rows) >= 1 and all(isinstance(cell, str) for cell in rows[0])


@pytest.mark.parametrize("path", ["/units", "/staff", "/classes", "/students", "/imports/"])
def test_security_24_who_has_no_right_to_a_list_finds_no_such_page(app: Flask, cast: Cast, path: str) -> None:
    assert app.test_client().get(path).status_code == 303
    stranger = sign_in(app.test_client(), cast["auditor"])
    assert stranger.get(path).status_code == 404
