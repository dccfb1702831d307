"""Data older than the work close nothing: neither those before the plan, nor after a reopening those of the first round."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core import clock as business
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import PrepareIn
from app.improvement.monitoring.models import DataFinding, MonitoringResult
from app.improvement.problems.models import ItemFinding
from app.improvement.problems.operations import reopenings
from app.improvement.problems.operations.reopenings import ReopeningIn
from tests.cast import Cast, sign_in
from tests.improvement.effects.rounds import closed, decided, diagnosed_again, reopened, worked_on
from tests.improvement.effects.scenes import APPROVED, FOLLOW_UP, EffectScene

NEXT_ROUND = date(2026, 11, 1)


def _prepared(scene: EffectScene, evaluation: EffectEvaluation, cell: MonitoringResult) -> None:
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(cell.id),)))


@pytest.mark.parametrize("measured", [APPROVED - timedelta(days=60), APPROVED])
def test_what_was_measured_before_the_plan_took_effect_is_no_follow_up(scene: EffectScene, measured: date) -> None:
    evaluation = scene.planned()
    with pytest.raises(Invalid, match="在方案生效（或重新打开）以前测得"):
        _prepared(scene, evaluation, scene.cell(measured, 505.0, 110))
    db.session.rollback()
    _prepared(scene, evaluation, scene.cell(APPROVED + timedelta(days=1), 505.0, 110))
    assert evaluation.computed_outcome == "achieved"


def test_a_plan_that_is_not_in_force_has_no_follow_up(scene: EffectScene) -> None:
    evaluation = scene.planned()
    with trail.act(SYSTEM, "system", "test.not_approved"):
        evaluation.plan.approved_on = None
    with pytest.raises(Invalid, match="在方案生效"):
        _prepared(scene, evaluation, scene.cell(FOLLOW_UP, 505.0, 110))


def test_the_page_offers_only_rounds_that_count_and_says_why_the_others_do_not(
    scene: EffectScene, app: Flask, cast: Cast
) -> None:
    evaluation = scene.planned()
    early, late = scene.cell(APPROVED - timedelta(days=60), 500.0, 110), scene.cell(FOLLOW_UP, 505.0, 110)
    browser = sign_in(app.test_client(), cast["assessment_member"])
    said = browser.get(f"{evaluation.address}/data").get_data(as_text=True)
    assert f'value="{late.ref}"' in said and f'value="{early.ref}"' not in said
    assert "在方案生效（或重新打开）以前测得，不能说明整改的成效" in said


def test_plain_sql_cannot_close_an_item_with_data_older_than_its_plan(scene: EffectScene) -> None:
    request = scene.closure_verified()
    with trail.act(SYSTEM, "system", "test.older"):
        db.session.execute(
            text("update remediation_plans set approved_on = :day where item_id = :item"),
            {"day": FOLLOW_UP, "item": request.item_id},
        )
    db.session.expire_all()
    assert request.item.chain_gaps == ("复测的数据格",)
    with pytest.raises(IntegrityError, match="remeasured"), trail.act(SYSTEM, "system", "test.closed"):
        for table in ("closure_requests", "problem_items"):
            column, state = ("item_id", "approved") if table == "closure_requests" else ("id", "closed")
            db.session.execute(
                text(f"update {table} set state = :state where {column} = :item"),
                {"state": state, "item": request.item_id},
            )
        db.session.execute(text("set constraints all immediate"))


def _of_the_next_round(scene: EffectScene, state: str = "confirmed") -> DataFinding:
    return scene.finding(scene.round("2026-again", NEXT_ROUND), value=485.0, state=state, number=77)


@pytest.mark.parametrize(("state", "after"), [("confirmed", "converted"), ("candidate", "candidate")])
def test_an_item_taken_up_again_for_new_data_rests_on_their_finding(scene: EffectScene, state: str, after: str) -> None:
    item, finding = scene.closure_approved().item, _of_the_next_round(scene, state)
    reopenings.propose_for_finding(SYSTEM, finding, (item.id,))
    reopened(scene, item)
    assert db.session.get(ItemFinding, (item.id, finding.id)) is not None and finding.state == after


def test_a_person_who_proposes_it_for_new_data_need_not_look_their_finding_up(scene: EffectScene) -> None:
    item, finding = scene.closure_approved().item, _of_the_next_round(scene)
    scene.finding(scene.round("2026-elsewhere", date(2026, 11, 8)), "yuntai", number=78)
    given = ReopeningIn("next_cycle", "新一轮监测同一指标再次偏低，需要重新整改")
    reopenings.propose_reopening(scene.actor("inspector"), item, given)
    assert reopened(scene, item).finding_id == finding.id


def test_an_item_taken_up_again_is_closed_a_second_time_with_data_of_its_second_round_alone(
    scene: EffectScene, clock: Any
) -> None:
    item, finding = scene.closure_approved().item, _of_the_next_round(scene)
    first = db.session.get_one(MonitoringResult, scene.evaluation_of(item).follow_up_ids[0])
    reopenings.propose_for_finding(SYSTEM, finding, (item.id,))
    reopened(scene, item)
    diagnosed_again(scene, item)
    plan = worked_on(scene, item, "school_coordinator_2", target=515.0)
    assert (plan.baseline_result_id, plan.baseline) == (finding.result_id, 485.0), "the round that brought it back"

    evaluation = evaluations.plan_evaluation(SYSTEM, plan, None)
    for old in (first, scene.cell(NEXT_ROUND + timedelta(days=7), 520.0, 110)):
        with pytest.raises(Invalid):
            _prepared(scene, evaluation, old)
        db.session.rollback()
    clock.advance(days=330)
    _prepared(scene, evaluation, scene.cell(business.today() - timedelta(days=20), 525.0, 110))
    assert [end["value"] for end in evaluation.computed["ends"]] == [485.0, 525.0]
    assert evaluation.computed_outcome == "achieved"

    decided(scene, evaluation)
    closed(scene, item, "school_coordinator_2")
    db.session.execute(text("set constraints all immediate"))
    assert (item.state, item.iteration, item.recurrence_count) == ("closed", 2, 1)
    assert item.chain_gaps == ()
