"""Problems without data to compare: only criteria are offered, an index leads to closure, and nobody is stuck."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, StepRefused
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import (
    CheckedCriterion,
    CheckIn,
    EvaluationStep,
    PrepareIn,
    ProposeIn,
)
from app.improvement.monitoring.models import MonitoringResult
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanIn, PlanStep
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items
from app.improvement.problems.operations.drafting import Submission
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import JUDGED, SUMMARY, EffectScene
from tests.improvement.plans.world import measure, whole

LINES = ("每周有一次体育家庭作业", "体测结果按月反馈家长")


def _index_item(scene: EffectScene) -> ProblemItem:
    """An item in planning whose finding rests on an index: it has no standard deviation."""
    finding = scene.finding(scene.round("2025-fitness", date(2025, 9, 1)))
    cell = db.session.get_one(MonitoringResult, finding.result_id)
    with trail.act(SYSTEM, "system", "test.index"):
        cell.value_type, cell.sd, cell.value, cell.benchmark_value = "index", None, 60.0, 70.0
    held = scene.draft()
    item = scene.converted(held, finding)
    scene.issue(held)
    for state in ("accepted", "diagnosing", "planning"):
        getattr(scene, f"to_{state}")(item)
    return item


def _drawn_up(scene: EffectScene, item: ProblemItem, **changes: Any) -> RemediationPlan:
    handler, today = scene.actor("school_coordinator"), clock.today()
    plan: RemediationPlan = plans.draft_plan(handler, item, PlanIn())
    days = {"target_on": today + timedelta(days=200), "follow_up_on": today + timedelta(days=250)}
    plans.edit_plan(handler, plan, whole(scene.cast, **{**days, "target": None, "criteria": LINES, **changes}))
    for number in range(len(item.causes)):
        plans.add_action(handler, plan, measure(scene.cast, item, number))
    db.session.refresh(plan, ["actions"])
    return plan


def _approved(scene: EffectScene, plan: RemediationPlan) -> None:
    plans.submit_plan(scene.actor("principal"), plan, PlanStep())
    plans.open_review(scene.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(scene.actor("office_director"), plan, PlanStep())
    drain()
    use_context(SYSTEM.context())


@pytest.mark.parametrize("design", ["indicator", "small_n"])
def test_a_problem_without_a_measured_cell_is_not_planned_with_a_comparison(scene: EffectScene, design: str) -> None:
    for item in (scene.item("planning"), _index_item(scene)):
        plan = _drawn_up(scene, item, design=design, indicator_id=scene.indicator().id, baseline=470.0, target=500.0)
        with pytest.raises(StepRefused, match="没有可以前后比较的监测数据，请选“按标准核验”"):
            plans.submit_plan(scene.actor("principal"), plan, PlanStep())


@pytest.mark.parametrize(("index", "said"), [(False, "这个问题没有监测数据格"), (True, "这个指标是指数，没有标准差")])
def test_the_form_offers_criteria_alone_and_says_why(
    scene: EffectScene, client: FlaskClient, cast: Cast, index: bool, said: str
) -> None:
    item = _index_item(scene) if index else scene.item("planning")
    plan = plans.draft_plan(scene.actor("school_coordinator"), item, PlanIn())
    assert plan.design == "criterion"
    sign_in(client, cast["school_coordinator"])
    shown = client.get(f"/plans/{plan.ref}/sections/evaluation").get_data(as_text=True)
    assert said in shown and 'value="criterion"' in shown
    assert 'value="indicator"' not in shown and 'value="small_n"' not in shown


def test_a_problem_from_an_index_is_mended_judged_by_criteria_and_closed(scene: EffectScene) -> None:
    item = _index_item(scene)
    plan = _drawn_up(scene, item, design="criterion")
    _approved(scene, plan)
    scene.to_evaluating(item)
    drain()
    use_context(SYSTEM.context())
    evaluation = scene.evaluation_of(item)
    found = CheckIn(tuple(CheckedCriterion(line, True, True, "看了两个班") for line in LINES))
    evaluations.check_criteria(scene.actor("inspector"), evaluation, found)
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn())
    assert (evaluation.state, evaluation.computed_outcome) == ("computed", "achieved")
    judged = ProposeIn("achieved", JUDGED, uses=("feed_back",))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, judged)
    evaluations.decide_evaluation(scene.actor("office_director"), evaluation, judged)
    handler = scene.actor("school_coordinator")
    items.ask_for_closure(handler, item, Submission())
    request = closures.draft_closure(handler, item, closures.ClosureIn(SUMMARY))
    closures.submit_closure(scene.actor("principal"), request, EvaluationStep())
    closures.verify_closure(scene.actor("inspector"), request, closures.VerifyIn("材料属实，到校看过", on_site=True))
    closures.approve_closure(scene.actor("office_director"), request, EvaluationStep())
    assert item.state == "closed"


def _stuck(scene: EffectScene) -> ProblemItem:
    """An item in evaluation under a plan that was approved, once, for a comparison of data that do not exist."""
    item = scene.at_work("criterion")
    with trail.act(SYSTEM, "system", "test.before"):
        scene.plan_of.design = "indicator"
    evaluations.plan_evaluation(SYSTEM, scene.plan_of, None)
    return item


def test_a_plan_approved_before_without_data_to_compare_is_planned_again_by_criteria(scene: EffectScene) -> None:
    item = _stuck(scene)
    evaluation = scene.evaluation_of(item)
    after = scene.cell(date(2026, 9, 1), 505.0, 110)
    with pytest.raises(Invalid, match="改为按标准核验"):
        evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    items.plan_again(scene.actor("office_director"), item, Submission())
    plan = _drawn_up(scene, item, design="criterion")
    _approved(scene, plan)
    again = db.session.scalars(select(evaluations.EffectEvaluation).filter_by(item_id=item.id)).one()
    assert (plan.edition, again.plan_id, again.design, again.state) == (2, plan.id, "criterion", "draft")


def test_the_page_of_such_an_item_says_that_the_office_decides(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    item = _stuck(scene)
    sign_in(client, cast["office_director"])
    shown = client.get(item.address).get_data(as_text=True)
    assert "决定重订方案：现在的方案没有数据可比。" in shown and f"/items/{item.ref}/steps/plan-again" in shown


@pytest.mark.parametrize(
    ("found", "computed"),
    [((True, False), "no_change"), ((False, True), "worsened"), ((True, True), "achieved")],
)
def test_what_the_plan_before_had_reached_is_no_gain_of_the_next(
    scene: EffectScene, found: tuple[bool, bool], computed: str
) -> None:
    item = _index_item(scene)
    _approved(scene, _drawn_up(scene, item, design="criterion"))
    scene.to_evaluating(item)
    assert _judged_by(scene, item, (True, False)) == "partly_improved"
    items.plan_again(scene.actor("office_director"), item, Submission())
    _approved(scene, _drawn_up(scene, item, design="criterion"))
    scene.to_evaluating(item)
    assert _judged_by(scene, item, found) == computed


def _judged_by(scene: EffectScene, item: ProblemItem, found: tuple[bool, bool]) -> str | None:
    """What follows by rule from the two criteria, decided as it is."""
    drain()
    use_context(SYSTEM.context())
    evaluation = scene.evaluation_of(item)
    seen = tuple(CheckedCriterion(line, met, True, "看了两个班") for line, met in zip(LINES, found, strict=True))
    evaluations.check_criteria(scene.actor("inspector"), evaluation, CheckIn(seen))
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn())
    judged = ProposeIn(evaluation.computed_outcome or "", JUDGED, uses=("feed_back",))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, judged)
    evaluations.decide_evaluation(scene.actor("office_director"), evaluation, judged)
    return evaluation.computed_outcome
