"""Dates and numbers in every writing that was seen: read exactly, or refused; never guessed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.imports.dates import read_date
from app.core.imports.numbers import read_number


def codes(notes):
    return [note.reason.code for note in notes]


@pytest.mark.parametrize(
    "typed",
    [
        "2010-03-07", "2010-3-7", "2010.3.7", "2010/3/7", "2010/03/07", "2010年3月7日", "2010年03月07日", "2010 年 3 月 7 日",
        "20100307", 20100307, 20100307.0, "40244", 40244, 40244.0, "2010-03-07 00:00:00", "2010/3/7 0:00", "２０１０－３－７",
        "'2010-03-07", " 2010-03-07 ", "2010、3、7".replace("、", ","), dt.date(2010, 3, 7), dt.datetime(2010, 3, 7), "2010年3月7号",
    ],
)  # fmt: skip
def test_every_known_writing_of_a_day_gives_the_same_day(typed):
    value, notes = read_date(typed)
    assert value == "2010-03-07"
    assert not any(note.level == "block" for note in notes)


def test_serial_numbers_count_from_the_epoch_of_the_workbook():
    assert read_date(40244)[0] == "2010-03-07"
    assert read_date(40244, date1904=True)[0] == "2014-03-08"
    assert read_date(38782, date1904=True)[0] == "2010-03-07"
    assert codes(read_date(40244)[1]) == ["date_serial"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("10-3-7", "date_two_digit_year"),
        ("10.03.07", "date_two_digit_year"),
        ("10年3月7日", "date_two_digit_year"),
        ("3/7/10", "date_two_digit_year"),
        ("3/7/2010", "date_ambiguous"),
        ("07/03/2010", "date_ambiguous"),
        ("2010.3", "date_incomplete"),
        ("201003", "date_incomplete"),
        ("2010年", "date_incomplete"),
        (2010, "date_incomplete"),
        ("3月7日", "date_incomplete"),
        ("2011-02-29", "date_impossible"),
        ("20110229", "date_impossible"),
        ("2010-13-07", "date_impossible"),
        ("不详", "date_form"),
        (3.5, "date_form"),
        (True, "date_form"),
        (dt.time(3, 4), "date_form"),
        (123, "date_form"),
        (99999999, "date_impossible"),
    ],
)
def test_what_cannot_be_told_for_certain_is_refused(typed, code):
    value, notes = read_date(typed)
    assert value is None
    assert codes(notes)[-1] == code


@pytest.mark.parametrize("typed", ["7/7/2010", "13/7/2010", "7/13/2010"])
def test_a_day_first_date_that_can_be_read_in_one_way_only_is_taken(typed):
    assert read_date(typed)[0] in ("2010-07-07", "2010-07-13")


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_all_writings_of_any_day_agree(day):
    serial = (day - dt.date(1899, 12, 30)).days
    forms = [
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        serial,
    ]
    assert {read_date(form)[0] for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("typed", "value", "expected"),
    [
        (482, 482.0, []),
        (0, 0.0, []),
        ("482", 482.0, ["text_as_number"]),
        ("４８２．５", 482.5, ["width", "text_as_number"]),
        ("1,234.5", 1234.5, ["separators"]),
        ("85%", 0.85, ["percent"]),
        ("85.5 %", 0.855, ["percent"]),
        ("８５％", 0.85, ["width", "percent"]),
        ("-0.3", -0.3, ["text_as_number"]),
        ("1e3", 1000.0, ["text_as_number"]),
        (" ", None, ["trimmed"]),
        ("<5", None, ["number_suppressed"]),
        ("＜５", None, ["width", "number_suppressed"]),
        ("≤5", None, ["number_suppressed"]),
        ("5以下", None, ["number_suppressed"]),
        ("85分", None, ["number_form"]),
        ("八十五", None, ["number_form"]),
        ("1,5", None, ["number_form"]),
        (True, None, ["number_form"]),
        (dt.date(2026, 3, 5), None, ["number_form"]),
        (float("nan"), None, ["number_form"]),
        (float("inf"), None, ["number_form"]),
    ],
)
def test_numbers_are_read_exactly_or_refused(typed, value, expected):
    found, notes = read_number(typed)
    assert (found, codes(notes)) == (value, expected)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_number_written_out_is_read_back(number):
    assert read_number(repr(number))[0] == number


@given(st.integers(0, 1000))
def test_percentages_become_the_exact_fraction(tenths):
    assert read_number(f"{tenths / 10}%")[0] == tenths / 1000
