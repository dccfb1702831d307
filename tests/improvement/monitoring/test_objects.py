"""What an indicator evaluates and in which way: verdicts on schools alone; teachers and students stay data."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db, uuid7
from app.core.errors import Invalid, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringResult
from app.improvement.monitoring.operations import ConfirmIn, SupportIn
from app.improvement.monitoring.routes.sheets import sheet_of_indicators
from tests.cast import Cast, sign_in
from tests.factories.monitoring import INTERPRETATION, NUMBER, WORKED, Line, act_as, indicator_in, released

CONDUCT = "CONDUCT"
GIVEN = ConfirmIn(INTERPRETATION, ("缺少考核",), SupportIn("学生问卷", "三成学生有意见"))


def add(county: Cast, **changes: Any) -> Indicator:
    given = indicator_in(CONDUCT, "师德师风测评", **changes)
    return operations.add_indicator(
        act_as(county.actor("office_director")), Indicator(county_id=county.county.id), given
    )


def by_plain_sql(statement: str, **values: Any) -> None:
    with trail.act(SYSTEM, "system", "test.by_hand"):
        db.session.execute(text(statement), values)


@pytest.mark.parametrize("who", ["teacher", "student"])
def test_the_rules_give_no_verdict_on_teachers_or_students(county: Cast, who: str) -> None:
    add(county, object_code=who)
    lines = (*WORKED, Line("yuntai", CONDUCT, 400, n=300), Line("shimen", CONDUCT, 640, n=300))
    released(county, lines, indicator_codes=(CONDUCT, NUMBER, "MATH-GEO", "MATH-PASS"))
    of_person = select(MonitoringResult).join(Indicator).where(Indicator.code == CONDUCT)
    cells = db.session.scalars(of_person).all()
    assert [(cell.verdict, cell.not_eligible, cell.family_size) for cell in cells] == [("none", "person", 0)] * 2
    found = select(DataFinding).join(Indicator, Indicator.id == DataFinding.indicator_id)
    assert db.session.scalars(found.where(Indicator.code == CONDUCT)).all() == []
    assert db.session.scalars(found.where(Indicator.code == NUMBER)).all()


@pytest.mark.parametrize("who", ["teacher", "student"])
def test_a_result_on_teachers_or_students_bears_no_verdict_by_plain_sql_either(county: Cast, who: str) -> None:
    indicator = add(county, object_code=who)
    released(county, (*WORKED, Line("yuntai", CONDUCT, 400, n=300)), indicator_codes=(CONDUCT, NUMBER, "MATH-GEO"))
    here = select(MonitoringResult.id).where(MonitoringResult.indicator_id == indicator.id)
    elsewhere = select(MonitoringResult.id).where(MonitoringResult.verdict == "candidate")
    cell, other = db.session.scalars(here).one(), db.session.scalars(elsewhere.limit(1)).one()
    for given in ("candidate", "watch", "strength"):
        with pytest.raises(IntegrityError, match="verdicts are given on schools alone"), db.session.begin_nested():
            by_plain_sql(f"update monitoring_results set verdict = '{given}' where id = :id", id=cell)
    with pytest.raises(IntegrityError, match="verdicts are given on schools alone"), db.session.begin_nested():
        by_plain_sql("update monitoring_results set indicator_id = :to where id = :id", to=indicator.id, id=other)
    for given in ("'none'", "null"):
        by_plain_sql(f"update monitoring_results set verdict = {given} where id = :id", id=cell)


def finding_of(county: Cast, indicator: Indicator, **values: Any) -> DataFinding:
    unit = county.units["yuntai"]
    made = DataFinding(
        id=uuid7(), county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id, number="FX-9001",
        title="师德测评偏低", source_type="self_check", source_reference="测评报告", category="management",
        severity="minor", known_on=indicator.created_at.date(), indicator_id=indicator.id, interpretation="",
        school_comment="", cause_hypotheses=[], supporting_evidence=[], **({"state": "candidate"} | values),
    )  # fmt: skip
    with trail.act(SYSTEM, "system", "test.finding"):
        db.session.add(made)
    return made


@pytest.mark.parametrize("who", ["teacher", "student"])
def test_a_finding_on_teachers_or_students_is_not_confirmed_by_operation_or_plain_sql(county: Cast, who: str) -> None:
    finding = finding_of(county, add(county, object_code=who))
    with pytest.raises(StepRefused, match="评价对象是教师或学生，只留数据，不作结论"):
        operations.confirm_finding(act_as(county.actor("evaluator")), finding, GIVEN)
    for given in ("state = 'confirmed'", "verdict = 'candidate'", "state = 'converted'"):
        with pytest.raises(IntegrityError, match="verdicts are given on schools alone"), db.session.begin_nested():
            by_plain_sql(f"update data_findings set {given} where id = :id", id=finding.id)


def test_a_finding_on_a_school_is_confirmed(county: Cast) -> None:
    finding = finding_of(county, add(county))
    operations.confirm_finding(act_as(county.actor("evaluator")), finding, GIVEN)
    assert finding.state == "confirmed"


def test_what_an_indicator_evaluates_stays_once_data_rest_on_it(county: Cast) -> None:
    indicator = add(county, object_code="teacher")
    changed = indicator_in(CONDUCT, "师德师风测评", object_code="student")
    operations.change_indicator(act_as(county.actor("office_director")), indicator, changed)
    finding_of(county, indicator)
    with pytest.raises(IntegrityError, match="what an indicator evaluates stays"), db.session.begin_nested():
        by_plain_sql("update indicators set object_code = 'school' where id = :id", id=indicator.id)
    released(county)
    act_as(county.actor("office_director"))
    used = db.session.scalars(select(Indicator).where(Indicator.code == NUMBER)).one()
    with pytest.raises(Invalid, match="评价对象不能改"):
        operations.change_indicator(
            county.actor("office_director"), used, indicator_in(NUMBER, "数与运算", object_code="student")
        )
    operations.change_indicator(
        county.actor("office_director"), used, indicator_in(NUMBER, "数与运算", evaluation_type="comprehensive")
    )
    assert used.evaluation_type == "comprehensive"


@pytest.mark.parametrize("wrong", [{"evaluation_type": "level"}, {"object_code": "parent"}])
def test_unknown_types_and_objects_are_refused_by_operation_and_database(county: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="请从列出的里面选"):
        add(county, **wrong)
    indicator = add(county)
    (column,) = wrong
    with pytest.raises(IntegrityError, match=f"ck_indicators_{column}"), db.session.begin_nested():
        by_plain_sql(f"update indicators set {column} = :value where id = :id", value=wrong[column], id=indicator.id)


def test_the_list_of_indicators_is_narrowed_and_exported_by_type_and_object(app: Flask, county: Cast) -> None:
    add(county, evaluation_type="process", object_code="teacher", domain="comprehensive")
    client = sign_in(app.test_client(), county["office_director"])
    shown = client.get("/monitoring/indicators?evaluation_type=process&object_code=teacher").text
    assert "师德师风测评" in shown and "数与运算" not in shown
    assert "师德师风测评" not in client.get("/monitoring/indicators?domain=subject").text
    assert client.get("/monitoring/indicators/export?object_code=teacher").status_code == 200
    with app.test_request_context():
        listed = db.session.scalars(select(Indicator).where(Indicator.code == CONDUCT)).all()
        row = next(iter(sheet_of_indicators(listed).rows))
    assert row[4:7] == ["综合与管理", "过程评价", "教师（师德师风、工作实绩）"]


def test_the_form_asks_for_type_and_object_and_keeps_what_was_typed(app: Flask, county: Cast) -> None:
    client = sign_in(app.test_client(), county["office_director"])
    given = {
        "code": "NEW-1", "name": "课堂互动", "subject": "general", "domain": "comprehensive", "value_type": "rate",
        "direction": "higher", "family": "智能巡课", "unit_word": "%",
    }  # fmt: skip
    refused = client.post("/monitoring/indicators", data=given)
    assert refused.status_code == 422
    assert "请选评价类型" in refused.text and "请选评价对象" in refused.text and "课堂互动" in refused.text
    taken = client.post("/monitoring/indicators", data={**given, "evaluation_type": "process", "object_code": "school"})
    assert taken.status_code == 303
