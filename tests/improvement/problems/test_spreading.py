"""A line goes to all units of a type at once: shown before, one item each with its own head, written down as of that moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ListSnapshot, ProblemItem
from app.improvement.problems.operations import drafting, lists, spreading
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.spreading import SpreadIn
from app.improvement.problems.queries.spreading import receivers
from app.people.directory.models import Unit
from tests.by_hand import by_hand
from tests.cast import sign_in
from tests.improvement.problems.scenes import REFUSED, Scene

SCHOOLS = ("shuangqiao", "shiyan")


def of_type(scene: Scene, addressee: str, *keys: str) -> None:
    with trail.act(SYSTEM, "system", "units.type"):
        ids = [scene.cast.units[key].id for key in keys]
        db.session.execute(update(Unit).where(Unit.id.in_(ids)).values(addressee=addressee))


def test_every_unit_of_the_type_gets_its_own_line_with_its_own_head(scene: Scene) -> None:
    of_type(scene, "township", *SCHOOLS)
    held = scene.draft()
    item = scene.add(held, co_units=[str(scene.cast.units["shiyan"].id), str(scene.cast.units["office"].id)])
    office = scene.actor("office_director")
    shown = receivers(office, item, "township")
    assert [one.unit.id for one in shown] == [scene.cast.units["shiyan"].id]

    assert spreading.spread_item(office, item, SpreadIn("township")) == 1
    line = db.session.scalars(select(ProblemItem).where(ProblemItem.unit_id == scene.cast.units["shiyan"].id)).one()
    assert (line.title, line.state, line.addressee, line.school_id) == (item.title, "draft", "township", line.unit_id)
    assert line.responsible_person_id == shown[0].head_id != item.responsible_person_id
    assert line.co_units == [str(scene.cast.units["office"].id)], "a unit does not help itself"
    assert (line.number, line.position) == ("WT-0002", 2)

    with pytest.raises(Invalid, match="都已在清单里"):
        spreading.spread_item(office, item, SpreadIn("township"))


def test_a_unit_that_gets_the_type_later_is_no_receiver(scene: Scene) -> None:
    of_type(scene, "township", "shiyan")
    held = scene.draft()
    item = scene.add(held)
    spreading.spread_item(scene.actor("office_director"), item, SpreadIn("township"))
    of_type(scene, "direct", "shiyan")
    line = db.session.scalars(select(ProblemItem).where(ProblemItem.unit_id == scene.cast.units["shiyan"].id)).one()
    assert line.addressee == "township"


def test_what_rests_on_data_or_was_issued_or_is_a_schools_own_is_not_spread(scene: Scene) -> None:
    of_type(scene, "township", *SCHOOLS)
    office = scene.actor("office_director")
    item = scene.add(scene.draft())
    with pytest.raises(REFUSED):
        spreading.spread_item(scene.actor("principal"), item, SpreadIn("township"))
    own = scene.add(scene.school_draft(), by="school_coordinator")
    with pytest.raises((Invalid, NotAllowed)):
        spreading.spread_item(scene.actor("school_coordinator"), own, SpreadIn("township"))
    issued = scene.issued().items[0]
    with pytest.raises(Invalid):
        spreading.spread_item(office, issued, SpreadIn("township"))


def test_the_issued_list_keeps_the_type_with_each_line(scene: Scene) -> None:
    of_type(scene, "township", "shiyan")
    held = scene.draft()
    item = scene.add(held)
    spreading.spread_item(scene.actor("office_director"), item, SpreadIn("township"))
    lists.submit_list(scene.actor("office_director"), held, Submission())
    lists.approve_list(scene.actor("leading_group_head"), held, Submission())
    lists.issue_list(scene.actor("office_director"), held, lists.IssueIn("清教督〔2026〕31号"))
    kept = db.session.scalars(select(ListSnapshot)).one().content["items"]
    assert [line["addressee"] for line in kept] == [None, "township"]


def test_the_page_shows_to_whom_before_it_is_done(app: Flask, scene: Scene) -> None:
    of_type(scene, "township", "shiyan")
    item = scene.add(scene.draft())
    address, back = f"/items/{item.ref}/spread", item.problem_list.address
    client = app.test_client()
    sign_in(client, scene.cast["office_director"])
    shown = client.get(f"{address}?addressee=township").get_data(as_text=True)
    assert "清澜县实验小学" in shown and "双桥" not in receivers_in(shown)
    assert "都已在清单里" in client.get(f"{address}?addressee=direct").get_data(as_text=True)
    answer = client.post(address, data={"addressee": "district"})
    assert answer.status_code == 422
    answer = client.post(address, data={"addressee": "township"})
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    use_context(SYSTEM.context())
    found = db.session.scalars(select(ProblemItem.unit_id).where(ProblemItem.addressee == "township")).all()
    assert found == [scene.cast.units["shiyan"].id]


def receivers_in(shown: str) -> Any:
    return shown.split('id="receivers"')[1].split("</ul>")[0]


def test_a_line_may_be_changed_after_it_was_spread(scene: Scene) -> None:
    of_type(scene, "township", "shiyan")
    held = scene.draft()
    item = scene.add(held)
    spreading.spread_item(scene.actor("office_director"), item, SpreadIn("township"))
    line = held.items[1]
    drafting.edit_item(scene.actor("office_director"), line, scene.line(title="写得更贴近本校"))
    assert (line.title, line.addressee) == ("写得更贴近本校", "township")


def test_a_line_that_was_spread_says_where_it_came_from_and_the_first_one_how_far_they_are(
    app: Flask, scene: Scene
) -> None:
    of_type(scene, "township", "shiyan", "yuntai", "chengguan")
    office, held = scene.actor("office_director"), scene.draft()
    first = scene.add(held)
    spreading.spread_item(office, first, SpreadIn("township"))
    lines = [item for item in held.items if item is not first]
    assert len(lines) == 3 and {line.parent_item_id for line in lines} == {first.id}
    assert first.parent_item_id is None
    scene.issue(held)
    with by_hand("lines.settled"):
        db.session.execute(update(ProblemItem).where(ProblemItem.id == lines[0].id).values(state="closed"))
        db.session.execute(update(ProblemItem).where(ProblemItem.id == lines[1].id).values(state="void"))

    whole = page_of(app, scene, "office_director", first)
    assert "2 所中 1 所已销号" in whole, "a void line is shown and not counted"
    assert all(f'href="{line.address}"' in whole for line in lines)
    assert "来自" not in whole.split("由这一项分出")[0]
    child = page_of(app, scene, "office_director", lines[2])
    assert f'href="{first.address}"' in child and first.label in child and "由这一项分出" not in child


def test_a_school_sees_neither_the_lines_of_others_nor_where_its_own_came_from(app: Flask, scene: Scene) -> None:
    of_type(scene, "township", "yuntai")
    office, held = scene.actor("office_director"), scene.draft()
    first = scene.add(held)
    spreading.spread_item(office, first, SpreadIn("township"))
    line = next(item for item in held.items if item is not first)
    scene.issue(held)
    own = page_of(app, scene, "principal", first)
    assert first.title in own and line.number not in own and "由这一项分出" not in own and "所已销号" not in own
    theirs = page_of(app, scene, "yuntai_principal", line)
    assert line.title in theirs and first.number not in theirs and "来自" not in theirs


def page_of(app: Flask, scene: Scene, key: str, item: ProblemItem) -> str:
    address, client = item.address, app.test_client()
    sign_in(client, scene.cast[key])
    answer = client.get(address)
    use_context(SYSTEM.context())
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_outside_evaluator_of_one_line_reads_nothing_of_the_lines_that_came_from_it(
    app: Flask, scene: Scene
) -> None:
    of_type(scene, "township", "yuntai")
    held = scene.draft()
    first = scene.add(held)
    spreading.spread_item(scene.actor("office_director"), first, SpreadIn("township"))
    line = next(item for item in held.items if item is not first)
    scene.issue(held)
    until = (clock.today() + timedelta(days=30)).isoformat()
    given = {"evaluator": scene.cast["external_evaluator"].person_ref, "until": until, "version": str(first.version)}
    address, client = f"{first.address}/evaluator", app.test_client()
    sign_in(client, scene.cast["office_director"])
    assert client.post(address, data=given).status_code == 303
    use_context(SYSTEM.context())
    own = page_of(app, scene, "external_evaluator", first)
    assert first.title in own and line.ref not in own and "由这一项分出" not in own


def test_a_department_whose_line_went_on_to_schools_reads_none_that_is_not_its_own(app: Flask, scene: Scene) -> None:
    of_type(scene, "township", "yuntai")
    held, whose = scene.draft(), scene.cast["dept_head"]
    first = scene.add(held, unit_id=scene.cast.units["basic_education"].id, responsible_person_id=whose.person_id)
    spreading.spread_item(scene.actor("office_director"), first, SpreadIn("township"))
    line = next(item for item in held.items if item is not first)
    scene.issue(held)
    own = page_of(app, scene, "dept_head", first)
    assert first.title in own and line.ref not in own and "由这一项分出" not in own
