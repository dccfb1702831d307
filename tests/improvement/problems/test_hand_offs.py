"""An item goes from unit to unit: each hand-off is written down and timed, and who has it for help reads it meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import trail
from app.core.calendar.days import working_days_between
from app.core.database import db, use_context
from app.core.errors import Invalid, NotFound
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets import as_typed, open_book
from app.improvement.problems import letters
from app.improvement.problems.models import ItemHandOff, ProblemItem
from app.improvement.problems.operations import items
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.hand_offs import PassIn, pass_item
from app.improvement.problems.queries import items as queries
from app.improvement.problems.queries.hand_offs import Stretch, stretches, totals
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.problems.scenes import REASON, REFUSED, Scene


def helped(scene: Scene) -> ProblemItem:
    """An accepted item of 双桥中学 with a section that helps."""
    held = scene.issued({"co_units": [str(scene.cast.units["basic_education"].id)]})
    item: ProblemItem = held.items[0]
    scene.to_accepted(item)
    return item


def told(scene: Scene, item: ProblemItem, key: str = "office_director") -> list[Stretch]:
    return stretches(act_as(scene.actor(key)), [item])[item.id]


def back(item: ProblemItem, days: int) -> None:
    """As if everything so far had happened so many days earlier."""
    with trail.act(SYSTEM, "system", "test.earlier"):
        item.issued_on = item.issued_on - timedelta(days=days) if item.issued_on else None
        for row in db.session.scalars(select(ItemHandOff).where(ItemHandOff.item_id == item.id)):
            row.handed_at -= timedelta(days=days)


def to_the_section(scene: Scene, item: ProblemItem, by: str = "principal") -> None:
    unit = scene.cast.units["basic_education"].id
    pass_item(act_as(scene.actor(by)), item, PassIn(unit, "请协调教研员到校指导分层作业"))


def test_each_unit_has_its_own_working_days(scene: Scene) -> None:
    item = helped(scene)
    back(item, 14)
    to_the_section(scene, item)
    back(item, 7)
    home = scene.cast.units["shuangqiao"].id
    pass_item(act_as(scene.actor("dept_head")), item, PassIn(home, "已到校指导两次，记录交学校"))
    found = told(scene, item)
    assert [(one.unit, one.kind) for one in found] == [
        ("双桥中学", "issued"), ("基础教育科", "passed"), ("双桥中学", "given_back"),
    ]  # fmt: skip
    assert found[0].to_on == found[1].from_on and found[2].to_on is None
    assert found[0].working_days == working_days_between(found[0].from_on, found[1].from_on) > 0
    assert totals(found) == [
        ("双桥中学", found[0].working_days + found[2].working_days),
        ("基础教育科", found[1].working_days),
    ]


def test_who_has_it_for_help_reads_it_and_no_longer_after(scene: Scene) -> None:
    item = helped(scene)
    with pytest.raises(NotFound):
        queries.item_for(act_as(scene.actor("dept_head")), item.ref)
    to_the_section(scene, item)
    assert queries.item_for(act_as(scene.actor("dept_head")), item.ref).id == item.id
    with pytest.raises(NotFound):
        queries.item_for(act_as(scene.actor("health_head")), item.ref)
    pass_item(act_as(scene.actor("dept_head")), item, PassIn(scene.cast.units["shuangqiao"].id, "指导已完成，交回"))
    with pytest.raises(NotFound):
        queries.item_for(act_as(scene.actor("dept_head")), item.ref)


def test_an_objection_and_a_new_unit_are_hand_offs_too(scene: Scene) -> None:
    item, cast = scene.item(), scene.cast
    items.contest_item(scene.actor("principal"), item, items.ContestIn("不属于本校", ({"link": "https://x.invalid"},)))
    to = items.ReassignIn(cast.units["yuntai"].id, cast["yuntai_principal"].person_id, REASON)
    items.reassign_item(scene.actor("office_director"), item, to)
    assert [one.kind for one in told(scene, item)] == ["issued", "contested", "reassigned"]


def test_an_upheld_item_is_back_at_its_unit(scene: Scene) -> None:
    item = scene.item()
    items.contest_item(scene.actor("principal"), item, items.ContestIn("不属于本校", ({"link": "https://x.invalid"},)))
    items.uphold_item(scene.actor("office_director"), item, Submission(reason=REASON))
    found = told(scene, item)
    assert [one.kind for one in found] == ["issued", "contested", "upheld"] and found[0].unit == found[2].unit


def test_only_units_that_help_get_it_and_the_reason_is_wanted(scene: Scene) -> None:
    item = helped(scene)
    principal = act_as(scene.actor("principal"))
    with pytest.raises(Invalid, match="协同单位里选"):
        pass_item(principal, item, PassIn(scene.cast.units["health"].id, "请一起看看作业时间"))
    with pytest.raises(Invalid, match="协同单位里选"):
        pass_item(principal, item, PassIn(scene.cast.units["shuangqiao"].id, "请一起看看作业时间"))
    with pytest.raises(Invalid, match="请写明"):
        pass_item(principal, item, PassIn(scene.cast.units["basic_education"].id, "看看"))
    with pytest.raises(REFUSED):
        to_the_section(scene, item, by="yuntai_principal")


def test_the_unit_that_gets_it_is_told(scene: Scene) -> None:
    item = helped(scene)
    to_the_section(scene, item)
    use_context(SYSTEM.context())
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "item_passed")).one()
    for _ in range(2):
        letters.item_passed(row)
    heard = db.session.scalars(select(InboxLetter.person_id).where(InboxLetter.kind == "item_passed")).all()
    assert scene.cast["dept_head"].person_id in heard and len(heard) == len(set(heard))
    assert scene.cast["principal"].person_id not in heard


def test_the_page_and_the_workbook_tell_the_days(app: Flask, scene: Scene) -> None:
    item = helped(scene)
    back(item, 14)
    client = app.test_client()
    sign_in(client, scene.cast["principal"])
    shown = client.get(f"{item.address}/hand-offs").get_data(as_text=True)
    assert "双桥中学" in shown and "基础教育科" in shown and "个工作日" in shown
    assert client.post(f"{item.address}/hand-offs", data={"unit": "1", "note": ""}).status_code == 422
    answer: Any = client.post(f"{item.address}/hand-offs", data={"unit": "1", "note": "请协调教研员到校指导"})
    assert answer.status_code == 303
    assert "转给协同单位" in client.get(f"{item.address}/hand-offs").get_data(as_text=True)
    assert client.post(f"{item.address}/hand-offs/export").status_code == 200
    office = app.test_client()
    sign_in(office, scene.cast["office_director"])
    cells = open_book(office.get("/items.xlsx").get_data(), "x.xlsx").sheets[0].cells
    assert as_typed(cells[1][-1]).startswith("双桥中学 ")
