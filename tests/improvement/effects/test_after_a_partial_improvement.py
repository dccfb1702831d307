"""An effect that is decided as partly improved, without reasons that were accepted, leads on to a next plan."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.casework.choices import choices
from app.core.database import use_context
from app.core.errors import StepRefused
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import ProposeIn
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanIn, PlanStep
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items
from app.improvement.problems.operations.drafting import Submission
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import JUDGED, EffectScene
from tests.improvement.plans.world import measure, whole


def _partly(scene: EffectScene) -> ProblemItem:
    evaluation = scene.computed(value=494.0)
    assert evaluation.computed_outcome == "partly_improved"
    given = ProposeIn("partly_improved", JUDGED, uses=("feed_back",))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, given)
    evaluations.decide_evaluation(scene.actor("office_director"), evaluation, given)
    return evaluation.item


def test_the_office_asks_for_a_next_plan_which_takes_force_and_is_evaluated_anew(scene: EffectScene) -> None:
    item, cast = _partly(scene), scene.cast
    office, handler = scene.actor("office_director"), scene.actor("school_coordinator")
    assert item.unresolved_on == clock.today(), "the office's clock runs"
    open_steps = [choice.step.name for choice in choices(office, item) if not choice.missing]
    assert "plan_again" in open_steps
    with pytest.raises(StepRefused, match="只有定论为“证据不足”才能延长"):
        items.extend_item(office, item, items.ExtendIn(clock.today() + timedelta(days=30)))
    items.plan_again(office, item, Submission())
    plan = plans.draft_plan(handler, item, PlanIn())
    later = {"target_on": clock.today() + timedelta(days=200), "follow_up_on": clock.today() + timedelta(days=250)}
    plans.edit_plan(handler, plan, whole(cast, target=520.0, **later))
    for number in range(len(item.causes)):
        plans.add_action(handler, plan, measure(cast, item, number))
    plans.submit_plan(scene.actor("principal"), plan, PlanStep())
    plans.open_review(scene.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(office, plan, PlanStep())
    drain()
    use_context(SYSTEM.context())
    again = scene.evaluation_of(item)
    assert (item.state, plan.edition, again.plan_id, again.state) == ("implementing", 2, plan.id, "draft")


def test_the_page_of_the_item_says_who_decides_what(scene: EffectScene, client: FlaskClient, cast: Cast) -> None:
    item = _partly(scene)
    sign_in(client, cast["office_director"])
    shown = client.get(item.address).get_data(as_text=True)
    assert "决定重订方案：“部分改进”的理由没有获认可。" in shown
    assert f"/items/{item.ref}/steps/plan-again" in shown
