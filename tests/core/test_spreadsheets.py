"""Workbooks are checked before they are opened, read as typed, and written so that nothing in them acts."""

import csv
import datetime as dt
import io
import tempfile
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import ImportRefused
from app.core.spreadsheets import (
    UNCOMPUTED,
    Head,
    Limits,
    a1,
    as_typed,
    limits,
    neutralise,
    open_book,
    restore,
    write_csv,
    write_workbook,
)
from app.core.spreadsheets.refusals import _sentences
from app.core.spreadsheets.sheet_scan import scan
from app.core.spreadsheets.used_box import used_box
from tests.factories.hostile_workbooks import corpus, linked_to_another_workbook, sheet_xml
from tests.factories.workbooks import (
    FORMS,
    Formula,
    Sent,
    Sheet,
    as_csv,
    as_gb18030,
    as_utf8_bom,
    as_xls,
    as_xlsx,
    roster,
    sent,
    student,
)

CORPUS = corpus()


@pytest.mark.parametrize("case", CORPUS)
def test_a_hostile_or_broken_file_is_refused_at_once_with_a_sentence_in_both_languages(case):
    name, content, code = CORPUS[case]
    started = time.monotonic()
    with pytest.raises(ImportRefused) as refused:
        open_book(content, name)
    assert time.monotonic() - started < 5
    (sentence,) = refused.value.sentences
    template = _sentences()[code]
    assert template["zh"].split("{")[-1].rpartition("}")[2] in sentence.zh, sentence.zh
    assert template["en"].split("{")[-1].rpartition("}")[2] in sentence.en, sentence.en
    assert "{" not in sentence.zh + sentence.en


def test_every_refusal_names_the_file_or_sheet_and_what_to_do():
    for code, sentence in _sentences().items():
        assert set(sentence) == {"zh", "en"}
        assert "{name}" in sentence["zh"] or "{sheet}" in sentence["zh"], code
        assert "请" in sentence["zh"], code


def test_a_file_over_the_limit_is_refused_by_its_size_alone():
    small = Limits(**{**_limits(), "file_bytes": 1000})
    with pytest.raises(ImportRefused, match="一次最多"):
        open_book(b"PK\x03\x04" + b"\0" * 2000, "a.xlsx", small)


@pytest.mark.parametrize("limit", [{"unpacked_bytes": 5000}, {"members": 4}, {"ratio": 1}])
def test_each_limit_on_unpacking_holds_alone(limit):
    with pytest.raises(ImportRefused, match="远大于正常表格"):
        open_book(as_xlsx(roster(student(1))), "a.xlsx", Limits(**{**_limits(), **limit}))


@pytest.mark.parametrize("limit", [{"columns": 3}, {"cells": 10}])
def test_a_sheet_that_is_too_wide_is_refused(limit):
    for data, name in ((as_xlsx(roster(student(1))), "a.xlsx"), (as_csv(roster(student(1))), "a.csv")):
        with pytest.raises(ImportRefused, match="多余的列"):
            open_book(data, name, Limits(**{**_limits(), **limit}))


def _limits():
    return {name: getattr(limits(), name) for name in limits().__slots__}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_cells(form):
    write, name = FORMS[form]
    book = open_book(write(roster(student(1), student(2))), name)
    assert book.form == name.rpartition(".")[2]
    assert len(book.sha256) == 64 and book.size
    assert book.sheets[0].cells[1] == student(1)
    assert book.sheets[0].cells[2] == student(2)


@pytest.mark.parametrize(
    ("write", "encoding"), [(as_csv, "utf-8"), (as_utf8_bom, "utf-8-sig"), (as_gb18030, "gb18030")]
)
def test_the_encoding_of_a_csv_is_found(write, encoding):
    book = open_book(write(sent([["姓名", "备注"], ["㐆囍", "𠮷"]])), "a.csv")
    assert book.encoding == encoding
    assert book.sheets[0].cells == [["姓名", "备注"], ["㐆囍", "𠮷"]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_of_a_csv_is_found(delimiter):
    rows = [["姓名", "班级", "说明"], ["王兰", "3班", "甲,乙;丙"], ["李明", "4班", "a\nb"]]
    book = open_book(as_csv(sent(rows), delimiter=delimiter), "a.csv")
    assert book.delimiter == delimiter
    assert book.sheets[0].cells == rows


def test_short_lines_of_a_csv_are_filled_up():
    assert open_book("甲,乙,丙\n1\n".encode(), "a.csv").sheets[0].cells == [["甲", "乙", "丙"], ["1", "", ""]]


@pytest.mark.parametrize("write_as", ["xlsx", "xls"])
def test_merged_ranges_hidden_parts_and_the_date_system_are_seen(write_as):
    file = Sent(
        (
            Sheet([["甲", "乙"], ["一", 1], ["", 2], ["", 3]], "明", ((1, 0, 3, 0),), (2,), (1,)),
            Sheet([["丙"]], "暗", hidden=True),
        ),
        date1904=True,
    )
    write, name = FORMS[write_as]
    book = open_book(write(file), name)
    shown, hidden = book.sheets
    assert [str(area) for area in shown.merged] == ["A2:A4"]
    assert shown.around.hidden_rows == {2} and shown.around.hidden_columns == {1}
    assert (shown.visibility, hidden.visibility) == ("visible", "hidden")
    assert book.date1904


@pytest.mark.parametrize("write_as", ["xlsx", "xls"])
def test_dates_of_the_1904_system_come_back_as_the_same_day(write_as):
    write, name = FORMS[write_as]
    book = open_book(write(sent([["出生日期"], [dt.date(2010, 3, 7)]], date1904=True)), name)
    assert book.sheets[0].cells[1] == [dt.date(2010, 3, 7)]


def test_numbers_and_texts_that_look_the_same_stay_apart():
    cells = open_book(as_xlsx(sent([["甲", "乙"], ["3", 3]])), "a.xlsx").sheets[0].cells
    assert [type(cell) for cell in cells[1]] == [str, float]


def test_error_cells_and_formulas_without_a_result_are_seen_and_others_give_their_result():
    row = [Formula("=A1", 482), Formula("=1/0", "#DIV/0!"), Formula("=B9", "#REF!"), Formula("=Z1", None)]
    raw = as_xlsx(sent([["甲", "乙", "丙", "丁"], row]))
    assert open_book(raw, "a.xlsx").sheets[0].cells[1] == [482.0, "#DIV/0!", "#REF!", UNCOMPUTED]
    assert open_book(raw, "a.xlsx").sheets[0].around.formulas == 4


def test_an_empty_text_as_result_of_a_formula_is_an_empty_cell():
    rows = b'<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>IF(1,"")</f><v></v></c></row>'
    around = scan(sheet_xml(rows))
    assert around.formulas == 1 and not around.uncomputed


def test_parts_with_a_namespace_prefix_are_scanned_too():
    rows = b'<x:row r="2" hidden="1"><x:c r="A2" t="e"><x:f>B1</x:f><x:v>#REF!</x:v></x:c></x:row>'
    around = scan(b'<x:worksheet xmlns:x="http://x"><x:sheetData>' + rows + b"</x:sheetData></x:worksheet>")
    assert around.hidden_rows == {1} and around.errors == {(1, 0): "#REF!"} and around.formulas == 1


def test_links_to_other_workbooks_are_counted_and_not_followed():
    book = open_book(linked_to_another_workbook(), "a.xlsx")
    assert book.external_links == 1
    assert book.sheets[0].cells[1] == student(1)


def test_a_million_rows_that_are_only_formatted_do_not_count():
    empties = b"".join(b'<row r="%d" s="1"><c r="XFD%d" s="1"/></row>' % (n, n) for n in range(1_000_000, 1_001_000))
    xml = sheet_xml(b'<row r="1"><c r="A1"><v>1</v></c></row>' + empties)
    assert used_box(xml, limits()) == (1, 1)


def test_a_hundred_thousand_rows_are_read_within_seconds():
    rows = [["姓名", "学号"], *([f"学生{n}", f"{n:08d}"] for n in range(100_000))]
    data = as_xlsx(sent(rows))
    started = time.monotonic()
    assert len(open_book(data, "a.xlsx").sheets[0].cells) == 100_001
    assert time.monotonic() - started < 10


def test_more_rows_than_are_taken_are_refused():
    small = Limits(**{**_limits(), "rows": 100, "header_search_rows": 15})
    rows = [["姓名"], *([f"学生{n}"] for n in range(120))]
    for data, name in ((as_csv(sent(rows)), "a.csv"), (as_xls(sent(rows)), "a.xls")):
        with pytest.raises(ImportRefused, match="一次最多 100 行"):
            open_book(data, name, small)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3.0, "3"),
        (3.5, "3.5"),
        (330000201003070010.0, "330000201003070000"),
        (-12.0, "-12"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (dt.date(2010, 3, 7), "2010-03-07"),
        ("０３", "０３"),
        (1e300, "1e+300"),
    ],
)
def test_a_cell_is_shown_as_the_sender_sees_it(value, shown):
    assert as_typed(value) == shown


def test_addresses_are_those_of_the_spreadsheet_program():
    assert [a1(0, 0), a1(11, 3), a1(0, 25), a1(0, 26), a1(9, 701), a1(9, 702)] == [
        "A1",
        "D12",
        "Z1",
        "AA1",
        "ZZ10",
        "AAA10",
    ]


DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://x","y")',
    "'=1",
    "''",
    "'x",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_exported_csv_cell_begins_like_a_formula(text):
    data = write_csv(["姓名"], [[text]])
    assert data.startswith(b"\xef\xbb\xbf")
    (_, (cell,)) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert cell[0] == "'"
    assert restore(cell) == text


@pytest.mark.parametrize("text", DANGEROUS)
def test_an_exported_xlsx_holds_such_text_as_text_and_gives_it_back_unchanged(text):
    data = write_workbook(["姓名"], [[text]])
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert open_book(data, "a.xlsx").sheets[0].cells[1] == [text]


@given(st.text())
def test_neutralising_can_always_be_undone(text):
    assert restore(neutralise(text)) == text
    assert neutralise(text)[:1] not in set("=+-@\t\r＝＋－＠")


@given(st.text(max_size=40))
def test_restoring_what_was_never_neutralised_changes_only_marked_cells(text):
    assert restore(text) == text or text.startswith("'")


printable = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=30)


@given(st.lists(st.tuples(printable, printable), min_size=1, max_size=5))
def test_what_is_exported_to_xlsx_comes_back_cell_by_cell(rows):
    cells = open_book(write_workbook(["甲", "乙"], rows), "a.xlsx").sheets[0].cells
    assert [tuple(row) for row in cells[1:]] == rows


@given(st.lists(st.tuples(st.just("x"), printable), min_size=1, max_size=5))
def test_what_is_exported_to_csv_comes_back_cell_by_cell(rows):
    book = open_book(write_csv(["甲", "乙"], rows), "a.csv")
    assert [tuple(row) for row in book.sheets[0].cells[1:]] == rows


@pytest.mark.parametrize("text", DANGEROUS)
def test_an_exported_csv_gives_dangerous_text_back_unchanged_and_counts_it(text):
    book = open_book(write_csv(["姓名", "备注"], [["王兰", text]]), "a.csv")
    assert book.sheets[0].cells[1] == ["王兰", text]
    assert book.sheets[0].around.restored == 1


def test_an_apostrophe_before_a_number_in_a_csv_is_left_for_the_cleaning_to_name():
    book = open_book("学籍号\n'330000201003070010\n".encode(), "a.csv")
    assert book.sheets[0].cells[1] == ["'330000201003070010"]
    assert book.sheets[0].around.restored == 0


def test_numbers_dates_and_long_numbers_keep_their_exact_value():
    row = [12.5, 3, dt.date(2010, 3, 7), 330000201003070010, "330000201003070010", None, 0.855]
    heads = [
        Head("a", form="number"),
        Head("b", form="number"),
        Head("c", form="date"),
        "d",
        "e",
        "f",
        Head("g", form="percent"),
    ]
    back = open_book(write_workbook(heads, [row]), "a.xlsx").sheets[0].cells[1]
    assert back == [12.5, 3.0, dt.date(2010, 3, 7), "330000201003070010", "330000201003070010", "", 0.855]


def test_an_export_of_a_generator_goes_straight_to_its_target():
    target = io.BytesIO()
    assert write_workbook(["n"], ([n] for n in range(1000)), target=target) == b""
    assert len(open_book(target.getvalue(), "a.xlsx").sheets[0].cells) == 1001


def test_a_text_longer_than_a_cell_is_never_cut_silently():
    with pytest.raises(ValueError, match="32767"):
        write_workbook(["n"], [["x" * 32768]])


def test_an_export_that_fails_halfway_leaves_nothing_behind(tmp_path, monkeypatch):
    def rows():
        yield ["王兰"]
        raise OSError("the database went away")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    target = io.BytesIO()
    with pytest.raises(OSError, match="went away"):
        write_workbook(["姓名"], rows(), target=target)
    assert target.getvalue() == b""
    assert not list(tmp_path.iterdir())
