"""The county's list of indicators comes in as a table: checked row by row, accepted by another person, versions kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db
from app.core.errors import NotAllowed, NotFound, StepRefused
from app.core.imports import operations as imports
from app.core.imports.arrival import place_of, receive, take_in
from app.core.imports.models import ImportBatch, ImportRow
from app.core.imports.operations import CheckIn, StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets import write_workbook
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import Indicator, IndicatorVersion, MonitoringResult
from app.improvement.monitoring.routes.sheets import sheet_of_indicators
from tests.cast import Cast, sign_in
from tests.factories.monitoring import NUMBER, WORKED, act_as, indicator_in, released
from tests.factories.workbooks import as_gb18030, as_xls, as_xlsx, sent

HEADER = ["指标代码", "指标名称", "口径", "学科", "领域", "评价类型", "评价对象", "数值类型", "方向", "工具系列", "最低值",
          "最高值", "固定幅度", "单位", "停用", "省测代码"]  # fmt: skip
READING = ["READ-1", "阅读理解", "量尺分 均值 500", "语文", "学业", "结果评价", "学校", "均分", "正向", "县语文量尺", "0", "1000",
           "", "分", "否", "SC-YW-01"]  # fmt: skip
SLEEP = ["SLEEP-1", "睡眠达标率", "每天睡够 9 小时的比例", "心理", "心理与学习品质", "过程评价", "学校", "比率", "越高越好",
         "县学生问卷", "0", "1", "", "", "", ""]  # fmt: skip
REASON = "发来的指标库不是定稿，下周重发"


def file_of(*rows: list[Any], write: Any = as_xlsx) -> bytes:
    return bytes(write(sent([["清澜县监测指标库"], HEADER, *rows])))


def bring(county: Cast, *rows: list[Any], write: Any = as_xlsx, name: str = "指标库.xlsx") -> ImportBatch:
    member, accepter = act_as(county.actor("assessment_member")), county.actor("office_director")
    batch = take_in(member, "indicators", None, file_of(*rows, write=write), name, accept_as=accepter)
    act_as(county.actor("office_director"))
    db.session.refresh(batch)
    return batch


def listed(county: Cast, code: str) -> Indicator | None:
    db.session.expire_all()
    return db.session.scalar(select(Indicator).where(Indicator.county_id == county.county.id, Indicator.code == code))


def of_number(**changes: str) -> list[Any]:
    """The row of an indicator that `make_indicators` made, as its file would have it."""
    given = indicator_in(NUMBER, "数与运算")
    row = dict(zip(HEADER, READING, strict=True)) | {
        "指标代码": NUMBER, "指标名称": given.name, "口径": "", "学科": given.subject, "领域": given.domain,
        "评价类型": given.evaluation_type, "评价对象": given.object_code, "数值类型": given.value_type,
        "方向": given.direction, "工具系列": given.family, "最低值": "", "最高值": "", "单位": "", "停用": "", "省测代码": "",
    }  # fmt: skip
    return [(row | changes)[title] for title in HEADER]


@pytest.mark.parametrize(("write", "name"), [(as_xlsx, "a.xlsx"), (as_xls, "a.xls"), (as_gb18030, "a.csv")])
def test_each_row_becomes_an_indicator_with_everything_it_says(county: Cast, write: Any, name: str) -> None:
    batch = bring(county, READING, SLEEP, write=write, name=name)
    assert (batch.state, batch.outcome) == ("accepted", {"added": 2})
    reading, sleep = listed(county, "READ-1"), listed(county, "SLEEP-1")
    assert reading is not None and sleep is not None
    assert (reading.name, reading.definition, reading.subject, reading.domain) == (
        "阅读理解", "量尺分 均值 500", "chinese", "subject",
    )  # fmt: skip
    assert (reading.value_type, reading.direction, reading.family) == ("mean", "higher", "县语文量尺")
    assert (reading.lowest, reading.highest, reading.level_codes) == (0, 1000, {"province": "SC-YW-01"})
    assert (reading.version, reading.batch_id, reading.retired) == (1, batch.id, False)
    assert (sleep.evaluation_type, sleep.object_code, sleep.unit_word, sleep.level_codes) == (
        "process",
        "school",
        "分",
        {},
    )


@pytest.mark.parametrize(
    ("place", "wrong", "column", "words"),
    [
        (0, "数学 一", "code", "不能当指标代码"),
        (1, "", "name", "指标没有填写"),
        (2, "长" * 501, "definition", "最多 500 个字"),
        (3, "占星", "subject", "不在学科的写法里"),
        (4, "天文", "domain", "不在领域的写法里"),
        (5, "排名评价", "evaluation_type", "不在评价类型的写法里"),
        (6, "家长", "object_code", "不在评价对象的写法里"),
        (9, "", "family", "工具系列没有填写"),
        (11, "-3", "highest", "最低 0，最高 -3"),
        (12, "0.2", "index_margin", "数值类型不是指数"),
    ],
)
def test_a_row_that_does_not_fit_is_told_with_its_column_and_the_others_come_in(
    county: Cast, place: int, wrong: str, column: str, words: str
) -> None:
    row = [*READING]
    row[place] = wrong
    batch = bring(county, row, SLEEP)
    assert (batch.state, batch.rows_blocked, batch.outcome) == ("accepted", 1, {"added": 1})
    blocked = select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.status == "blocked")
    kept = db.session.scalars(blocked).one()
    assert kept.row_no == 3 and any(one["column"] == column and words in one["zh"] for one in kept.messages), (
        kept.messages
    )
    assert all(one["en"] for one in kept.messages) and listed(county, "READ-1") is None


def test_one_code_of_a_level_is_not_given_to_two_indicators(county: Cast) -> None:
    twin = ["READ-2", *READING[1:]]
    batch = bring(county, READING, twin)
    assert (batch.rows_blocked, batch.outcome) == (1, {"added": 1})
    again = bring(county, ["READ-3", *READING[1:]], SLEEP)
    assert (again.rows_blocked, again.outcome) == (1, {"added": 1})


def test_a_listed_indicator_changes_by_a_new_version_and_empty_cells_change_nothing(county: Cast) -> None:
    held = listed(county, NUMBER)
    assert held is not None
    before = (held.definition, held.lowest, held.highest, held.unit_word)
    batch = bring(county, of_number(指标名称="数的运算"), READING)
    assert batch.outcome == {"added": 1, "changed": 1}
    changed = listed(county, NUMBER)
    assert changed is not None and (changed.name, changed.version) == ("数的运算", 2)
    assert (changed.definition, changed.lowest, changed.highest, changed.unit_word) == before
    kept = db.session.scalars(select(IndicatorVersion).where(IndicatorVersion.indicator_id == changed.id)).one()
    assert (kept.version, kept.said["name"], kept.batch_id) == (1, "数与运算", batch.id)
    assert bring(county, of_number(指标名称="数的运算"), SLEEP).outcome == {"added": 1, "same": 1}


def test_what_results_rest_on_is_refused_in_words_and_another_change_is_told_beforehand(county: Cast) -> None:
    released(county, WORKED)
    batch = bring(county, of_number(方向="越低越好"), READING)
    assert (batch.rows_blocked, batch.outcome) == (1, {"added": 1})
    messages = db.session.scalars(select(ImportRow.messages).where(ImportRow.status == "blocked")).one()
    assert any("已有结果用到" in one["zh"] and "方向只能是“越高越好”" in one["zh"] for one in messages), messages
    told = bring(county, of_number(口径="按新课标的内容领域重写"), SLEEP)
    assert told.outcome == {"added": 1, "changed": 1}
    warned = select(ImportRow.messages).where(ImportRow.batch_id == told.id, ImportRow.status == "warned")
    assert "已有结果用到它，会改：口径" in str(db.session.scalars(warned).all())


def test_results_that_came_between_check_and_acceptance_stop_it_and_nothing_is_half_written(county: Cast) -> None:
    member = act_as(county.actor("assessment_member"))
    batch = place_of(member, "indicators", None)
    upload = receive(member, batch, file_of(of_number(方向="越低越好"), READING), "指标库.xlsx")
    batch = imports.upload(member, batch, upload)
    imports.check(member, batch, CheckIn())
    deliver.drain()
    released(county, WORKED)
    db.session.refresh(batch)
    imports.accept(act_as(county.actor("office_director")), batch, StepIn())
    deliver.drain()
    db.session.refresh(batch)
    assert batch.state == "ready" and "请重新核对" in batch.trouble[0]["zh"]
    held = listed(county, NUMBER)
    assert held is not None and (held.direction, held.version) == ("higher", 1) and listed(county, "READ-1") is None


def test_who_brought_it_does_not_accept_it(county: Cast) -> None:
    member = act_as(county.actor("assessment_member"))
    batch = place_of(member, "indicators", None)
    batch = imports.upload(member, batch, receive(member, batch, file_of(READING), "指标库.xlsx"))
    imports.check(member, batch, CheckIn())
    deliver.drain()
    db.session.refresh(batch)
    with pytest.raises((StepRefused, NotAllowed)):
        imports.accept(act_as(county.actor("assessment_member")), batch, StepIn())
    assert listed(county, "READ-1") is None


@pytest.mark.parametrize("key", ["principal", "evaluator", "subject_researcher", "dept_head", "sys_admin"])
def test_others_do_not_bring_it(county: Cast, key: str) -> None:
    with pytest.raises(NotFound):
        place_of(act_as(county.actor(key)), "indicators", None)


def rolled_back(county: Cast, batch: ImportBatch) -> ImportBatch:
    imports.roll_back(act_as(county.actor("office_director")), batch, StepIn(reason=REASON))
    deliver.drain()
    act_as(county.actor("office_director"))
    db.session.refresh(batch)
    return batch


def test_taken_back_the_list_is_what_it_was_and_every_version_is_on_record(county: Cast) -> None:
    batch = bring(county, of_number(指标名称="数的运算"), READING)
    assert rolled_back(county, batch).state == "rolled_back"
    held = listed(county, NUMBER)
    assert held is not None and (held.name, held.version) == ("数与运算", 3) and listed(county, "READ-1") is None
    kept = (
        select(IndicatorVersion.said).where(IndicatorVersion.indicator_id == held.id).order_by(IndicatorVersion.version)
    )
    assert [said["name"] for said in db.session.scalars(kept)] == ["数与运算", "数的运算"]


def test_what_was_changed_or_measured_since_is_not_taken_back(county: Cast) -> None:
    batch = bring(county, READING)
    office, reading = act_as(county.actor("office_director")), listed(county, "READ-1")
    assert reading is not None
    operations.change_indicator(office, reading, indicator_in("READ-1", "阅读", subject="chinese"))
    with pytest.raises(StepRefused, match="已有记录用到"):
        rolled_back(county, batch)
    other = bring(county, of_number(指标名称="数的运算"))
    released(county, WORKED)
    with pytest.raises(StepRefused, match="已有记录用到"):
        rolled_back(county, other)


def by_plain_sql(statement: str, **values: Any) -> None:
    with trail.act(SYSTEM, "system", "test.by_hand"):
        db.session.execute(text(statement), values)


def test_by_plain_sql_an_indicator_with_results_does_not_change_silently_and_the_past_stays(county: Cast) -> None:
    released(county, WORKED)
    number = listed(county, NUMBER)
    assert number is not None
    for change in ("definition = '另一个口径'", "highest = 1200", "definition = '另一个口径', version = version + 1"):
        with pytest.raises(IntegrityError, match="changes by a new version"), db.session.begin_nested():
            by_plain_sql(f"update indicators set {change} where id = :id", id=number.id)
    office = act_as(county.actor("office_director"))
    operations.change_indicator(office, number, indicator_in(NUMBER, "数的运算"))
    assert db.session.scalar(select(MonitoringResult.id).where(MonitoringResult.indicator_id == number.id).limit(1))
    for change in ("update indicator_versions set version = 9", "delete from indicator_versions"):
        with pytest.raises(IntegrityError, match="neither changed nor deleted"), db.session.begin_nested():
            by_plain_sql(change)


def test_what_is_exported_comes_in_again_without_a_change(app: Flask, county: Cast) -> None:
    office = act_as(county.actor("office_director"))
    with app.test_request_context():
        sheet = sheet_of_indicators(queries.indicators(office, retired=True))
        content = write_workbook(list(sheet.heads), sheet.rows, sheet.name)
    member, accepter = act_as(county.actor("assessment_member")), county.actor("office_director")
    batch = take_in(member, "indicators", None, content, "指标库.xlsx", accept_as=accepter)
    act_as(county.actor("office_director"))
    db.session.refresh(batch)
    assert (batch.state, batch.rows_blocked) == ("accepted", 0) and set(batch.outcome) == {"same"}


def test_the_pages_offer_it_to_who_keeps_the_list_and_show_the_versions(app: Flask, county: Cast) -> None:
    batch = bring(county, of_number(指标名称="数的运算"))
    number = listed(county, NUMBER)
    assert number is not None
    client = sign_in(app.test_client(), county["office_director"])
    page = client.get("/monitoring/indicators").text
    assert "导入指标库" in page and client.get("/imports/new?kind=indicators").status_code == 200
    shown = client.get(f"/monitoring/indicators/{number.ref}").text
    assert "以前的版本" in shown and "第 1 版" in shown and "数与运算 → 数的运算" in shown and batch.file_name in shown
    plain = sign_in(app.test_client(), county["evaluator"])
    assert "导入指标库" not in plain.get("/monitoring/indicators").text
    assert plain.get("/imports/new?kind=indicators").status_code == 404
