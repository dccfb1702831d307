"""The visits of the demo, each told alone: it stops in the state that its day and its twist stand for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import inspection, visits
from app.demo.telling import Teller
from app.demo.tree import County, Player
from app.improvement.inspection.models import InspectionTree
from app.improvement.visits.models import SupervisionEntry, SupervisionVisit
from tests.cast import Cast
from tests.improvement.visits.scenes import VisitScene

STATES = (
    "closed", "closed", "follow_up", "follow_up", "feedback_issued", "on_site", "on_site", "self_reported", "notified",
    "draft", "draft", "cancelled",
)  # fmt: skip
"""Where each course of the demo stands today."""


def _county(cast: Cast) -> County:
    """The cast as the demo knows a county: one school with everybody in it."""
    school = cast.units["shuangqiao"]
    found = County(cast.county.id, cast.county.ref, cast.county.code, cast.county.name)
    found.schools[school.code] = (school.id, "31", "双桥中学")
    for player in cast.players.values():
        if player.unit.county_id == cast.county.id:
            actor = cast.actor(player.key)
            if player.role == "inspector":
                actor = replace(actor, schools=(*actor.schools, school.id))
            code = school.code if player.unit.id == school.id else ""
            found.players.setdefault((player.role, code), []).append(Player(actor, player.account_name, player.name))
    return found


@pytest.mark.parametrize(("number", "state"), list(enumerate(STATES)))
def test_each_visit_of_the_demo_stops_where_it_should(
    number: int, state: str, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, scene = visits.COURSES[number], VisitScene(cast)
    scene.item("implementing")
    monkeypatch.setattr(visits, "COURSES", (course,))
    teller = Teller()
    today = teller.real.date()
    try:
        told = visits.stories(_county(cast), today)
        teller.tell(told, today)
    finally:
        teller.end()
    use_context(SYSTEM.context())
    (visit,) = db.session.scalars(select(SupervisionVisit)).all()
    assert visit.state == state
    assert visit.objection_is_open == (course.twist == "objection")
    assert visit.is_listed != (course.twist == "exception")


def test_every_state_of_a_visit_is_in_the_demo() -> None:
    passing = {"responded"}
    assert {state.code for state in SupervisionVisit.workflow.states} - passing == set(STATES)


def test_visits_of_the_demo_look_at_points_of_the_tree_in_force_and_the_next_tree_is_a_draft(
    app: Flask, cast: Cast
) -> None:
    county, today, teller = _county(cast), clock.today(), Teller()
    try:
        teller.tell([*inspection.stories(county, today), *visits.stories(county, today)], today)
    finally:
        teller.end()
    use_context(SYSTEM.context())
    trees = db.session.execute(
        select(InspectionTree.state, InspectionTree.point_count).order_by(InspectionTree.code)
    ).all()
    assert [tuple(one) for one in trees] == [
        ("superseded", 12), ("active", 20), ("draft", 20), ("withdrawn", 4), ("approved", 8), ("returned", 4),
        ("under_review", 4),
    ]  # fmt: skip
    entries = db.session.scalars(select(SupervisionEntry)).all()
    assert {one.kind: tuple(one.branches) for one in entries} == inspection.BRANCHES
