"""What anybody may try on an item and on what hangs on it, from signing for it to taking it up again: operations only."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select

from app.core import clock
from app.core.database import db
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import EvaluationStep, PrepareIn, ProposeIn
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.plans.operations import actions, measures, plans
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.operations import items, notes, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.handlers import AcceptIn, name_handler
from tests.improvement.effects.scenes import JUDGED, SUMMARY
from tests.improvement.plans import world
from tests.improvement.problems.scenes import WHYS, Scene
from workflows import engine
from workflows.vocabulary import Step

REASON = "照片与去年同一活动的照片完全相同，请重新提供"
OUTCOMES = (
    "achieved",
    "achieved",
    "achieved",
    "achieved",
    "improved",
    "improved",
    "partly_improved",
    "no_change",
    "insufficient_evidence",
    "worsened",
)
SCHOOL = ("school_coordinator", "principal")
COUNTY = ("evaluator", "inspector")
DECIDERS = ("office_director", "leading_group_head")
EVERYBODY = (*SCHOOL, *COUNTY, *DECIDERS, "grade_leader", "subject_teacher", "assessment_member", "inspector_2")


@dataclass
class Attempt:
    """One try: the scene, the dice, who tries, and on which record."""

    scene: Scene
    dice: random.Random
    who: Any
    record: Any
    cells: tuple[Any, ...]

    @property
    def later(self) -> Any:
        return clock.today() + timedelta(days=self.dice.choice((0, 30, 400)))

    @property
    def named(self) -> AcceptIn:
        deputy = self.dice.choice(("grade_leader", "school_coordinator_2", "school_coordinator"))
        return AcceptIn(self.scene.cast["school_coordinator"].person_id, self.scene.cast[deputy].person_id)

    @property
    def judged(self) -> ProposeIn:
        outcome = self.record.computed_outcome if self.dice.random() < 0.8 else self.dice.choice(OUTCOMES)
        return ProposeIn(
            outcome, JUDGED, difference_reason="复测卷比基线卷容易，多数学生没有变化",
            uses=self.dice.choice((("feed_back",), ("feed_back",), ())),
        )  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """A try by those who usually may; likely where `when` says so, else where its own step is offered."""

    usual: tuple[str, ...]
    take: Callable[[Attempt], Any]
    when: Callable[[Any], bool] | None = None


def _seldom(_: Any) -> bool:
    return False


def _in(*states: str) -> Callable[[Any], bool]:
    return lambda record: record.state in states


def _lacks(kind: type[Any], *, but: tuple[str, ...]) -> Callable[[ProblemItem], bool]:
    """Whether the item has no such record, but in these states."""
    return lambda item: not db.session.scalar(select(exists().where(kind.item_id == item.id, kind.state.not_in(but))))


def _step(operation: Callable[..., Any], given: Callable[[], Any]) -> Callable[[Attempt], Any]:
    return lambda a: operation(a.who, a.record, given())


def _submission() -> Submission:
    return Submission(reason=REASON)


def _plan_step() -> PlanStep:
    return PlanStep(reason=REASON)


def _evaluation_step() -> EvaluationStep:
    return EvaluationStep(reason=REASON)


def _contest(a: Attempt) -> None:
    files = a.dice.choice((({"link": "https://x.invalid"},), ()))
    items.contest_item(a.who, a.record, items.ContestIn("不属于本校", files))


def _cause(a: Attempt) -> None:
    items.add_cause(a.who, a.record, items.CauseIn("teaching", "单元练习没有分层", True, "作业抽样 40 份", WHYS))


def _onsite(a: Attempt) -> None:
    notes.check_onsite(a.who, a.record, notes.OnsiteIn(clock.today(), "教室", "seen", "看到分层作业"))


def _void(a: Attempt) -> None:
    number = a.record.number if a.dice.random() < 0.1 else "WT-0"
    items.void_item(a.who, a.record, items.VoidIn(number, REASON))


def _wants_a_plan(item: ProblemItem) -> bool:
    return item.state == "planning" and _lacks(RemediationPlan, but=("cancelled", "superseded", "completed"))(item)


def _wants_a_request(item: ProblemItem) -> bool:
    return item.state == "pending_closure" and _lacks(ClosureRequest, but=("rejected", "withdrawn", "closed"))(item)


ITEM = {
    "accept": Deed(("principal",), lambda a: items.accept_item(a.who, a.record, a.named)),
    "contest": Deed(("principal",), _contest),
    "uphold": Deed(("office_director",), _step(items.uphold_item, _submission)),
    "start_diagnosis": Deed(SCHOOL, _step(items.start_diagnosis, _submission)),
    "add_cause": Deed(SCHOOL, _cause, lambda item: item.state == "diagnosing" and len(item.causes) < 3),
    "finish_diagnosis": Deed(SCHOOL, _step(items.finish_diagnosis, _submission)),
    "name_handler": Deed(SCHOOL, lambda a: name_handler(a.who, a.record, a.named), _in("reopened")),
    "diagnose_again": Deed(SCHOOL, _step(items.diagnose_again, _submission)),
    "draft_plan": Deed(SCHOOL, _step(plans.draft_plan, plans.PlanIn), _wants_a_plan),
    "check_onsite": Deed(COUNTY, _onsite, lambda item: item.is_severe and item.state == "implementing"),
    "start_evaluation": Deed(SCHOOL, _step(items.start_evaluation, _submission)),
    "ask_for_closure": Deed(SCHOOL, _step(items.ask_for_closure, _submission)),
    "plan_again": Deed(("office_director",), _step(items.plan_again, _submission)),
    "extend": Deed(("office_director",), lambda a: items.extend_item(a.who, a.record, items.ExtendIn(a.later))),
    "draft_closure": Deed(SCHOOL, _step(closures.draft_closure, lambda: closures.ClosureIn(SUMMARY)), _wants_a_request),
    "suspend": Deed(
        ("leading_group_head",),
        lambda a: items.suspend_item(a.who, a.record, items.SuspendIn(a.later, REASON)),
        _seldom,
    ),
    "resume": Deed(("leading_group_head",), _step(items.resume_item, _submission)),
    "void": Deed(("leading_group_head",), _void, _seldom),
    "propose_reopening": Deed(
        COUNTY,
        _step(reopenings.propose_reopening, lambda: reopenings.ReopeningIn("recurrence", REASON)),
        lambda item: item.state == "closed" and _lacks(Reopening, but=("approved", "dismissed"))(item),
    ),
}


def _fill(a: Attempt) -> None:
    given = world.whole(a.scene.cast, min_effect=a.dice.choice((0.2, 0.2, 0.05)))
    plans.edit_plan(a.who, a.record, given)


def _add_measure(a: Attempt) -> None:
    measures.add_action(a.who, a.record, world.measure(a.scene.cast, a.record.item, len(a.record.actions)))


PLAN = {
    "edit": Deed(SCHOOL, _fill, lambda plan: plan.state in ("draft", "returned") and not plan.goal),
    "add_action": Deed(
        SCHOOL, _add_measure, lambda plan: plan.state == "draft" and len(plan.actions) < len(plan.item.causes)
    ),
    "submit": Deed(("principal",), _step(plans.submit_plan, _plan_step)),
    "take_back": Deed(("principal",), _step(plans.take_back_plan, _plan_step), _seldom),
    "open_review": Deed(("evaluator",), _step(plans.open_review, _plan_step)),
    "approve": Deed(DECIDERS, _step(plans.approve_plan, _plan_step)),
    "return_plan": Deed(DECIDERS, _step(plans.return_plan, _plan_step), _seldom),
    "amend": Deed(("principal",), _step(plans.amend_plan, _plan_step), _seldom),
    "cancel": Deed(("principal",), _step(plans.cancel_plan, _plan_step), _seldom),
}


def _add_evidence(a: Attempt) -> None:
    evidences.add_evidence(a.who, a.record, world.piece_in(a.record))


def _verify_measure(a: Attempt) -> None:
    actions.verify_action(a.who, a.record, actions.VerifyIn(a.dice.choice((world.POINTS, world.POINTS, ()))))


OWNER = ("subject_teacher",)


def _wants_evidence(action: RemediationAction) -> bool:
    useful = [piece for piece in action.evidence if piece.state in ("draft", "submitted", "accepted")]
    return action.state in ("in_progress", "returned") and not useful


MEASURE = {
    "start": Deed(OWNER, _step(actions.start_action, actions.StartIn)),
    "add_evidence": Deed(OWNER, _add_evidence, _wants_evidence),
    "submit_evidence": Deed(OWNER, _step(actions.report_done, lambda: actions.DoneIn("错题减少三成"))),
    "verify": Deed(COUNTY, _verify_measure),
    "return_action": Deed(COUNTY, _step(actions.return_action, _plan_step), _seldom),
    "cancel": Deed(
        DECIDERS,
        _step(actions.cancel_action, lambda: actions.CancelIn("not_needed", "两项措施重复，合并为一项")),
        _seldom,
    ),
}


def _would_break_the_chain(piece: Evidence) -> bool:
    """The closure is all but approved: the worst moment to learn that the evidence is false."""
    verified = exists().where(ClosureRequest.item_id == piece.action.plan.item_id, ClosureRequest.state == "verified")
    return piece.state == "accepted" and bool(db.session.scalar(select(verified)))


EVIDENCE = {
    "submit": Deed(OWNER, _step(evidences.submit_evidence, _plan_step)),
    "resubmit": Deed(OWNER, _step(evidences.resubmit_evidence, _plan_step)),
    "accept": Deed(COUNTY, _step(evidences.accept_evidence, _plan_step)),
    "return_evidence": Deed(COUNTY, _step(evidences.return_evidence, _plan_step), _seldom),
    "reject": Deed(COUNTY, _step(evidences.reject_evidence, _plan_step), _would_break_the_chain),
    "withdraw": Deed(OWNER, _step(evidences.withdraw_evidence, _plan_step), _seldom),
    "discard": Deed(OWNER, _step(evidences.discard_evidence, _plan_step), _seldom),
}


def _prepare(a: Attempt) -> None:
    evaluations.prepare_evaluation(a.who, a.record, PrepareIn(a.dice.choice((*((str(c.id),) for c in a.cells), ()))))


def _wants_data(evaluation: EffectEvaluation) -> bool:
    return evaluation.state in ("draft", "returned") and evaluation.item.state == "evaluating"


EVALUATION = {
    "prepare": Deed(("assessment_member",), _prepare, _wants_data),
    "propose": Deed(("evaluator",), lambda a: evaluations.propose_outcome(a.who, a.record, a.judged)),
    "decide": Deed(DECIDERS, lambda a: evaluations.decide_evaluation(a.who, a.record, a.judged)),
    "return_evaluation": Deed(DECIDERS, _step(evaluations.return_evaluation, _evaluation_step), _seldom),
}


def _verify_closure(a: Attempt) -> None:
    closures.verify_closure(a.who, a.record, closures.VerifyIn("材料属实，到校看过", on_site=a.dice.random() < 0.8))


CLOSURE = {
    "submit": Deed(("principal",), _step(closures.submit_closure, _evaluation_step)),
    "take_back": Deed(("principal",), _step(closures.take_back_closure, _evaluation_step), _seldom),
    "verify": Deed(COUNTY, _verify_closure),
    "return_request": Deed(COUNTY, _step(closures.return_closure, _evaluation_step), _seldom),
    "approve": Deed(DECIDERS, _step(closures.approve_closure, _evaluation_step)),
    "return_verified": Deed(DECIDERS, _step(closures.return_verified_closure, _evaluation_step), _seldom),
    "reject": Deed(DECIDERS, _step(closures.reject_closure, _evaluation_step), _seldom),
    "withdraw": Deed(("principal",), _step(closures.withdraw_closure, _evaluation_step), _seldom),
}
REOPENING = {
    "approve": Deed(DECIDERS, _step(reopenings.approve_reopening, _submission)),
    "dismiss": Deed(DECIDERS, _step(reopenings.dismiss_reopening, _submission), _seldom),
}
RECHECK = {
    "pass_item": Deed(COUNTY, _step(closures.pass_recheck, lambda: closures.RecheckIn("没有再出现")), _seldom),
    "fail_item": Deed(
        COUNTY, _step(closures.fail_recheck, lambda: closures.RecheckIn("又出现了", reason=REASON)), _seldom
    ),
}
DEEDS: dict[type[Any], Mapping[str, Deed]] = {
    ProblemItem: ITEM, RemediationPlan: PLAN, RemediationAction: MEASURE, Evidence: EVIDENCE,
    EffectEvaluation: EVALUATION, ClosureRequest: CLOSURE, Reopening: REOPENING, Recheck: RECHECK,
}  # fmt: skip


def records_of(item: ProblemItem, kind: type[Any]) -> list[Any]:
    """The newest records of that kind that hang on the item; the item itself for its own kind."""
    if kind is ProblemItem:
        return [item]
    query, owner = select(kind), kind
    if kind is Evidence:
        query = query.join(RemediationAction, RemediationAction.id == Evidence.action_id)
    if kind in (Evidence, RemediationAction):
        query, owner = query.join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id), RemediationPlan
    newest = query.where(owner.item_id == item.id).order_by(kind.created_at.desc(), kind.id.desc()).limit(3)
    return list(db.session.scalars(newest))


def likely(record: Any) -> list[str]:
    """The deeds that a page would offer: the state asks for them and no guard stands in the way."""
    steps = {step.name: step for step in engine.steps_from(record.workflow, record.state)}
    return sorted(name for name, deed in DEEDS[type(record)].items() if _offered(record, deed, steps.get(name)))


def _offered(record: Any, deed: Deed, step: Step | None) -> bool:
    if deed.when is not None:
        return deed.when(record)
    return step is not None and not engine.missing(record.workflow, record.state, step, record)
