"""Interpretation reports: frozen in four versions when signed, read once they are published, no longer when withdrawn."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.database import db
from app.core.errors import StepRefused
from app.improvement.effects.models import InterpretationReport, ValueAddedRun
from app.improvement.effects.operations import interpretations as reports
from app.improvement.effects.operations.interpretations import InterpretationIn, InterpretationStep
from app.improvement.monitoring.models import MonitoringCycle
from tests.cast import Cast, sign_in
from tests.factories.monitoring import WORKED, act_as, bring_in, release, verify

WORDS = dict.fromkeys(("across", "over_time", "limits"), "和县均值比，差距在区间之内")


def text_of(client: FlaskClient, cast: Cast, key: str, address: str) -> str:
    answer = sign_in(client, cast[key]).get(address)
    assert answer.status_code == 200, (key, address, answer.status_code)
    return answer.get_data(as_text=True)


@pytest.fixture
def draft(county: Cast, cycle: MonitoringCycle, reckoned: ValueAddedRun) -> InterpretationReport:
    """A report on the released round, written and not signed."""
    bring_in(county, cycle, WORKED)
    verify(county, cycle)
    release(county, cycle)
    member = act_as(county.actor("assessment_member"))
    place = InterpretationReport(
        county_id=cycle.county_id, cycle_id=cycle.id, cycle=cycle, run_id=reckoned.id, subject="math"
    )
    return reports.draft_interpretation(member, place, InterpretationIn("数学解读", **WORDS))


def take(cast: Cast, key: str, report: InterpretationReport, operation: Any, reason: str | None = None) -> None:
    actor = act_as(cast.actor(key))
    operation(actor, report, InterpretationStep(report.version, reason))


def test_a_signed_report_is_frozen_in_four_versions_of_one_data_set(county: Cast, draft: InterpretationReport) -> None:
    take(county, "assessment_member", draft, reports.sign_interpretation)
    assert set(draft.versions) == {"basic", "analysis", "topic", "public"}
    assert len(draft.dataset_sha256) == 64
    assert len(draft.versions["basic"]["schools"]) == 6
    public = str(draft.versions["public"])
    assert not [school for school in county.schools if school.name in public or school.code in public]
    with pytest.raises(StepRefused, match="已签名"):
        reports.write_interpretation(act_as(county.actor("assessment_member")), draft, InterpretationIn("改"))


def test_a_report_without_its_limits_cannot_be_signed(county: Cast, draft: InterpretationReport) -> None:
    member = act_as(county.actor("assessment_member"))
    reports.write_interpretation(member, draft, InterpretationIn("数学解读", **WORDS | {"limits": " "}))
    with pytest.raises(StepRefused, match="数据的局限"):
        take(county, "assessment_member", draft, reports.sign_interpretation)


@pytest.mark.parametrize("words", ["双桥中学的进步最大", "感谢陆晓棠整理数据", "咨询电话 13812345678"])
def test_words_for_the_public_that_name_a_school_or_a_person_are_not_signed(
    county: Cast, draft: InterpretationReport, words: str
) -> None:
    member = act_as(county.actor("assessment_member"))
    said = dict.fromkeys(("basic", "analysis", "topic"), "双桥中学见第一行") | {"public": words}
    reports.write_interpretation(member, draft, InterpretationIn("数学解读", **WORDS | {"said": said}))
    with pytest.raises(StepRefused, match="不写学校名称、人名"):
        take(county, "assessment_member", draft, reports.sign_interpretation)
    reports.write_interpretation(member, draft, InterpretationIn("数学解读", **WORDS | {"said": said | {"public": ""}}))
    take(county, "assessment_member", draft, reports.sign_interpretation)
    assert draft.state == "signed"


def test_a_returned_report_is_cut_anew_when_it_is_signed_again(county: Cast, draft: InterpretationReport) -> None:
    take(county, "assessment_member", draft, reports.sign_interpretation)
    first = draft.dataset_sha256
    take(county, "office_director", draft, reports.return_interpretation, "横向比较缺少区间，请补写以后再签")
    assert (draft.state, draft.versions, draft.dataset_sha256) == ("returned", {}, "")
    take(county, "assessment_member", draft, reports.sign_interpretation)
    assert draft.dataset_sha256 == first


def test_readers_see_a_report_once_it_is_published_and_no_longer_when_it_is_withdrawn(
    county: Cast, client: FlaskClient, draft: InterpretationReport
) -> None:
    address = draft.address
    head = sign_in(client, county["leading_group_head"])
    assert head.get(address).status_code == 404
    take(county, "assessment_member", draft, reports.sign_interpretation)
    take(county, "office_director", draft, reports.publish_interpretation)
    head = sign_in(client, county["leading_group_head"])
    assert "和县均值比" in head.get(address).get_data(as_text=True)
    for audience in ("basic", "analysis", "topic", "public"):
        assert head.get(f"{address}/versions/{audience}").status_code == 200
    act_as(county.actor("office_director"))
    db.session.refresh(draft)
    take(county, "office_director", draft, reports.withdraw_interpretation, "发现一所学校的数据送错，重新核对")
    assert sign_in(client, county["leading_group_head"]).get(address).status_code == 404


def test_the_public_page_names_no_school(county: Cast, client: FlaskClient, draft: InterpretationReport) -> None:
    take(county, "assessment_member", draft, reports.sign_interpretation)
    said = text_of(client, county, "office_director", f"{draft.address}/versions/public")
    assert not [school for school in county.schools if school.name in said or school.code in said]
    assert "&lt;10" in said


def test_a_report_goes_its_way_by_the_pages(county: Cast, client: FlaskClient, draft: InterpretationReport) -> None:
    browser = sign_in(client, county["assessment_member"])
    created = browser.post(
        "/interpretations",
        data={"cycle": draft.cycle.ref, "title": "第二份", "across": "比", "over_time": "比", "limits": "少"},
    )
    assert created.status_code == 303
    address = created.headers["Location"]
    assert browser.get(f"{address}/text").status_code == 200
    assert browser.post(f"{address}/text", data={"title": ""}).status_code == 422
    assert browser.get(f"{address}/steps/sign").status_code == 200
    assert browser.post(f"{address}/steps/sign").status_code == 303
    office = sign_in(client, county["office_director"])
    assert office.post(f"{address}/steps/return-report", data={"reason": "短"}).status_code == 422
    assert office.post(f"{address}/steps/publish").status_code == 303
    assert "第二份" in office.get("/interpretations").get_data(as_text=True)
