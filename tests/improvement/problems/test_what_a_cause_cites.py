"""A cause cites what stands in the chain of its item: chosen from a list, looked up again; words are an addition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db, uuid7
from app.core.errors import Invalid, StepRefused
from app.improvement.monitoring.models import DataFinding, FindingSupport
from app.improvement.problems.models import Cause, ItemFinding, OnsiteCheck, ProblemItem
from app.improvement.problems.models.citable import citable
from app.improvement.problems.operations import items
from app.improvement.problems.operations.diagnosis import CauseChange, CauseIn
from app.improvement.problems.operations.drafting import Submission
from tests.by_hand import by_hand
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import WHYS, Scene

Open = Callable[[str], Browser]


def with_finding(scene: Scene, number: int = 1) -> tuple[ProblemItem, DataFinding]:
    """An item in diagnosis that cites a finding, which another source supports."""
    item, finding = scene.item("diagnosing"), scene.finding(scene.round(f"R{number}"), number=number)
    with by_hand("test.cited"):
        db.session.add(ItemFinding(item_id=item.id, finding_id=finding.id))
        db.session.add(
            FindingSupport(
                id=uuid7(), county_id=item.county_id, school_id=item.school_id, finding_id=finding.id, source="听课记录",
                description="两节课的练习没有分层", added_by=scene.cast["evaluator"].person_id,
            )
        )  # fmt: skip
    return item, finding


def seen_on_site(scene: Scene, item: ProblemItem) -> None:
    with by_hand("test.seen"):
        db.session.add(
            OnsiteCheck(
                id=uuid7(), county_id=item.county_id, school_id=item.school_id, item_id=item.id, place="八年级教室",
                checked_on=clock.today() - timedelta(days=3), seen="partly", remarks="作业没有分层",
                checked_by=scene.cast["inspector"].person_id,
            )
        )  # fmt: skip


def written(scene: Scene, item: ProblemItem, source: str, note: str = "") -> Cause:
    given = CauseIn("teaching", "练习没有分层", True, note, WHYS, source)
    items.add_cause(scene.actor("school_coordinator"), item, given)
    return db.session.scalars(select(Cause).where(Cause.item_id == item.id).order_by(Cause.created_at.desc())).first()  # type: ignore[return-value]


def test_a_cause_may_cite_the_finding_its_support_and_what_was_seen_on_site(scene: Scene) -> None:
    item, _finding = with_finding(scene)
    seen_on_site(scene, item)
    choice = citable(item.id)
    assert [one.kind for one in choice] == ["finding", "support", "check"]
    for one in choice:
        cause = written(scene, item, one.code)
        assert (cause.cites, getattr(cause, f"{one.kind}_id"), cause.has_evidence_link) == (one.id, one.id, True)


def test_what_stands_in_another_chain_is_not_cited(scene: Scene) -> None:
    item, _finding = with_finding(scene)
    _other, foreign = with_finding(scene, 2)
    for source in (f"finding:{foreign.ref}", f"evidence:{foreign.ref}", "finding:", "nonsense"):
        with pytest.raises(Invalid) as refused:
            written(scene, item, source)
        assert set(refused.value.sentences) == {"source"}


def test_other_grounds_are_said_in_words(scene: Scene) -> None:
    item, _finding = with_finding(scene)
    with pytest.raises(Invalid) as refused:
        written(scene, item, "other")
    assert set(refused.value.sentences) == {"evidence_note"}
    cause = written(scene, item, "other", "作业抽样 40 份")
    assert (cause.cites, cause.has_evidence_link) == (None, True)


def test_a_changed_cause_cites_one_thing_or_none(scene: Scene) -> None:
    item, _finding = with_finding(scene)
    first, second = citable(item.id)
    cause, handler = written(scene, item, first.code), scene.actor("school_coordinator")
    for source, cited in ((second.code, second.id), ("other", None)):
        wording = CauseIn("teaching", "练习没有分层", True, "作业抽样 40 份", WHYS, source)
        items.change_cause(handler, item, CauseChange(cause.ref, wording))
        db.session.refresh(cause)
        assert cause.cites == cited


def test_without_any_grounds_the_diagnosis_is_not_finished(scene: Scene) -> None:
    item, _finding = with_finding(scene)
    code = citable(item.id)[0].code
    written(scene, item, code)
    cause, handler = written(scene, item, ""), scene.actor("school_coordinator")
    db.session.refresh(item)
    with pytest.raises(StepRefused, match="依据"):
        items.finish_diagnosis(handler, item, Submission())
    items.change_cause(handler, item, CauseChange(cause.ref, CauseIn("management", "备课少", True, "", WHYS, code)))
    items.finish_diagnosis(handler, item, Submission())
    assert item.state == "planning"


def test_the_page_offers_the_chain_and_leads_back_to_what_is_cited(scene: Scene, browser: Open) -> None:
    item, finding = with_finding(scene)
    handler, code = browser("school_coordinator"), citable(item.id)[0].code
    form = handler.page(f"{item.address}/causes/new")
    assert f'value="{code}"' in form and finding.number in form and "听课记录" in form and "其他依据" in form
    assert "选填" in form.split('name="source"')[1].split('name="evidence_note"')[0], "words are an addition"
    cause = {"statement": "练习没有分层", "category": "teaching", "controllable": "yes", "five_whys": WHYS}
    handler.sent(f"{item.address}/causes", **cause, source=code)
    shown = handler.page(f"{item.address}/diagnosis")
    assert f'href="{finding.address}"' in shown and finding.number in shown
    held = db.session.scalars(select(Cause).where(Cause.item_id == item.id)).one()
    assert f'<option selected value="{code}"' in handler.page(f"{item.address}/causes/{held.ref}")
    refused = handler.post(f"{item.address}/causes", **cause, source="other")
    assert refused.status_code == 422 and "请写明是什么" in refused.get_data(as_text=True)


def test_where_the_chain_holds_nothing_words_are_enough_and_nothing_is_asked(scene: Scene, browser: Open) -> None:
    item, handler = scene.item("diagnosing"), browser("school_coordinator")
    assert 'name="source"' not in handler.page(f"{item.address}/causes/new")
    cause = {"statement": "练习没有分层", "category": "teaching", "controllable": "yes", "five_whys": WHYS}
    handler.sent(f"{item.address}/causes", **cause, evidence_note="作业抽样 40 份")
    held = db.session.scalars(select(Cause).where(Cause.item_id == item.id)).one()
    assert (held.cites, held.evidence_note) == (None, "作业抽样 40 份")
