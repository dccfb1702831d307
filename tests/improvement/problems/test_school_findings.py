"""A school's own list cites what was found at the school: registered by its coordinator, or released to it by the county."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.database import db, uuid7
from app.core.errors import Invalid, NotAllowed, NotFound
from app.improvement.monitoring.models import DataFinding, SourceConflict
from app.improvement.monitoring.operations import FindingIn, register_finding
from app.improvement.problems.models import ItemFinding, ProblemItem, ProblemList
from app.improvement.problems.operations import drafting
from app.improvement.problems.queries import lists as queries
from tests.by_hand import by_hand
from tests.cast import Cast, sign_in
from tests.improvement.problems.scenes import Scene

REGISTERED = FindingIn(
    "晚托期间两个楼层无人巡查", "safety", "自查记录 2026-11", "management", "moderate", clock.today()
)


def registered(scene: Scene, by: str = "school_coordinator", school: str = "shuangqiao", **changes: Any) -> DataFinding:
    unit = scene.cast.units[school]
    place = DataFinding(county_id=scene.cast.county.id, school_id=unit.id, unit_id=unit.id)
    given = FindingIn(**{**vars(REGISTERED), **changes})
    return register_finding(scene.actor(by), place, given)


def cited(scene: Scene, held: ProblemList, *findings: DataFinding, by: str = "school_coordinator") -> ProblemItem:
    line = scene.line(source_type=findings[0].source_type, cites=tuple(one.id for one in findings))
    return drafting.add_item(scene.actor(by), held, line)  # type: ignore[return-value]


def findings_of(item: ProblemItem) -> set[Any]:
    return set(db.session.scalars(select(ItemFinding.finding_id).where(ItemFinding.item_id == item.id)))


@pytest.mark.parametrize("source", ["safety", "petition", "patrol", "audit", "self_check"])
def test_the_coordinator_registers_what_was_found_at_the_own_school(scene: Scene, source: str) -> None:
    made = registered(scene, source_type=source)
    assert (made.state, made.registered_by) == ("candidate", scene.cast["school_coordinator"].person_id)


def test_a_school_registers_no_finding_of_a_visit_and_none_of_another_school(scene: Scene) -> None:
    for by in ("school_coordinator", "principal"):
        with pytest.raises(Invalid):
            registered(scene, by, source_type="visit")
        with pytest.raises(NotAllowed):
            registered(scene, by, school="yuntai")


@pytest.mark.parametrize("state", ["candidate", "watch", "confirmed", "converted"])
def test_a_school_list_cites_findings_of_its_school_and_leaves_them_to_the_county(scene: Scene, state: str) -> None:
    finding = scene.finding(scene.round(), state=state)
    item = cited(scene, scene.school_draft(), finding)
    db.session.refresh(finding)
    assert findings_of(item) == {finding.id}
    assert (finding.state, finding.problem_item_id, item.indicator_id) == (state, None, finding.indicator_id)


@pytest.mark.parametrize("state", ["rejected", "merged", "superseded", "expired", "withdrawn"])
def test_what_is_settled_is_not_put_on_a_school_list(scene: Scene, state: str) -> None:
    finding, held = scene.finding(scene.round(), state=state), scene.school_draft()
    with pytest.raises(Invalid):
        cited(scene, held, finding)
    assert queries.findings_to_list(scene.actor("school_coordinator"), None) == []


def test_another_schools_finding_is_not_there(scene: Scene, client: FlaskClient, cast: Cast) -> None:
    foreign, held = scene.finding(scene.round(), "yuntai"), scene.school_draft()
    assert queries.findings_to_list(scene.actor("school_coordinator"), None) == []
    with pytest.raises(NotFound):
        cited(scene, held, foreign)
    sign_in(client, cast["school_coordinator"])
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(held.address).get_data(as_text=True))
    assert token is not None
    for way in ("each", "one"):
        given = {"csrf_token": token[1], "ref": foreign.ref, "way": way}
        assert client.post(f"{held.address}/findings", data=given).status_code == 404
    assert client.get(f"{held.address}/items/new?finding={foreign.ref}").status_code == 404


def test_a_school_puts_nothing_on_a_list_of_the_county(scene: Scene, client: FlaskClient, cast: Cast) -> None:
    finding, held = scene.finding(scene.round()), scene.draft()
    with pytest.raises((NotAllowed, NotFound)):
        cited(scene, held, finding)
    given = drafting.ConversionIn(held.id, scene.line())
    with pytest.raises((NotAllowed, NotFound)):
        drafting.convert_finding(scene.actor("school_coordinator"), finding, given)
    sign_in(client, cast["school_coordinator"])
    assert client.get(f"{held.address}/findings").status_code == 404


def test_nobody_else_of_the_school_and_no_office_cites_on_a_school_list(scene: Scene) -> None:
    finding, held = scene.finding(scene.round()), scene.school_draft()
    for by in ("principal", "office_director", "evaluator", "yuntai_coordinator", "subject_teacher"):
        with pytest.raises((NotAllowed, NotFound)):
            cited(scene, held, finding, by=by)


def test_a_finding_stands_once_on_the_lists_of_a_school(scene: Scene) -> None:
    finding, held = scene.finding(scene.round()), scene.school_draft()
    cited(scene, held, finding)
    with pytest.raises(Invalid, match="已经在本校的清单里"):
        cited(scene, held, finding)
    assert queries.findings_to_list(scene.actor("school_coordinator"), None) == []


def test_a_finding_on_a_disputed_cell_is_not_put_on_a_school_list(scene: Scene) -> None:
    cycle = scene.round()
    finding, other = scene.finding(cycle), scene.finding(cycle, number=2, value=520.0)
    with by_hand("test.disputed"):
        db.session.add(
            SourceConflict(
                id=uuid7(), county_id=finding.county_id, school_id=finding.school_id, first_id=finding.result_id,
                second_id=other.result_id, question="两个来源不一致", asked_by=scene.cast["evaluator"].person_id,
            )
        )  # fmt: skip
    held = scene.school_draft()
    with pytest.raises(Invalid, match="来源不一致"):
        cited(scene, held, finding)
    assert queries.findings_to_list(scene.actor("school_coordinator"), None) == []
    assert queries.findings_to_list(scene.actor("office_director"), None) == []


def test_what_the_county_made_an_item_of_is_doubled_only_with_a_word(
    scene: Scene, client: FlaskClient, cast: Cast
) -> None:
    finding = scene.finding(scene.round())
    item = scene.converted(scene.draft(), finding)
    with by_hand("test.issued"):
        item.issued_on, item.state = clock.today(), "issued"
    held = scene.school_draft()
    sign_in(client, cast["school_coordinator"])
    choice = client.get(f"{held.address}/findings").get_data(as_text=True)
    assert f"已立为 {item.number}" in choice
    token = re.search(r'name="csrf_token" value="([^"]+)"', choice)
    assert token is not None
    answer = client.post(
        f"{held.address}/findings",
        data={"csrf_token": token[1], "ref": finding.ref, "way": "each"},
        follow_redirects=True,
    )
    assert f"同样的发现也立为 {item.number}" in answer.get_data(as_text=True)
    made = db.session.scalars(select(ProblemItem).where(ProblemItem.list_id == held.id)).one()
    assert f"也立为 {item.number}" in client.get(made.address).get_data(as_text=True)


def test_the_office_sees_that_a_school_works_on_a_finding_already(
    scene: Scene, client: FlaskClient, cast: Cast
) -> None:
    finding = scene.finding(scene.round())
    item = cited(scene, scene.school_draft(), finding)
    held = scene.draft()
    sign_in(client, cast["office_director"])
    before = client.get(f"{held.address}/findings?all=1").get_data(as_text=True)
    assert finding.number in before and item.number not in before, "a draft of the school is the school's own"
    with by_hand("test.issued"):
        item.issued_on, item.state = clock.today(), "issued"
    assert f"已立为 {item.number}" in client.get(f"{held.address}/findings?all=1").get_data(as_text=True)


def test_the_coordinator_registers_and_lists_it_by_the_pages(scene: Scene, client: FlaskClient, cast: Cast) -> None:
    held = scene.school_draft()
    sign_in(client, cast["school_coordinator"])
    page = client.get("/monitoring/findings/new").get_data(as_text=True)
    assert "群众信访" in page and 'value="visit"' not in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    given = {
        "csrf_token": token[1], "title": REGISTERED.title, "unit": cast.units["shuangqiao"].ref, "source_type": "safety",
        "source_reference": "自查记录 2026-11", "known_on": f"{clock.today()}", "category": "management",
        "severity": "moderate",
    }  # fmt: skip
    assert client.post("/monitoring/findings", data=given).status_code == 303
    found = db.session.scalars(select(DataFinding).where(DataFinding.title == REGISTERED.title)).one()
    listed = client.get("/monitoring/findings").get_data(as_text=True)
    assert "列入本校清单" in listed and f'value="{found.ref}"' in listed
    posted = client.post("/lists/choices", data={"csrf_token": token[1], "ref": found.ref})
    chosen = client.get(posted.headers["Location"]).get_data(as_text=True)
    assert held.title in chosen and REGISTERED.title in chosen
    client.post(f"{held.address}/findings", data={"csrf_token": token[1], "ref": found.ref, "way": "each"})
    item = db.session.scalars(select(ProblemItem).where(ProblemItem.list_id == held.id)).one()
    assert (item.level, item.source_type, findings_of(item)) == ("school", "safety", {found.id})
