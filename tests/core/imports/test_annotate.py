"""What goes back to the sender: their own workbook with comments, or a new one that can be mended and sent again."""

import io
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from app.core.imports.annotate import annotated, problem_workbook
from app.core.imports.blank import blank_workbook
from app.core.imports.checking import stage
from app.core.imports.kinds import KINDS, STUDENTS
from app.core.imports.mapping import propose
from app.core.spreadsheets import open_book
from tests.core.imports.county import LOOKUPS, staged
from tests.factories.hostile_workbooks import linked_to_another_workbook
from tests.factories.workbooks import (
    FORMS,
    STUDENT_HEAD,
    Formula,
    Sent,
    Sheet,
    as_xlsx,
    id_number,
    roster,
    sent,
    student,
)

FAULTY = roster(
    student(1), student(2, 班级="实验班"), student(3, 身份证号="3.3E+17", 学校代码="某校"), student(91, 姓名="李明")
)


def test_the_senders_own_xlsx_comes_back_with_comments_and_colours_on_the_cells():
    back = load_workbook(io.BytesIO(annotated(as_xlsx(FAULTY), staged(FAULTY))))
    sheet = back["Sheet1"]
    assert [cell.value for cell in sheet[1]] == STUDENT_HEAD
    assert "看不出是几班" in sheet["I3"].comment.text
    assert sheet["I3"].fill.fgColor.rgb != sheet["I2"].fill.fgColor.rgb
    assert sheet["B5"].comment is not None and sheet["I2"].comment is None
    assert sheet["B5"].fill.fgColor.rgb != sheet["I3"].fill.fgColor.rgb


def test_a_sheet_lists_everything_that_was_found():
    back = load_workbook(io.BytesIO(annotated(as_xlsx(FAULTY), staged(FAULTY))))
    lines = [[cell.value for cell in row] for row in back["核对结果"].iter_rows(min_row=2)]
    assert sorted(line[1] for line in lines) == ["A4", "B5", "E4", "I3"]
    assert {line[0] for line in lines} == {"Sheet1"}
    assert all(line[4] for line in lines)


def test_the_english_version_speaks_english():
    back = load_workbook(io.BytesIO(annotated(as_xlsx(FAULTY), staged(FAULTY), "en")))
    assert "cannot be told" in back["Sheet1"]["I3"].comment.text
    assert back["Check results"]["A1"].value == "Sheet"


def test_a_sheet_of_that_name_that_the_sender_has_is_left_alone():
    file = Sent((*FAULTY.sheets, Sheet([["我的"]], "核对结果")))
    back = load_workbook(io.BytesIO(annotated(as_xlsx(file), staged(file))))
    assert back["核对结果"]["A1"].value == "我的"
    assert "核对结果 2" in back.sheetnames


def test_nothing_in_the_returned_workbook_acts_when_it_is_opened():
    evil = '=HYPERLINK("http://x","y")'
    file = roster(student(1, 姓名=evil, 班级=Formula("=WEBSERVICE(1)", "3班")), student(2, 班级="=1+1"))
    for data in (annotated(as_xlsx(file), staged(file)), problem_workbook(staged(file), ("ok", "warned", "blocked"))):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name)
    data = annotated(linked_to_another_workbook(), staged(roster(student(1), student(2))))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any("externalLink" in name for name in parts.namelist())


def test_the_returned_workbook_can_be_sent_again_and_gives_the_same_answer():
    first = staged(FAULTY)
    book = open_book(annotated(as_xlsx(FAULTY), first), "a.xlsx")
    again = stage(book, STUDENTS, propose(book, STUDENTS).mapping(), LOOKUPS)
    assert again.counts == first.counts
    assert list(again.keys) == list(first.keys)


@pytest.mark.parametrize("form", ["csv utf-8", "csv gb18030", "xls"])
def test_other_forms_come_back_as_a_new_workbook_with_a_column_of_problems(form):
    write, _ = FORMS[form]
    data = annotated(write(FAULTY), staged(FAULTY, form))
    rows = open_book(data, "a.xlsx").sheets[0].cells
    assert rows[0][-2:] == ["问题", "怎么改"]
    assert len(rows) == 4
    assert rows[1][:-4] == [*student(2, 班级="实验班")[:8], "实验班"]
    assert "看不出是几班" in rows[1][-2] and rows[1][-1]


def test_the_blocked_rows_alone_can_be_mended_and_sent_again():
    data = problem_workbook(staged(FAULTY))
    book = open_book(data, "a.xlsx")
    found = propose(book, STUDENTS)
    assert found.ready
    again = stage(book, STUDENTS, found.mapping(), LOOKUPS)
    assert again.counts.blocked == 2
    assert list(again.keys) == [f"G{id_number(2)}", f"G{id_number(3)}"]


def test_cells_keep_their_text_form_in_the_new_workbook():
    sheet = staged(roster(student(1, 班级="实验班", 姓名="=cmd|' /C calc'!A0")))
    (_, row) = open_book(problem_workbook(sheet), "a.xlsx").sheets[0].cells
    assert row[2] == "=cmd|' /C calc'!A0"
    assert isinstance(row[1], str)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_blank_workbook_is_recognised_and_its_examples_are_faultless(kind):
    book = open_book(blank_workbook(kind), "空表.xlsx")
    assert book.sheets[0].cells[0] == [f"{column.zh}*" if column.required else column.zh for column in kind.columns]
    notes = book.sheets[1].cells
    assert len(notes) == len(kind.columns) + 1
    examples = [column.example for column in kind.columns]
    filled = as_xlsx(sent([book.sheets[0].cells[0], examples]))
    found = propose(open_book(filled, "a.xlsx"), kind)
    assert found.ready and all(column.code for column in found.sheets[0].columns)
    sheet = stage(open_book(filled, "a.xlsx"), kind, found.mapping(), _no_lookups())
    assert sheet.counts.accepted == 1, list(sheet.rows())


def _no_lookups():
    return replace(LOOKUPS, schools=None, students=None, staff=None, indicators=None, cycles=None, roster=None)
