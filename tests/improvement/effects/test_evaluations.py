"""Evaluations: planned once, computed by the design of the plan, decided by another person than who proposed."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import trail
from app.core.casework.door import FOUR_EYES
from app.core.casework.waiting import waiting_for
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.deliver import drain
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, EffectEvaluation
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import (
    CheckedCriterion,
    CheckIn,
    EvaluationStep,
    PrepareIn,
    ProposeIn,
)
from app.improvement.problems.operations import items
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import CRITERIA, JUDGED, EffectScene


def test_a_plan_in_force_gets_one_evaluation_however_often_the_row_arrives(scene: EffectScene) -> None:
    scene.at_work()
    for _ in range(2):
        with trail.act(SYSTEM, "system", "test.posted"):
            post("plan_in_force", scene.plan_of)
        drain()
    use_context(SYSTEM.context())
    number = select(func.count(EffectEvaluation.id)).where(EffectEvaluation.plan_id == scene.plan_of.id)
    assert db.session.scalar(number) == 1


def test_a_voided_item_ends_its_evaluation_and_its_open_request(scene: EffectScene) -> None:
    item = scene.planned().item
    request = scene.closure_submitted()
    for one in (item, request.item):
        given = items.VoidIn(one.number, "同一问题重复列入，以前一项为准")
        items.void_item(scene.actor("leading_group_head"), one, given)
    drain()
    use_context(SYSTEM.context())
    assert scene.evaluation_of(item).state == "cancelled"
    assert db.session.get_one(ClosureRequest, request.id).state == "withdrawn"


def test_an_extended_item_gets_a_second_evaluation_of_the_same_plan(scene: EffectScene) -> None:
    evaluation = scene.computed(value=478.0)
    assert evaluation.computed_outcome == "insufficient_evidence"
    evaluations.propose_outcome(
        scene.actor("evaluator"),
        evaluation,
        ProposeIn("insufficient_evidence", "区间太宽，看不出变化", uses=("feed_back",)),
    )
    evaluations.decide_evaluation(
        scene.actor("office_director"),
        evaluation,
        ProposeIn("insufficient_evidence", "等下一轮数据", uses=("feed_back",)),
    )
    with trail.act(SYSTEM, "system", "test.extended"):
        post("item_extended.effects", evaluation.item)
    drain()
    use_context(SYSTEM.context())
    again = scene.evaluation_of(evaluation.item)
    assert (again.id, again.state) != (evaluation.id, "decided") and again.plan_id == evaluation.plan_id


def test_a_result_of_another_unit_or_an_earlier_round_is_no_follow_up(scene: EffectScene) -> None:
    evaluation = scene.planned()
    strangers = (scene.cell(date(2026, 9, 1), 505.0, 100, school="yuntai"), scene.cell(date(2024, 9, 1), 460.0, 100))
    for cell in strangers:
        with pytest.raises(Invalid) as refused:
            evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(cell.id),)))
        assert "不是本单位这个指标后来的结果" in str(refused.value)
        db.session.rollback()


def test_the_computed_outcome_keeps_both_ends_with_intervals_digest_and_version(scene: EffectScene) -> None:
    kept = scene.computed().computed
    assert [end["n"] for end in kept["ends"]] == [100, 110]
    assert [round(limit, 2) for limit in kept["estimate"]["ci95"]] == [7.92, 62.08]
    assert len(kept["inputs_sha256"]) == 64 and kept["code_version"]


def test_a_small_group_needs_two_rounds_and_is_pooled_from_them(scene: EffectScene) -> None:
    evaluation = scene.planned(design="small_n", n=40)
    first, second = scene.cell(date(2026, 4, 1), 500.0, 20), scene.cell(date(2026, 9, 1), 520.0, 25)
    member = scene.actor("assessment_member")
    with pytest.raises(StepRefused) as refused:
        evaluations.prepare_evaluation(member, evaluation, PrepareIn((str(first.id),)))
    assert "需合并两轮数据" in str(refused.value)
    db.session.rollback()
    evaluations.prepare_evaluation(member, evaluation, PrepareIn((str(first.id), str(second.id))))
    assert evaluation.computed["ends"][1]["n"] == 45
    assert round(evaluation.computed["ends"][1]["value"], 1) == 511.1


def test_a_group_too_small_even_when_pooled_is_decided_as_not_measurable_by_the_group_head(scene: EffectScene) -> None:
    evaluation = scene.planned(design="small_n", n=12)
    cells = scene.cell(date(2026, 4, 1), 500.0, 6), scene.cell(date(2026, 9, 1), 520.0, 7)
    given = PrepareIn(tuple(str(cell.id) for cell in cells))
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, given)
    assert (evaluation.computed_outcome, evaluation.effect_not_measurable) == ("insufficient_evidence", True)
    proposal = ProposeIn("insufficient_evidence", "两轮合并仍不足 30 人", uses=("feed_back",))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, proposal)
    with pytest.raises(NotAllowed):
        evaluations.decide_evaluation(scene.actor("office_director"), evaluation, proposal)
    db.session.rollback()
    evaluations.decide_evaluation(scene.actor("leading_group_head"), evaluation, proposal)
    assert evaluation.item.effect_not_measurable and evaluation.item.closable_on is not None


def _found(met: bool = True, on_site: bool = True) -> CheckIn:
    return CheckIn(tuple(CheckedCriterion(line, met, on_site, "看了两个班") for line in CRITERIA))


def test_criteria_are_checked_on_site_by_somebody_who_did_not_do_the_work(scene: EffectScene) -> None:
    evaluation = scene.planned(design="criterion")
    with pytest.raises(StepRefused):
        evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, _prepared())
    db.session.rollback()
    with pytest.raises(Invalid):
        evaluations.check_criteria(scene.actor("inspector"), evaluation, _found(on_site=False))
    db.session.rollback()
    with pytest.raises(NotAllowed):
        evaluations.check_criteria(scene.actor("school_coordinator"), evaluation, _found())
    db.session.rollback()
    scene.did(scene.plan_of, "evaluator", "remediation_plan.draft")
    with pytest.raises(StepRefused) as refused:
        evaluations.check_criteria(scene.actor("evaluator"), evaluation, _found())
    assert "没有参与的人" in str(refused.value)
    db.session.rollback()
    evaluations.check_criteria(scene.actor("inspector"), evaluation, _found())
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn())
    assert (evaluation.state, evaluation.computed_outcome) == ("computed", "achieved")


def _prepared() -> PrepareIn:
    return PrepareIn(criteria=tuple(CheckedCriterion(line, None, False) for line in CRITERIA))


def test_who_proposed_an_outcome_does_not_decide_it(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    scene.did(evaluation, "leading_group_head", "effect_evaluation.propose")
    with pytest.raises(StepRefused) as refused:
        evaluations.decide_evaluation(
            scene.actor("leading_group_head"), evaluation, ProposeIn("achieved", JUDGED, uses=("feed_back",))
        )
    assert FOUR_EYES.zh in str(refused.value)


def test_no_outcome_is_decided_before_the_work_on_the_item_has_ended(
    scene: EffectScene, app: Flask, cast: Cast
) -> None:
    evaluation, head = scene.proposed(), scene.actor("leading_group_head")
    browser = sign_in(app.test_client(), cast["leading_group_head"])
    assert [one.record.id for one in waiting_for(head)] == [evaluation.id]
    for state, said in (("implementing", True), ("suspended", True), ("evaluating", False)):
        scene.moved(evaluation.item, state)
        page = browser.get(evaluation.address).get_data(as_text=True)
        assert ("问题项还没有进入评价" in page, "把问题项转入评价" in page) == (said, said)
        assert [one.record.id for one in waiting_for(head)] == ([] if said else [evaluation.id])
        if said:
            with pytest.raises(StepRefused) as refused:
                evaluations.decide_evaluation(head, evaluation, ProposeIn("achieved", JUDGED, uses=("feed_back",)))
            assert "措施都完成或取消后，由经办人转入评价" in str(refused.value)
            db.session.rollback()
    evaluations.decide_evaluation(head, evaluation, ProposeIn("achieved", JUDGED, uses=("feed_back",)))
    assert evaluation.state == "decided"


def test_another_outcome_than_the_computed_one_needs_a_reason_and_two_accepted_proofs(scene: EffectScene) -> None:
    evaluation = scene.computed()
    proposal = ProposeIn(
        "improved", "还没有稳定", difference_reason="只有一次普测，稳定性要再看一轮", uses=("feed_back",)
    )
    with pytest.raises(StepRefused) as refused:
        evaluations.propose_outcome(scene.actor("evaluator"), evaluation, proposal)
    assert "两份质性佐证" in str(refused.value)


def test_an_outcome_that_allows_no_closing_starts_the_clock_of_going_on(scene: EffectScene) -> None:
    evaluation = scene.computed(value=438.0)
    assert evaluation.computed_outcome == "worsened"
    evaluations.propose_outcome(
        scene.actor("evaluator"), evaluation, ProposeIn("worsened", "明显退步", uses=("feed_back",))
    )
    evaluations.decide_evaluation(
        scene.actor("office_director"), evaluation, ProposeIn("worsened", "同意，重订方案", uses=("feed_back",))
    )
    assert evaluation.item.closable_on is None and evaluation.item.unresolved_on is not None


def test_a_returned_evaluation_is_prepared_again_and_its_proposal_is_gone(scene: EffectScene) -> None:
    evaluation = scene.proposed()
    evaluations.return_evaluation(
        scene.actor("leading_group_head"), evaluation, EvaluationStep(reason="复测只有一个班的数据，请换成全年级")
    )
    given = PrepareIn(tuple(evaluation.follow_up_ids))
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, given)
    assert (evaluation.state, evaluation.has_proposal, evaluation.outcome) == ("computed", False, None)
