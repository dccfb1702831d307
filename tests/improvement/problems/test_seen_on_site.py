"""A severe problem is looked at on the spot while the work goes on: what was seen before it, or before a reopening, is old."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import follow
from app.core.database import db
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.handlers import AcceptIn, name_handler
from app.improvement.problems.operations.reopenings import ReopeningIn
from tests.improvement.problems.scenes import Scene

REASON = "视导时同一问题再次出现，需要重新整改"
MISSING = "要在整改开始以后进行"


def _severe(scene: Scene, state: str) -> ProblemItem:
    return scene.item(state, severity="severe")


def test_a_check_made_before_the_work_began_lets_no_severe_problem_into_evaluation(scene: Scene) -> None:
    item = _severe(scene, "issued")
    scene.seen_on_site(item)
    for step in ("accepted", "diagnosing", "planning", "implementing"):
        getattr(scene, f"to_{step}")(item)
    assert not item.has_onsite_check
    with pytest.raises(StepRefused, match=MISSING):
        scene.to_evaluating(item)
    scene.seen_on_site(item)
    items.start_evaluation(scene.actor("school_coordinator"), item, Submission())
    assert item.state == "evaluating"


def test_a_check_of_an_earlier_day_does_not_count_because_it_was_written_down_later(scene: Scene) -> None:
    item = _severe(scene, "implementing")
    scene.seen_on_site(item)
    assert item.has_onsite_check
    _dated(item, back=1)
    assert not item.has_onsite_check


def _dated(item: ProblemItem, back: int) -> None:
    with trail.act(SYSTEM, "system", "test.dated"):
        db.session.execute(
            text("update onsite_checks set checked_on = :day where item_id = :item"),
            {"day": clock.today() - timedelta(days=back), "item": item.id},
        )


def _closed(scene: Scene) -> ProblemItem:
    item = _severe(scene, "implementing")
    scene.seen_on_site(item)
    for step in ("evaluating", "pending_closure", "closed"):
        getattr(scene, f"to_{step}")(item)
    assert item.chain_gaps == ()
    return item


def test_after_a_reopening_the_check_of_the_first_round_does_not_count_again(scene: Scene) -> None:
    item, cast = _closed(scene), scene.cast
    made = reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn("recurrence", REASON))
    reopenings.approve_reopening(scene.actor("leading_group_head"), made, Submission(reason=REASON))
    assert not item.has_onsite_check and "现场核查" in item.chain_gaps
    anew = AcceptIn(cast["school_coordinator_2"].person_id, cast["school_coordinator"].person_id)
    name_handler(scene.actor("principal"), item, anew)
    items.diagnose_again(scene.actor("school_coordinator_2"), item, Submission())
    scene.to_planning(item)
    first = db.session.scalars(select(RemediationPlan).where(RemediationPlan.item_id == item.id)).one()
    scene.moved(first, "completed")
    plan = scene.plan(item, edition=2)
    with trail.act(SYSTEM, "system", "test.plan_approved"):
        follow(item, "start_work")
    scene.moved(plan, "active")
    assert not item.has_onsite_check
    scene.seen_on_site(item)
    assert item.has_onsite_check and "现场核查" not in item.chain_gaps


def test_the_check_of_a_closed_severe_problem_cannot_be_dated_before_its_work(scene: Scene) -> None:
    item = _closed(scene)
    db.session.execute(text("set constraints all immediate"))
    with pytest.raises(IntegrityError, match="never changed"):
        _dated(item, back=400)
