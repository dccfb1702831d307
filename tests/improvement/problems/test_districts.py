"""A school district answers for problems like a department: it is chosen, gets a line by type, signs, works and is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.errors import NotFound
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.accountability.queries.choosing import units as accountable_units
from app.improvement.monitoring.queries import units_for_findings
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items, lists, spreading
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.items import AcceptIn
from app.improvement.problems.operations.spreading import SpreadIn
from app.improvement.problems.queries.items import item_for
from app.improvement.problems.queries.people import heads, responsible_units
from app.improvement.problems.queries.spreading import receivers
from app.people.directory import operations
from app.people.directory.models import RoleAssignment, Unit
from app.people.directory.operations.requests import roles_at
from tests.cast import SINCE, Cast, sign_in
from tests.factories.monitoring import act_as
from tests.improvement.problems.scenes import Scene
from tests.people.directory.test_units import given


def district(cast: Cast, code: str, name: str, head: str, officer: str) -> tuple[Unit, Actor, Actor]:
    """A district of the county with its head and officer, who are known from other places."""
    director = act_as(cast.actor("office_director"))
    bureau = db.session.get_one(Unit, cast.county.id)
    kind = {"kind": "school_district", "school_type": None}
    unit = operations.open_unit(director, bureau, given(code, name, **kind))
    players = []
    with trail.act(SYSTEM, "system", "district.staff"):
        for key, role in ((head, "dept_head"), (officer, "dept_officer")):
            held = RoleAssignment(
                id=uuid7(), county_id=cast.county.id, person_id=cast[key].person_id, unit_id=unit.id, role=role,
                subjects=[], from_on=SINCE,
            )  # fmt: skip
            db.session.add(held)
            changes = {"assignment_id": held.id, "role": role, "unit_id": unit.id, "unit_name": name}
            players.append(replace(cast.actor(head if role == "dept_head" else "dept_officer"), **changes))
    return unit, players[0], replace(players[1], person_id=cast[officer].person_id)


@pytest.fixture
def east(scene: Scene) -> tuple[Unit, Actor, Actor]:
    return district(scene.cast, "XQ-01", "城东学区", "health_head", "dept_officer")


def test_a_district_has_a_head_and_an_officer_and_no_other_role() -> None:
    assert roles_at("school_district") == ["dept_head", "dept_officer"]


def test_a_district_is_chosen_as_responsible_for_an_item_a_finding_and_a_record(
    scene: Scene, east: tuple[Unit, Actor, Actor]
) -> None:
    unit, head, _officer = east
    office = act_as(scene.actor("office_director"))
    assert unit.id in {one.id for one in responsible_units(office)}
    assert (head.person_id, unit.id) in {(one.id, one.unit_id) for one in heads(office)}
    assert unit.id in {one.id for one in accountable_units(office)}
    assert unit.id in {one.id for one in units_for_findings(act_as(scene.actor("evaluator")))}


def test_a_line_goes_to_every_district_and_each_signs_and_works_on_its_own(
    scene: Scene, east: tuple[Unit, Actor, Actor]
) -> None:
    unit, head, officer = east
    west, _head, _officer = district(scene.cast, "XQ-02", "城西学区", "dept_head", "school_coordinator")
    held = scene.draft()
    item = scene.add(held, unit_id=unit.id, responsible_person_id=head.person_id)
    office = act_as(scene.actor("office_director"))
    assert [one.unit.id for one in receivers(office, item, "district")] == [west.id]
    assert spreading.spread_item(office, item, SpreadIn("district")) == 1
    lists.submit_list(office, held, Submission())
    lists.approve_list(act_as(scene.actor("leading_group_head")), held, Submission())
    lists.issue_list(act_as(scene.actor("office_director")), held, lists.IssueIn("清教督〔2026〕41号"))
    assert {(one.unit_id, one.state) for one in held.items} == {(unit.id, "issued"), (west.id, "issued")}

    mine = db.session.scalars(select(ProblemItem).where(ProblemItem.unit_id == unit.id)).one()
    theirs = db.session.scalars(select(ProblemItem).where(ProblemItem.unit_id == west.id)).one()
    items.accept_item(act_as(head), mine, AcceptIn(officer.person_id, head.person_id))
    items.start_diagnosis(act_as(officer), mine, Submission())
    assert (mine.state, mine.owner_id, mine.school_id) == ("diagnosing", officer.person_id, None)
    assert item_for(act_as(head), mine.ref).id == mine.id
    with pytest.raises(NotFound):
        item_for(act_as(head), theirs.ref)


def test_the_form_of_a_line_offers_the_district(app: Flask, scene: Scene, east: tuple[Unit, Actor, Actor]) -> None:
    held = scene.draft()
    client = sign_in(app.test_client(), scene.cast["office_director"])
    assert "城东学区" in client.get(f"{held.address}/items/new").get_data(as_text=True)
    use_context(SYSTEM.context())
