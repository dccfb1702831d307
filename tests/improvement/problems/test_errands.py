"""A unit that helps knows what it was asked and no more, as long as it has the item; the wall holds without the application."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.core import clock
from app.core.calendar import add_working_days
from app.core.database import Context, db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.problems import letters
from app.improvement.problems.models import ItemErrand, ItemHandOff, ProblemItem
from app.improvement.problems.operations import items
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.hand_offs import GiveBackIn, PassIn, give_back, pass_item
from app.improvement.problems.queries import errands as queries
from app.improvement.problems.queries import items as item_queries
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.problems.scenes import Scene

ASKED, DONE = "请贵校数学组来听两节分层作业讲评课", "听了两节课，建议已当面说明"


@pytest.fixture
def item(scene: Scene) -> ProblemItem:
    """An item of 双桥中学 that 云台学校 helps with, and another that nobody was handed."""
    held = scene.issued({"co_units": [str(scene.cast.units["yuntai"].id)]}, {"title": "与协同无关的另一项"})
    for one in held.items:
        scene.to_accepted(one)
    found: ProblemItem = min(held.items, key=lambda one: one.position)
    return found


def handed(scene: Scene, item: ProblemItem, **more: Any) -> None:
    unit = scene.cast.units["yuntai"].id
    pass_item(act_as(scene.actor("principal")), item, PassIn(unit, ASKED, **more))


def errand_of(scene: Scene, key: str = "yuntai_principal") -> ItemErrand:
    return queries.errands(act_as(scene.actor(key)))[0]


def test_a_helping_school_knows_what_is_asked_and_opens_no_item(scene: Scene, item: ProblemItem) -> None:
    assert not queries.errands(act_as(scene.actor("yuntai_principal")))
    handed(scene, item)
    found = errand_of(scene)
    assert (found.number, found.title, found.note) == (item.number, item.title, ASKED)
    assert found.responsible_unit.short_name == "双桥中学"
    assert found.promised_on == add_working_days(clock.today(), 10)
    with pytest.raises(NotFound):
        item_queries.item_for(act_as(scene.actor("yuntai_principal")), item.ref)
    for stranger in ("principal", "dept_head"):
        with pytest.raises(NotFound):
            queries.errand_for(act_as(scene.actor(stranger)), found.ref)


def test_it_gives_back_what_it_has_and_knows_nothing_any_more(scene: Scene, item: ProblemItem) -> None:
    handed(scene, item)
    helper = act_as(scene.actor("yuntai_principal"))
    found = queries.errand_for(helper, errand_of(scene).ref)
    with pytest.raises(Invalid, match="请写明"):
        give_back(helper, found, GiveBackIn("好了"))
    helper = act_as(scene.actor("yuntai_principal"))
    found = queries.errand_for(helper, errand_of(scene).ref)
    give_back(helper, found, GiveBackIn(DONE))
    assert not queries.errands(act_as(scene.actor("yuntai_principal")))
    use_context(SYSTEM.context())
    rows = db.session.scalars(select(ItemHandOff).order_by(ItemHandOff.handed_at, ItemHandOff.id)).all()
    assert [(one.kind, one.note) for one in rows] == [("passed", ASKED), ("given_back", DONE)]
    assert rows[1].to_unit_id == item.unit_id and rows[1].handed_by == scene.cast["yuntai_principal"].person_id


def test_who_was_not_asked_gives_nothing_back(scene: Scene, item: ProblemItem) -> None:
    handed(scene, item)
    found = errand_of(scene)
    for key in ("principal", "dept_head", "office_director"):
        with pytest.raises(NotAllowed):
            give_back(act_as(scene.actor(key)), found, GiveBackIn(DONE))


def test_the_errand_ends_with_the_item(scene: Scene, item: ProblemItem) -> None:
    handed(scene, item)
    items.void_item(
        act_as(scene.actor("leading_group_head")), item, Submission(reason="同一问题已列入上一版清单，重复交办")
    )
    assert not queries.errands(act_as(scene.actor("yuntai_principal")))


def test_the_day_that_was_agreed_lies_ahead(scene: Scene, item: ProblemItem) -> None:
    with pytest.raises(Invalid, match="今天以后"):
        handed(scene, item, promised_on=clock.today())
    day = clock.today() + timedelta(days=30)
    handed(scene, item, promised_on=day)
    assert errand_of(scene).promised_on == day


def test_both_sides_are_told_with_an_address_they_can_open(scene: Scene, item: ProblemItem) -> None:
    handed(scene, item)
    found = errand_of(scene)
    _delivered()
    assert _heard(scene, "yuntai_principal") == [found.address] and _heard(scene, "principal") == []
    helper = act_as(scene.actor("yuntai_principal"))
    give_back(helper, queries.errand_for(helper, found.ref), GiveBackIn(DONE))
    _delivered()
    assert _heard(scene, "principal") == [f"{item.address}/hand-offs"]


def _delivered() -> None:
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "item_passed")).all():
        letters.item_passed(row)


def _heard(scene: Scene, key: str) -> list[str]:
    use_context(SYSTEM.context())
    wanted = select(InboxLetter.address).where(
        InboxLetter.kind == "item_passed", InboxLetter.person_id == scene.cast[key].person_id
    )
    return list(db.session.scalars(wanted))


def test_security_28_the_wall_shows_a_helping_school_the_errand_alone(scene: Scene, item: ProblemItem) -> None:
    """Bare SQL as the application's own database role: what the wall shows, whatever the application asks."""
    handed(scene, item)
    assert _rows(scene, "yuntai") == (1, 0, 0) and _rows(scene, "shimen") == (0, 0, 0)
    assert _rows(scene, "shuangqiao") == (1, 2, 1)
    with pytest.raises(ProgrammingError, match="row-level security"):
        _written(scene, "shimen", item)
    with pytest.raises(ProgrammingError, match="row-level security"):
        _written(scene, "yuntai", item, kind="reassigned")
    give_back(act_as(scene.actor("yuntai_principal")), errand_of(scene), GiveBackIn(DONE))
    assert _rows(scene, "yuntai") == (0, 0, 0)
    with pytest.raises(ProgrammingError, match="row-level security"):
        _written(scene, "yuntai", item)


def _of(scene: Scene, school: str, act: uuid.UUID | None = None) -> None:
    use_context(Context(home=scene.cast.county.id, schools=(scene.cast.units[school].id,), act=act))


def _rows(scene: Scene, school: str) -> tuple[int, int, int]:
    """Errands, items and hand-offs that a school's own context is shown."""
    db.session.flush()
    _of(scene, school)
    tables = ("item_errands", "problem_items", "item_hand_offs")
    errands, held, hands = (int(db.session.scalar(text(f"select count(*) from {one}")) or 0) for one in tables)
    return errands, held, hands


INSERT = text(
    """insert into item_hand_offs (id, county_id, school_id, item_id, from_unit_id, to_unit_id, kind, handed_at)
       values (gen_random_uuid(), :county, :school, :item, :giver, :taker, :kind, now())"""
)


def _written(scene: Scene, school: str, item: ProblemItem, kind: str = "given_back") -> None:
    """A hand-off of the other school's item, written past the application."""
    use_context(SYSTEM.context())
    values = {"county": item.county_id, "school": item.school_id, "item": item.id, "taker": item.unit_id}
    _of(scene, school, uuid.uuid4())
    with db.session.begin_nested():
        db.session.execute(INSERT, {**values, "giver": scene.cast.units[school].id, "kind": kind})


def test_the_pages_of_a_helping_school(app: Flask, scene: Scene, item: ProblemItem) -> None:
    handed(scene, item)
    helper = app.test_client()
    sign_in(helper, scene.cast["yuntai_coordinator"])
    address = errand_of(scene).address
    listed, shown = (helper.get(one).get_data(as_text=True) for one in ("/hand-offs", address))
    assert item.number in listed and ASKED in shown and "交回责任单位" in shown and "/items/" not in shown
    assert helper.get(item.address).status_code == helper.get(f"{item.address}/hand-offs").status_code == 404
    assert helper.post(address, data={"note": ""}).status_code == 422
    assert helper.post(address, data={"note": DONE}).status_code == 303
    assert helper.get(address).status_code == 404
    assert "没有别的单位转来的事" in helper.get("/hand-offs").get_data(as_text=True)
