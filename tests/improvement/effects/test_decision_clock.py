"""The ten working days for a decision run only while the item is in evaluation, from when it came there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import calendar
from app.core import clock as time
from app.core.audit import trail
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.casework.waiting import waiting_for
from app.core.database import db, use_context
from app.core.outbox.deliver import drain
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import PrepareIn, ProposeIn
from app.improvement.effects.queries.lists import is_overdue
from app.improvement.problems.operations import items
from app.improvement.problems.operations.drafting import Submission
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import JUDGED, EffectScene
from workflows.improvement.effect_evaluation import DECIDE

REASON = "等省里的复核结果，先停一停"


def _clock(evaluation: EffectEvaluation) -> Deadline:
    db.session.rollback()
    use_context(SYSTEM.context())
    running = (Deadline.record_id == evaluation.id, Deadline.closed_at.is_(None))
    return db.session.scalars(select(Deadline).where(*running)).one()


def _ten_days_from(moment: datetime, evaluation: EffectEvaluation) -> datetime | None:
    return calendar.due_at(DECIDE, moment, evaluation, deadlines.work_calendar())


def _told(evaluation: EffectEvaluation) -> list[str]:
    own = select(Deadline.id).where(Deadline.record_id == evaluation.id)
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "deadline_rung", OutboxRow.record_id.in_(own)))
    return [str(row.data["rung"]) for row in rows]


@pytest.fixture
def early(scene: EffectScene) -> EffectEvaluation:
    """Computed and proposed while the measures still go on."""
    evaluation = scene.planned()
    scene.moved(evaluation.item, "implementing")
    after = scene.cell(date(2026, 9, 1), 505.0, 110)
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    proposed = ProposeIn("achieved", JUDGED, uses=("feed_back",))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, proposed)
    return evaluation


def _begin_evaluation(scene: EffectScene, evaluation: EffectEvaluation) -> None:
    items.start_evaluation(scene.actor("school_coordinator"), evaluation.item, Submission())
    drain()


def test_nobody_is_reminded_of_a_decision_while_the_measures_go_on(
    scene: EffectScene, early: EffectEvaluation, clock: Any, app: Flask, cast: Cast
) -> None:
    clock.advance(days=60)
    deadlines.sweep()
    assert _clock(early).paused_at is not None and _told(early) == []
    browser = sign_in(app.test_client(), cast["leading_group_head"])
    page = browser.get(early.address).get_data(as_text=True)
    assert "等措施结束后计时" in page and "超 " not in page
    assert "等措施结束后计时" in browser.get("/evaluations").get_data(as_text=True)
    use_context(SYSTEM.context())
    assert db.session.scalars(select(EffectEvaluation).where(is_overdue(EffectEvaluation))).all() == []


def test_an_effect_that_is_still_to_be_proposed_is_not_late_on_the_desk_while_the_measures_go_on(
    scene: EffectScene, clock: Any
) -> None:
    evaluation = scene.planned()
    scene.moved(evaluation.item, "implementing")
    after = scene.cell(date(2026, 9, 1), 505.0, 110)
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    clock.advance(days=60)
    (thing,) = [one for one in waiting_for(scene.actor("evaluator")) if one.record.id == evaluation.id]
    assert (thing.overdue, thing.due_at) == (False, None) and thing.deadline is not None


def test_the_ten_days_run_from_when_the_item_comes_into_evaluation(
    scene: EffectScene, early: EffectEvaluation, clock: Any
) -> None:
    clock.advance(days=60)
    _begin_evaluation(scene, early)
    row = _clock(early)
    assert (row.paused_at, row.started_at) == (None, early.item.state_since)
    assert row.due_at == _ten_days_from(early.item.state_since, early) and row.due_at > time.now() + timedelta(days=10)
    deadlines.sweep()
    assert _told(early) == []
    clock.advance(days=30)
    deadlines.sweep()
    assert _told(early) == ["100%", "+1wd", "+2wd"], "of the reminders that came at once only the last is sent"


def test_an_item_that_is_in_evaluation_already_lets_the_ten_days_run_from_the_computation(
    scene: EffectScene, clock: Any
) -> None:
    evaluation = scene.planned()
    clock.advance(days=20)
    after = scene.cell(date(2026, 9, 1), 505.0, 110)
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    began = _clock(evaluation).started_at
    assert began - evaluation.state_since < timedelta(seconds=5) < began - evaluation.item.state_since
    drain()
    row = _clock(evaluation)
    assert (row.paused_at, row.started_at, row.due_at) == (None, began, _ten_days_from(began, evaluation))


def test_a_suspension_stops_the_ten_days_and_what_was_left_runs_on(scene: EffectScene, clock: Any) -> None:
    evaluation = scene.computed()
    due, item = _clock(evaluation).due_at, evaluation.item
    clock.advance(days=3)
    given = items.SuspendIn(time.today() + timedelta(days=90), REASON)
    items.suspend_item(scene.actor("leading_group_head"), item, given)
    drain()
    stopped = item.state_since
    assert _clock(evaluation).paused_at == stopped
    clock.advance(days=60)
    deadlines.sweep()
    assert _told(evaluation) == []
    items.resume_item(scene.actor("leading_group_head"), item, Submission())
    drain()
    row = _clock(evaluation)
    assert (row.paused_at, row.due_at) == (None, due + (item.state_since - stopped))


def test_a_clock_is_fitted_once_however_often_it_is_told(
    scene: EffectScene, early: EffectEvaluation, clock: Any
) -> None:
    _begin_evaluation(scene, early)
    row = _clock(early)
    before = (row.started_at, row.due_at, row.paused_at, row.ladder, row.next_at)
    clock.advance(days=2)
    with trail.act(SYSTEM, "system", "test.told_again"):
        post("item_moved.effects", early.item)
    drain()
    row = _clock(early)
    assert (row.started_at, row.due_at, row.paused_at, row.ladder, row.next_at) == before


def test_a_clock_that_ran_before_the_item_came_into_evaluation_starts_anew(
    scene: EffectScene, early: EffectEvaluation, clock: Any
) -> None:
    with trail.act(SYSTEM, "system", "test.ran"):
        db.session.execute(update(Deadline).where(Deadline.record_id == early.id).values(paused_at=None))
    clock.advance(days=30)
    _begin_evaluation(scene, early)
    assert _clock(early).started_at == early.item.state_since
    assert _clock(early).due_at == _ten_days_from(early.item.state_since, early)
