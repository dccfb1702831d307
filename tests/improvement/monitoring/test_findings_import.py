"""Findings of equipment and lesson checks come in as a workbook: mapped, checked row by row, accepted by a second person."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.errors import NotAllowed, NotFound, StepRefused
from app.core.imports import operations as imports
from app.core.imports.arrival import place_of, receive, take_in
from app.core.imports.models import ImportBatch, ImportRow
from app.core.imports.operations import CheckIn, StepIn
from app.core.outbox import deliver
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations import ConfirmIn, SupportIn
from tests.cast import Cast, sign_in
from tests.factories.monitoring import INTERPRETATION, act_as
from tests.factories.workbooks import as_gb18030, as_xls, as_xlsx, sent

HEADER = ["学校名称", "检查内容", "发现的问题", "检查日期", "依据", "类别", "级别", "学科", "年级", "具体情况"]
BOARD = ["双桥中学", "班班通", "班班通月开机不足两成", "2026-10-20", "班班通使用月报2026年10月", "资源", "轻", "", "",
         "10 月开机 31 次，应开 160 次"]  # fmt: skip
LAB = [
    "云台学校",
    "实验教学",
    "科学课连续四周没有分组实验",
    "2026/10/22",
    "巡课记录2026-43",
    "学科",
    "中",
    "科学",
    "七年级",
    "",
]
REASON = "发送单位说这一份不是最终版"


def file_of(*rows: list[Any], write: Any = as_xlsx) -> bytes:
    return bytes(write(sent([["清澜县设备与巡课月报"], HEADER, *rows, ["填表人", "许知夏"]])))


def bring(county: Cast, *rows: list[Any], write: Any = as_xlsx, name: str = "巡课.xlsx") -> ImportBatch:
    member = act_as(county.actor("assessment_member"))
    accepter = county.actor("evaluator")
    batch = take_in(member, "findings", None, file_of(*rows, write=write), name, accept_as=accepter)
    act_as(county.actor("office_director"))
    db.session.refresh(batch)
    return batch


def found(county: Cast) -> list[DataFinding]:
    act_as(county.actor("office_director"))
    db.session.expire_all()
    return list(db.session.scalars(select(DataFinding).order_by(DataFinding.number)))


@pytest.mark.parametrize(("write", "name"), [(as_xlsx, "a.xlsx"), (as_xls, "a.xls"), (as_gb18030, "a.csv")])
def test_each_row_becomes_a_candidate_of_that_source_that_knows_its_file_and_row(
    county: Cast, write: Any, name: str
) -> None:
    batch = bring(county, BOARD, LAB, write=write, name=name)
    assert (batch.state, batch.outcome) == ("accepted", {"added": 2})
    board, lab = found(county)
    assert (board.state, board.source_type, board.category, board.severity) == (
        "candidate",
        "device",
        "resource",
        "minor",
    )
    assert (lab.subject, lab.grade, lab.provenance["checked_on"]) == ("science", "G7", "2026-10-22")
    assert board.unit_id == board.school_id == county.units["shuangqiao"].id
    assert (board.batch_id, board.registered_by) == (batch.id, batch.owner_id)
    proof = board.provenance
    assert (proof["topic"], proof["batch_sha256"], proof["row"]) == ("board", batch.file_sha256, 3)
    assert board.known_on == clock.today(), "the time to confirm it runs from its arrival"
    assert board.scenarios == ["supervision"]
    clocks = select(Deadline).where(Deadline.record_id == board.id, Deadline.closed_at.is_(None))
    assert len(db.session.scalars(clocks).all()) == 1


@pytest.mark.parametrize(
    ("place", "wrong", "column", "words"),
    [
        (0, "没有这所学校中学", "school_name", "没有这所学校中学"),
        (1, "食堂", "topic", "不在检查内容的写法里"),
        (2, "", "title", "发现的问题没有填写"),
        (3, (clock.today() + timedelta(days=40)).isoformat(), "known_on", "不在"),
        (4, "", "reference", "依据没有填写"),
        (5, "其它", "category", "不在类别的写法里"),
        (6, "要紧", "severity", "不在级别的写法里"),
        (5, "学科", "subject", "要写明学科"),
    ],
)
def test_a_row_that_does_not_fit_is_told_with_its_column_and_the_others_come_in(
    county: Cast, place: int, wrong: str, column: str, words: str
) -> None:
    row = [*BOARD]
    row[place] = wrong
    batch = bring(county, row, LAB)
    assert (batch.state, batch.rows_blocked, batch.outcome) == ("accepted", 1, {"added": 1})
    blocked = db.session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.status == "blocked")
    ).one()
    said = [one for one in blocked.messages if one["column"] == column]
    assert any(words in one["zh"] and one["en"] for one in said), blocked.messages


def test_the_same_matter_is_not_brought_in_twice(county: Cast) -> None:
    bring(county, BOARD)
    again = bring(county, BOARD, LAB, name="再报.xlsx")
    assert again.outcome == {"added": 1, "same": 1}
    assert len(found(county)) == 2


def test_who_sent_the_file_in_neither_accepts_it_nor_confirms_what_it_brought(county: Cast) -> None:
    evaluator = act_as(county.actor("evaluator"))
    batch = place_of(evaluator, "findings", None)
    batch = imports.upload(evaluator, batch, receive(evaluator, batch, file_of(BOARD), "巡课.xlsx"))
    imports.check(evaluator, batch, CheckIn())
    deliver.drain()
    db.session.refresh(batch)
    with pytest.raises((NotAllowed, StepRefused)):
        imports.accept(act_as(county.actor("evaluator")), batch, StepIn())
    db.session.refresh(batch)
    imports.accept(act_as(county.actor("office_director")), batch, StepIn())
    deliver.drain()
    (finding,) = found(county)
    given = ConfirmIn(INTERPRETATION, ("没有培训",), SupportIn("现场核查", "到校看了三间教室"))
    with pytest.raises((NotAllowed, StepRefused)):
        operations.confirm_finding(act_as(county.actor("evaluator")), finding, given)
    operations.confirm_finding(act_as(county.actor("evaluator_2")), finding, given)
    assert finding.state == "confirmed"


def test_rolled_back_its_candidates_are_withdrawn_and_a_corrected_file_brings_them_anew(county: Cast) -> None:
    batch = bring(county, BOARD, LAB)
    imports.roll_back(act_as(county.actor("evaluator")), batch, StepIn(reason=REASON))
    deliver.drain()
    assert {one.state for one in found(county)} == {"withdrawn"}
    open_clocks = text("select count(*) from deadlines where entity = 'data_findings' and closed_at is null")
    assert db.session.execute(open_clocks).scalar_one() == 0
    again = bring(county, BOARD, name="改后.xlsx")
    assert again.outcome == {"added": 1}
    assert sorted(one.state for one in found(county)) == ["candidate", "withdrawn", "withdrawn"]


def test_a_file_whose_findings_were_worked_on_is_not_rolled_back(county: Cast) -> None:
    batch = bring(county, BOARD, LAB)
    given = ConfirmIn(INTERPRETATION, ("没有培训",), SupportIn("现场核查", "到校看了三间教室"))
    operations.confirm_finding(act_as(county.actor("evaluator_2")), found(county)[0], given)
    with pytest.raises(StepRefused):
        imports.roll_back(act_as(county.actor("evaluator")), batch, StepIn(reason=REASON))
    assert [one.state for one in found(county)] == ["confirmed", "candidate"]


@pytest.mark.parametrize("key", ["principal", "subject_teacher", "inspector", "dept_head", "sys_admin"])
def test_others_do_not_send_such_files(county: Cast, key: str) -> None:
    with pytest.raises(NotFound):
        place_of(act_as(county.actor(key)), "findings", None)


def test_the_pages_offer_the_import_and_show_where_a_finding_came_from(app: Flask, county: Cast) -> None:
    bring(county, BOARD)
    (finding,) = found(county)
    client = sign_in(app.test_client(), county["office_director"])
    listed = client.get("/monitoring/findings?source=device").text
    assert "导入设备与巡课发现" in listed and finding.number in listed
    assert client.get("/imports/new?kind=findings").status_code == 200
    shown = client.get(finding.address).text
    assert "班班通设备管理" in shown and "巡课.xlsx，Sheet1 第 3 行" in shown
    plain = sign_in(app.test_client(), county["principal"])
    assert "导入设备与巡课发现" not in plain.get("/monitoring/findings").text
