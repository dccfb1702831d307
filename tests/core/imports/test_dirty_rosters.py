"""Rosters as they really arrive: headers, footers, merged cells, invisible characters, spoilt identifiers, in every form."""

from collections import Counter

import pytest

from tests.core.imports.county import codes, said, staged
from tests.factories.workbooks import FORMS, STUDENT_HEAD, id_number, roster, sent, student

WITH_MERGES = ["xlsx", "xls"]


@pytest.fixture(params=FORMS)
def form(request):
    return request.param


def drops(sheet):
    return Counter(drop.code for drop in (*sheet.headings, *sheet.drops))


def test_a_faultless_roster_is_taken_whole(form):
    sheet = staged(roster(student(1), student(2), student(3)), form)
    assert codes(sheet) == []
    assert sheet.counts == (3, 3, 0, 0, 0)
    (first, *_) = sheet.rows()
    assert first.key == f"G{id_number(1)}" and first.status == "ok"
    assert first.values == {
        "school_code": "2133000001", "student_no": f"G{id_number(1)}", "name": student(1)[2], "id_type": "id",
        "id_no": id_number(1), "gender": "1", "birth_date": "2013-03-07", "grade": "G6", "class_no": 3, "enrol_year": None,
        "boarding": None, "guardian1_name": None, "guardian1_relation": None, "guardian1_phone": None, "guardian2_name": None,
        "guardian2_relation": None, "guardian2_phone": None, "left_behind": None, "village_code": None,
    }  # fmt: skip


# --- title and notes above the header, two-row header, footer


def test_titles_notes_blank_rows_and_footers_are_left_out_and_listed(form):
    rows = [
        ["清澜县学生名册"],
        [],
        STUDENT_HEAD,
        student(1),
        [],
        student(2),
        ["合计", "2 人"],
        ["填表人：周某", "", "", "审核人："],
    ]
    sheet = staged(sent(rows), form)
    assert drops(sheet) == {"title": 1, "blank": 2, "header": 1, "footer": 2}
    assert sheet.counts == (5, 2, 0, 0, 3)
    assert [row.row_no for row in sheet.rows()] == [4, 6]


@pytest.mark.parametrize("form", WITH_MERGES)
def test_a_two_row_merged_header_is_read_and_both_rows_listed(form):
    upper = ["学校代码", "学生", "", "证件", "", "性别", "出生日期", "年级", "班级"]
    lower = ["", "学籍号", "姓名", "证件类型", "身份证号", "", "", "", ""]
    merges = ((0, 1, 0, 2), (0, 3, 0, 4), *((0, c, 1, c) for c in (0, 5, 6, 7, 8)))
    sheet = staged(sent([upper, lower, student(1)], merges=merges), form)
    assert sheet.counts == (1, 1, 0, 0, 0)
    assert sheet.column("name") == [student(1)[2]]


def test_the_header_repeated_on_every_printed_page_is_left_out(form):
    sheet = staged(roster(student(1), STUDENT_HEAD, student(2)), form)
    assert drops(sheet) == {"header": 1, "repeated_header": 1}


def test_a_row_that_only_begins_like_a_footer_but_has_a_key_is_data(form):
    sheet = staged(roster(student(1, 学校代码="合计小学")), form)
    assert drops(sheet) == {"header": 1}
    assert codes(sheet) == ["school_unknown"]


def test_a_row_that_begins_like_a_footer_and_lacks_one_cell_is_data_to_be_mended(form):
    sheet = staged(roster(student(1), student(2, 学校代码="合计小学", 班级="")), form)
    assert drops(sheet) == {"header": 1}
    assert sheet.counts.blocked == 1


# --- merged cells


@pytest.mark.parametrize("form", WITH_MERGES)
def test_merged_cells_are_filled_down_inside_the_range_and_said(form):
    rows = [student(1), student(2, 学校代码="", 班级=""), student(3, 学校代码="", 班级="")]
    sheet = staged(roster(*rows, merges=((1, 0, 3, 0), (1, 8, 2, 8))), form)
    assert said(sheet) == [
        ("A3", "merged", "warn"),
        ("I3", "merged", "warn"),
        ("A4", "merged", "warn"),
        ("I4", "required", "block"),
    ]
    assert sheet.column("school_code") == ["2133000001"] * 3
    assert sheet.column("class_no") == [3, 3, None]


def test_a_value_that_lies_under_a_merged_range_is_never_overwritten():
    sheet = staged(roster(student(1), student(2, 班级="4班"), student(3, 班级=""), merges=((1, 8, 3, 8),)))
    assert sheet.column("class_no") == [3, 4, 3]


def test_ordinary_blanks_are_never_filled(form):
    sheet = staged(roster(student(1), student(2, 班级="")), form)
    assert said(sheet) == [("I3", "required", "block")]


# --- full-width and invisible characters


def test_full_width_and_invisible_characters_are_evened_out_and_listed(form):
    row = student(
        1,
        姓名="王　小\u200b兰",
        学籍号=f"Ｇ{id_number(1)}",
        学校代码="２１３３００００01",
        班级="３班\n",
        出生日期="２０１３－０３－０７",
    )
    sheet = staged(roster(row), form)
    (first,) = sheet.rows()
    assert first.status == "warned"
    assert first.values["name"] == "王小兰"
    assert first.values["student_no"] == f"G{id_number(1)}"
    assert first.values["school_code"] == "2133000001"
    assert (first.values["class_no"], first.values["birth_date"]) == (3, "2013-03-07")
    assert {"width", "invisible", "name_spaces"} <= set(codes(sheet))
    assert first.typed["name"] == "王　小\u200b兰"


def test_spaces_in_names_go_only_between_chinese_characters(form):
    sheet = staged(roster(student(1, 姓名="王 兰"), student(2, 姓名="Anna Maria")), form)
    assert sheet.column("name") == ["王兰", "Anna Maria"]
    assert said(sheet) == [("C2", "name_spaces", "tidy")]


# --- identifiers spoilt by Excel


def test_numbers_in_scientific_notation_are_blocked_and_never_guessed(form):
    sheet = staged(roster(student(1, 身份证号="3.3E+17"), student(2, 学籍号="3.30000E+17")), form)
    assert said(sheet) == [("E2", "id_scientific", "block"), ("B3", "id_scientific", "block")]
    assert [row.values["id_no"] for row in sheet.rows(["blocked"])][0] is None
    assert "文本" in next(sheet.rows()).messages[0]["fix_zh"]


def test_identifiers_in_number_cells_are_blocked(form):
    sheet = staged(roster(student(1, 身份证号=330000201303070015)), form)
    expected = "id_scientific" if form.startswith("csv") else "id_number"
    assert said(sheet) == [("E2", expected, "block")]


def test_lost_last_digits_are_blocked_as_such(form):
    sheet = staged(roster(student(1, 身份证号="330000201303070000")), form)
    assert said(sheet) == [("E2", "id_lost_digits", "block")]


def test_old_numbers_of_fifteen_digits_are_blocked(form):
    assert said(staged(roster(student(1, 身份证号="330000130307001")), form)) == [("E2", "id_fifteen", "block")]


@pytest.mark.parametrize(
    ("number", "code"),
    [("330000201003070011", "id_check"), ("330000201102290000", "id_date"), ("33000020100307001", "id_length")],
)
def test_wrong_id_numbers_are_blocked_with_their_reason(form, number, code):
    assert said(staged(roster(student(1, 身份证号=number)), form)) == [("E2", code, "block")]


@pytest.mark.parametrize("number", ["330000201003070011", "330000201102290000", "33000020100307001"])
def test_a_wrong_id_number_is_wrong_in_the_student_number_too_though_both_say_the_same(form, number):
    found = said(staged(roster(student(1, 学籍号=f"G{number}", 身份证号=number)), form))
    assert {(cell, level) for cell, _, level in found} == {("B2", "block"), ("E2", "block")}


def test_small_x_apostrophes_and_spaces_are_mended_and_a_missing_g_is_not(form):
    spaced = f"{id_number(2)[:6]} {id_number(2)[6:]}"
    rows = [student(1, 身份证号="'" + id_number(1)), student(2, 身份证号=spaced), student(3, 学籍号=id_number(3))]
    sheet = staged(roster(*rows), form)
    assert said(sheet) == [
        ("E2", "apostrophe", "tidy"),
        ("E3", "id_spaces", "warn"),
        ("B4", "student_no_prefix", "block"),
    ]
    assert f"G{id_number(3)}" in list(sheet.rows())[2].messages[0]["fix_zh"]
    assert sheet.column("id_no") == [id_number(1), id_number(2), id_number(3)]


def test_a_small_x_is_made_capital(form):
    serial = next(n for n in range(1, 999) if id_number(n)[-1] == "X")
    sheet = staged(roster(student(serial, 身份证号=id_number(serial).lower(), 性别="")), form)
    assert ("E2", "upper", "tidy") in said(sheet)
    assert sheet.column("id_no") == [id_number(serial)]


def test_student_numbers_without_g_that_differ_from_the_present_id_are_only_said(form):
    sheet = staged(roster(student(1, 学籍号=f"G{id_number(5)}")), form)
    assert said(sheet) == [("B2", "student_no_differs", "warn")]


def test_other_documents_have_their_own_rules(form):
    rows = [
        student(1, 证件类型="护照", 身份证号="E12345678"),
        student(2, 证件类型="无", 身份证号=""),
        student(3, 证件类型="无"),
        student(4, 证件类型="", 身份证号="E12345678"),
        student(5, 身份证号=""),
        student(6, 证件类型="", 身份证号=""),
    ]
    sheet = staged(roster(*rows), form)
    assert said(sheet) == [
        ("E4", "id_with_none", "block"),
        ("E5", "id_without_type", "block"),
        ("E6", "id_missing", "block"),
    ]
    assert sheet.column("id_type") == ["passport", "none", "none", None, "id", None]
