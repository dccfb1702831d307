"""From any record the chain leads back to file, sheet, row and column, and forward to the cell measured again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.imports.models import ImportBatch
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.chain.drawing import line_of, ring_of
from app.improvement.chain.graph import Chain, ChainNode
from app.improvement.chain.kinds import KINDS
from app.improvement.chain.queries import trace
from app.improvement.effects.models import ClosureRequest
from app.improvement.monitoring.models import DataFinding, MonitoringResult, SourceConflict
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.problems.models import ItemFinding, OnsiteCheck, ProblemItem, Reopening
from app.improvement.sampling.models import ListCheck, ListCheckAnswer, SampleDraw
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.factories.monitoring import act_as
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.visits.scenes import VisitScene


def _first(statement: Any) -> Any:
    return db.session.scalars(statement).first()


def records_of(scene: EffectScene, request: ClosureRequest) -> dict[str, Any]:
    """One record of each kind of a closed item."""
    item = request.item
    plan = _first(select(RemediationPlan).where(RemediationPlan.item_id == item.id))
    finding = _first(
        select(DataFinding)
        .join(ItemFinding, ItemFinding.finding_id == DataFinding.id)
        .where(ItemFinding.item_id == item.id)
    )
    evaluation = scene.evaluation_of(item)
    action = _first(select(RemediationAction).where(RemediationAction.plan_id == plan.id))
    return {
        "cell": db.session.get_one(MonitoringResult, finding.result_id),
        "again": db.session.get_one(MonitoringResult, evaluation.follow_up_ids[0]),
        "finding": finding,
        "item": item,
        "plan": plan,
        "action": action,
        "evidence": _first(select(Evidence).where(Evidence.action_id == action.id)),
        "visit": _first(select(OnsiteCheck).where(OnsiteCheck.item_id == item.id)),
        "evaluation": evaluation,
        "closure": request,
        "recheck": scene.recheck_of(request),
    }


EVERY = ("cell", "again", "finding", "item", "plan", "action", "evidence", "visit", "evaluation", "closure", "recheck")


@pytest.mark.parametrize("begin", EVERY)
def test_from_every_record_the_chain_reaches_both_ends(scene: EffectScene, closed: ClosureRequest, begin: str) -> None:
    records = records_of(scene, closed)
    found = trace(scene.actor("office_director"), records[begin])
    assert len(found.links) >= 11
    assert {str(records[name].id) for name in EVERY} <= {node.key for node in found.nodes}
    for name in ("cell", "again"):
        cell, node = records[name], _node(found, records[name])
        place = {"file_sha256": cell.file_sha256, "sheet": cell.sheet, "row": 37, "column": "F", "value": cell.value}
        assert place.items() <= node.facts.items()
        assert [one.facts["file_sha256"] for one in found.before(node.key) if one.kind == "file"] == [cell.file_sha256]
    whole = found.leads_to(_node(found, records["cell"]).key)
    assert {str(records[name].id) for name in ("finding", "item", "plan", "action", "evidence", "closure")} <= whole
    assert str(records["again"].id) in found.rests_on(str(closed.id)), "the closure rests on the cell measured again"


PROOF = {
    "value": 470.0, "value_type": "mean", "direction": "higher", "benchmark": 500.0, "benchmark_type": "county",
    "n": 100, "n_expected": 100, "sd": 100.0, "deff": 1.0, "sheet": "八年级数学", "row": 37, "cell": "F37", "z": -3.0,
    "p": 0.001, "run_at": "2026-09-01T08:00:00", "rule_version": "v1", "code_version": "v1", "inputs_sha256": "a" * 64,
    "batch_sha256": "b" * 64, "reasons": [],
}  # fmt: skip


def _found_again(scene: EffectScene, item: ProblemItem) -> Reopening:
    """A later round finds the problem again, and somebody proposes to take it up."""
    finding = scene.finding(scene.round("2027-autumn", date(2027, 9, 1)), number=77)
    with trail.act(SYSTEM, "system", "test.again"):
        proposal = Reopening(
            id=uuid7(), item_id=item.id, county_id=item.county_id, school_id=item.school_id, unit_id=item.unit_id,
            trigger="new_data", grounds="新一轮又低于县均值", finding_id=finding.id, state="proposed",
        )  # fmt: skip
        db.session.add(proposal)
    return proposal


def test_a_recurrence_closes_the_ring(scene: EffectScene, closed: ClosureRequest) -> None:
    proposal = _found_again(scene, closed.item)
    found = trace(scene.actor("office_director"), closed.item)
    again = next(node for node in found.before(str(proposal.id)) if node.kind == "finding")
    cell = next(node for node in found.before(again.key) if node.kind == "cell")
    assert cell.facts["cell"] == "F37" and cell.key in found.part_of(closed.item_id)


def test_a_cell_that_was_decided_against_says_so_in_the_chain(
    app: Flask, scene: EffectScene, closed: ClosureRequest
) -> None:
    records = records_of(scene, closed)
    cell, again = records["cell"], records["again"]
    person = scene.cast["office_director"].person_id
    with trail.act(SYSTEM, "system", "test.asked"):
        conflict = SourceConflict(
            county_id=cell.county_id, school_id=cell.school_id, first_id=cell.id, second_id=again.id,
            question="两次监测差得多，请核对", asked_by=person,
        )  # fmt: skip
        db.session.add(conflict)
    asked = trace(scene.actor("office_director"), closed.item)
    assert {_node(asked, one).facts["standing"] for one in (cell, again)} == {"disputed"}
    with app.test_request_context():
        assert "等裁定" in line_of(_node(asked, cell))
    with trail.act(SYSTEM, "system", "test.settled"):
        conflict.outcome, conflict.chosen_id, conflict.settlement = "one", again.id, "以复测为准，名单核对过"
        conflict.settled_at, conflict.settled_by = clock.now(), person
    found = trace(scene.actor("office_director"), closed.item)
    assert [_node(found, one).facts["standing"] for one in (cell, again)] == ["set_aside", "stands"]
    with app.test_request_context():
        assert "已裁定不采用" in line_of(_node(found, cell)) and "裁定" not in line_of(_node(found, again))
        assert "已裁定不采用" in ring_of(found, closed.item_id)[0].lines
    told = next(one for one in found.as_json()["nodes"] if one.get("ref") == cell.ref)
    assert told["standing"] == "set_aside"


def _node(found: Chain, record: Any) -> ChainNode:
    return next(node for node in found.nodes if node.key == str(record.id))


def test_what_the_actor_may_not_see_stands_there_without_words(scene: EffectScene, closed: ClosureRequest) -> None:
    teacher = scene.actor("subject_teacher")
    action = records_of(scene, closed)["action"]
    with _as(teacher):
        found = trace(teacher, action)
    told = {node.kind for node in found.nodes if node.shown}
    silent = [node for node in found.nodes if not node.shown]
    assert "action" in told and "cell" not in told and "finding" not in told
    for node in silent:
        said = (node.ref, node.number, node.title, node.url, node.facts, node.state, node.on)
        assert said == ("", "", "", "", {}, None, None)
    assert "F37" not in json.dumps(found.as_json())


@contextmanager
def _as(actor: Actor) -> Iterator[None]:
    use_context(actor.context())
    yield
    use_context(SYSTEM.context())


def test_a_school_sees_nothing_of_the_chain_of_another(scene: EffectScene, closed: ClosureRequest) -> None:
    other = _somebody_elsewhere(scene)
    cell = records_of(scene, closed)["cell"]
    with _as(other):
        assert not [node for node in trace(other, cell).nodes if node.shown]


def _somebody_elsewhere(scene: EffectScene) -> Actor:
    here = scene.cast.units["shuangqiao"].id
    key = next(k for k in scene.cast.players if scene.actor(k).role == "principal" and scene.actor(k).school_id != here)
    return scene.actor(key)


def test_the_chain_for_other_programs_names_no_internal_id(scene: EffectScene, closed: ClosureRequest) -> None:
    found = trace(scene.actor("office_director"), closed)
    told = found.as_json()
    assert told["nodes"][told["asked"]]["kind"] == "closure"
    assert len(told["links"]) == len(found.links)
    words = json.dumps(told, ensure_ascii=False)
    assert not [node.key for node in found.nodes if node.key in words]
    assert "八年级数学" in words and '"column": "F"' in words


def _statements(actor: Actor, record: Any) -> int:
    with counted_statements(db.session.connection()) as counted:
        trace(actor, record)
    return len(counted)


def test_a_longer_chain_takes_no_more_statements(scene: EffectScene, closed: ClosureRequest) -> None:
    office = scene.actor("office_director")
    item = db.session.get_one(ProblemItem, closed.item_id)
    before = _statements(office, item)
    plan = scene.plan_in_force(item) if item.state != "closed" else records_of(scene, closed)["plan"]
    for _ in range(5):
        scene.evidence(plan.actions[0])
        scene.seen_on_site(item)
    assert _statements(office, item) == before <= 20


def _checked(scene: EffectScene, item: ProblemItem, answer: str = "holds") -> ListCheck:
    """An inspector looked at the list in which the item stands."""
    own = {"county_id": item.county_id, "school_id": item.school_id}
    state = "failing" if answer == "fails" else "holds"
    with trail.act(SYSTEM, "system", "test.checked"):
        made = SampleDraw(
            id=uuid7(), county_id=item.county_id, number=f"CQ-{uuid7().hex[-6:]}", term_on=date(2026, 9, 1), kind="chance",
            population=10, least=1, drawn=1, drawn_on=clock.today(), drawn_by=scene.cast["office_director"].person_id,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        check = ListCheck(
            id=uuid7(), number=f"CC-{uuid7().hex[-6:]}", draw_id=made.id, draw=made, list_id=item.list_id,
            unit_id=item.unit_id, term_on=made.term_on, due_on=clock.today(), checked_on=clock.today(), state=state,
            owner_id=scene.cast["inspector"].person_id, looked_at="看了记录", finding="逐项看过", **own,
        )  # fmt: skip
        db.session.add(check)
        db.session.flush()
        db.session.add(
            ListCheckAnswer(
                id=uuid7(),
                check_id=check.id,
                item_id=item.id,
                answer=answer,
                note="记录是后补的",
                was_closed=True,
                **own,
            )
        )
    return check


def test_a_check_of_its_list_stands_in_the_chain_of_an_item_before_the_reopening_that_it_led_to(
    app: Flask, scene: EffectScene, closed: ClosureRequest
) -> None:
    item, office = closed.item, scene.actor("office_director")
    held = _checked(scene, item, "fails")
    with trail.act(SYSTEM, "system", "test.again"):
        broken = Reopening(
            id=uuid7(), item_id=item.id, county_id=item.county_id, school_id=item.school_id, unit_id=item.unit_id,
            trigger="failed_sample", grounds="抽查不属实", state="proposed",
        )  # fmt: skip
        db.session.add(broken)
    found = trace(office, item)
    assert _node(found, held) in found.before(str(broken.id)) and _node(found, item) in found.before(str(held.id))
    with app.test_request_context():
        assert "不属实" in line_of(_node(found, held)) and held.number in ring_of(found, item.id)[6].lines[0]
    assert trace(office, held).asked == str(held.id) and _node(trace(office, held), item).shown
    with trail.act(SYSTEM, "system", "test.left_out"):
        held.answers[0].answer = "left_out"
    assert str(held.id) not in {node.key for node in trace(office, item).nodes}, "nobody looked at this item"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.path], ids=lambda kind: kind.path)
def test_the_page_of_every_kind_of_record_draws_the_ring_and_lists_every_node(
    scene: EffectScene, closed: ClosureRequest, client: FlaskClient, cast: Cast, kind: Any
) -> None:
    records = records_of(scene, closed)
    records["supervision"] = VisitScene(cast).visit("issued", records["item"])
    records["reopening"] = _found_again(scene, records["item"])
    records["list_check"] = _checked(scene, records["item"])
    said = sign_in(client, cast["office_director"]).get(f"/trace/{kind.path}/{records[kind.code].ref}")
    text = said.get_data(as_text=True)
    assert said.status_code == 200 and 'class="chain"' in text
    assert "表“八年级数学”第 37 行 F 列" in text and records["cell"].file_sha256 in text


def test_the_file_says_which_supplier_brought_it_and_tells_no_school(
    scene: EffectScene, closed: ClosureRequest, client: FlaskClient, cast: Cast
) -> None:
    records = records_of(scene, closed)
    with trail.act(SYSTEM, "system", "test.brought"):
        batch = db.session.scalar(select(ImportBatch).where(ImportBatch.id == records["cell"].batch_id))
        assert batch is not None
        batch.supplier_name = "明测教育评价中心"
    files = trace(act_as(cast.actor("office_director")), records["cell"]).of("file")
    assert "明测教育评价中心" in [node.facts["supplier"] for node in files]
    assert all("supplier" in node.as_json() for node in files)
    said = sign_in(client, cast["office_director"]).get(f"/trace/items/{records['item'].ref}").get_data(as_text=True)
    assert f"来自 明测教育评价中心，SHA-256 {batch.file_sha256}" in said
    own = trace(act_as(cast.actor("principal")), records["item"]).of("file")
    assert own and all(node.facts["supplier"] is None for node in own if node.shown)


@pytest.mark.parametrize(
    "name", ["cell", "finding", "item", "plan", "action", "evidence", "evaluation", "closure", "recheck", "list_check"]
)
def test_every_record_links_to_its_chain(
    scene: EffectScene, closed: ClosureRequest, client: FlaskClient, cast: Cast, name: str
) -> None:
    records = records_of(scene, closed)
    with trail.act(SYSTEM, "system", "test.provenance"):
        records["finding"].provenance = PROOF
    records["list_check"] = _checked(scene, records["item"])
    record = records[name]
    address = record.address if name != "cell" else f"/monitoring/cells/{record.ref}"
    path = next(kind.path for kind in KINDS if kind.code == name)
    text = sign_in(client, cast["office_director"]).get(address).get_data(as_text=True)
    assert f'href="/trace/{path}/{record.ref}"' in text
