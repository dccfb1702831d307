"""The pages of monitoring as browsers get them: who reaches what, what a refused form keeps, how many queries a page takes."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.database import db
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult, ReleaseAck
from app.improvement.monitoring.operations import Move
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.factories.monitoring import INTERPRETATION, WORKED, Line, act_as, begin_cycle, put_in, released

NOT_THERE = 404


@pytest.fixture
def out(county: Cast) -> Iterator[tuple[Cast, MonitoringCycle]]:
    """A round that is released, with the worked cells."""
    yield county, released(county, (*WORKED, Line("shimen", "MATH-GEO", 540, n=200)))


@contextmanager
def browser(app: Flask, cast: Cast, key: str) -> Iterator[FlaskClient]:
    yield sign_in(app.test_client(), cast[key])


def page(app: Flask, cast: Cast, key: str, path: str) -> Any:
    with browser(app, cast, key) as client:
        return client.get(path, base_url="https://localhost")


def finding_of(county: Cast, school: str, state: str) -> DataFinding:
    act_as(county.actor("office_director"))
    unit = county.units[school].id
    found = select(DataFinding).where(DataFinding.unit_id == unit, DataFinding.state == state)
    return db.session.scalars(found).one()


def ack_of(county: Cast, school: str) -> ReleaseAck:
    act_as(county.actor("office_director"))
    return db.session.scalars(select(ReleaseAck).where(ReleaseAck.unit_id == county.units[school].id)).one()


STAFF = ("leading_group_head", "office_director", "evaluator", "subject_researcher", "assessment_member")
WITHOUT = ("principal", "dept_head", "inspector", "subject_teacher", "sys_admin", "auditor", "other_office_director")
CYCLE_PAGES = (
    "",
    "/acknowledgements",
    "/reconciliation",
    "/results",
    "/versions/basic",
    "/results/export",
)


@pytest.mark.parametrize("key", STAFF)
def test_county_staff_open_every_page_of_a_round(app: Flask, out: tuple[Cast, MonitoringCycle], key: str) -> None:
    county, cycle = out
    with browser(app, county, key) as client:
        answers = {tail: client.get(f"{cycle.address}{tail}", base_url="https://localhost") for tail in CYCLE_PAGES}
    assert {tail: answer.status_code for tail, answer in answers.items()} == dict.fromkeys(CYCLE_PAGES, 200)


@pytest.mark.parametrize("key", WITHOUT)
def test_for_others_a_round_does_not_exist(app: Flask, out: tuple[Cast, MonitoringCycle], key: str) -> None:
    county, cycle = out
    with browser(app, county, key) as client:
        answers = {
            client.get(f"{cycle.address}{tail}", base_url="https://localhost").status_code for tail in CYCLE_PAGES
        }
    assert answers == {NOT_THERE}


def test_a_school_opens_its_own_package_finding_and_cell_but_no_foreign_ones(
    app: Flask, out: tuple[Cast, MonitoringCycle]
) -> None:
    county, _cycle = out
    finding, ack = finding_of(county, "yuntai", "candidate"), ack_of(county, "yuntai")
    cell = db.session.get_one(MonitoringResult, finding.result_id)
    paths = (finding.address, ack.address, f"/monitoring/cells/{cell.ref}")
    for key, wanted in (("yuntai_principal", 200), ("principal", 404), ("other_principal", 404), ("inspector", 200)):
        assert [page(app, county, key, path).status_code for path in paths] == [wanted] * 3, key


def test_a_principal_reads_no_name_and_no_value_of_another_school(
    app: Flask, out: tuple[Cast, MonitoringCycle]
) -> None:
    county, _cycle = out
    for path in ("/monitoring/findings", "/monitoring/school-results", ack_of(county, "yuntai").address):
        text = page(app, county, "yuntai_principal", path).text
        assert "云台" in text or path.endswith("results")
        assert not any(name in text for name in ("双桥中学", "城关初级中学", "石门中学"))


@pytest.mark.parametrize("key", ["subject_teacher", "homeroom_teacher", "grade_leader", "sys_admin", "auditor"])
def test_teachers_and_administrators_have_no_pages_of_monitoring(
    app: Flask, out: tuple[Cast, MonitoringCycle], key: str
) -> None:
    county, _cycle = out
    paths = ("cycles", "findings", "school-results", "conflicts", "indicators", "findings/export")
    with browser(app, county, key) as client:
        found = {path: client.get(f"/monitoring/{path}", base_url="https://localhost").status_code for path in paths}
    assert set(found.values()) == {NOT_THERE}


def test_the_list_shows_units_in_code_order_and_a_strength(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    text = page(app, county, "evaluator", "/monitoring/findings").text
    places = [text.index(name) for name in ("双桥中学", "城关初级中学", "石门中学", "云台乡九年一贯制学校")]
    assert places == sorted(places)
    assert "优势" in text and "样本不足" in text and "效应量 −0.40，95% 区间 −0.6" in text


def test_what_is_exported_is_what_is_shown(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    answer = page(app, county, "evaluator", "/monitoring/findings/export?state=candidate&severity=moderate")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)  # type: ignore[union-attr]
    assert [row[3] for row in rows[1:]] == ["图形与几何"]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="findings-')


def test_a_refused_interpretation_keeps_what_was_typed(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    path = finding_of(county, "yuntai", "candidate").address + "/interpretation"
    typed = {
        "interpretation": "差距明显",
        "hypotheses": "练习没有分层",
        "support_source": "单元检测",
        "support_description": "",
    }
    with browser(app, county, "subject_researcher") as client:
        answer = client.post(path, data=typed, base_url="https://localhost")
    assert answer.status_code == 422
    assert all(
        words in answer.text
        for words in ("解读至少写 50 个字", "请写佐证说明了什么", "练习没有分层", "单元检测", "差距明显")
    )


def test_a_finding_is_confirmed_on_its_page(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    finding = finding_of(county, "yuntai", "candidate")
    typed = {
        "interpretation": INTERPRETATION,
        "hypotheses": "练习没有分层\n新任教师多",
        "support_source": "9月单元检测",
        "support_description": "同类题得分率 0.52",
        "version": str(finding.version),
    }
    with browser(app, county, "subject_researcher") as client:
        answer = client.post(f"{finding.address}/interpretation", data=typed, base_url="https://localhost")
    assert (answer.status_code, answer.headers["Location"]) == (303, finding.address)
    act_as(county.actor("office_director"))
    db.session.refresh(finding)
    assert (finding.state, finding.cause_hypotheses) == ("confirmed", ["练习没有分层", "新任教师多"])


def test_a_page_that_is_out_of_date_changes_nothing(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    finding = finding_of(county, "yuntai", "candidate")
    typed = {"kind": "dismissed", "reason": "与其他来源不一致，不成立", "version": "0"}
    with browser(app, county, "subject_researcher") as client:
        answer = client.post(f"{finding.address}/rejection", data=typed, base_url="https://localhost")
    assert answer.status_code == 409
    assert finding_of(county, "yuntai", "candidate").id == finding.id


def test_the_verifier_explains_each_line_that_does_not_hold(app: Flask, county: Cast) -> None:
    cycle = begin_cycle(county)
    put_in(county, cycle, WORKED)
    operations.finish_import(act_as(county.actor("assessment_member")), cycle, Move())
    path = f"{cycle.address}/reconciliation"
    with browser(app, county, "evaluator_2") as client:
        empty = client.post(path, data={"version": str(cycle.version)}, base_url="https://localhost")
        remarks = {"remark_schools": "特殊情况，已与学校核对", "remark_indicators": "本轮没有测这一项"}
        signed = client.post(
            path, data={**remarks, "signed": "y", "version": str(cycle.version)}, base_url="https://localhost"
        )
    assert empty.status_code == 422 and "这一行对不上，请写明原因" in empty.text
    assert signed.status_code == 303
    act_as(county.actor("office_director"))
    db.session.refresh(cycle)
    assert cycle.state == "verified"


def test_a_withdrawal_asks_for_the_code_of_the_round(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, cycle = out
    path, reason = f"{cycle.address}/steps/withdraw", "测评工具印错一页，数据不可用"
    with browser(app, county, "leading_group_head") as client:
        wrong = client.post(path, data={"reason": reason, "number": "2026"}, base_url="https://localhost")
        right = client.post(path, data={"reason": reason, "number": cycle.code}, base_url="https://localhost")
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert reason in wrong.text


def test_a_principal_signs_on_the_page(app: Flask, out: tuple[Cast, MonitoringCycle]) -> None:
    county, _cycle = out
    ack = ack_of(county, "yuntai")
    with browser(app, county, "yuntai_principal") as client:
        answer = client.post(
            f"{ack.address}/signature", data={"version": str(ack.version)}, base_url="https://localhost"
        )
        assert answer.status_code == 303
        assert "已签收" in client.get(ack.address, base_url="https://localhost").text


def statements(app: Flask, county: Cast, key: str, path: str) -> int:
    with browser(app, county, key) as client:
        client.get(path, base_url="https://localhost")
        with counted_statements() as seen:
            assert client.get(path, base_url="https://localhost").status_code == 200
    return len(seen)


def test_pages_take_as_many_queries_for_many_rows_as_for_few(app: Flask, county: Cast) -> None:
    paths = ("/monitoring/cycles", "/monitoring/findings", "/monitoring/conflicts", "/monitoring/indicators")
    cycle = released(county, WORKED)
    own = tuple(f"{cycle.address}{tail}" for tail in ("", "/results", "/acknowledgements"))
    few = {path: statements(app, county, "evaluator", path) for path in (*paths, *own)}
    more = (
        Line(key, "MATH-SOLVE", 455 + n, n=100) for n, key in enumerate(("shuangqiao", "yuntai", "chengguan", "shimen"))
    )
    larger = released(county, (*WORKED, *more), code="2026-CZ-02", name="2026冬七年级数学监测")
    many = {path: statements(app, county, "evaluator", path) for path in paths}
    many |= {
        f"{cycle.address}{tail}": statements(app, county, "evaluator", f"{larger.address}{tail}")
        for tail in ("", "/results", "/acknowledgements")
    }
    assert many == few
    assert max(few.values()) <= 45, few
