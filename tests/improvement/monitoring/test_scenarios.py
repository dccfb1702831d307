"""Findings sorted by the ten application scenarios: one list, set when registered and later, seen wherever a finding is."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.policy.actor import SYSTEM
from app.improvement.disclosure.models.showcase import ShowcaseEntry
from app.improvement.disclosure.words import SCENARIOS as OF_EXAMPLES
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations import TagsIn
from app.improvement.monitoring.queries import Wanted
from app.improvement.monitoring.routes.sheets import sheet_of_findings
from app.improvement.monitoring.scenarios import LISTED, SCENARIOS
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as
from tests.improvement.monitoring.test_findings import manual, place

TEN = (
    "precision_teaching", "decision", "supervision", "evaluation", "health", "teacher_dev", "quality_monitoring",
    "resources", "risk_warning", "research",
)  # fmt: skip


def test_the_ten_scenarios_are_there_once_and_examples_use_the_same_list() -> None:
    assert [(one.number, one.code) for one in LISTED] == list(enumerate(TEN, 1))
    assert all(one.zh and one.en for one in LISTED)
    assert OF_EXAMPLES is SCENARIOS
    column = next(c for c in ShowcaseEntry.__table__.constraints if str(c.name).endswith("scenario"))
    assert all(f"'{code}'" in str(column.sqltext) for code in TEN)  # type: ignore[attr-defined]


def test_the_database_knows_the_ten_codes_and_no_other(county: Cast) -> None:
    made = registered(county, *TEN)
    assert made.scenarios == list(TEN)
    wrong = text("update data_findings set scenarios = cast(:given as jsonb) where id = :id")
    for given in ('["sports"]', '"health"'):
        with (
            pytest.raises(IntegrityError, match="ck_data_findings_scenarios"),
            trail.act(SYSTEM, "system", "test.tag"),
            db.session.begin_nested(),
        ):
            db.session.execute(wrong, {"given": given, "id": made.id})


def registered(county: Cast, *scenarios: str) -> DataFinding:
    return operations.register_finding(
        act_as(county.actor("evaluator")), place(county), manual("device", scenarios=scenarios)
    )


def test_scenarios_are_set_with_the_finding_in_the_order_of_their_numbers(county: Cast) -> None:
    assert registered(county, "resources", "supervision", "resources").scenarios == ["supervision", "resources"]


def test_an_unknown_scenario_is_refused_with_a_sentence(county: Cast) -> None:
    with pytest.raises(Invalid, match="请从列出的里面选"):
        registered(county, "sports")
    made = registered(county)
    with pytest.raises(Invalid, match="请从列出的里面选"):
        operations.tag_finding(act_as(county.actor("evaluator")), made, TagsIn(("sports",)))


def test_they_are_changed_later_by_those_who_work_with_the_finding_and_the_trail_tells(county: Cast) -> None:
    made = registered(county, "supervision")
    operations.tag_finding(act_as(county.actor("principal")), made, TagsIn(("resources", "supervision")))
    assert made.scenarios == ["supervision", "resources"]
    told = text("select count(*) from audit.transition_log where step = 'data_finding.tag' and record_id = :id")
    assert db.session.execute(told, {"id": made.id}).scalar_one() == 1


@pytest.mark.parametrize("key", ["leading_group_member", "assessment_member", "guidance_member", "yuntai_principal"])
def test_others_do_not_change_them(county: Cast, key: str) -> None:
    made = registered(county)
    with pytest.raises((NotAllowed, NotFound)):
        operations.tag_finding(act_as(county.actor(key)), made, TagsIn(("health",)))


def test_the_list_is_narrowed_to_findings_of_any_chosen_scenario_and_the_sheet_names_them(
    app: Flask, county: Cast
) -> None:
    one, other = registered(county, "supervision", "resources"), registered(county, "health")
    registered(county)
    actor = act_as(county.actor("office_director"))
    found = queries.finding_rows(actor, Wanted(scenarios=("resources", "risk_warning")))
    assert [row.number for row in found] == [one.number]
    both = queries.finding_rows(actor, Wanted(scenarios=("resources", "health")))
    assert {row.number for row in both} == {one.number, other.number}
    with app.test_request_context():
        sheet = sheet_of_findings(found)
        assert str(sheet.heads[-1].title) == "应用场景"
        assert next(iter(sheet.rows))[-2:] == ["设备与巡课", "督导、数字资源"]


def test_the_pages_set_filter_and_show_them(app: Flask, county: Cast) -> None:
    made = registered(county, "supervision")
    client = sign_in(app.test_client(), county["office_director"])
    here = {"base_url": "https://localhost"}
    listed = client.get("/monitoring/findings?scenario=supervision&scenario=health", **here)
    assert made.number in listed.text
    assert made.number not in client.get("/monitoring/findings?scenario=health", **here).text
    assert client.get(f"{made.address}/scenarios", **here).status_code == 200
    wrong = client.post(f"{made.address}/scenarios", data={"scenarios": ["sports"], "version": made.version}, **here)
    assert wrong.status_code == 422
    given = {"scenarios": ["health", "resources"], "version": made.version}
    assert client.post(f"{made.address}/scenarios", data=given, **here).status_code == 303
    assert "体质与心理健康、数字资源" in client.get(made.address, **here).text
