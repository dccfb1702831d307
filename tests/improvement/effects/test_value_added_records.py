"""From a file of pupils' scores to a reckoning, the pages that show it, and the rows that go again."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.imports import operations as imports
from app.core.imports.models import ImportBatch, ImportRow
from app.core.imports.operations import StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets import open_book
from app.improvement.effects.comparing import pupils_of
from app.improvement.effects.models import ValueAddedEffect, ValueAddedRun, ValueAddedScore
from app.improvement.effects.operations.value_added import RunIn, run_value_added
from app.improvement.effects.queries import value_added as queries
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult
from tests.cast import Cast, sign_in
from tests.factories.monitoring import WORKED, act_as, bring_in, release, verify
from tests.improvement.effects.score_files import rows_of, send


def count(cast: Cast, model: Any, key: str = "assessment_member") -> int:
    act_as(cast.actor(key))
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def test_scores_come_in_under_pseudonyms_and_no_row_of_the_file_is_kept_beside(
    county: Cast, cycle: MonitoringCycle
) -> None:
    batch = send(county, cycle, rows_of(county))
    assert (batch.state, batch.outcome) == ("accepted", {"added": 180})
    assert count(county, ValueAddedScore) == 180
    assert count(county, ImportRow) == 0


@pytest.mark.parametrize(
    "key", ["office_director", "evaluator", "leading_group_head", "subject_researcher", "principal"]
)
def test_pupils_rows_are_read_by_the_assessment_group_alone_whatever_the_query(
    county: Cast, cycle: MonitoringCycle, key: str
) -> None:
    send(county, cycle, rows_of(county))
    assert count(county, ValueAddedScore, key) == 0


@pytest.mark.parametrize("name", ["王小兰", "G330000201003070010", "330000201003070010", "13800000000", "AB"])
def test_a_pseudonym_that_could_be_a_person_is_refused(county: Cast, cycle: MonitoringCycle, name: str) -> None:
    rows = rows_of(county)
    rows[0][0] = name
    batch = send(county, cycle, rows)
    assert (batch.state, batch.rows_blocked) == ("ready", 1)
    assert count(county, ValueAddedScore) == 0


def test_a_pupil_without_an_earlier_score_is_accepted_and_lowers_the_coverage(
    county: Cast, cycle: MonitoringCycle
) -> None:
    rows = rows_of(county)
    rows[0][4], rows[1][5] = None, "缺考"
    batch = send(county, cycle, rows)
    assert (batch.state, batch.rows_good, batch.rows_warned > 0) == ("accepted", 180, True)
    run = run_value_added(act_as(county.actor("assessment_member")), cycle, RunIn("math", "multilevel"))
    assert (run.n, run.rows) == (178, 180)


def test_a_reckoning_remembers_model_inputs_code_pupils_and_coverage(county: Cast, reckoned: ValueAddedRun) -> None:
    assert (reckoned.asked, reckoned.model, reckoned.groups) == ("multilevel", "cohort", 6)
    assert (reckoned.rows, reckoned.n, reckoned.coverage) == (180, 180, 1.0)
    assert len(reckoned.inputs_sha256) == 64
    assert reckoned.code_version.startswith("value-added-")
    assert [reason["code"] for reason in reckoned.found["reasons"]] == ["cohort_instead", "few_groups"]


def test_the_same_rows_give_the_same_digest_and_another_model_another_one(
    county: Cast, cycle: MonitoringCycle, reckoned: ValueAddedRun
) -> None:
    member = act_as(county.actor("assessment_member"))
    again = run_value_added(member, cycle, RunIn("math", "multilevel"))
    other = run_value_added(member, cycle, RunIn("math", "growth"))
    assert again.inputs_sha256 == reckoned.inputs_sha256 != other.inputs_sha256
    assert again.found == reckoned.found


@pytest.mark.parametrize("key", ["office_director", "evaluator", "leading_group_head"])
def test_only_the_assessment_group_reckons(county: Cast, cycle: MonitoringCycle, key: str) -> None:
    send(county, cycle, rows_of(county))
    with pytest.raises(NotAllowed):
        run_value_added(act_as(county.actor(key)), cycle, RunIn("math", "multilevel"))


@pytest.mark.parametrize("name", ["心灵彩虹码", "家庭收入", "Rainbow code"])
def test_rainbow_and_family_data_never_enter_a_model(county: Cast, cycle: MonitoringCycle, name: str) -> None:
    send(county, cycle, rows_of(county))
    with pytest.raises(Invalid, match="不能进入模型"):
        run_value_added(act_as(county.actor("assessment_member")), cycle, RunIn("math", "multilevel", (name,)))


def test_a_subject_without_scores_gets_a_sentence(county: Cast, cycle: MonitoringCycle) -> None:
    with pytest.raises(Invalid, match="没有可以计算的学生成绩"):
        run_value_added(act_as(county.actor("assessment_member")), cycle, RunIn("english", "multilevel"))


def test_a_file_that_was_reckoned_from_stays(county: Cast, cycle: MonitoringCycle, reckoned: ValueAddedRun) -> None:
    batch = db.session.get_one(ImportBatch, reckoned.batch_id)
    with pytest.raises(StepRefused, match="已有记录用到这批数据"):
        imports.roll_back(act_as(county.actor("evaluator")), batch, StepIn(reason="发送单位说这一份不是最终版"))


def test_after_seven_days_no_pupils_score_is_left_and_the_reckoning_stands(
    county: Cast, cycle: MonitoringCycle, reckoned: ValueAddedRun, clock: Any
) -> None:
    clock.advance(days=6, hours=23)
    deliver.drain()
    assert count(county, ValueAddedScore) == 180
    clock.advance(hours=2)
    deliver.drain()
    assert count(county, ValueAddedScore) == 0
    assert count(county, ValueAddedEffect) > 0
    with pytest.raises(Invalid, match="7 天"):
        run_value_added(act_as(county.actor("assessment_member")), cycle, RunIn("math", "multilevel"))


def test_a_school_sees_its_own_effect_and_nobody_elses(county: Cast, reckoned: ValueAddedRun) -> None:
    principal = act_as(county.actor("principal"))
    seen = queries.effects_over_time(principal)
    assert {one.school_id for one in seen} == {principal.school_id}
    assert db.session.scalars(select(ValueAddedEffect.school_id).distinct()).all() == [principal.school_id]
    assert db.session.scalar(select(func.count()).select_from(ValueAddedRun)) == 0
    assert seen[0].about["n"] == 180
    others = [school for school in county.schools if school.id != principal.school_id]
    with pytest.raises(NotFound):
        queries.school_for(principal, others[0].ref)


def test_another_county_sees_nothing(county: Cast, reckoned: ValueAddedRun) -> None:
    stranger = act_as(county.actor("other_office_director"))
    assert not queries.runs(stranger)
    with pytest.raises(NotFound):
        queries.run_for(stranger, reckoned.ref)


def test_an_evaluation_reads_the_pupils_means_of_its_school_and_of_unflagged_schools(
    county: Cast, cycle: MonitoringCycle, reckoned: ValueAddedRun
) -> None:
    bring_in(county, cycle, WORKED)
    act_as(county.actor("assessment_member"))
    own = county.units["shuangqiao"]
    cell = db.session.scalars(select(MonitoringResult).where(MonitoringResult.unit_id == own.id)).first()
    assert cell is not None
    found = pupils_of(cell, cell)
    effect = db.session.scalars(
        select(ValueAddedEffect).where(ValueAddedEffect.unit_id == own.id, ValueAddedEffect.class_no.is_(None))
    ).one()
    assert found is not None
    assert (found.before.value, found.after.value, found.after.n) == (effect.pre_mean, effect.post_mean, 30)
    assert (len(found.peers.baseline), found.run) == (5, reckoned.ref)
    verify(county, cycle)
    release(county, cycle)
    act_as(county.actor("assessment_member"))
    flagged = set(
        db.session.scalars(
            select(DataFinding.unit_id).where(
                DataFinding.indicator_id == cell.indicator_id, DataFinding.verdict == "candidate"
            )
        )
    )
    again = pupils_of(cell, cell)
    assert again is not None
    assert len(again.peers.baseline) == 5 - len(flagged - {own.id})


# Pages ----------------------------------------------------------------------------------------------------------------


def text_of(client: FlaskClient, cast: Cast, key: str, address: str) -> str:
    answer = sign_in(client, cast[key]).get(address)
    assert answer.status_code == 200, (key, address, answer.status_code)
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("key", ["leading_group_head", "office_director", "evaluator", "assessment_member"])
def test_the_page_shows_schools_in_code_order_with_interval_pupils_and_coverage(
    county: Cast, client: FlaskClient, reckoned: ValueAddedRun, key: str
) -> None:
    said = text_of(client, county, key, reckoned.address)
    places = [said.index(f'<div class="faint">{school.code}</div>') for school in county.schools]
    codes = [school.code for school in county.schools]
    assert [code for _place, code in sorted(zip(places, codes, strict=True))] == sorted(codes)
    assert said.count('class="forest f-') == 6
    for words in ("180 名，文件里共 180 名，覆盖率 100%", "不排名", "30 / 30", "全县回归", reckoned.inputs_sha256):
        assert words in said, words


def test_the_picture_of_before_and_after_holds_no_pupil_by_itself(
    county: Cast, client: FlaskClient, reckoned: ValueAddedRun
) -> None:
    answer = sign_in(client, county["office_director"]).get(f"{reckoned.address}/scatter.json")
    dots, line = answer.get_json()["series"]
    assert all(int(dot["name"].split()[0]) >= 5 for dot in dots["data"])
    assert len(line["data"]) == 2


def test_the_export_has_no_effect_without_its_interval(
    county: Cast, client: FlaskClient, reckoned: ValueAddedRun
) -> None:
    answer = sign_in(client, county["evaluator"]).get(f"{reckoned.address}/export")
    rows = open_book(answer.data, "x.xlsx").sheets[0].cells
    assert len(rows) == 7
    assert all(isinstance(row[place], float) for row in rows[1:] for place in (6, 7, 8))


def test_the_principal_sees_the_own_effect_with_the_county_and_no_other_school(
    county: Cast, client: FlaskClient, reckoned: ValueAddedRun
) -> None:
    said = text_of(client, county, "principal", "/value-added/own")
    assert "0 是全县平均" in said and "180 名学生、6 所学校" in said
    assert said.count('class="forest f-') >= 1
    own = county["principal"].unit
    for school in county.schools:
        if school.id != own.school_id:
            assert school.name not in said and school.code not in said
    browser = sign_in(client, county["principal"])
    assert browser.get(reckoned.address).status_code == 404
    assert browser.get("/value-added").status_code in (403, 404)


def test_each_look_at_pupils_rows_is_written_down(
    county: Cast, client: FlaskClient, cycle: MonitoringCycle, reckoned: ValueAddedRun
) -> None:
    address = f"/value-added/cycles/{cycle.ref}/pupils"
    assert "P000001" in text_of(client, county, "assessment_member", address)
    use_context(SYSTEM.context())
    found = "select count(*) from audit.access_log where kind = 'read' and body->>'purpose' = 'value_added.pupils'"
    assert db.session.scalar(text(found)) == 1
    assert sign_in(client, county["evaluator"]).get(address).status_code in (403, 404)


def test_the_form_reckons_and_keeps_what_was_typed_when_it_is_refused(
    county: Cast, client: FlaskClient, cycle: MonitoringCycle
) -> None:
    send(county, cycle, rows_of(county))
    browser = sign_in(client, county["assessment_member"])
    address = f"/value-added/cycles/{cycle.ref}"
    refused = browser.post(address, data={"subject": "math", "model": "multilevel", "covariates": "家庭收入"})
    assert refused.status_code == 422
    assert "家庭收入" in refused.get_data(as_text=True) and "不能进入模型" in refused.get_data(as_text=True)
    assert browser.post(address, data={"subject": "math", "model": "multilevel"}).status_code == 303


def test_pupils_scores_about_the_psyche_do_not_come_in_by_file_or_plain_sql(
    county: Cast, cycle: MonitoringCycle
) -> None:
    rows = rows_of(county)
    rows[0][3] = "心理健康"
    batch = send(county, cycle, rows)
    assert batch.rows_blocked == 1 and count(county, ValueAddedScore) == 0
    assert send(county, cycle, rows_of(county), "改后.xlsx").state == "accepted"
    with pytest.raises(IntegrityError, match="no_psyche"), trail.act(SYSTEM, "system", "test.by_hand"):
        db.session.execute(text("update value_added_scores set subject = 'psych'"))
