"""Whose version is whose: of a round, of what was read out of it, and what a report without a reckoning freezes."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.improvement.effects.interpretation_versions import cut_round
from app.improvement.effects.models import InterpretationReport
from app.improvement.effects.operations import interpretations as reports
from app.improvement.effects.operations.interpretations import InterpretationIn, InterpretationStep
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.operations.releases import ReleaseIn, prepare_release
from tests.cast import Cast, sign_in
from tests.factories.monitoring import WORKED, act_as, begin_cycle, put_in, released, verify

WORDS = dict.fromkeys(("across", "over_time", "limits"), "和县均值比，差距在区间之内")
FOUR = ("basic", "analysis", "topic", "public")
READERS = {
    "leading_group_head": FOUR,
    "leading_group_member": ("analysis", "public"),
    "office_director": FOUR,
    "evaluator": FOUR,
    "subject_researcher": ("basic", "topic", "public"),
    "assessment_member": ("basic", "public"),
    "guidance_member": ("topic", "public"),
    "dept_head": ("analysis", "public"),
    "dept_officer": ("analysis", "public"),
}
PARTS = {"basic": "cells", "analysis": "indicators", "topic": "topics", "public": "indicators"}
WITHOUT = ("principal", "school_coordinator", "inspector", "subject_teacher", "sys_admin", "other_office_director")


@pytest.fixture
def cycle(county: Cast) -> MonitoringCycle:
    """A released round."""
    return released(county)


def signed(county: Cast, cycle: MonitoringCycle, subject: str | None = None) -> InterpretationReport:
    member = act_as(county.actor("evaluator"))
    place = InterpretationReport(county_id=cycle.county_id, cycle_id=cycle.id, cycle=cycle, subject=subject)
    report = reports.draft_interpretation(member, place, InterpretationIn("解读", **WORDS))
    reports.sign_interpretation(act_as(county.actor("evaluator")), report, InterpretationStep(report.version))
    return report


def published(county: Cast, cycle: MonitoringCycle) -> InterpretationReport:
    report = signed(county, cycle)
    reports.publish_interpretation(act_as(county.actor("office_director")), report, InterpretationStep(report.version))
    return report


def names_in(county: Cast, found: Any) -> list[str]:
    return [school.name for school in county.schools if school.name in str(found) or school.code in str(found)]


def test_a_report_of_a_round_alone_freezes_what_was_released_for_each_audience(
    county: Cast, cycle: MonitoringCycle
) -> None:
    versions = signed(county, cycle).versions
    assert {audience: bool(versions[audience][part]) for audience, part in PARTS.items()} == dict.fromkeys(FOUR, True)
    assert names_in(county, versions["basic"]) and names_in(county, versions["topic"])
    assert not names_in(county, versions["analysis"]["indicators"])
    assert not names_in(county, versions["public"]["indicators"])
    assert "packages" not in str(versions)


def test_a_report_of_one_subject_freezes_the_lines_of_that_subject() -> None:
    lines = [{"subject": "math", "n": 40}, {"subject": "english", "n": None}]
    whole = {audience: {"about": {}, part: lines, "packages": {"x": 1}} for audience, part in PARTS.items()}
    assert {one: cut_round(whole, "math")[one][part] for one, part in PARTS.items()} == dict.fromkeys(FOUR, lines[:1])
    assert cut_round(whole, None)["public"] == {"about": {}, "indicators": lines}


def test_small_cells_stay_out_of_the_public_version_of_a_round_alone(county: Cast, cycle: MonitoringCycle) -> None:
    public = signed(county, cycle).versions["public"]["indicators"]
    numbers = [one[key] for one in public for key in ("n", "units", "below", "near", "above")]
    assert None in numbers
    assert not [number for number in numbers if number is not None and 0 < number < 10]


@pytest.mark.parametrize("key", [*READERS, *WITHOUT])
def test_each_reader_opens_the_versions_for_his_duty_and_no_other(
    county: Cast, client: FlaskClient, cycle: MonitoringCycle, key: str
) -> None:
    report, wanted = published(county, cycle), READERS.get(key, ())
    browser = sign_in(client, county[key])
    for address in (report.address, cycle.address):
        answers = {one: browser.get(f"{address}/versions/{one}").status_code for one in FOUR}
        assert answers == {one: 200 if one in wanted else 404 for one in FOUR}, address
    exports = {one: browser.get(f"{cycle.address}/versions/{one}/export").status_code for one in FOUR}
    assert exports == {one: 200 if one in wanted else 404 for one in FOUR}


@pytest.mark.parametrize("key", ["guidance_member", "dept_head", "leading_group_member"])
def test_the_report_lists_the_versions_that_open_and_no_link_that_does_not(
    county: Cast, client: FlaskClient, cycle: MonitoringCycle, key: str
) -> None:
    report = published(county, cycle)
    browser = sign_in(client, county[key])
    said = browser.get(report.address).get_data(as_text=True)
    assert {one for one in FOUR if f"{report.address}/versions/{one}" in said} == set(READERS[key])
    if key != "leading_group_member":
        assert f'href="{cycle.address}"' not in said
        assert {one for one in FOUR if f"{cycle.address}/versions/{one}" in said} == set(READERS[key])
    page = browser.get(f"{report.address}/versions/{READERS[key][0]}").get_data(as_text=True)
    assert "单位按编码排列" in page if key == "guidance_member" else "各指标全县情况" in page


def test_who_wrote_a_report_reads_all_four_of_its_versions(
    county: Cast, client: FlaskClient, cycle: MonitoringCycle
) -> None:
    member = act_as(county.actor("assessment_member"))
    place = InterpretationReport(county_id=cycle.county_id, cycle_id=cycle.id, cycle=cycle)
    report = reports.draft_interpretation(member, place, InterpretationIn("解读", **WORDS))
    reports.sign_interpretation(act_as(county.actor("assessment_member")), report, InterpretationStep(report.version))
    browser = sign_in(client, county["assessment_member"])
    assert [browser.get(f"{report.address}/versions/{one}").status_code for one in FOUR] == [200] * 4


def test_versions_that_are_not_out_are_for_those_who_see_the_round(county: Cast, client: FlaskClient) -> None:
    cycle = begin_cycle(county)
    put_in(county, cycle, WORKED)
    verify(county, cycle)
    prepare_release(act_as(county.actor("office_director")), cycle, ReleaseIn())
    for key, status in (("dept_head", 404), ("guidance_member", 404), ("leading_group_head", 200)):
        browser = sign_in(client, county[key])
        one = READERS[key][0]
        assert browser.get(f"{cycle.address}/versions/{one}").status_code == status, key
