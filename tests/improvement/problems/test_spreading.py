"""A line goes to all units of a type at once: shown before, one item each with its own head, written down as of that moment."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

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
