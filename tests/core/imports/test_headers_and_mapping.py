"""Headers are found wherever they stand; columns are proposed, corrected, remembered."""

import pytest

from app.core.errors import ImportRefused
from app.core.imports.kinds import KINDS, RESULTS, STUDENTS
from app.core.imports.mapping import propose
from app.core.imports.reading import read_table
from app.core.spreadsheets import open_book
from tests.factories.workbooks import (
    FORMS,
    RESULT_HEAD,
    STUDENT_HEAD,
    Sent,
    Sheet,
    as_csv,
    as_xlsx,
    result,
    sent,
    student,
)

TWO_LEVELS = [
    ["学籍号", "姓名", "性别", "出生日期", "学校", "年级", "班级", "监护人1", "", "", "监护人2", ""],
    ["", "", "", "", "", "", "", "姓名", "关系", "电话", "姓名", "电话"],
]
TWO_LEVEL_MERGES = (*((2, c, 3, c) for c in range(7)), (2, 7, 2, 9), (2, 10, 2, 11))


def proposed(file, form="xlsx", kind=STUDENTS, saved=None, **more):
    write, name = FORMS[form]
    return propose(open_book(write(file), name), kind, saved, **more)


def codes(proposal, sheet=0):
    return {column.letters: column.code for column in proposal.sheets[sheet].columns if column.code}


@pytest.mark.parametrize("form", FORMS)
def test_a_plain_header_is_found_with_full_confidence(form):
    found = proposed(sent([STUDENT_HEAD, student(1)]), form)
    assert found.ready and found.missing == ()
    assert found.sheets[0].header_rows == (1,)
    assert {column.confidence for column in found.sheets[0].columns} == {1.0}


@pytest.mark.parametrize("form", FORMS)
def test_titles_and_notes_above_the_header_do_not_hide_it(form):
    width = len(STUDENT_HEAD)
    title = ["清澜县2026学年学生名册"] + [""] * (width - 1)
    note = ["填表说明：学籍号请用文本格式，姓名不要有空格"] + [""] * (width - 1)
    found = proposed(sent([title, note, [""] * width, STUDENT_HEAD, student(1)], merges=((0, 0, 0, width - 1),)), form)
    assert found.sheets[0].header_rows == (4,)
    assert found.ready


@pytest.mark.parametrize("form", FORMS)
def test_two_header_rows_are_joined_with_a_stroke(form):
    data = [
        "G330000201303070015",
        "王兰",
        "男",
        "2013-03-07",
        "清溪小学",
        "六年级",
        "3班",
        "王明",
        "父亲",
        "13800000000",
        "李芳",
        "13900000000",
    ]
    found = proposed(sent([["学生花名册"], [], *TWO_LEVELS, data], merges=TWO_LEVEL_MERGES), form)
    assert found.sheets[0].header_rows == (3, 4)
    assert codes(found) == {
        "A": "student_no", "B": "name", "C": "gender", "D": "birth_date", "E": "school_name", "F": "grade", "G": "class_no",
        "H": "guardian1_name", "I": "guardian1_relation", "J": "guardian1_phone", "K": "guardian2_name", "L": "guardian2_phone",
    }  # fmt: skip
    assert found.sheets[0].columns[7].label == "监护人1/姓名"
    assert found.ready


def test_a_group_label_is_joined_only_to_labels_below_it():
    found = proposed(sent([["学生信息", "", "", "学校代码"], ["学籍号", "姓名", "性别", ""], student(1)[:4]]))
    assert [column.label for column in found.sheets[0].columns] == [
        "学生信息/学籍号",
        "学生信息/姓名",
        "学生信息/性别",
        "学校代码",
    ]
    assert [column.code for column in found.sheets[0].columns] == ["student_no", "name", "gender", "school_code"]
    assert [column.confidence for column in found.sheets[0].columns] == [0.8, 0.8, 0.8, 1.0]


def test_the_name_of_a_parent_never_becomes_the_name_of_the_child():
    found = proposed(
        sent(
            [
                ["学籍号", "性别", "母亲", ""],
                ["", "", "姓名", "电话"],
                ["G330000201303070015", "男", "李芳", "13900000000"],
            ]
        )
    )
    assert "name" not in codes(found).values()


def test_the_header_is_looked_for_in_the_first_fifteen_rows_only():
    blank = [[""] * 9 for _ in range(14)]
    assert proposed(sent([*blank, STUDENT_HEAD, student(1)])).sheets[0].header_rows == (15,)
    assert not proposed(sent([["x"], *blank, STUDENT_HEAD, student(1)])).sheets[0].use


@pytest.mark.parametrize(
    "label",
    [
        "学籍号*",
        "*学籍号",
        "学籍号（必填）",
        "学 籍 号",
        "学籍\n号",
        "学籍号：",
        "学籍号(19位)",
        "全国学籍号",
        "student_no",
        "Student number",
    ],
)
def test_marks_spaces_and_brackets_around_a_label_do_not_matter(label):
    found = proposed(sent([[label, "姓名"], ["G330000201303070015", "王兰"]]))
    assert codes(found)["A"] == "student_no"


def test_a_label_that_is_only_alike_is_suggested_and_not_used():
    found = proposed(sent([["学生的学籍号", "姓名", "性别"], ["G330000201303070015", "王兰", "男"]]))
    column = found.sheets[0].columns[0]
    assert (column.code, column.suggested) == (None, "student_no")
    assert 0 < column.confidence < 0.75
    assert "student_no" in found.missing and not found.ready


def test_missing_required_columns_are_named_and_the_school_may_be_given_by_name():
    found = proposed(sent([["学校名称", "姓名", "性别", "班级"], ["清溪小学", "王兰", "男", "六(3)班"]]))
    assert found.missing == ("student_no", "birth_date")


def test_the_surer_of_two_labels_gets_the_column_and_the_other_stays_open():
    found = proposed(sent([["学生信息/姓名", "姓名", "学籍号"], ["王兰", "王小兰", "G330000201303070015"]]))
    assert [column.code for column in found.sheets[0].columns] == [None, "name", "student_no"]


def test_columns_without_a_label_but_with_content_are_shown():
    found = proposed(sent([["学籍号", "姓名", ""], ["G330000201303070015", "王兰", "转学"]]))
    assert found.sheets[0].columns[2].label == ""
    assert found.sheets[0].columns[2].samples == ("转学",)


def test_what_a_sender_meant_last_time_is_a_plain_dict_and_holds_the_next_time():
    rows = [["号", "名儿", "男女", "学籍号"], ["1", "王兰", "男", "G330000201303070015"]]
    assert not proposed(sent(rows)).sheets[0].use
    saved = {"号": "", "名儿": "name", "男女": "gender", "学籍号": "student_no"}
    found = proposed(sent(rows), saved=saved)
    assert codes(found) == {"B": "name", "C": "gender", "D": "student_no"}
    assert found.saved() == saved


def test_people_may_point_to_the_header_row_or_leave_a_sheet_out():
    file = Sent((Sheet([STUDENT_HEAD, student(1)], "甲"), Sheet([STUDENT_HEAD, student(2)], "乙")))
    found = proposed(file, header_rows={"甲": [1], "乙": []})
    assert [sheet.use for sheet in found.sheets] == [True, False]


def test_sheets_without_a_header_are_left_out_and_named():
    file = Sent((Sheet([["填写说明"], ["请勿合并单元格"]], "说明"), Sheet([STUDENT_HEAD, student(1)], "名册")))
    found = proposed(file)
    assert [sheet.use for sheet in found.sheets] == [False, True]
    book = open_book(as_xlsx(file), "a.xlsx")
    assert read_table(book, STUDENTS, found.mapping()).unused_sheets == ("说明",)


def test_a_text_given_for_all_rows_stands_in_for_a_column():
    short = [cell for head, cell in zip(RESULT_HEAD, result(), strict=True) if head != "监测周期"]
    head = [head for head in RESULT_HEAD if head != "监测周期"]
    book = open_book(as_xlsx(sent([head, short])), "a.xlsx")
    assert propose(book, RESULTS).missing == ("cycle_code",)
    fixed = {"cycle_code": "2026-JC-01"}
    found = propose(book, RESULTS, fixed=fixed)
    assert found.ready
    assert read_table(book, RESULTS, found.mapping(fixed)).typed["cycle_code"] == ["2026-JC-01"]


def test_a_file_without_any_header_is_refused_naming_what_was_looked_for():
    book = open_book(as_csv(sent([["a", "b"], ["1", "2"]])), "a.csv")
    with pytest.raises(ImportRefused) as refused:
        read_table(book, STUDENTS, propose(book, STUDENTS).mapping())
    (sentence,) = refused.value.sentences
    assert "学籍号" in sentence.zh and "Student number" in sentence.en


def test_a_mapping_without_a_required_column_is_refused_naming_it():
    book = open_book(as_xlsx(sent([STUDENT_HEAD, student(1)])), "a.xlsx")
    mapping = propose(book, STUDENTS).mapping()
    mapping["headers"]["姓名"] = ""
    with pytest.raises(ImportRefused, match="缺少必需的列：姓名"):
        read_table(book, STUDENTS, mapping)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_names_of_all_columns_are_their_own_synonyms_in_both_languages(kind):
    for names in (
        [column.zh for column in kind.columns],
        [column.en for column in kind.columns],
        [column.code for column in kind.columns],
    ):
        found = proposed(sent([names, ["x"] * len(names)]), kind=kind)
        assert [column.code for column in found.sheets[0].columns] == [column.code for column in kind.columns]
