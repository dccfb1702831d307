"""What holds for every file: rows add up, nothing is silently changed, exports come back, large files take seconds."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import ImportRefused
from app.core.imports import reading
from app.core.imports.checking import check_table, stage
from app.core.imports.kinds import RESULTS, STUDENTS
from app.core.imports.mapping import propose
from app.core.imports.reading import Place, table_from_rows
from app.core.imports.reasons import reasons
from app.core.imports.report import report
from app.core.imports.staged import Unbalanced
from app.core.imports.vocabulary import codes as words_of
from app.core.imports.vocabulary import load
from app.core.spreadsheets import limits, open_book, write_csv, write_workbook
from tests.core.imports.county import LOOKUPS, codes, staged
from tests.factories.workbooks import (
    FORMS,
    STUDENT_HEAD,
    Sent,
    Sheet,
    as_csv,
    as_xlsx,
    result,
    results,
    roster,
    sent,
    student,
)

odd_cells = st.sampled_from(
    [
        "", " ", "　", "缺考", "/", "—", "<5", "85%", "3.3E+17", "#REF!", "=1+1", "'x", "合计", "填表人", "七年级", "2021级", "3班", "0703",
        "G330000201303070015", "330000201303070015", "2010.3.7", "3/7/2010", "清溪小学", "某校", "王 兰", "\u200b", "0", "男", "张三1",
    ]
) | st.text(max_size=6) | st.integers(-5, 50000)  # fmt: skip
some_students = st.lists(
    st.one_of(
        st.integers(1, 6).map(student),
        st.tuples(st.integers(1, 6), st.integers(0, 8), odd_cells).map(
            lambda t: [*student(t[0])[: t[1]], t[2], *student(t[0])[t[1] + 1 :]]
        ),
        st.lists(odd_cells, min_size=9, max_size=9),
        st.just([""] * 9),
        st.just(STUDENT_HEAD),
    ),
    max_size=12,
)
printable = str.maketrans(
    {c: "?" for c in [*map(chr, range(32)), *map(chr, range(0xD800, 0xE000)), "\ufffe", "\uffff"] if c not in "\t\n"}
)


def clean_cells(rows):
    return [[cell.translate(printable) if isinstance(cell, str) else cell for cell in row] for row in rows]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_students)
def test_every_row_read_is_accepted_blocked_or_listed_as_left_out(rows):
    sheet = staged(roster(*clean_cells(rows)))
    counts = sheet.counts
    assert counts.read == counts.accepted + counts.blocked + counts.dropped
    numbers = [row.row_no for row in sheet.rows(["ok", "warned", "blocked"])] + [
        drop.place.row_no for drop in (*sheet.headings, *sheet.drops)
    ]
    assert sorted(numbers) == list(range(1, counts.read + len(sheet.headings) + 1))
    json.dumps(report(sheet).to_json())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_students)
def test_a_blocked_row_says_why_and_an_accepted_one_has_every_required_value(rows):
    sheet = staged(roster(*clean_cells(rows)))
    for row in sheet.rows():
        levels = {message["level"] for message in row.messages}
        assert ("block" in levels) == (row.status == "blocked")
        if row.status in ("ok", "warned"):
            assert all(row.values[column.code] is not None for column in STUDENTS.columns if column.required)
            assert row.key == row.values["student_no"]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_students)
def test_xlsx_and_csv_of_the_same_texts_get_the_same_answer(rows):
    texts = [[str(cell) for cell in row] for row in clean_cells(rows)]
    texts = [[cell.replace("\r", "") for cell in row] for row in texts if any(row)]
    file = roster(*texts)
    xlsx, text = staged(file), staged(file, "csv utf-8 bom")
    assert [row.values for row in xlsx.rows()] == [row.values for row in text.rows()]
    assert codes(xlsx) == codes(text)


def exported(sheet):
    rows = [[row.values.get(code) for code in STUDENTS.kept] for row in sheet.rows(["ok", "warned"])]
    for row in rows:
        row[STUDENTS.kept.index("boarding")] = {True: "是", False: "否"}.get(row[STUDENTS.kept.index("boarding")])
    return [STUDENTS.column(code).zh for code in STUDENTS.kept], rows


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_students)
def test_what_was_taken_in_exported_and_taken_in_again_is_the_same(rows):
    first = staged(roster(*clean_cells(rows)))
    heads, values = exported(first)
    taken = [row.values for row in first.rows(["ok", "warned"])]
    for data, name in ((write_workbook(heads, values), "a.xlsx"), (write_csv(heads, values), "a.csv")):
        book = open_book(data, name)
        again = stage(book, STUDENTS, propose(book, STUDENTS).mapping(), LOOKUPS)
        assert [row.values for row in again.rows()] == taken


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some_students)
def test_values_as_json_text_are_the_values(rows):
    sheet = staged(roster(*clean_cells(rows)))
    assert [json.loads(line) for line in sheet.values_json()] == [row.values for row in sheet.rows()]
    assert list(sheet.accepted("student_no", "class_no")) == [
        (row.values["student_no"], row.values["class_no"]) for row in sheet.rows(["ok", "warned"])
    ]
    assert list(sheet.accepted_places()) == [(row.sheet, row.row_no) for row in sheet.rows(["ok", "warned"])]


def test_values_as_json_text_tell_why_a_value_is_missing():
    sheet = staged(
        results(result(), result(指标代码="LOAD", 数值类型="指数", 方向="越低越好", 数值="缺考")), kind=RESULTS
    )
    assert [json.loads(line) for line in sheet.values_json(["warned"])] == [
        row.values for row in sheet.rows(["warned"])
    ]
    assert [json.loads(line).get("missing") for line in sheet.values_json()] == [None, {"value": "absent"}]


def test_rows_that_do_not_add_up_are_never_kept():
    sheet = staged(roster(student(1)))
    sheet.table.rows_read += 1
    with pytest.raises(Unbalanced):
        sheet.check_balance()


def test_a_row_that_gets_lost_on_the_way_stops_the_staging(monkeypatch):
    monkeypatch.setattr(reading, "_above", lambda sheet, rows: [])
    with pytest.raises(Unbalanced):
        staged(roster(student(1)))


def test_a_mended_row_is_checked_again_from_what_was_typed():
    blocked = staged(roster(student(1, 班级="实验班")))
    (row,) = blocked.rows()
    mended = {**row.typed, "class_no": "3班"}
    again = check_table(table_from_rows(STUDENTS, [(Place(row.sheet, row.row_no), mended)]), LOOKUPS)
    (row,) = again.rows()
    assert (row.status, row.row_no, row.values["class_no"]) == ("ok", 2, 3)


def test_the_same_book_can_be_staged_twice_with_the_same_outcome():
    book = open_book(as_xlsx(roster(student(1), student(2, 班级=""), merges=((1, 8, 2, 8),))), "a.xlsx")
    mapping = propose(book, STUDENTS).mapping()
    first, second = (stage(book, STUDENTS, mapping, LOOKUPS) for _ in range(2))
    assert [*first.rows()] == [*second.rows()]


def test_progress_is_told_and_ends_complete():
    told = []
    book = open_book(as_xlsx(roster(student(1))), "a.xlsx")
    stage(
        book,
        STUDENTS,
        propose(book, STUDENTS).mapping(),
        LOOKUPS,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1][0] == told[-1][1] == len(told)


def test_a_hundred_thousand_rows_with_faults_are_checked_within_seconds():
    rows = [
        student(
            n % 999 + 1,
            学籍号=f"L3300002013030{n // 10000 % 10}{n % 10000:04d}"[:19],
            姓名="王兰",
            身份证号="",
            证件类型="无",
        )
        for n in range(100_000)
    ]
    for row in rows[::50]:
        row[8] = "实验班"
    book = open_book(as_csv(sent([STUDENT_HEAD, *rows])), "a.csv")
    started = time.monotonic()
    sheet = stage(book, STUDENTS, propose(book, STUDENTS).mapping(), LOOKUPS)
    found = report(sheet)
    assert time.monotonic() - started < 25
    assert sheet.counts.read == 100_000, "the header is no row of data"
    assert len(found.causes[0].spots) <= 200


@pytest.mark.parametrize("code", reasons())
def test_every_reason_says_what_is_wrong_and_blocking_ones_what_to_do_in_both_languages(code):
    reason = reasons()[code]
    assert all(reason.title) and all(reason.text)
    if reason.level == "block":
        assert all(reason.fix), code
    assert reason.text[0] != reason.text[1]


def test_no_word_of_a_group_stands_for_two_codes():
    for group, table in load("words").items():
        if isinstance(table, dict):
            spellings = [word for words in table.values() for word in words]
            assert len(spellings) == len(set(spellings)), group
            assert set(words_of(group).values()) == set(table)


@pytest.mark.parametrize("form", FORMS)
def test_staged_rows_are_plain_json(form):
    for row in staged(roster(student(1), student(2, 班级="实验班", 学校代码="某校")), form).rows():
        json.dumps([row.values, row.messages, row.typed], ensure_ascii=False)


def test_more_rows_than_are_taken_at_a_time_are_refused_over_all_sheets(monkeypatch):
    file = Sent((Sheet([STUDENT_HEAD, student(1), student(2)], "甲"), Sheet([STUDENT_HEAD, student(3)], "乙")))
    monkeypatch.setattr(reading, "limits", lambda: replace(limits(), rows=2))
    with pytest.raises(ImportRefused, match="一次最多 2 行"):
        staged(file)


@pytest.mark.parametrize("form", FORMS)
def test_the_most_rows_of_one_file_are_rows_of_data_and_the_header_is_none(form, monkeypatch):
    few = replace(limits(), rows=5)
    monkeypatch.setattr(reading, "limits", lambda: few)
    assert staged(roster(*map(student, range(1, 6))), form).counts.read == 5
    with pytest.raises(ImportRefused) as refused:
        staged(roster(*map(student, range(1, 7))), form)
    assert "6" in refused.value.sentences[0].zh and "5" in refused.value.sentences[0].zh
