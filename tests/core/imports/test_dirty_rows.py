"""Rosters as they really arrive: rows that repeat or contradict each other or what is known, hidden parts, formulas."""

from collections import Counter

import pytest

from app.core.imports.checking import Choices
from app.core.imports.kinds import CLASSES, STAFF
from app.core.imports.reading import Place
from tests.core.imports.county import SCHOOLS, codes, said, staged
from tests.factories.workbooks import FORMS, STUDENT_HEAD, Formula, Sent, Sheet, id_number, roster, sent, student

WITH_MERGES = ["xlsx", "xls"]


@pytest.fixture(params=FORMS)
def form(request):
    return request.param


def drops(sheet):
    return Counter(drop.code for drop in sheet.drops)


# --- rows against each other


def test_the_same_name_twice_in_a_class_is_said_and_never_merged(form):
    sheet = staged(roster(student(1, 姓名="王伟"), student(3, 姓名="王伟")), form)
    assert said(sheet) == [("C3", "same_name", "warn")]
    assert sheet.counts.accepted == 2


def test_a_row_without_a_student_number_is_blocked_never_matched_by_name(form):
    sheet = staged(roster(student(1), student(1, 学籍号="")), form)
    assert ("B3", "required", "block") in said(sheet)
    assert sheet.keys[1] is None


def test_identical_rows_shrink_to_one_with_a_reminder(form):
    sheet = staged(roster(student(1), student(2), student(1), student(1, 班级="（3）班")), form)
    assert [row.status for row in sheet.rows()] == ["ok", "ok", "dropped", "dropped"]
    assert codes(sheet) == ["duplicate_same"] * 2
    assert drops(sheet)["duplicate"] == 2
    assert sheet.counts == (4, 2, 0, 0, 2)


def test_the_same_number_with_different_values_blocks_both_rows(form):
    sheet = staged(roster(student(1), student(1, 班级="4班")), form)
    assert said(sheet) == [("B2", "duplicate_differs", "block"), ("B3", "duplicate_differs", "block")]
    first = next(sheet.rows()).messages[0]
    assert "班级" in first["zh"] and "Class" in first["en"]


def test_one_of_two_contradicting_rows_can_be_chosen_or_both_sent_back(form):
    file, key = roster(student(1), student(1, 班级="4班")), f"G{id_number(1)}"
    name = staged(file, form).table.parts[0].sheet
    chosen = staged(file, form, choices=Choices(keep={key: Place(name, 3)}))
    assert [row.status for row in chosen.rows()] == ["blocked", "ok"]
    back = staged(file, form, choices=Choices(keep={key: None}))
    assert codes(back) == ["sent_back"] * 2


def test_a_row_can_be_left_out_by_hand_with_its_reason(form):
    file = roster(student(1), student(2, 班级="实验班"))
    name = staged(file, form).table.parts[0].sheet
    sheet = staged(file, form, choices=Choices(dropped={Place(name, 3): "已转学"}))
    assert sheet.counts == (2, 1, 0, 0, 1)
    assert [(drop.code, drop.by) for drop in sheet.drops] == [("by_hand", "已转学")]


def test_one_id_number_under_two_student_numbers_blocks_both(form):
    sheet = staged(roster(student(1), student(2, 身份证号=id_number(1), 性别="男")), form)
    assert [code for _, code, level in said(sheet) if level == "block"] == ["id_shared", "id_shared"]


# --- rows against what is known


def test_a_name_that_differs_from_the_roster_is_blocked(form):
    sheet = staged(roster(student(90, 姓名="王岚")), form)
    assert said(sheet) == [("C2", "name_differs", "block")]
    assert "王兰" in next(sheet.rows()).messages[0]["zh"]


def test_a_student_who_left_is_taken_with_a_reminder(form):
    sheet = staged(roster(student(91, 姓名="李明")), form)
    assert said(sheet) == [("B2", "not_enrolled", "warn")]
    assert "不恢复" in next(sheet.rows()).messages[0]["zh"]


def test_a_student_at_another_school_is_said(form):
    sheet = staged(roster(student(90, 姓名="王兰", 学校代码="2133000002")), form)
    assert said(sheet) == [("A2", "other_school", "warn")]


# --- hidden parts, formulas, errors


@pytest.mark.parametrize("form", WITH_MERGES)
def test_hidden_rows_columns_and_sheets_are_read_and_counted(form):
    file = Sent(
        (
            Sheet([STUDENT_HEAD, student(1), student(2), student(3)], "六年级", hidden_rows=(2,), hidden_columns=(4,)),
            Sheet([STUDENT_HEAD, student(3), student(4)], "六年级（旧）", hidden=True),
        )
    )
    sheet = staged(file, form)
    assert sheet.counts == (5, 4, 0, 0, 1)
    assert [(part.hidden_rows, part.hidden_columns, part.visibility) for part in sheet.table.parts] == [
        (1, 1, "visible"),
        (0, 0, "hidden"),
    ]
    assert codes(sheet) == ["duplicate_same"]


def test_results_of_formulas_are_taken_and_errors_blocked():
    rows = [
        student(
            1,
            姓名=Formula('=HYPERLINK("http://x","王兰")', "王兰"),
            班级=Formula("=B9", "#REF!"),
            年级=Formula("=A1", None),
        )
    ]
    sheet = staged(roster(*rows))
    assert sorted(said(sheet)) == [("H2", "uncomputed", "block"), ("I2", "error_value", "block")]
    assert sheet.column("name") == ["王兰"]
    assert sheet.table.formulas == 3


def test_error_words_in_text_files_are_blocked_too(form):
    assert ("I2", "error_value", "block") in said(staged(roster(student(1, 班级="#REF!")), form))


def test_a_name_that_is_a_formula_as_text_is_blocked(form):
    sheet = staged(roster(student(1, 姓名='=HYPERLINK("http://x","y")')), form)
    assert said(sheet) == [("C2", "name_characters", "block")]


@pytest.mark.parametrize("word", ["缺考", "/", "—"])
def test_missing_words_in_required_columns_are_blocked(form, word):
    assert ("I2", "missing_in_key", "block") in said(staged(roster(student(1, 班级=word)), form))


def test_strokes_and_none_in_optional_columns_are_read_as_empty(form):
    head, row = [*STUDENT_HEAD, "家长姓名", "家长电话"], [*student(1), "/", "无"]
    sheet = staged(sent([head, row]), form)
    assert said(sheet) == [("J2", "slash_empty", "tidy"), ("K2", "slash_empty", "tidy")]


def test_words_of_the_other_columns_are_read_as_codes(form):
    head = [
        *STUDENT_HEAD,
        "是否住校",
        "监护人1姓名",
        "监护人1关系",
        "监护人1电话",
        "留守情况",
        "村社区代码",
        "入学年份",
    ]
    rows = [
        [*student(1), "住校", "王明", "爸爸", "138-0000-0000", "双亲外出", "330000000001", "2021级"],
        [*student(2), "走读", "李芳", "外婆", "+8613800000000", "无", 330000000001, 2021],
        [*student(3), "也许", "周某", "邻居", "12345", "不清楚", "33", "21"],
    ]
    sheet = staged(sent([head, *rows]), form)
    first, second, third = sheet.rows()
    assert [first.values[code] for code in ("boarding", "guardian1_relation", "guardian1_phone", "left_behind", "enrol_year")] == [
        True, "father", "13800000000", "both", 2021,
    ]  # fmt: skip
    assert [second.values[code] for code in ("boarding", "guardian1_relation", "guardian1_phone", "left_behind", "enrol_year")] == [
        False, "grandparent", "13800000000", "none", 2021,
    ]  # fmt: skip
    assert [message["code"] for message in third.messages] == [
        "date_form", "unknown_word", "unknown_word", "phone", "unknown_word", "digits",
    ]  # fmt: skip


# --- classes and staff


def test_class_lists_need_teachers_on_the_staff_list(form):
    head = ["学校代码", "年级", "班级", "班级名称", "班主任工号", "任职日期"]
    rows = [
        ["2133000001", "六年级", "3班", "六(3)班", "T0012", "2026-09-01"],
        ["2133000001", "六年级", "4班", "六(4)班", "T0012", "2026-09-01"],
        ["2133000001", "六年级", "5班", "", "T9999", "2026-09-01"],
        ["2133000001", "六年级", "3班", "六(3)班", "T0013", "2026-09-01"],
    ]
    sheet = staged(sent([head, *rows]), form, CLASSES)
    assert said(sheet) == [
        ("A2", "duplicate_differs", "block"),
        ("E3", "homeroom_twice", "warn"),
        ("E4", "homeroom_unknown", "block"),
        ("A5", "duplicate_differs", "block"),
    ]
    assert list(sheet.keys)[1] == "2133000001|G6|4"


def test_staff_lists_are_read_with_roles_and_subjects(form):
    head = ["学校", "工号", "姓名", "手机号", "岗位", "任教学科", "资格到期日"]
    rows = [
        ["清溪小学", "t0012", "周 明", "13800000001", "班主任、任课教师", "数学，科学", "2028.6.30"],
        ["清溪小学", "T0013", "吴静", "", "保安队长", "数学", ""],
    ]
    sheet = staged(sent([head, *rows]), form, STAFF)
    first, second = sheet.rows()
    assert first.values["roles"] == ["homeroom_teacher", "subject_teacher"]
    assert first.values["subjects"] == ["math", "science"]
    assert (first.values["staff_no"], first.values["name"], first.key) == ("T0012", "周明", "2133000001|T0012")
    assert [message["code"] for message in second.messages] == ["unknown_word", "required"]


def test_the_directory_of_these_tests_has_no_double_codes():
    assert len({school.code for school in SCHOOLS}) == len(SCHOOLS)
