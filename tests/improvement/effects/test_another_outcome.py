"""A person may judge otherwise than the rule, with proofs of the item itself; what the data do not show nobody may claim."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.database import db
from app.core.errors import StepRefused
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import ProposeIn
from app.improvement.plans.models import Evidence, RemediationAction
from app.improvement.problems.models import ProblemItem
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import JUDGED, EffectScene

WHY = "课堂观察和作业抽样都显示明显变化"
NO_SUBSTITUTE = "过程佐证不能代替数据"


def _proofs(scene: EffectScene, item: ProblemItem) -> tuple[str, ...]:
    """Two accepted pieces of evidence of the item's measure."""
    (action,) = scene.plan_in_force(item).actions
    scene.evidence(action)
    of_it = select(Evidence.id).join(RemediationAction, RemediationAction.id == Evidence.action_id)
    found = tuple(str(one) for one in db.session.scalars(of_it.where(RemediationAction.id == action.id)))
    assert len(found) == 2
    return found


def _given(outcome: str, proofs: tuple[str, ...], **changes: Any) -> ProposeIn:
    return ProposeIn(outcome, JUDGED, difference_reason=WHY, qualitative=proofs, uses=("feed_back",), **changes)


VALUES = {"partly_improved": 494.0, "insufficient_evidence": 478.0, "worsened": 438.0}


@pytest.mark.parametrize("claimed", ["achieved", "improved"])
@pytest.mark.parametrize("computed", VALUES)
def test_evidence_of_the_process_makes_no_improvement_that_the_data_do_not_show(
    scene: EffectScene, computed: str, claimed: str
) -> None:
    evaluation = scene.computed(value=VALUES[computed])
    assert evaluation.computed_outcome == computed
    proofs = _proofs(scene, evaluation.item)
    with pytest.raises(StepRefused, match=NO_SUBSTITUTE):
        evaluations.propose_outcome(scene.actor("evaluator"), evaluation, _given(claimed, proofs))
    db.session.rollback()
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, _given(computed, ()))
    decider = scene.actor("leading_group_head" if "severe" in (_right(evaluation)) else "office_director")
    with pytest.raises(StepRefused, match=NO_SUBSTITUTE):
        evaluations.decide_evaluation(decider, evaluation, _given(claimed, proofs))


def _right(evaluation: EffectEvaluation) -> str:
    return evaluation.workflow.step("decide").right_for(evaluation) or ""


@pytest.mark.parametrize("judged", ["improved", "partly_improved", "no_change"])
def test_a_lower_outcome_than_the_computed_one_is_taken_with_its_reason_and_proofs(
    scene: EffectScene, judged: str
) -> None:
    evaluation = scene.computed()
    given = _given(judged, _proofs(scene, evaluation.item))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, given)
    evaluations.decide_evaluation(scene.actor("leading_group_head"), evaluation, given)
    assert (evaluation.computed_outcome, evaluation.outcome) == ("achieved", judged)


def test_proofs_of_another_item_support_nothing(scene: EffectScene) -> None:
    elsewhere = _proofs(scene, scene.planned().item)
    evaluation = scene.computed()
    with pytest.raises(StepRefused, match="两份质性佐证"):
        evaluations.propose_outcome(scene.actor("evaluator"), evaluation, _given("improved", elsewhere))
    db.session.rollback()
    own = _proofs(scene, evaluation.item)
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, _given("improved", own))
    assert evaluation.proposed_outcome == "improved"


@pytest.mark.parametrize(("value", "offered"), [(505.0, True), (478.0, False)])
def test_the_page_offers_what_may_be_judged_and_says_why_not_the_rest(
    scene: EffectScene, app: Flask, cast: Cast, value: float, offered: bool
) -> None:
    evaluation = scene.computed(value=value)
    page = sign_in(app.test_client(), cast["evaluator"]).get(f"{evaluation.address}/proposal").get_data(as_text=True)
    assert ('value="achieved"' in page, NO_SUBSTITUTE in page) == (offered, not offered)
    assert 'value="partly_improved"' in page
