"""A plan in force is worked on: measures begin, months are reported, evidence is handed in, judged, mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.demo import words
from app.demo.fates import Fate, Place, place_of
from app.demo.tree import County
from app.improvement.plans.models import Evidence, ProgressReport, RemediationAction, RemediationPlan
from app.improvement.plans.operations import actions, plans
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.plans import PlanIn, PlanStep, ReportIn
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items
from app.improvement.problems.operations.items import SuspendIn

DAYS_A_MEASURE_TAKES = 140
SILENT = 11
"""Of so many plans one forgets its monthly reports."""


def work(county: County, place: Place, plan: RemediationPlan, day: date, fate: Fate, random: Random) -> Iterator[date]:
    """From the start of the measures to the last one verified, as far as the fate goes."""
    start = day + timedelta(days=14)
    workers = {place.teacher.person_id: place.teacher, place.leader.person_id: place.leader}
    yield start
    for action in plan.live_actions:
        db.session.refresh(action, ["plan"])
        actions.start_action(workers[action.owner_id], action, actions.StartIn("与学期教学安排同步，提前开始"))
    month = (start.replace(day=1) + timedelta(days=32)).replace(day=4)
    for percent in (30, 60):
        yield month
        if fate.reports:
            last = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
            plans.report_progress(
                place.coordinator,
                plan,
                ReportIn(last, percent, random.choice(words.kit_of(plan.item.criteria).progress)),
            )
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=4)
        if fate.stops in TURNS:
            TURNS[fate.stops](county, place, plan)
            return
    for number, action in enumerate(plan.live_actions):
        due = month + timedelta(days=12 + 6 * number)
        yield due
        if fate.stops == "implementing" and number == 1:
            return
        stops = fate.stops if number == 1 else ""
        yield from _do(county, workers[action.owner_id], action, due, fate, stops, random)


def monthly_reports(county: County, months: tuple[date, ...]) -> Iterator[date]:
    """On the 4th of each of these months every plan in force reports on the month before; a few forget."""
    for month in months:
        yield month.replace(day=4)
        last = (month - timedelta(days=1)).replace(day=1)
        reported = select(ProgressReport.plan_id).where(ProgressReport.month == last)
        plans_in_force = (
            select(RemediationPlan)
            .join(ProblemItem, ProblemItem.id == RemediationPlan.item_id)
            .where(
                RemediationPlan.state == "active",
                RemediationPlan.county_id == county.id,
                RemediationPlan.approved_on < month,
                RemediationPlan.id.not_in(reported),
                ProblemItem.state.not_in(("suspended", "closed", "void")),
            )
            .order_by(ProblemItem.number)
        )
        for number, plan in enumerate(db.session.scalars(plans_in_force).all()):
            if int(plan.item.number[-3:]) % SILENT == 1 or plan.school_id is None:
                continue
            random = Random(f"{plan.item.number}{month}")
            given = ReportIn(
                last, 25 + (number * 7 + month.month * 5) % 60, random.choice(words.kit_of(plan.item.criteria).progress)
            )
            plans.report_progress(place_of(county, plan.school_id).coordinator, plan, given)


def _suspend(county: County, place: Place, plan: RemediationPlan) -> None:
    """The school is being rebuilt: the clock stands still for a while."""
    given = SuspendIn(clock.today() + timedelta(days=120), words.kit_of(plan.item.criteria).suspended)
    items.suspend_item(county.any("leading_group_head"), plan.item, given)


def _amend(county: County, place: Place, plan: RemediationPlan) -> None:
    """A next edition of the plan takes the place of the one in force."""
    newer = plans.draft_plan(place.coordinator, plan.item, PlanIn())
    plans.submit_plan(place.principal, newer, PlanStep())
    if plan.item.is_severe:
        plans.comment_plan(
            county.any("guidance_member"), newer, plans.CommentIn(words.kit_of(plan.item.criteria).guidance[0])
        )
    plans.open_review(county.any("evaluator", 0), newer, PlanStep())
    plans.approve_plan(
        county.any("leading_group_head" if plan.item.is_severe else "office_director"), newer, PlanStep()
    )


def _cancel_measure(county: County, place: Place, plan: RemediationPlan) -> None:
    """One measure is no longer needed."""
    approver = county.any("leading_group_head" if plan.item.is_severe else "office_director")
    given = actions.CancelIn("not_needed", "与另一项措施内容重合，合并办理，本项不再单列")
    actions.cancel_action(approver, plan.live_actions[-1], given)


TURNS = {"suspended": _suspend, "superseded": _amend, "action_cancelled": _cancel_measure}
"""What may happen to a plan on its way, besides being carried out."""


def _do(
    county: County, owner: Actor, action: RemediationAction, day: date, fate: Fate, stops: str, random: Random
) -> Iterator[date]:
    judge, kit = county.any("evaluator", 0), words.kit_of(action.plan.item.criteria)
    given = evidences.EvidenceIn(
        "link", random.choice(kit.evidence), kit.seen, _taught_on(action, day), "本校",
        owner.name, True, criterion_id=action.criteria[0].id, link="https://example.invalid/evidence",
    )  # fmt: skip
    piece = evidences.add_evidence(owner, action, given)
    if stops == "evidence_draft":
        return
    if stops == "evidence_withdrawn":
        evidences.submit_evidence(owner, piece, PlanStep())
        evidences.withdraw_evidence(owner, piece, PlanStep())
        return
    evidences.submit_evidence(owner, piece, PlanStep())
    if stops == "evidence":
        return
    yield from _judged(owner, judge, action, piece, given, day, fate, stops)
    if piece.state != "accepted":
        return
    db.session.refresh(action, ["evidence"])
    actions.report_done(owner, action, actions.DoneIn(random.choice(kit.results)))
    if stops == "action_submitted":
        return
    if stops == "action_returned":
        reason = "做法写清楚了，成效还缺前后对比，请补充一次课堂观察的对比数据"
        actions.return_action(judge, action, PlanStep(reason=reason))
        return
    actions.verify_action(judge, action, actions.VerifyIn(("authentic", "in_period", "shows_effect")))


def _taught_on(action: RemediationAction, day: date) -> date:
    """The last day before `day` on which schools taught while the measure ran."""
    began, seen = action.started_on or day, school_day(day - timedelta(days=2))
    return seen if seen >= began else day - timedelta(days=2)


def school_day(day: date) -> date:
    """The last day up to this one without vacation or weekend, as a county's schools have them in most years."""
    if day.month in (7, 8):
        day = day.replace(month=6, day=28)
    elif (1, 20) <= (day.month, day.day) <= (2, 25):
        day = day.replace(month=1, day=15)
    return day - timedelta(days=max(0, day.weekday() - 4))


def _judged(
    owner: Actor,
    judge: Actor,
    action: RemediationAction,
    piece: Evidence,
    given: evidences.EvidenceIn,
    day: date,
    fate: Fate,
    stops: str,
) -> Iterator[date]:
    """The evaluator accepts a piece of evidence, at once or after it was mended, or judges it false."""
    yield day + timedelta(days=3)
    if stops == "evidence_rejected":
        reason = "照片与去年汇编中的完全相同，日期也对不上，经核实不是本次活动的材料"
        evidences.reject_evidence(judge, piece, PlanStep(reason=reason))
        return
    if fate.returns > 1 or stops == "evidence_returned":
        evidences.return_evidence(judge, piece, PlanStep(reason=words.kit_of(action.plan.item.criteria).not_enough))
        if stops == "evidence_returned":
            return
        yield day + timedelta(days=6)
        evidences.edit_evidence(owner, piece, given)
        evidences.resubmit_evidence(owner, piece, PlanStep())
        yield day + timedelta(days=8)
    evidences.accept_evidence(judge, piece, PlanStep())
