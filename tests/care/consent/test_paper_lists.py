"""Consents on paper by the workbook: one person enters, another one takes them in, and guardians may contradict each other."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask

from app.care.consent.models import ConsentRound
from app.care.consent.paper_workbook import consent_workbook
from app.care.consent.queries import rounds as queries
from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.imports import arrival, operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, StepIn
from app.core.imports.queries import rows_for
from app.core.outbox import deliver
from tests.care.taking_part import Family
from tests.cast import Cast

BORN = date(2013, 3, 7)
COUNSELLOR, LEAD = "school_counselor", "school_psych_lead"
Signed = dict[tuple[int, str], tuple[str, str]]


@pytest.fixture
def family(app: Flask, cast: Cast) -> Family:
    return Family(cast, BORN).enrol()


def number(child: int) -> str:
    return f"L330901{BORN:%Y%m%d}{child:04d}"


def workbook(family: Family, found: ConsentRound, signed: Signed, cells: dict[str, Any] | None = None) -> bytes:
    """The class's prepared workbook: (child, who signed) → (answer, day); `cells` are typed over last."""
    actor = family.cast.actor(COUNSELLOR)
    group = family.place
    use_context(actor.context())
    rows = queries.open_of_class(actor, found, group)
    book = openpyxl.load_workbook(io.BytesIO(consent_workbook(found, group.name, rows, core_clock.today())))
    sheet = book.active
    heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    for line in range(2, sheet.max_row + 1):
        key = (int(sheet.cell(line, heads["学籍号"]).value[-4:]), sheet.cell(line, heads["签字人"]).value)
        if key in signed:
            sheet.cell(line, heads["意见"]).value, sheet.cell(line, heads["签字日期"]).value = signed[key]
    for address, value in (cells or {}).items():
        sheet[address] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def checked(family: Family, found: ConsentRound, data: bytes, key: str = COUNSELLOR) -> ImportBatch:
    actor = family.cast.actor(key)
    use_context(actor.context())
    batch = arrival.place_of(actor, "consents", found.ref)
    batch = operations.upload(actor, batch, arrival.receive(actor, batch, data, "七1班同意.xlsx"))
    operations.check(actor, batch, CheckIn())
    deliver.drain()
    db.session.refresh(batch)
    return batch


def taken_in(family: Family, batch: ImportBatch, key: str = LEAD) -> ImportBatch:
    operations.accept(family.cast.actor(key), batch, StepIn())
    deliver.drain()
    db.session.refresh(batch)
    return batch


def test_a_school_enters_its_papers_and_another_person_takes_them_in(family: Family) -> None:
    found, today = family.ask(), core_clock.today().isoformat()
    data = workbook(family, found, {(0, "监护人1"): ("同意", today), (1, "监护人1"): ("不同意", today)})
    batch = checked(family, found, data)
    assert (batch.rows_good, batch.rows_blocked) == (2, 0)
    with pytest.raises(StepRefused):
        operations.accept(family.cast.actor(COUNSELLOR), batch, StepIn())
    assert taken_in(family, batch).state == "accepted"
    states = [family.consent(f"学生{n:02d}").state for n in range(3)]
    assert states == ["granted", "refused", "requested"]
    (answer,) = family.consent("学生00").answers
    assert (answer.channel, answer.who, answer.relation, answer.notice_version) == (
        "paper", "guardian1", "father", found.notice_version,
    )  # fmt: skip
    assert answer.recorded_by == family.cast[COUNSELLOR].person_id


def test_one_guardian_who_refuses_outweighs_the_other(family: Family) -> None:
    found, today = family.ask(), core_clock.today().isoformat()
    signed: Signed = {(0, "监护人1"): ("同意", today), (0, "监护人2"): ("不同意", today)}
    taken_in(family, checked(family, found, workbook(family, found, signed)))
    assert family.consent("学生00").state == "refused"


def test_what_was_taken_in_is_not_taken_back_by_the_file(family: Family) -> None:
    found, today = family.ask(), core_clock.today().isoformat()
    batch = taken_in(family, checked(family, found, workbook(family, found, {(0, "监护人1"): ("同意", today)})))
    with pytest.raises(StepRefused, match="已有记录用到这批数据"):
        operations.roll_back(family.cast.actor(LEAD), batch, StepIn(reason="录错了班级，整份重新录入"))
    assert family.consent("学生00").state == "granted"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "another version of the notice": ({"D2": "1999-1"}, "consent_version"),
    "another purpose": ({"C2": "心理辅导"}, "consent_purpose"),
    "a day that has not come": ({"G2": (core_clock.today() + timedelta(days=800)).isoformat()}, "consent_day"),
    "a day before anybody was asked": ({"G2": "2020-01-01"}, "consent_day"),
    "a student of another school": ({"A2": "L330901201303079999"}, "asked_unknown"),
    "another class": ({"B2": "九年级9班"}, "taker_class"),
    "an answer that is none": ({"F2": "随便"}, "unknown_word"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_does_not_belong_here_names_the_cell_and_keeps_nothing(family: Family, case: str) -> None:
    found, today = family.ask(), core_clock.today().isoformat()
    cells, code = BAD[case]
    signed: Signed = {(0, "监护人1"): ("同意", today)}
    batch = checked(family, found, workbook(family, found, signed, cells))
    assert (batch.rows_good, batch.rows_blocked) == (0, 1)
    actor = family.cast.actor(COUNSELLOR)
    use_context(actor.context())
    (row,) = rows_for(actor, batch, ["blocked"], code, 0)
    said = next(each for each in row.messages if each["code"] == code)
    assert (row.row_no, said["address"]) == (2, next(iter(cells))) and said["zh"] and said["en"]
    assert family.consent("学生00").answers == []
