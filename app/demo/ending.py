"""How an item ends: measured again, judged, asked to be closed, verified, closed by somebody else, looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import SYSTEM, Actor
from app.demo import words
from app.demo.fates import Fate, Place
from app.demo.tree import County
from app.improvement.effects.comparing import candidates_for_follow_up
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import EvaluationStep, PrepareIn, ProposeIn
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.operations import items, notes, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.reopenings import DecisionIn, ReopeningIn

WAITING = ("closure_draft", "closure_withdrawn", "pending_closure", "closure_returned", "closure_verified")
USES_OF = {
    "achieved": ("feed_back", "close", "appraise", "share"),
    "improved": ("feed_back", "close", "appraise"),
    "partly_improved": ("feed_back", "close"),
}
WAITS = timedelta(days=50)
"""What stands open in the demo was asked for in these weeks, not two months ago."""


def close(
    county: County, place: Place, item: ProblemItem, plan: RemediationPlan, day: date, fate: Fate
) -> Iterator[date]:
    if any(action.state != "completed" for action in plan.live_actions):
        return
    if item.is_severe:
        notes.check_onsite(
            county.any("evaluator", 1),
            item,
            notes.OnsiteIn(day, "本校", "seen", "到校听课两节，查看备课与作业，做法属实"),
        )
    items.start_evaluation(place.coordinator, item, Submission())
    if fate.stops == "evaluating":
        return
    evaluation = db.session.scalar(select(EffectEvaluation).where(EffectEvaluation.plan_id == plan.id))
    if evaluation is None:
        evaluation = evaluations.plan_evaluation(SYSTEM, plan, None)
    later = evaluation.counts_after
    found = candidates_for_follow_up(plan.baseline_result_id, later) if plan.baseline_result_id else []
    if not found:
        return
    evaluations.prepare_evaluation(
        county.any("assessment_member", 0), evaluation, PrepareIn(follow_up_ids=(str(found[-1][0].id),))
    )
    if fate.stops == "computed":
        return
    if fate.stops == "void_in_evaluation":
        reason = "学校已并入城关一中，原年级不再单独招生，问题并入新学校清单"
        items.void_item(county.any("leading_group_head"), item, Submission(reason=reason))
        return
    yield from _judge(county, place, item, evaluation, day, fate)


def _judge(
    county: County, place: Place, item: ProblemItem, evaluation: EffectEvaluation, day: date, fate: Fate
) -> Iterator[date]:
    """An outcome is proposed and decided; what may be closed goes on to its closure."""
    yield day + timedelta(days=5)
    proposal = ProposeIn(
        evaluation.computed_outcome or "",
        "按方案确定的口径复测，结论与计算结果一致",
        rationale_accepted=True,
        uses=USES_OF.get(evaluation.computed_outcome or "", ("feed_back", "replan")),
    )
    evaluations.propose_outcome(county.any("evaluator", 0), evaluation, proposal)
    yield day + timedelta(days=9)
    right = evaluation.workflow.step("decide").right_for(evaluation) or ""
    decider = county.any("leading_group_head" if "severe" in right else "office_director")
    if fate.stops == "evaluation_returned":
        reason = "结论只写了“有改进”，请补充两类学生分别的变化和置信区间的解读"
        evaluations.return_evaluation(decider, evaluation, EvaluationStep(reason=reason))
        return
    evaluations.decide_evaluation(decider, evaluation, proposal)
    if fate.stops == "decided":
        return
    if evaluation.outcome not in ("achieved", "improved", "partly_improved"):
        yield day + timedelta(days=40)
        head = county.any("leading_group_head")
        items.void_item(head, item, Submission(reason="两轮数据仍看不出变化，并入新一轮问题清单继续整改"))
        return
    yield from _ask_for_closure(county, place, item, day, fate.ending)


def _inspector(county: County, item: ProblemItem) -> Actor:
    """The inspector who is responsible for the school."""
    held = (p.actor for (role, _unit), people in county.players.items() if role == "inspector" for p in people)
    return next(actor for actor in held if item.school_id in actor.schools)


def _decider(county: County, record: ClosureRequest | Reopening, step: str) -> Actor:
    """Who decides: the group head where it is severe, else the office."""
    right = record.workflow.step(step).right_for(record) or ""
    return county.any("leading_group_head" if "severe" in right else "office_director")


def _ask_for_closure(county: County, place: Place, item: ProblemItem, day: date, fate: Fate) -> Iterator[date]:
    day += WAITS if fate.stops in WAITING else timedelta()
    yield day + timedelta(days=12)
    items.ask_for_closure(place.coordinator, item, Submission())
    request = closures.draft_closure(place.coordinator, item, closures.ClosureIn(words.SUMMARY))
    if fate.stops == "closure_draft":
        return
    if fate.stops == "closure_withdrawn":
        closures.withdraw_closure(place.principal, request, EvaluationStep())
        return
    closures.submit_closure(place.principal, request, EvaluationStep())
    if fate.stops == "pending_closure":
        return
    yield day + timedelta(days=17)
    inspector = _inspector(county, item)
    if fate.stops == "closure_returned":
        reason = "自查总结没有写第二项措施的结果，请补充后再报"
        closures.return_closure(inspector, request, EvaluationStep(reason=reason))
        return
    closures.verify_closure(inspector, request, closures.VerifyIn("到校核对了材料与课堂，情况属实", on_site=True))
    if fate.stops == "closure_verified":
        return
    yield day + timedelta(days=20)
    if item.open_action_count:  # a visit asked for one more measure meanwhile: the request waits until it is done
        return
    approver = _decider(county, request, "approve")
    if fate.stops == "closure_rejected":
        reason = "两个平行班差距仍在扩大，措施只覆盖了一个班，请继续整改后再申请"
        closures.reject_closure(approver, request, EvaluationStep(reason=reason))
        return
    closures.approve_closure(approver, request, EvaluationStep())
    yield from _afterwards(county, item, day, fate)


def _afterwards(county: County, item: ProblemItem, day: date, fate: Fate) -> Iterator[date]:
    """Half a year later somebody looks again; some problems come back sooner."""
    if fate.stops.startswith("reopen"):
        day += timedelta(days=38)
        yield day + timedelta(days=26)
        words_of_it = ReopeningIn("recurrence", "推门听课发现分层练习停用，错因台账断了六周，问题再次出现")
        proposal = reopenings.propose_reopening(_inspector(county, item), item, words_of_it)
        if fate.stops == "reopen_proposed":
            return
        yield day + timedelta(days=29)
        yield from _decide(county, proposal, dismissed=fate.stops == "reopen_dismissed")
        return
    recheck = db.session.scalar(select(Recheck).where(Recheck.item_id == item.id))
    if recheck is None:
        return
    yield recheck.due_on
    looker = county.any("evaluator", 1)
    if fate.stops != "recheck_failed":
        closures.pass_recheck(looker, recheck, closures.RecheckIn("半年后复核，做法已成常规，数据保持"))
        return
    seen = closures.RecheckIn("分层练习已停用，听课两节未见", "not_seen", "复核时两项做法都没有坚持，教研组已换人")
    closures.fail_recheck(looker, recheck, seen)
    yield recheck.due_on + timedelta(days=4)
    raised = db.session.scalar(select(Reopening).where(Reopening.item_id == item.id, Reopening.state == "proposed"))
    if raised is not None:
        yield from _decide(county, raised, dismissed=True)


def _decide(county: County, proposal: Reopening, dismissed: bool) -> Iterator[date]:
    if dismissed:
        reason = "该校今年两校合并，原项目组已撤销，作为新一轮监测的发现重新登记"
        reopenings.dismiss_reopening(_decider(county, proposal, "dismiss"), proposal, Submission(reason=reason))
        return
    given = DecisionIn(reason="督学核实属实，学校同意重新整改并更换负责人", due_on=clock.today() + timedelta(days=300))
    reopenings.approve_reopening(_decider(county, proposal, "approve"), proposal, given)
    yield from ()
