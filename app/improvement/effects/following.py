"""What follows in effects from what happened below: a plan took force, an item moved, was extended, voided or taken up again,
or somebody from outside gave an opinion.

Rows of the outbox come at least once; each handler looks first whether its deed is done already.
"""

from __future__ import annotations

from sqlalchemy import exists, select, text

from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import closures, evaluations
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.people.letters import holders, write
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION

RESTING = text(
    """select e.id from effect_evaluations e join source_conflicts s on s.id = :conflict
       where e.state in ('draft', 'returned', 'computed') and (
           e.baseline_result_id in (s.first_id, s.second_id)
           or e.follow_up_ids ?| array[s.first_id::text, s.second_id::text]
           or coalesce(e.comparability->'earlier_ids', '[]') ?| array[s.first_id::text, s.second_id::text])
       order by e.id"""
)


def plan_in_force(row: OutboxRow) -> None:
    """One evaluation a plan; what an earlier edition left uncomputed goes on with this one."""
    plan = db.session.get(RemediationPlan, row.record_id)
    if plan is None or plan.state != "active":
        return
    if db.session.scalar(select(exists().where(EffectEvaluation.plan_id == plan.id))):
        return
    query = select(EffectEvaluation).where(EffectEvaluation.item_id == plan.item_id)
    waiting = db.session.scalar(query.where(EffectEvaluation.state.in_(("draft", "returned"))).limit(1))
    if waiting is not None:
        evaluations.follow_plan(SYSTEM, waiting, evaluations.InForce(plan))
    else:
        evaluations.plan_evaluation(SYSTEM, plan, None)


def conflict_settled(row: OutboxRow) -> None:
    """What is not decided yet and rests on one of the two cells goes on with the one that counts."""
    ids = list(db.session.scalars(RESTING, {"conflict": row.record_id}))
    for evaluation in db.session.scalars(select(EffectEvaluation).where(EffectEvaluation.id.in_(ids))).all():
        evaluations.take_ruling(SYSTEM, evaluation, None)


def item_extended(row: OutboxRow) -> None:
    """The item waits for newer data: a second evaluation of the same plan, due when the item is."""
    item = _item(row)
    if item is None or item.state != "evaluating":
        return
    plan = db.session.scalar(
        select(RemediationPlan).where(RemediationPlan.item_id == item.id, RemediationPlan.state == "active").limit(1)
    )
    waiting = exists().where(EffectEvaluation.item_id == item.id, EffectEvaluation.state.in_(evaluations.OPEN))
    if plan is not None and not db.session.scalar(select(waiting)):
        evaluations.plan_evaluation(SYSTEM, plan, None)


def item_moved(row: OutboxRow) -> None:
    """The item came into evaluation or left it: what is computed may be decided now, or no longer."""
    computed = (EffectEvaluation.item_id == row.record_id, EffectEvaluation.state == "computed")
    for evaluation in db.session.scalars(select(EffectEvaluation).where(*computed).order_by(EffectEvaluation.id)).all():
        evaluations.follow_item(SYSTEM, evaluation, None)


def item_voided(row: OutboxRow) -> None:
    """Nothing is left to evaluate or to close."""
    item = _item(row)
    if item is not None:
        evaluations.end_with_item(SYSTEM, item, None)
        closures.end_with_item(SYSTEM, item, None)


def item_reopened(row: OutboxRow) -> None:
    """Nobody looks again at what is being worked on."""
    item = _item(row)
    if item is not None:
        closures.cancel_rechecks(SYSTEM, item, None)


def opinion_given(row: OutboxRow) -> None:
    """Somebody from outside wrote an opinion: who decides and the unit in charge are told that it is there."""
    evaluation = db.session.get(EffectEvaluation, row.record_id)
    if evaluation is None:
        return
    right = EFFECT_EVALUATION.step("decide").right_for(evaluation)
    above = ("leading_group_head",) if right == "effects.decide_severe_evaluation" else ()
    persons = holders(evaluation, ("office_director", "dept_head", "principal", *above))
    words = Sentence(f"有第三方评估意见：{evaluation.label}", f"An opinion from outside: {evaluation.named.en}")
    write(persons, f"opinion:{row.id}", "step_taken", evaluation, words)


def _item(row: OutboxRow) -> ProblemItem | None:
    return db.session.get(ProblemItem, row.record_id)
