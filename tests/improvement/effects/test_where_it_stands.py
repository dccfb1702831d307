"""A next plan begins from where the problem stands, so that the gain of the round before is not counted a second time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.core import clock as business
from app.core.audit import trail
from app.core.database import db
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import closures
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult, SourceConflict
from app.improvement.monitoring.operations import conflicts
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanIn
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items, reopenings
from app.improvement.problems.operations.items import PlanAgainIn
from app.improvement.problems.operations.reopenings import ReopeningIn
from tests.cast import Cast, sign_in
from tests.improvement.effects.rounds import (
    closed,
    decided,
    diagnosed_again,
    in_planning,
    measured,
    reopened,
    worked_on,
)
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.plans import world

WHY = "分层作业已经停了，错因统计也没有了"


def _numbers(evaluation: EffectEvaluation) -> tuple[list[float], str | None]:
    return [end["value"] for end in evaluation.computed["ends"]], evaluation.computed_outcome


def _first_round(scene: EffectScene, clock: Any, value: float = 505.0, **cell: Any) -> ProblemItem:
    """460 at the start, measured again and decided."""
    item = in_planning(scene)
    plan = worked_on(scene, item, target=490.0)
    assert (plan.baseline, plan.baseline_origin) == (460.0, "found")
    clock.advance(days=60)
    decided(scene, measured(scene, plan, value, **cell))
    return item


def _next_plan(scene: EffectScene, item: ProblemItem) -> RemediationPlan:
    found: RemediationPlan = plans.draft_plan(scene.actor("school_coordinator"), item, PlanIn())
    return found


def _failed_recheck(scene: EffectScene, item: ProblemItem, clock: Any) -> None:
    recheck = scene.recheck_of(closed(scene, item))
    clock.advance(days=180)
    closures.fail_recheck(scene.actor("evaluator"), recheck, closures.RecheckIn(WHY, "not_seen", reason=WHY))
    reopened(scene, item)
    diagnosed_again(scene, item)


def test_an_item_whose_recheck_failed_goes_through_both_rounds_each_from_its_own_start(
    scene: EffectScene, clock: Any
) -> None:
    item = _first_round(scene, clock)
    assert _numbers(scene.evaluation_of(item)) == ([460.0, 505.0], "achieved")
    _failed_recheck(scene, item, clock)

    plan = worked_on(scene, item, "school_coordinator_2", target=535.0)
    assert (plan.baseline, plan.baseline_origin) == (505.0, "follow_up")
    clock.advance(days=60)
    evaluation = measured(scene, plan, 540.0)
    assert _numbers(evaluation) == ([505.0, 540.0], "achieved")
    assert evaluation.delta == 35.0, "the 45 points of the first round are not counted again"
    decided(scene, evaluation)
    closed(scene, item, "school_coordinator_2")
    db.session.execute(text("set constraints all immediate"))
    assert (item.state, item.iteration) == ("closed", 2) and item.chain_gaps == ()


def test_what_the_first_round_gained_closes_no_second_one(scene: EffectScene, clock: Any) -> None:
    item = _first_round(scene, clock)
    _failed_recheck(scene, item, clock)
    plan = worked_on(scene, item, "school_coordinator_2", target=535.0)
    clock.advance(days=60)
    evaluation = measured(scene, plan, 506.0)
    assert _numbers(evaluation)[0] == [505.0, 506.0]
    assert evaluation.computed_outcome in ("no_change", "insufficient_evidence")


@pytest.mark.parametrize("trigger", ["recurrence", "evidence_false"])
def test_every_other_cause_of_a_reopening_begins_from_there_too(scene: EffectScene, clock: Any, trigger: str) -> None:
    item = _first_round(scene, clock)
    closed(scene, item)
    reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn(trigger, WHY))
    reopened(scene, item)
    diagnosed_again(scene, item)
    assert _next_plan(scene, item).baseline == 505.0


def test_data_that_came_out_since_the_closure_are_where_it_stands(scene: EffectScene, clock: Any) -> None:
    item = _first_round(scene, clock)
    closed(scene, item)
    clock.advance(days=100)
    later = scene.cell(business.today() - timedelta(days=5), 488.0, 110)
    reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn("recurrence", WHY))
    reopened(scene, item)
    diagnosed_again(scene, item)
    plan = _next_plan(scene, item)
    assert (plan.baseline_result_id, plan.baseline_origin) == (later.id, "newest")


def _plan_again(scene: EffectScene, item: ProblemItem) -> None:
    due = PlanAgainIn(due_on=business.today() + timedelta(days=500))
    items.plan_again(scene.actor("office_director"), item, due)


def test_a_plan_after_a_partial_improvement_begins_from_what_was_reached(scene: EffectScene, clock: Any) -> None:
    item = _first_round(scene, clock, 488.0)
    assert scene.evaluation_of(item).computed_outcome == "partly_improved"
    _plan_again(scene, item)
    plan = worked_on(scene, item, target=510.0)
    assert (plan.baseline, plan.baseline_origin) == (488.0, "follow_up")
    clock.advance(days=60)
    evaluation = measured(scene, plan, 500.0)
    assert _numbers(evaluation) == ([488.0, 500.0], "insufficient_evidence"), (
        "40 points from the first cell, 12 from this"
    )


def test_a_target_that_the_first_round_has_reached_already_is_no_target_of_the_next(
    scene: EffectScene, clock: Any
) -> None:
    item = _first_round(scene, clock, 488.0)
    _plan_again(scene, item)
    with pytest.raises(StepRefused, match="最小效应"):
        world.in_force(scene.cast, item, target=490.0)


def test_the_target_of_before_is_not_carried_over_once_it_is_reached(scene: EffectScene, clock: Any) -> None:
    item = _first_round(scene, clock, 488.0)
    _plan_again(scene, item)
    plan = _next_plan(scene, item)
    assert (plan.baseline, plan.target) == (488.0, None), "490 is too near: a new one has to be named"


def test_a_loss_is_made_good_before_anything_counts_as_a_gain(scene: EffectScene, clock: Any) -> None:
    item = _first_round(scene, clock, 420.0)
    assert scene.evaluation_of(item).computed_outcome == "worsened"
    _plan_again(scene, item)
    plan = _next_plan(scene, item)
    assert (plan.baseline, plan.baseline_origin) == (460.0, "no_lower")


def _held_to_be_wrong(scene: EffectScene, cell: MonitoringResult) -> MonitoringResult:
    """The office settled between two sources, and this is not the one that counts."""
    cycle = db.session.get_one(MonitoringCycle, cell.cycle_id)
    other = scene.cell(cycle.starts_on, 470.0, 110, cycle=cycle)
    own = {"county_id": cell.county_id, "school_id": cell.school_id}
    place = SourceConflict(first_id=cell.id, second_id=other.id, **own)
    asked = conflicts.ask_data_owner(
        scene.actor("evaluator"), place, conflicts.QuestionIn("校测和县测两处不一致，请核对", cell.unit_id)
    )
    given = conflicts.SettlementIn(other.id, "以县测为准，校测漏了两个班")
    conflicts.settle_conflict(scene.actor("office_director"), asked, given)
    return other


def test_the_source_that_was_held_to_be_right_counts_and_not_the_other(scene: EffectScene, clock: Any) -> None:
    item = _first_round(scene, clock)
    _failed_recheck(scene, item, clock)
    cell = db.session.get_one(MonitoringResult, scene.evaluation_of(item).follow_up_ids[0])
    other = _held_to_be_wrong(scene, cell)
    plan = _next_plan(scene, item)
    assert (plan.baseline, plan.baseline_result_id) == (470.0, other.id)


WRONG = {"withdrawn": ("follow_up_refused", "上一轮的复测数据已撤回"), "unlike": ("follow_up_unlike", "不可比")}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_follow_up_that_does_not_hold_leaves_the_first_cell_and_the_page_says_why(
    scene: EffectScene, clock: Any, client: FlaskClient, cast: Cast, wrong: str
) -> None:
    item = _first_round(scene, clock)
    _failed_recheck(scene, item, clock)
    cell = db.session.get_one(MonitoringResult, scene.evaluation_of(item).follow_up_ids[0])
    with trail.act(SYSTEM, "system", "test.wrong"):
        if wrong == "withdrawn":
            db.session.get_one(MonitoringCycle, cell.cycle_id).state = "withdrawn"
        elif wrong == "unlike":
            cell.n_expected = 300
    plan = _next_plan(scene, item)
    origin, said = WRONG[wrong]
    assert (plan.baseline, plan.baseline_origin) == (460.0, origin)
    sign_in(client, cast["school_coordinator_2"])
    for address in (plan.address, f"{plan.address}/sections/goal"):
        shown = client.get(address).get_data(as_text=True)
        assert "基线取自" in shown and "八年级数学!F37（64 人）" in shown and said in shown


def test_the_page_names_the_cell_from_which_a_second_round_begins(
    scene: EffectScene, clock: Any, client: FlaskClient, cast: Cast
) -> None:
    item = _first_round(scene, clock)
    _failed_recheck(scene, item, clock)
    plan = _next_plan(scene, item)
    shown = sign_in(client, cast["school_coordinator_2"]).get(plan.address).get_data(as_text=True)
    assert "八年级数学!F37（110 人）" in shown and "上一轮的进步不重复计算" in shown


def test_a_next_edition_in_the_midst_of_the_work_keeps_its_start(scene: EffectScene, clock: Any) -> None:
    item = in_planning(scene)
    world.in_force(scene.cast, item, target=490.0)
    clock.advance(days=60)
    scene.cell(business.today() - timedelta(days=20), 480.0, 110)
    plan = _next_plan(scene, item)
    assert (plan.edition, plan.baseline, plan.baseline_origin) == (2, 460.0, "found")
