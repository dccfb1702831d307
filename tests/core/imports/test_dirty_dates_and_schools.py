"""Rosters as they really arrive: dates, grades, classes and schools in every writing, in every form of file."""

import datetime as dt

import pytest

from app.core.imports.checking import Choices
from tests.core.imports.county import codes, said, staged
from tests.factories.workbooks import FORMS, STUDENT_HEAD, roster, sent, student

WITH_MERGES = ["xlsx", "xls"]


@pytest.fixture(params=FORMS)
def form(request):
    return request.param


# --- dates


@pytest.mark.parametrize("typed", ["2013.3.7", "2013年3月7日", "20130307", "41340", "2013/3/7"])
def test_text_dates_are_read(form, typed):
    sheet = staged(roster(student(1, 出生日期=typed)), form)
    assert sheet.column("birth_date") == ["2013-03-07"]
    assert sheet.counts.blocked == 0


@pytest.mark.parametrize("form", WITH_MERGES)
@pytest.mark.parametrize(("serial", "date1904"), [(41340, False), (39878, True)])
def test_serial_numbers_follow_the_date_system_of_the_workbook(form, serial, date1904):
    sheet = staged(roster(student(1, 出生日期=serial), date1904=date1904), form)
    assert sheet.column("birth_date") == ["2013-03-07"]
    assert said(sheet) == [("G2", "date_serial", "tidy")]


def test_real_date_cells_are_read(form):
    sheet = staged(roster(student(1, 出生日期=dt.date(2013, 3, 7))), form)
    assert (sheet.column("birth_date"), codes(sheet)) == (["2013-03-07"], [])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("13.3.7", "date_two_digit_year"),
        ("3/7/2013", "date_ambiguous"),
        ("2013-02-30", "date_impossible"),
        ("2027-01-01", "date_range"),
    ],
)
def test_dates_that_cannot_be_told_are_blocked(form, typed, code):
    assert said(staged(roster(student(1, 出生日期=typed)), form)) == [("G2", code, "block")]


def test_birth_date_and_gender_that_differ_from_the_id_give_way_to_it(form):
    sheet = staged(roster(student(1, 出生日期="2013-03-08", 性别="女")), form)
    assert sorted(said(sheet)) == [("F2", "gender_differs", "warn"), ("G2", "birth_differs", "warn")]
    assert (sheet.column("birth_date"), sheet.column("gender")) == (["2013-03-07"], ["1"])


# --- grades and classes


@pytest.mark.parametrize("word", ["六年级", "6", "2021级", "G6", "小学六年级"])
def test_all_words_for_a_grade_give_one_code(form, word):
    sheet = staged(roster(student(1, 年级=word)), form)
    assert (sheet.column("grade"), sheet.counts.blocked) == (["G6"], 0)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("七年级", "grade_conflict"),
        ("2016级", "cohort_no_answer"),
        ("毕业班", "grade_unknown"),
        ("2027届", "grade_leavers"),
    ],
)
def test_grades_that_do_not_fit_the_school_are_blocked(form, word, code):
    assert said(staged(roster(student(1, 年级=word)), form)) == [("H2", code, "block")]


def test_a_cohort_with_two_answers_is_blocked_until_the_directory_says_more(form):
    row = student(1, 学校代码="3833000005", 年级="2024级")
    assert said(staged(roster(row), form)) == [("H2", "cohort_two_answers", "block")]
    assert staged(roster(student(1, 学校代码="3433000006", 年级="2024级")), form).column("grade") == ["G12"]


@pytest.mark.parametrize("word", ["3班", "（3）班", "0603", "三班", "六(3)班", 3])
def test_all_words_for_a_class_give_its_number(form, word):
    sheet = staged(roster(student(1, 班级=word)), form)
    assert (sheet.column("class_no"), sheet.counts.blocked) == ([3], 0)


@pytest.mark.parametrize(
    ("word", "code"), [("实验班", "class_unknown"), ("88班", "class_range"), ("0503", "class_grade_differs")]
)
def test_other_classes_are_blocked(form, word, code):
    assert said(staged(roster(student(1, 班级=word)), form)) == [("I2", code, "block")]


def test_a_class_turned_into_a_date_by_excel_is_blocked():
    assert said(staged(roster(student(1, 班级=dt.date(2026, 6, 3))))) == [("I2", "not_text", "block")]


def test_a_grade_that_stands_only_in_the_class_is_taken_from_there(form):
    head = [head for head in STUDENT_HEAD if head != "年级"]
    row = [cell for head_, cell in zip(STUDENT_HEAD, student(1, 班级="六年级3班"), strict=True) if head_ != "年级"]
    sheet = staged(sent([head, row]), form)
    assert (sheet.column("grade"), sheet.column("class_no")) == (["G6"], [3])
    assert said(sheet) == [("H2", "grade_from_class", "tidy")]


# --- schools


@pytest.mark.parametrize("word", ["清溪小学", "清澜县清溪小学", "清溪校区", "清溪 小学", "（清溪小学）"])
def test_short_old_and_campus_names_find_their_school(form, word):
    sheet = staged(roster(student(1, 学校代码=word)), form)
    assert (sheet.column("school_code"), sheet.counts.blocked) == (["2133000001"], 0)


def test_an_unknown_school_is_blocked_with_three_candidates_that_look_or_sound_alike(form):
    sheet = staged(roster(student(1, 学校代码="柳河中心校"), student(2, 学校代码="刘河镇第二小学")), form)
    first, second = sheet.rows()
    assert [message["code"] for message in first.messages] == ["school_unknown"]
    choices = first.messages[0]["choices"]
    assert len(choices) == 3 and choices[0] == ["2133000002", "清澜县柳河镇中心小学"]
    assert second.messages[0]["choices"][0] == ["2133000003", "清澜县柳河镇第二小学"]


def test_a_name_that_several_schools_share_is_blocked_with_those_schools(form):
    sheet = staged(roster(student(1, 学校代码="实验小学")), form)
    (row,) = sheet.rows()
    assert row.messages[0]["code"] in ("school_ambiguous",)
    assert sorted(code for code, _ in row.messages[0]["choices"]) == ["2133000007", "2133000008"]


def test_a_chosen_school_holds_for_this_file_and_a_kept_alias_for_the_next(form):
    file = roster(student(1, 学校代码="柳河中心校"), student(2, 学校代码="柳河中心校"))
    chosen = staged(file, form, choices=Choices(values={"school_code": {"柳河中心校": "2133000002"}}))
    assert chosen.column("school_code") == ["2133000002"] * 2
    assert set(codes(chosen)) == {"chosen"}
    assert staged(file, form, aliases={"柳河中心校": "2133000002"}).column("school_code") == ["2133000002"] * 2


def test_code_and_name_of_two_schools_in_one_row_are_blocked(form):
    rows = [
        [*row, name] for row, name in ((student(1), "柳河小学"), (student(2), "清溪小学"), (student(3), "没听过的小学"))
    ]
    sheet = staged(sent([[*STUDENT_HEAD, "学校名称"], *rows]), form)
    assert said(sheet) == [("A2", "school_name_differs", "block")]


def test_a_school_given_by_name_alone_is_found_and_an_unknown_one_blocked_at_its_cell(form):
    head = ["学校名称", *STUDENT_HEAD[1:]]
    rows = [["清溪小学", *student(1)[1:]], ["没听过的小学", *student(2)[1:]], ["", *student(3)[1:]]]
    sheet = staged(sent([head, *rows]), form)
    assert sheet.column("school_code") == ["2133000001", None, None]
    assert [(address, code) for address, code, _ in said(sheet)] == [("A3", "school_unknown"), ("", "required")]


@pytest.mark.parametrize(
    ("code", "reason"),
    [("213300001", "school_code_form"), ("9933000001", "school_type"), ("2133000099", "school_unknown")],
)
def test_wrong_school_codes_are_blocked(form, code, reason):
    assert codes(staged(roster(student(1, 学校代码=code)), form)) == [reason]


def test_a_school_code_in_a_number_cell_is_read():
    assert staged(roster(student(1, 学校代码=2133000001))).column("school_code") == ["2133000001"]
