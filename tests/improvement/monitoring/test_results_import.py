"""Results come in cell by cell: with their place in the file, in versions, and out again."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.casework.door import SHORTEST_REASON
from app.core.database import db
from app.core.errors import NotFound, StepRefused
from app.core.imports import operations as imports
from app.core.imports.arrival import place_of, receive, take_in
from app.core.imports.models import ImportBatch, ImportReport, ImportRow
from app.core.imports.operations import CheckIn, Relation, StepIn
from app.core.outbox import deliver
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult
from app.improvement.monitoring.operations import Move
from tests.cast import Cast, sign_in
from tests.core.test_import_pages import mapped
from tests.factories.monitoring import NUMBER, SHAPE, WORKED, Line, act_as, begin_cycle, bring_in, workbook
from tests.factories.workbooks import as_gb18030, as_xls

REASON = "发送单位说这一份不是最终版"
assert len(REASON) >= SHORTEST_REASON


def in_force(cycle: MonitoringCycle) -> dict[tuple[str, str], MonitoringResult]:
    found = select(MonitoringResult).where(
        MonitoringResult.cycle_id == cycle.id, MonitoringResult.superseded_at.is_(None)
    )
    return {tuple(r.cell_key.split("|")[1::4])[:2]: r for r in db.session.scalars(found)}


def value(cycle: MonitoringCycle, county: Cast, school: str, indicator: str) -> float | None:
    act_as(county.actor("office_director"))
    db.session.expire_all()
    return in_force(cycle)[county.units[school].code, indicator].value


def replaced(county: Cast, cycle: MonitoringCycle, older: ImportBatch, lines: list[Line]) -> ImportBatch:
    member = act_as(county.actor("assessment_member"))
    batch = place_of(member, "results", cycle.ref)
    batch.supersedes_id = older.id
    batch = imports.upload(
        member, batch, receive(member, batch, workbook(county, lines, note="最终版2"), "最终版2.xlsx")
    )
    imports.check(member, batch, CheckIn())
    deliver.drain()
    act_as(member)
    db.session.refresh(batch)
    imports.accept(act_as(county.actor("evaluator")), batch, StepIn())
    deliver.drain()
    act_as(county.actor("evaluator"))
    db.session.refresh(batch)
    return batch


def test_a_cell_knows_its_file_sheet_row_and_column(county: Cast) -> None:
    cycle = begin_cycle(county)
    batch = bring_in(county, cycle, WORKED)
    act_as(county.actor("office_director"))
    cell = in_force(cycle)[county.units["shuangqiao"].code, NUMBER]
    assert cell.cell_key == "school|3133000101|G7||math|MATH-NUM|county"
    assert (cell.batch_id, cell.file_sha256, cell.sheet, cell.row_no, cell.cell) == (
        batch.id,
        batch.file_sha256,
        "Sheet1",
        3,
        "K3",
    )
    assert (cell.value, cell.n, cell.sd, cell.benchmark_value, cell.deff) == (482, 120, 100, 500, None)


@pytest.mark.parametrize("write", [as_xls, as_gb18030])
def test_an_old_workbook_and_a_chinese_csv_give_the_same_cells(county: Cast, write: object) -> None:
    cycle = begin_cycle(county)
    name = "结果.xls" if write is as_xls else "结果.csv"
    member = act_as(county.actor("assessment_member"))
    batch = take_in(member, "results", cycle.ref, workbook(county, WORKED, write), name, county.actor("evaluator"))  # type: ignore[arg-type]
    assert (batch.state, batch.outcome) == ("accepted", {"added": 8})


def test_a_second_file_adds_its_cells_and_keeps_the_older_version_of_a_changed_one(county: Cast) -> None:
    cycle = begin_cycle(county)
    first = bring_in(county, cycle, WORKED)
    second = bring_in(county, cycle, [Line("shuangqiao", NUMBER, 484, n=120), WORKED[1], Line("shimen", SHAPE, 510)])
    assert second.outcome == {"added": 1, "changed": 1, "same": 1}
    act_as(county.actor("office_director"))
    versions = db.session.scalars(
        select(MonitoringResult)
        .where(MonitoringResult.cell_key == "school|3133000101|G7||math|MATH-NUM|county")
        .order_by(MonitoringResult.created_at)
    ).all()
    assert [(v.value, v.batch_id, v.superseded_by) for v in versions] == [
        (482, first.id, second.id),
        (484, second.id, None),
    ]
    assert in_force(cycle)[county.units["yuntai"].code, NUMBER].batch_id == first.id
    assert len(in_force(cycle)) == 9


def test_a_file_that_replaces_another_ends_the_cells_it_no_longer_has(county: Cast) -> None:
    cycle = begin_cycle(county)
    first = bring_in(county, cycle, WORKED)
    second = replaced(county, cycle, first, [*WORKED[:6], Line("chengguan", SHAPE, 461, n=64)])
    assert second.outcome == {"changed": 1, "same": 6, "removed": 1}
    assert len(in_force(cycle)) == 7
    assert db.session.get_one(ImportBatch, first.id).state == "superseded"


def test_a_batch_that_is_rolled_back_gives_way_to_what_was_before(county: Cast) -> None:
    cycle = begin_cycle(county)
    first = bring_in(county, cycle, WORKED)
    second = replaced(county, cycle, first, [*WORKED[:6], Line("chengguan", SHAPE, 461, n=64)])
    evaluator = act_as(county.actor("evaluator"))
    imports.roll_back(evaluator, second, StepIn(reason=REASON))
    deliver.drain()
    assert value(cycle, county, "chengguan", SHAPE) == 460
    assert len(in_force(cycle)) == 8
    assert {b.state for b in db.session.scalars(select(ImportBatch))} == {"accepted", "rolled_back"}


def test_a_batch_stays_once_the_import_is_finished(county: Cast) -> None:
    cycle = begin_cycle(county)
    batch = bring_in(county, cycle, WORKED)
    operations.finish_import(act_as(county.actor("assessment_member")), cycle, Move())
    with pytest.raises(StepRefused, match="已有记录用到这批数据"):
        imports.roll_back(act_as(county.actor("evaluator")), batch, StepIn(reason=REASON))


def test_who_sent_the_file_does_not_accept_it(county: Cast) -> None:
    cycle = begin_cycle(county)
    member = act_as(county.actor("assessment_member"))
    batch = place_of(member, "results", cycle.ref)
    batch = imports.upload(member, batch, receive(member, batch, workbook(county, WORKED), "结果.xlsx"))
    imports.check(member, batch, CheckIn())
    deliver.drain()
    act_as(member)
    db.session.refresh(batch)
    with pytest.raises(StepRefused, match="另一个人"):
        imports.accept(member, batch, StepIn())


def test_one_wrong_row_holds_the_whole_file_up(county: Cast) -> None:
    cycle = begin_cycle(county)
    member = act_as(county.actor("assessment_member"))
    lines = [*WORKED, Line("shimen", "MATH-XYZ", 500)]
    batch = take_in(member, "results", cycle.ref, workbook(county, lines), "结果.xlsx", county.actor("evaluator"))
    act_as(member)
    assert (batch.state, batch.rows_blocked) == ("ready", 1)
    blocked = db.session.scalars(select(ImportRow).where(ImportRow.status == "blocked")).one()
    assert (blocked.row_no, blocked.messages[0]["column"]) == (11, "indicator_code")
    assert in_force(cycle) == {}


def test_a_value_that_is_absent_is_kept_with_its_reason(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, [*WORKED, Line("shimen", SHAPE, "缺考", n=20)])
    act_as(county.actor("office_director"))
    cell = in_force(cycle)[county.units["shimen"].code, SHAPE]
    assert (cell.value, cell.missing) == (None, "absent")


def test_a_round_takes_no_file_before_and_after_it_collects(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    member = act_as(county.actor("assessment_member"))
    operations.finish_import(member, cycle, Move())
    with pytest.raises(StepRefused, match="现在不收数据"):
        place_of(member, "results", cycle.ref)


@pytest.mark.parametrize("key", ["principal", "subject_researcher", "dept_head", "other_evaluator", "sys_admin"])
def test_nobody_else_brings_results(county: Cast, key: str) -> None:
    cycle = begin_cycle(county)
    with pytest.raises(NotFound):
        place_of(act_as(county.actor(key)), "results", cycle.ref)


def test_the_head_count_of_the_report_sets_measured_against_expected(county: Cast) -> None:
    cycle = begin_cycle(county)
    member = act_as(county.actor("assessment_member"))
    batch = place_of(member, "results", cycle.ref)
    batch = imports.upload(member, batch, receive(member, batch, workbook(county, WORKED[:3]), "结果.xlsx"))
    imports.check(member, batch, CheckIn())
    deliver.drain()
    act_as(member)
    report = db.session.scalars(select(ImportReport.report).where(ImportReport.batch_id == batch.id)).one()
    assert [(line["zh"], line["number"], line["counts"]) for line in report["headcount"]] == [
        ("应测", 238, "people"),
        ("实测", 238, "people"),
        ("没有数值的格子", 0, "cells"),
    ]


CHANGED = [*WORKED[:6], Line("chengguan", SHAPE, 461, n=64), Line("shimen", SHAPE, 510)]
"""WORKED once more: one cell changed, one left out, one new."""


def sent_again(county: Cast, cycle: MonitoringCycle, sender: str = "") -> ImportBatch:
    member = act_as(county.actor("assessment_member"))
    batch = place_of(member, "results", cycle.ref)
    data = workbook(county, CHANGED, note="最终版2")
    return imports.upload(member, batch, receive(member, batch, data, "最终版2.xlsx", sender))


def compared(county: Cast, batch: ImportBatch, given: CheckIn) -> dict[str, object] | None:
    imports.check(act_as(county.actor("assessment_member")), batch, given)
    deliver.drain()
    act_as(county.actor("assessment_member"))
    db.session.refresh(batch)
    return db.session.scalars(select(ImportReport.report).where(ImportReport.batch_id == batch.id)).one()["diff"]


def test_a_changed_file_is_compared_with_the_last_one_of_its_sender_although_nobody_chose_one(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED[:3])
    last = bring_in(county, cycle, WORKED)
    found = compared(county, sent_again(county, cycle), CheckIn())
    assert found is not None
    assert (found["label"], found["added"], found["changed"], found["vanished"]) == (last.file_name, 1, 1, 1)
    assert [(c["column"], c["old"], c["new"]) for c in found["changes"]] == [("value", 460, 461)]  # type: ignore[attr-defined]
    assert "|3433000106|" in str(found["added_keys"])
    assert "MATH-PASS" in str(found["vanished_keys"])


def test_the_file_of_another_sender_is_no_earlier_version(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    assert compared(county, sent_again(county, cycle, "第三方测评公司"), CheckIn()) is None


def test_without_a_word_on_replacing_the_cells_it_lacks_stay(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    batch = sent_again(county, cycle)
    compared(county, batch, CheckIn())
    imports.accept(act_as(county.actor("evaluator")), batch, StepIn())
    deliver.drain()
    act_as(county.actor("office_director"))
    assert len(in_force(cycle)) == len(WORKED) + 1


def test_that_a_file_replaces_another_may_be_said_while_its_columns_are_matched(county: Cast) -> None:
    cycle = begin_cycle(county)
    older = bring_in(county, cycle, WORKED)
    batch = sent_again(county, cycle, "第三方测评公司")
    found = compared(county, batch, CheckIn(relation=Relation(older)))
    assert found is not None and found["label"] == older.file_name
    imports.accept(act_as(county.actor("evaluator")), batch, StepIn())
    deliver.drain()
    act_as(county.actor("office_director"))
    assert len(in_force(cycle)) == len(CHANGED)
    assert db.session.get_one(ImportBatch, older.id).state == "superseded"


def test_the_mapping_page_asks_about_the_earlier_files_and_the_report_says_what_follows(
    client: FlaskClient, county: Cast
) -> None:
    cycle = begin_cycle(county)
    older = bring_in(county, cycle, WORKED)
    batch = sent_again(county, cycle)
    sign_in(client, county["assessment_member"])
    page = client.get(batch.address).text
    assert f'<option value="{older.ref}">替代 {older.file_name}</option>' in page
    fields = mapped(client, batch) | dict(re.findall(r'name="(fixed-\w+)" value="([^"]*)"', page))
    for relation, words in (("", "没有标明替代上一版"), (older.ref, "这份表替代上一版：接收后，消失的格子不再有效")):
        db.session.refresh(batch)
        if batch.state == "ready":
            client.post(f"{batch.address}/map-again", data={"version": batch.version})
            db.session.refresh(batch)
        sent = client.post(f"{batch.address}/check", data={"version": batch.version, "relation": relation, **fields})
        assert sent.status_code == 303
        deliver.drain()
        report = client.get(batch.address).text
        assert words in report and "与上一版比较" in report
    assert (
        client.post(
            f"{batch.address}/check", data={"version": batch.version, "relation": "0" * 16, **fields}
        ).status_code
        == 404
    )


def test_what_changed_is_told_in_words_and_each_list_says_when_it_is_empty(county: Cast, client: FlaskClient) -> None:
    cycle = begin_cycle(county)
    first = bring_in(county, cycle, WORKED)
    second = replaced(county, cycle, first, [*WORKED[:6], Line("chengguan", SHAPE, 461, n=64)])
    page = sign_in(client, county["evaluator"])
    changed = page.get(f"{second.address}/differences").text
    assert "城关初级中学 七年级数学“图形与几何”，对县均值" in changed
    assert ("460" in changed, "461" in changed) == (True, True)
    vanished = page.get(f"{second.address}/differences?show=vanished").text
    assert vanished.count("，对县均值") == 1
    assert "没有新增的行" in page.get(f"{second.address}/differences?show=added").text
    for html in (changed, vanished):
        assert "|math|" not in html
