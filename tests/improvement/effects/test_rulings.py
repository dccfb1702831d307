"""A cell that the office decided against is no baseline, no follow-up and no peer; what was computed from it is computed anew."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, StepRefused
from app.core.outbox.deliver import drain
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.improvement.effects import comparing
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import PrepareIn, ProposeIn
from app.improvement.monitoring.models import MonitoringResult, SourceConflict
from app.improvement.monitoring.operations import QuestionIn, SettlementIn, ask_data_owner, settle_conflict
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans
from tests.improvement.effects.scenes import BASELINE, FOLLOW_UP, JUDGED, EffectScene
from tests.improvement.effects.test_peers import measured_twice  # noqa: F401

AGAIN = date(2025, 9, 20)
"""Another source, measured before the plan took effect too."""
WHY = "另一来源按花名册核对过参测学生，以它为准"


def disputed(scene: EffectScene, first: MonitoringResult, second: MonitoringResult) -> SourceConflict:
    place = SourceConflict(county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=second.id)
    return ask_data_owner(
        scene.actor("evaluator"), place, QuestionIn("两个来源相差很大，请核对参测名单", first.unit_id)
    )


def decided(
    scene: EffectScene, conflict: SourceConflict, chosen: MonitoringResult | None, outcome: str = "one"
) -> None:
    given = SettlementIn(chosen.id if chosen else None, WHY, outcome=outcome)
    settle_conflict(scene.actor("office_director"), conflict, given)
    drain()
    use_context(SYSTEM.context())


def baseline_of(evaluation: EffectEvaluation) -> MonitoringResult:
    return db.session.get_one(MonitoringResult, evaluation.baseline_result_id)


def offered(evaluation: EffectEvaluation) -> set[uuid.UUID]:
    assert evaluation.baseline_result_id is not None
    later = comparing.candidates_for_follow_up(evaluation.baseline_result_id, evaluation.counts_after)
    return {cell.id for cell, _cycle in later}


def test_a_disputed_cell_is_no_follow_up_and_the_one_that_counts_is(scene: EffectScene) -> None:
    evaluation = scene.planned()
    first, second = scene.cell(FOLLOW_UP, 505.0, 110), scene.cell(date(2026, 9, 20), 470.0, 110)
    assert offered(evaluation) == {first.id, second.id}
    conflict = disputed(scene, first, second)
    assert offered(evaluation) == set()
    with pytest.raises(Invalid):
        evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(first.id),)))
    decided(scene, conflict, second)
    assert offered(evaluation) == {second.id}


def test_the_cell_that_counts_is_the_baseline_of_what_is_not_computed_yet(scene: EffectScene) -> None:
    evaluation = scene.planned()
    before, instead = baseline_of(evaluation), scene.cell(AGAIN, 480.0, 100)
    after = scene.cell(FOLLOW_UP, 505.0, 110)
    conflict = disputed(scene, before, instead)
    with pytest.raises(Invalid, match="基线数据格"):
        evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    decided(scene, conflict, instead)
    evaluation = db.session.get_one(EffectEvaluation, evaluation.id, populate_existing=True)
    assert evaluation.baseline_result_id == instead.id
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    assert evaluation.computed["ends"][0]["value"] == 480.0


def test_what_was_measured_after_the_plan_took_effect_never_becomes_its_baseline(scene: EffectScene) -> None:
    evaluation = scene.planned()
    before, instead = baseline_of(evaluation), scene.cell(date(2026, 1, 10), 480.0, 100)
    decided(scene, disputed(scene, before, instead), instead)
    evaluation = db.session.get_one(EffectEvaluation, evaluation.id, populate_existing=True)
    after = scene.cell(FOLLOW_UP, 505.0, 110)
    with pytest.raises(Invalid, match="基线数据格"):
        evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))


def test_what_was_computed_from_a_disputed_cell_is_neither_proposed_nor_decided(scene: EffectScene) -> None:
    evaluation = scene.computed()
    after = db.session.get_one(MonitoringResult, uuid.UUID(evaluation.follow_up_ids[0]))
    disputed(scene, after, scene.cell(date(2026, 9, 20), 470.0, 110))
    with pytest.raises(StepRefused, match="来源不一致"):
        evaluations.propose_outcome(
            scene.actor("evaluator"), evaluation, ProposeIn("achieved", JUDGED, uses=("feed_back",))
        )


def test_what_was_computed_from_the_losing_cell_goes_back_to_be_computed_anew(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    after = db.session.get_one(MonitoringResult, uuid.UUID(evaluation.follow_up_ids[0]))
    better = scene.cell(date(2026, 9, 20), 470.0, 110)
    decided(scene, disputed(scene, after, better), better)
    evaluation = db.session.get_one(EffectEvaluation, evaluation.id, populate_existing=True)
    assert evaluation.state == "returned"
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(better.id),)))
    assert (evaluation.state, evaluation.has_proposal) == ("computed", False)


def test_what_is_decided_stays_as_it_was_decided(scene: EffectScene) -> None:
    evaluation = scene.decided()
    after = db.session.get_one(MonitoringResult, uuid.UUID(evaluation.follow_up_ids[0]))
    other = scene.cell(date(2026, 9, 20), 470.0, 110)
    decided(scene, disputed(scene, after, other), other)
    evaluation = db.session.get_one(EffectEvaluation, evaluation.id, populate_existing=True)
    assert (evaluation.state, evaluation.follow_up_ids) == ("decided", [str(after.id)])


def test_a_unit_with_a_disputed_or_losing_cell_is_no_peer(
    scene: EffectScene,
    measured_twice: tuple[EffectEvaluation, MonitoringResult, MonitoringResult],  # noqa: F811
) -> None:
    _evaluation, before, after = measured_twice
    use_context(SYSTEM.context())
    whole = len(comparing.peers_of(before, after).baseline)
    peer = db.session.scalars(
        select(MonitoringResult).where(MonitoringResult.cycle_id == after.cycle_id, MonitoringResult.id != after.id)
        .where(MonitoringResult.unit_id == scene.cast.units["more0"].id)
    ).one()  # fmt: skip
    other = scene.cell(date(2026, 9, 20), 520.0, 100, school="more0")
    conflict = disputed(scene, peer, other)
    use_context(SYSTEM.context())
    assert len(comparing.peers_of(before, after).baseline) == whole - 1
    decided(scene, conflict, other)
    assert len(comparing.peers_of(before, after).baseline) == whole - 1
    assert whole > 20


def test_a_plan_begins_from_the_cell_that_counts(scene: EffectScene) -> None:
    first = scene.cell(BASELINE, 470.0, 100)
    item = scene.item("planning", baseline=470.0, target=500.0, indicator_id=scene.indicator().id)
    scene.cite(item, first)
    instead = scene.cell(AGAIN, 480.0, 100)
    conflict = disputed(scene, first, instead)
    plan = plans.draft_plan(scene.actor("school_coordinator"), item, plans.PlanIn())
    assert plan.baseline_result_id is None, "no baseline while two sources disagree"
    decided(scene, conflict, instead)
    plan = db.session.get_one(RemediationPlan, plan.id, populate_existing=True)
    assert (plan.baseline_result_id, plan.baseline) == (instead.id, 480.0)


def test_a_plan_handed_in_on_a_cell_that_fell_is_not_approved_and_takes_the_other_when_returned(
    scene: EffectScene,
) -> None:
    first = scene.cell(BASELINE, 470.0, 100)
    item = scene.item("planning", baseline=470.0, target=500.0, indicator_id=scene.indicator().id)
    scene.cite(item, first)
    plan = plans.draft_plan(scene.actor("school_coordinator"), item, plans.PlanIn())
    assert plan.baseline_result_id == first.id
    with trail.act(SYSTEM, "system", "test.handed_in"):
        plan.design = "indicator"
    scene.moved(plan, "under_review")
    instead = scene.cell(AGAIN, 480.0, 100)
    decided(scene, disputed(scene, first, instead), instead)
    plan = db.session.get_one(RemediationPlan, plan.id, populate_existing=True)
    assert plan.baseline_result_id == first.id, "what was handed in is not changed behind anybody's back"
    with pytest.raises(StepRefused, match="基线数据格"):
        plans.approve_plan(scene.actor("office_director"), plan, plans.PlanStep())
    plans.return_plan(scene.actor("office_director"), plan, plans.PlanStep(reason="基线改用裁定采用的数据"))
    assert (plan.state, plan.baseline_result_id) == ("returned", instead.id)


def test_the_office_hears_which_items_rest_on_the_cell_that_fell(scene: EffectScene) -> None:
    evaluation = scene.planned()
    before, instead = baseline_of(evaluation), scene.cell(AGAIN, 480.0, 100)
    decided(scene, disputed(scene, before, instead), instead)
    told = db.session.scalars(
        select(InboxLetter.title_zh).where(
            InboxLetter.kind == "conflict_settled", InboxLetter.record_id == evaluation.item_id
        )
    ).all()
    assert told and all("生效方案的基线" in one for one in told)
