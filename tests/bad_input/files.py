"""Files that go wrong: what cannot be read at all, what is too large, and what stands in the cells."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.core.errors import ImportRefused
from app.core.outbox import deliver
from app.core.spreadsheets import open_book
from tests.bad_input.desk import SENDER, Desk, Met, latest
from tests.factories import hostile_workbooks as hostile
from tests.factories.monitoring import WORKED, begin_cycle, make_indicators, workbook
from tests.factories.workbooks import Formula, as_xlsx, sent
from tests.people.directory.rolls import HEADERS, _typed, children

MB = 1024 * 1024
FILES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a wrong file type": lambda: ("八年级名册.xlsx", hostile.word_document()),
    "a picture with the name of a workbook": lambda: ("名册.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 400),
    "a password-protected workbook": lambda: ("名册.xls", hostile.xls_with_password()),
    "a truncated workbook": lambda: ("名册.xlsx", hostile.good()[:1500]),
    "an empty file": lambda: ("名册.xlsx", b""),
    "a zip bomb": lambda: ("名册.xlsx", hostile.steep_bomb()),
    "a workbook that lies about its size": lambda: ("名册.xlsx", hostile.lying_bomb()),
    "a workbook with a macro": lambda: ("名册.xlsx", hostile.macro_types()),
    "a table over 50 MB": lambda: ("名册.csv", b"x" * (50 * MB + 1)),
}


def unreadable(what: str) -> Callable[[Desk], Met]:
    """A file that is refused before anything is kept; the reader's own sentence stands at the field."""

    def met(desk: Desk) -> Met:
        name, content = FILES[what]()
        with pytest.raises(ImportRefused) as refused:
            open_book(content, name)
        (sentence,) = refused.value.sentences
        answer = desk.sends("school_coordinator", name, content)
        return Met(answer.text, (answer.status_code,), (SENDER,), sentence.zh if desk.language == "zh" else sentence.en)

    return met


def request_over_the_limit(desk: Desk) -> Met:
    """Cut off before it is read, so nothing of it can be shown again; the page says that going back keeps it."""
    answer = desk.sends("school_coordinator", "名册.xlsx", b"x" * (61 * MB))
    return Met(answer.text, (answer.status_code,))


def evidence_over_the_limit(desk: Desk) -> Met:
    """The size is announced with the first piece, so the other twenty are never sent."""
    data = {"file": (io.BytesIO(b"\xff\xd8\xff" + b"x" * 1000), "照片.jpg"), "at": "0", "size": str(26 * MB)}
    address = f"/actions/{desk.own.refs['remediation_actions']}/files"
    answer = desk["school_coordinator"].post(address, data=data, content_type="multipart/form-data")
    return Met(answer.json["sentence"], (answer.status_code,))


def the_same_file_twice(desk: Desk) -> Met:
    content = as_xlsx(sent([list(HEADERS), *roll(desk)]))
    first = desk.sends("school_coordinator", "名册.xlsx", content)
    desk.waited = desk.waiting()
    again = desk.sends("school_coordinator", "名册的副本.xlsx", content)
    return Met(again.text, (first.status_code, again.status_code), (SENDER,))


def a_hundred_thousand_rows(desk: Desk) -> Met:
    """Not too many: the page says how many there are, and each is looked at, though one and the same child in all of them."""
    lines = [",".join(HEADERS), *(["2133000001,G330000201003070010,王小明"] * 100_000)]
    content = "\n".join(lines).encode()
    return desk.checked("school_coordinator", "全县名册.csv", content)


def roll(desk: Desk, count: int = 3) -> list[list[Any]]:
    """Faultless rows of the own school as people write them."""
    rows = children([(desk.cast.units["shuangqiao"].code, "G7")], count)
    return [[_typed(position, value) for position, value in enumerate(row)] for row in rows]


def cells(column: int, value: Any, **about: Any) -> Callable[[Desk], Met]:
    """A roster whose second row holds `value` in a column; afterwards the report."""

    def met(desk: Desk) -> Met:
        rows = roll(desk)
        rows[1][column] = value
        return desk.checked("school_coordinator", "名册.xlsx", as_xlsx(sent([list(HEADERS), *rows], **about)))

    return met


REFERENCE_ERROR = Formula("=Sheet9!A1", "#REF!")


def merged_and_hidden(desk: Desk) -> Met:
    """The grade is written once for three rows, and the second of them is hidden."""
    rows = roll(desk)
    rows[1][7] = rows[2][7] = None
    file = as_xlsx(sent([list(HEADERS), *rows], merges=((1, 7, 3, 7),), hidden_rows=(2,)))
    return desk.checked("school_coordinator", "名册.xlsx", file)


def results(**changes: Any) -> Callable[[Desk], Met]:
    """A file of results whose first row is changed; afterwards the report."""

    def met(desk: Desk) -> Met:
        lines = [replace(WORKED[0], **changes), *WORKED[1:]]
        return desk.checked("assessment_member", "结果.xlsx", workbook(desk.cast, lines), _round(desk))

    return met


def two_versions_of_one_table(desk: Desk) -> Met:
    """最终版 is in force; 最终版2 comes after it with one cell changed."""
    address = _round(desk)
    desk.checked("assessment_member", "结果最终版.xlsx", workbook(desk.cast, WORKED), address)
    batch = latest()
    accepted = desk["evaluator"].post(f"{batch.address}/accept", data={"version": batch.version})
    deliver.drain()
    desk.before = desk.counts()
    lines = [replace(WORKED[0], value=470), *WORKED[1:]]
    again = workbook(desk.cast, lines)
    met = desk.checked("assessment_member", "结果最终版2.xlsx", again, address, supersedes=batch.ref)
    return replace(met, statuses=(accepted.status_code, *met.statuses))


def _round(desk: Desk) -> str:
    make_indicators(desk.cast)
    ref = begin_cycle(desk.cast).ref
    desk.before = desk.counts()
    return f"/imports/new?kind=results&target={ref}"
