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

OUTCOMES = ("achieved", "improved", "partly_improved", "no_change", "insufficient_evidence", "worsened")
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


MEASURED: dict[str, dict[str, Any]] = {
    "partly_improved": {"value": 494.0},
    "insufficient_evidence": {"value": 478.0},
    "no_change": {"value": 472.0, "n": 900, "baseline_n": 900},
    "worsened": {"value": 438.0},
}
TOO_KIND = [
    *((computed, claimed) for computed in MEASURED for claimed in ("achieved", "improved")),
    *((computed, "partly_improved") for computed in ("no_change", "worsened")),
    ("worsened", "insufficient_evidence"),
]


@pytest.mark.parametrize(("computed", "claimed"), TOO_KIND)
def test_evidence_of_the_process_makes_no_improvement_that_the_data_do_not_show(
    scene: EffectScene, computed: str, claimed: str
) -> None:
    evaluation = scene.computed(**MEASURED[computed])
    assert evaluation.computed_outcome == computed
    proofs = _proofs(scene, evaluation.item)
    with pytest.raises(StepRefused, match=NO_SUBSTITUTE):
        kind = _given(claimed, proofs, rationale_accepted=True)
        evaluations.propose_outcome(scene.actor("evaluator"), evaluation, kind)
    db.session.rollback()
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, _given(computed, ()))
    decider = scene.actor("leading_group_head" if "severe" in (_right(evaluation)) else "office_director")
    with pytest.raises(StepRefused, match=NO_SUBSTITUTE):
        evaluations.decide_evaluation(decider, evaluation, kind)
    assert evaluation.item.closable_on is None


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


def test_where_the_data_are_silent_proofs_may_speak_for_a_partial_improvement(scene: EffectScene) -> None:
    evaluation = scene.computed(**MEASURED["insufficient_evidence"])
    given = _given("partly_improved", _proofs(scene, evaluation.item), rationale_accepted=True)
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, given)
    evaluations.decide_evaluation(scene.actor("office_director"), evaluation, given)
    assert evaluation.item.closable_on is not None


@pytest.mark.parametrize(
    ("value", "offered"),
    [(505.0, OUTCOMES), (478.0, OUTCOMES[2:]), (438.0, ("worsened",))],
)
def test_the_page_offers_what_may_be_judged_and_says_why_not_the_rest(
    scene: EffectScene, app: Flask, cast: Cast, value: float, offered: tuple[str, ...]
) -> None:
    evaluation = scene.computed(value=value)
    page = sign_in(app.test_client(), cast["evaluator"]).get(f"{evaluation.address}/proposal").get_data(as_text=True)
    assert tuple(code for code in OUTCOMES if f'value="{code}"' in page) == offered
    assert (NO_SUBSTITUTE in page) == (offered != OUTCOMES)
