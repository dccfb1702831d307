"""An item that begins another round is given time for it, and its plan may use that time: no date in the past, none beyond."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.operations import items, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.reopenings import DecisionIn, ReopeningIn
from tests.cast import Cast
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import Scene
from workflows.improvement.remediation_plan_facts import target_lies_ahead, target_lies_in_the_cycle

REASON = "视导时同一问题再次出现，需要重新整改"


def _in(days: int) -> date:
    return clock.today() + timedelta(days=days)


def _of_a_round_until(scene: Scene, item: ProblemItem, until: date) -> MonitoringCycle:
    cycle = scene.round(f"until-{until}", date(2024, 9, 1))
    with trail.act(SYSTEM, "system", "test.until"):
        cycle.improve_until, item.problem_list.cycle_id = until, cycle.id
    return cycle


def _aims_at(plan: RemediationPlan, day: date) -> RemediationPlan:
    with trail.act(SYSTEM, "system", "test.target"):
        plan.target_on = day
    return plan


def _reopened(scene: Scene, item: ProblemItem, due_on: date) -> None:
    made = reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn("recurrence", REASON))
    reopenings.approve_reopening(scene.actor("office_director"), made, DecisionIn(reason=REASON, due_on=due_on))


def test_a_plan_of_the_first_round_ends_with_the_rounds_improvement_period(scene: Scene) -> None:
    item = scene.item("planning")
    _of_a_round_until(scene, item, _in(90))
    plan = scene.plan(item, "draft")
    assert target_lies_in_the_cycle.test(_aims_at(plan, _in(90)))
    assert not target_lies_in_the_cycle.test(_aims_at(plan, _in(91)))


def test_an_item_taken_up_again_after_the_period_has_until_its_new_due_date(scene: Scene) -> None:
    item = scene.item("closed")
    _of_a_round_until(scene, item, _in(-30))
    _reopened(scene, item, _in(200))
    plan = scene.plan(item, "draft", edition=2)
    assert target_lies_in_the_cycle.test(_aims_at(plan, _in(200)))
    assert not target_lies_in_the_cycle.test(_aims_at(plan, _in(201)))


def test_an_item_that_newer_data_brought_back_has_the_improvement_period_of_their_round(scene: Scene) -> None:
    item = scene.item("closed")
    _of_a_round_until(scene, item, _in(-30))
    finding = scene.finding(scene.round("2026-autumn"), number=2)
    with trail.act(SYSTEM, "system", "test.period"):
        db.session.get_one(MonitoringCycle, finding.cycle_id).improve_until = _in(400)
    reopenings.propose_for_finding(SYSTEM, finding, (item.id,))
    made = db.session.scalars(select(Reopening)).one()
    given = DecisionIn(reason=REASON, due_on=_in(200))
    reopenings.approve_reopening(scene.actor("office_director"), made, given)
    plan = scene.plan(item, "draft", edition=2)
    assert target_lies_in_the_cycle.test(_aims_at(plan, _in(400)))
    assert not target_lies_in_the_cycle.test(_aims_at(plan, _in(401)))


def test_whoever_asks_for_a_new_plan_late_in_the_period_gives_time_for_it(scene: Scene) -> None:
    item, office = scene.item("evaluating"), scene.actor("office_director")
    _of_a_round_until(scene, item, _in(10))
    scene.outcome(item, "no_change")
    for due_on in (clock.today(), _in(30)):
        with trail.act(SYSTEM, "system", "test.due"):
            item.due_on = due_on
        with pytest.raises(Invalid, match="要在 30 天以后"):
            items.plan_again(office, item, Submission())
        db.session.rollback()
    items.plan_again(office, item, items.PlanAgainIn(due_on=_in(250)))
    assert (item.state, item.due_on) == ("planning", _in(250))
    plan = scene.plan(item, "draft", edition=2)
    assert target_lies_in_the_cycle.test(_aims_at(plan, _in(250)))
    assert not target_lies_in_the_cycle.test(_aims_at(plan, _in(251)))


def test_an_extension_moves_the_last_day_of_a_plan(scene: Scene) -> None:
    item, office = scene.item("evaluating"), scene.actor("office_director")
    _of_a_round_until(scene, item, _in(10))
    plan = db.session.scalars(select(RemediationPlan).where(RemediationPlan.item_id == item.id)).one()
    assert plan.improve_until == _in(10)
    scene.outcome(item, "insufficient_evidence")
    items.extend_item(office, item, items.ExtendIn(_in(120), _in(180)))
    assert plan.improve_until == _in(180)


def test_a_plan_aims_at_a_day_to_come(scene: Scene) -> None:
    plan = scene.plan(scene.item("planning"), "draft")
    for days, ahead in ((-60, False), (0, False), (1, True)):
        assert target_lies_ahead.test(_aims_at(plan, _in(days))) is ahead
    for step in ("submit", "approve"):
        assert target_lies_ahead in plan.workflow.step(step).guards


def test_the_page_of_a_new_plan_asks_for_the_due_date(scene: Scene, app: Flask, cast: Cast) -> None:
    item, office = scene.item("evaluating"), Browser(app, cast, "office_director")
    scene.outcome(item, "no_change")
    with trail.act(SYSTEM, "system", "test.due"):
        item.due_on = _in(5)
    address = f"{item.address}/steps/plan-again"
    assert "新的整改期限" in office.page(address)
    refused = office.post(address)
    assert refused.status_code == 422 and "请写新的完成期限" in refused.get_data(as_text=True)
    office.sent(address, due_on=str(_in(250)))
    db.session.refresh(item)
    assert (item.state, item.due_on) == ("planning", _in(250))
