"""An item led through whole rounds by the operations alone: planned, worked on, measured again, closed, taken up again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, EffectEvaluation
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import EvaluationStep, PrepareIn, ProposeIn
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.operations import items, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.handlers import AcceptIn, name_handler
from app.improvement.problems.operations.reopenings import DecisionIn
from tests.improvement.effects.scenes import JUDGED, SUMMARY, EffectScene
from tests.improvement.plans import world

AGREED = "新一轮数据显示问题复发，同意重新打开"


def in_planning(scene: EffectScene) -> ProblemItem:
    """460 points of 64 pupils in autumn 2025, confirmed, listed, issued, accepted and diagnosed."""
    finding = scene.finding(scene.round("2025-autumn", date(2025, 9, 1)))
    held = scene.draft()
    item = scene.converted(held, finding, due_on=clock.today() + timedelta(days=400))
    scene.issue(held)
    for state in ("accepted", "diagnosing", "planning"):
        getattr(scene, f"to_{state}")(item)
    return item


def worked_on(
    scene: EffectScene, item: ProblemItem, handler: str = "school_coordinator", **plan: Any
) -> RemediationPlan:
    """A plan in force whose measures are done; the item is in evaluation."""
    made = world.in_force(scene.cast, item, **plan)
    for number in range(len(made.actions)):
        world.completed(scene.cast, world.at_work(scene.cast, made, number))
    items.start_evaluation(scene.actor(handler), item, Submission())
    return made


def measured(scene: EffectScene, plan: RemediationPlan, value: float, **cell: Any) -> EffectEvaluation:
    """Measured again in a round twenty days ago, and computed."""
    evaluation = evaluations.plan_evaluation(SYSTEM, plan, None)
    after = scene.cell(clock.today() - timedelta(days=20), value, cell.pop("n", 110), **cell)
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    return evaluation


def decided(scene: EffectScene, evaluation: EffectEvaluation) -> EffectEvaluation:
    """As computed: proposed by one, decided by another."""
    given = ProposeIn(evaluation.computed_outcome or "", JUDGED, uses=("feed_back",))
    evaluations.propose_outcome(scene.actor("evaluator"), evaluation, given)
    right = evaluation.workflow.step("decide").right_for(evaluation) or ""
    head = "leading_group_head" if "severe" in right else "office_director"
    evaluations.decide_evaluation(scene.actor(head), evaluation, given)
    return evaluation


def verified(scene: EffectScene, item: ProblemItem, handler: str = "school_coordinator") -> ClosureRequest:
    """Asked for, drawn up, handed in and verified: one step before the closure."""
    items.ask_for_closure(scene.actor(handler), item, Submission())
    request = closures.draft_closure(scene.actor(handler), item, closures.ClosureIn(SUMMARY))
    closures.submit_closure(scene.actor("principal"), request, EvaluationStep())
    closures.verify_closure(scene.actor("inspector"), request, closures.VerifyIn("属实，到校看过", on_site=True))
    return request


def closed(scene: EffectScene, item: ProblemItem, handler: str = "school_coordinator") -> ClosureRequest:
    """Approved as well: the item is closed."""
    request = verified(scene, item, handler)
    closures.approve_closure(scene.actor("office_director"), request, EvaluationStep())
    return request


def reopened(scene: EffectScene, item: ProblemItem) -> Reopening:
    """The proposal that waits is approved."""
    waiting = select(Reopening).where(Reopening.item_id == item.id, Reopening.state == "proposed")
    made = db.session.scalars(waiting).one()
    due = DecisionIn(reason=AGREED, due_on=clock.today() + timedelta(days=500))
    reopenings.approve_reopening(scene.actor("office_director"), made, due)
    return made


def diagnosed_again(scene: EffectScene, item: ProblemItem) -> None:
    """A new handler finds new causes; the item is in planning."""
    anew = AcceptIn(scene.cast["school_coordinator_2"].person_id, scene.cast["school_coordinator"].person_id)
    name_handler(scene.actor("principal"), item, anew)
    handler = scene.actor("school_coordinator_2")
    items.diagnose_again(handler, item, Submission())
    for words in ("新教师没有接手分层作业", "错因台账断了一学期"):
        items.add_cause(handler, item, items.CauseIn("teaching", words, True, "作业抽样 40 份", "为什么？因为换了老师"))
    db.session.refresh(item, ["all_causes"])
    items.finish_diagnosis(handler, item, Submission())
