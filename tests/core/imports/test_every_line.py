"""Each line of the table of dirty data (domain §6.4) as one workbook, in every form it can be sent in: no row gets lost."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.core.imports.kinds import RESULTS, STUDENTS, Kind
from app.core.imports.versions import Change, diff
from tests.core.imports.county import codes, staged
from tests.factories.workbooks import FORMS, STUDENT_HEAD, Sent, id_number, result, results, roster, sent, student

WITH_MERGES = ("xlsx", "xls")
"""Text has neither merged cells nor hidden rows."""


@dataclass(frozen=True)
class Line:
    """A workbook, what is said about it, and how many rows are accepted, blocked and left out."""

    file: Sent
    says: frozenset[str]
    rows: tuple[int, int, int]
    kind: Kind = STUDENTS
    forms: tuple[str, ...] = tuple(FORMS)


def line(file: Sent, says: str, rows: tuple[int, int, int], kind: Kind = STUDENTS, merges: bool = False) -> Line:
    return Line(file, frozenset(says.split()), rows, kind, WITH_MERGES if merges else tuple(FORMS))


LINES: dict[str, Line] = {
    "title, note, footer": line(
        sent([["清澜县学生名册"], ["请于周五前报送"], STUDENT_HEAD, student(1), ["合计", "1 人"], ["填表人：周某"]]),
        "",
        (1, 0, 5),
    ),
    "merged cells down": line(
        roster(student(1), student(2, 学校代码=""), student(3, 学校代码=""), merges=((1, 0, 3, 0),)),
        "merged",
        (3, 0, 1),
        merges=True,
    ),
    "full-width and invisible": line(
        roster(student(1, 姓名="王\u3000明", 班级="３班")), "invisible name_spaces", (1, 0, 1)
    ),
    "identifier as 3.3E+17": line(roster(student(1, 身份证号="3.3E+17")), "id_scientific", (0, 1, 1)),
    "identifier without its letter": line(roster(student(1, 学籍号=id_number(1))), "student_no_prefix", (0, 1, 1)),
    "text dates": line(
        roster(student(1, 出生日期="2013.3.7"), student(2, 出生日期="13-3-7")), "date_two_digit_year", (1, 1, 1)
    ),
    "numbers as text, absent, percent": line(
        results(result(数值="缺考"), result(学科="语文", 数值="85%")),
        "absent percent percent_in_mean",
        (1, 1, 1),
        RESULTS,
    ),
    "words of grades": line(
        roster(student(1, 年级="小学六年级"), student(2, 年级="八年级")), "grade_conflict", (1, 1, 1)
    ),
    "words of classes": line(roster(student(1, 班级="（3）班"), student(2, 班级="火箭班")), "class_unknown", (1, 1, 1)),
    "names of schools": line(results(result(范围代码="不存在小学")), "school_unknown", (0, 1, 1), RESULTS),
    "the same key twice": line(
        roster(student(1), student(1), student(2), student(2, 班级="4班")),
        "duplicate_same duplicate_differs",
        (1, 2, 2),
    ),
    "who left is still listed": line(roster(student(91, 姓名="李明")), "not_enrolled", (1, 0, 1)),
    "more than enrolled, sd not above nought": line(
        results(result(人数=123), result(学科="语文", 标准差=-1)), "n_over_roster sd_positive", (0, 2, 1), RESULTS
    ),
    "hidden rows": line(roster(student(1), student(2), hidden_rows=(2,)), "", (2, 0, 1), merges=True),
    "a reference that broke": line(roster(student(1, 班级="#REF!")), "error_value", (0, 1, 1)),
}


CASES = [(name, form) for name, line in LINES.items() for form in line.forms]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_every_line_is_noticed_and_every_row_is_counted(name: str, form: str) -> None:
    wanted = LINES[name]
    sheet = staged(wanted.file, form, wanted.kind)
    counts = sheet.counts
    assert counts.read == counts.accepted + counts.blocked + counts.dropped
    assert (counts.accepted, counts.blocked, counts.dropped + len(sheet.headings)) == wanted.rows
    assert wanted.says <= set(codes(sheet))


@pytest.mark.parametrize("form", FORMS)
def test_two_versions_of_one_table_are_compared_cell_by_cell(form: str) -> None:
    old, new = (
        [(row.key, row.values) for row in staged(roster(*rows), form).rows(["ok", "warned"])]
        for rows in ((student(1), student(2)), (student(1, 班级="4班"), student(3)))
    )
    found = diff(STUDENTS, old, new)
    assert (len(found.added), len(found.vanished)) == (1, 1)
    assert found.changed == (Change(f"G{id_number(1)}", "class_no", 3, 4),)
