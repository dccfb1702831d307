"""A visit stands in the chain of each item it looked at: what was seen, what was found, and what became of it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.chain.graph import Chain, ChainNode
from app.improvement.chain.queries import trace
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionVisit
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.improvement.visits.scenes import VisitScene

OWN = ("supervision", "observation", "visit_finding")


@pytest.fixture
def scene(app: Flask, cast: Cast) -> VisitScene:
    return VisitScene(cast)


def _on_site(scene: VisitScene) -> tuple[SupervisionVisit, ProblemItem, ProblemItem]:
    """A visit on site that found three problems of an open item, one without item, and a closed item come again."""
    working, closed = scene.item("implementing"), scene.item("closed")
    visit = scene.visit("on_site", working, closed)
    scene.see(visit)
    for becomes in ("evidence", "action", "finding"):
        scene.find(visit, item_id=working.id, becomes=becomes, text=f"做成{becomes}")
    scene.find(visit, text="课表没有公示")
    scene.find(visit, "recurrence", item_id=closed.id, text="作业批改又拖了")
    return visit, working, closed


def _issued(scene: VisitScene) -> tuple[SupervisionVisit, ProblemItem, ProblemItem]:
    visit, working, closed = _on_site(scene)
    for name in ("shown", "issued", "follow_up"):
        getattr(scene, f"to_{name}")(visit)
    return visit, working, closed


def _read(actor: Actor, record: object) -> Chain:
    use_context(actor.context())
    found = trace(actor, record)
    use_context(SYSTEM.context())
    return found


def _titled(found: Chain, words: str) -> ChainNode:
    return next(node for node in found.of("visit_finding") if node.title == words)


@pytest.mark.parametrize("begin", ["visit", "item"])
def test_what_a_visit_found_leads_to_what_became_of_it(scene: VisitScene, begin: str) -> None:
    visit, working, _closed = _issued(scene)
    found = _read(scene.actor("office_director"), visit if begin == "visit" else working)
    looked = next(
        node for node in found.of("observation") if str(working.id) in {one.key for one in found.before(node.key)}
    )
    assert str(visit.id) in {node.key for node in found.before(looked.key)}
    for becomes, kind in (("evidence", "visit"), ("action", "action"), ("finding", "finding")):
        finding = _titled(found, f"做成{becomes}")
        assert [node.kind for node in found.after(finding.key)] == [kind]
        assert [node.key for node in found.before(finding.key)] == [looked.key]
    assert str(visit.id) in found.part_of(working.id)


def test_a_recurrence_leads_from_the_visit_to_the_reopening_and_never_into_the_other_item(scene: VisitScene) -> None:
    visit, working, closed = _issued(scene)
    found = _read(scene.actor("office_director"), visit)
    assert [node.kind for node in found.after(_titled(found, "作业批改又拖了").key)] == ["reopening"]
    assert str(closed.id) not in found.part_of(working.id) and str(working.id) not in found.part_of(closed.id)


def test_a_finding_without_an_item_leads_back_to_its_visit(scene: VisitScene) -> None:
    visit, _working, _closed = _issued(scene)
    born = next(one for one in visit.findings if one.text == "课表没有公示")
    finding = db.session.get_one(DataFinding, born.data_finding_id)
    found = _read(scene.actor("office_director"), finding)
    assert str(visit.id) in found.rests_on(str(born.data_finding_id))


@pytest.mark.parametrize("who", ["office_director", "principal", "inspector"])
def test_before_the_draft_is_shown_the_chain_says_nothing_of_the_visit(scene: VisitScene, who: str) -> None:
    _visit, working, _closed = _on_site(scene)
    found = _read(scene.actor(who), working)
    assert found.nodes and not [node for node in found.nodes if node.kind in OWN]


def test_the_school_reads_the_visit_in_the_chain_of_its_item_and_on_its_ring(
    scene: VisitScene, client: FlaskClient, cast: Cast
) -> None:
    visit, working, _closed = _issued(scene)
    found = _read(scene.actor("principal"), working)
    assert {node.kind for node in found.nodes if node.shown} >= set(OWN)
    text = sign_in(client, cast["principal"]).get(f"/trace/items/{working.ref}").get_data(as_text=True)
    for words in (f"{visit.number}・核查 1 次", "现场所见", "视导发现", "做成evidence", visit.address):
        assert words in text, words


def test_a_teacher_learns_that_there_was_a_visit_and_not_what_it_saw(scene: VisitScene) -> None:
    _visit, working, _closed = _issued(scene)
    found = _read(scene.actor("subject_teacher"), working)
    told = [node for node in found.nodes if node.kind in OWN]
    assert told and not [node for node in told if node.shown or node.title or node.url or node.facts]


def test_what_a_visit_found_costs_no_further_statement_a_row(scene: VisitScene) -> None:
    visit, working, _closed = _on_site(scene)
    counts = []
    for _again in range(2):
        with counted_statements() as seen:
            found = trace(scene.actor("office_director"), working)
        counts.append((len(seen), len(found.of("visit_finding"))))
        for name in ("shown", "issued", "follow_up") if not found.of("visit_finding") else ():
            getattr(scene, f"to_{name}")(visit)
    assert counts[0][1] == 0 and counts[1][1] == 3
    assert counts[0][0] <= counts[1][0] <= counts[0][0] + 2 <= 20, "more than one for the visits and one for findings"
