"""Drawing up a plan, its review and approval, and its measures while it is a draft."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, MonitoringResult
from app.improvement.plans.models import (
    EvidenceCriterion,
    Milestone,
    PlanComment,
    ProgressReport,
    RemediationAction,
    RemediationPlan,
)
from app.improvement.problems.models import ItemFinding, ProblemItem
from workflows.improvement.remediation_action import REMEDIATION_ACTION
from workflows.improvement.remediation_plan import REMEDIATION_PLAN

EDITABLE = ("draft", "returned")


@dataclass(frozen=True)
class PlanIn:
    """Everything of a plan but its measures; the evaluation design is fixed here, before the work (decision 41)."""

    problem: str = ""
    owner_id: uuid.UUID | None = None
    design: str | None = None
    criteria: tuple[str, ...] = ()
    indicator_id: uuid.UUID | None = None
    baseline: float | None = None
    baseline_sd: float | None = None
    target: float | None = None
    target_on: date | None = None
    follow_up_on: date | None = None
    min_effect: float | None = None
    assurance: str = ""
    argumentation: str = ""
    risks: str = ""
    budget_planned: Decimal | None = None
    budget_used: Decimal | None = None
    budget_source: str = ""
    version: int | None = None


@dataclass(frozen=True)
class CriterionIn:
    """What a measure has to show, with the fewest and the most pieces."""

    text: str
    minimum: int = 1
    maximum: int = 5


@dataclass(frozen=True)
class ActionIn:
    """One measure."""

    title: str
    owner_id: uuid.UUID | None = None
    kind: str = "teaching"
    description: str = ""
    cause_id: uuid.UUID | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    helpers: tuple[str, ...] = ()
    budget_planned: Decimal | None = None
    criteria: tuple[CriterionIn, ...] = ()
    milestones: tuple[tuple[str, date], ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class PlanStep:
    """A step on a plan that carries a version and, where wanted, a reason."""

    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class CommentIn:
    """What a guidance member or researcher says."""

    text: str


@dataclass(frozen=True)
class ReportIn:
    """A monthly report."""

    month: date
    percent: int
    text: str
    blockers: str = ""
    budget_used: Decimal | None = None
    milestones: tuple[uuid.UUID, ...] = field(default=())


@operation(REMEDIATION_PLAN, "draft")
def draft_plan(actor: Actor, item: ProblemItem, given: PlanIn) -> RemediationPlan:
    """Begin a plan: baseline and indicator come from the finding; a next edition begins as a copy of the one in force."""
    editions: int = (
        db.session.scalar(
            select(func.coalesce(func.max(RemediationPlan.edition), 0)).where(RemediationPlan.item_id == item.id)
        )
        or 0
    )
    open_one = db.session.scalar(
        select(RemediationPlan.edition).where(
            RemediationPlan.item_id == item.id,
            RemediationPlan.state.in_(("draft", "submitted", "under_review", "approved", "returned")),
        )
    )
    if open_one is not None:
        raise Invalid(
            "", Sentence(f"第 {open_one} 版方案还没有办完", f"Edition {open_one} of the plan is still being worked on")
        )
    plan = RemediationPlan(
        id=uuid7(),
        item_id=item.id,
        item=item,
        edition=editions + 1,
        unit_id=item.unit_id,
        county_id=item.county_id,
        school_id=item.school_id,
        problem=given.problem or item.title,
        owner_id=given.owner_id or item.responsible_person_id,
        target=item.target,
        baseline=item.baseline,
        indicator_id=item.indicator_id,
        min_effect=0.20,
    )
    _take_baseline(plan, item)
    _copy_previous(plan, item)
    return plan


def _take_baseline(plan: RemediationPlan, item: ProblemItem) -> None:
    """The cell behind the item's finding is the baseline: value, spread and the row itself."""
    result = db.session.scalar(
        select(MonitoringResult)
        .join(DataFinding, DataFinding.result_id == MonitoringResult.id)
        .join(ItemFinding, ItemFinding.finding_id == DataFinding.id)
        .where(ItemFinding.item_id == item.id)
        .order_by(DataFinding.effect)
        .limit(1)
    )
    if result is None:
        return
    plan.baseline_result_id, plan.baseline, plan.baseline_sd = result.id, result.value, result.sd
    plan.indicator_id, plan.design = result.indicator_id, "indicator"


def _copy_previous(plan: RemediationPlan, item: ProblemItem) -> None:
    before = db.session.scalar(
        select(RemediationPlan).where(RemediationPlan.item_id == item.id, RemediationPlan.state == "active")
    )
    if before is None:
        return
    plan.previous_id = before.id
    for name in (
        "problem",
        "owner_id",
        "design",
        "criteria",
        "target",
        "target_on",
        "follow_up_on",
        "min_effect",
        "assurance",
        "argumentation",
        "risks",
        "budget_planned",
        "budget_source",
    ):
        setattr(plan, name, getattr(before, name))


def _can_be_edited(plan: RemediationPlan) -> None:
    if plan.state not in EDITABLE:
        raise Invalid(
            "",
            Sentence(
                "方案已提交或生效；要改请先撤回或起草新版", "Take the plan back or draft a new edition to change it"
            ),
        )


@operation(right="plans.draft_plan", name="remediation_plan.edit")
def edit_plan(actor: Actor, plan: RemediationPlan, given: PlanIn) -> None:
    """Change a draft or returned plan."""
    _can_be_edited(plan)
    for name in (
        "problem",
        "owner_id",
        "design",
        "target",
        "target_on",
        "follow_up_on",
        "min_effect",
        "assurance",
        "argumentation",
        "risks",
        "budget_planned",
        "budget_used",
        "budget_source",
    ):
        setattr(plan, name, getattr(given, name))
    plan.criteria = [line.strip() for line in given.criteria if line.strip()]
    if plan.baseline_result_id is None:
        plan.indicator_id, plan.baseline, plan.baseline_sd = given.indicator_id, given.baseline, given.baseline_sd


@operation(REMEDIATION_ACTION, "plan")
def add_action(actor: Actor, plan: RemediationPlan, given: ActionIn) -> RemediationAction:
    """Put a measure into a draft."""
    _can_be_edited(plan)
    action = RemediationAction(
        id=uuid7(),
        plan_id=plan.id,
        plan=plan,
        position=len(plan.actions) + 1,
        unit_id=plan.unit_id,
        county_id=plan.county_id,
        school_id=plan.school_id,
    )
    _fill(action, given)
    return action


def _fill(action: RemediationAction, given: ActionIn) -> None:
    if not given.title.strip():
        raise Invalid("title", Sentence("请写明这项措施做什么", "Say what the measure is"))
    if given.planned_start and given.planned_end and given.planned_end < given.planned_start:
        raise Invalid("planned_end", Sentence("结束日期早于开始日期", "The end lies before the start"))
    for name in ("owner_id", "kind", "description", "cause_id", "planned_start", "planned_end", "budget_planned"):
        setattr(action, name, getattr(given, name))
    action.title, action.helpers = given.title.strip(), list(given.helpers)
    scope = {"county_id": action.county_id, "school_id": action.school_id}
    action.criteria = [
        EvidenceCriterion(
            id=uuid7(),
            action_id=action.id,
            position=number,
            text=one.text.strip(),
            minimum=one.minimum,
            maximum=max(one.minimum, one.maximum),
            **scope,
        )
        for number, one in enumerate(given.criteria, 1)
        if one.text.strip()
    ]
    action.milestones = [
        Milestone(id=uuid7(), action_id=action.id, title=title, due_on=due_on, **scope)
        for title, due_on in given.milestones
    ]


@operation(right="plans.draft_plan", name="remediation_action.edit")
def edit_action(actor: Actor, action: RemediationAction, given: ActionIn) -> None:
    """Change a measure of a draft or returned plan."""
    _can_be_edited(action.plan)
    _fill(action, given)


@operation(right="plans.draft_plan", name="remediation_action.drop")
def drop_action(actor: Actor, action: RemediationAction, given: None = None) -> None:
    """Take a measure out of a draft."""
    _can_be_edited(action.plan)
    for part in (*action.criteria, *action.milestones):
        db.session.delete(part)
    db.session.flush()
    db.session.delete(action)


@operation(REMEDIATION_PLAN, "submit")
def submit_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Hand the plan to the office."""
    plan.submitted_at, plan.opened_at = clock.now(), None


@operation(REMEDIATION_PLAN, "take_back")
def take_back_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Take it back while nobody has opened it."""


@operation(REMEDIATION_PLAN, "open_review")
def open_review(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Take the review up."""
    plan.opened_at = plan.opened_at or clock.now()


@operation(REMEDIATION_PLAN, "approve")
def approve_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> Iterator[None]:
    """The plan takes force with the item's work; an edition in force before is superseded, its open measures end."""
    plan.approved_on = clock.today()
    yield
    if plan.item.state == "planning":
        follow(plan.item, "start_work")
    before = db.session.scalar(
        select(RemediationPlan).where(RemediationPlan.item_id == plan.item_id, RemediationPlan.state == "active")
    )
    if before is not None:
        follow(before, "supersede")
        end_open_actions(before)
    follow(plan, "activate")
    post("plan_in_force", plan)


def end_open_actions(plan: RemediationPlan) -> None:
    """What was not finished ends with its plan; inside an act."""
    for action in plan.actions:
        if action.state not in ("completed", "cancelled"):
            follow(action, "cancel_with_plan")


@operation(REMEDIATION_PLAN, "return_plan")
def return_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Send it back with the reason."""


@operation(REMEDIATION_PLAN, "amend")
def amend_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Change an approved plan that is not in force yet: the approval is void (decision 37)."""
    plan.approved_on = None


@operation(REMEDIATION_PLAN, "cancel")
def cancel_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> Iterator[None]:
    """Give a draft up; its measures end with it."""
    yield
    end_open_actions(plan)


@operation(REMEDIATION_PLAN, "cancel_approved")
def cancel_approved_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> Iterator[None]:
    """The approver takes the approval back for good."""
    yield
    end_open_actions(plan)


@operation(right="plans.comment_plan", name="remediation_plan.comment")
def comment_plan(actor: Actor, plan: RemediationPlan, given: CommentIn) -> None:
    """A guidance member or researcher comments on the edition submitted."""
    if not given.text.strip():
        raise Invalid("text", Sentence("请写意见", "Write your comment"))
    part = "guidance" if actor.role == "guidance_member" else "comment"
    db.session.add(
        PlanComment(
            plan_id=plan.id,
            part=part,
            text=given.text.strip()[:1000],
            written_by=actor.person_id,
            county_id=plan.county_id,
            school_id=plan.school_id,
        )
    )


@operation(right="plans.report_progress", name="remediation_plan.report")
def report_progress(actor: Actor, plan: RemediationPlan, given: ReportIn) -> None:
    """The monthly report: percent, words, blockers; one a month, changed until the next begins."""
    if not 0 <= given.percent <= 100:
        raise Invalid("percent", Sentence("进度写 0 到 100", "Progress is between 0 and 100"))
    month = given.month.replace(day=1)
    found = db.session.scalar(
        select(ProgressReport).where(ProgressReport.plan_id == plan.id, ProgressReport.month == month)
    )
    if found is None:
        found = ProgressReport(plan_id=plan.id, month=month, county_id=plan.county_id, school_id=plan.school_id)
        db.session.add(found)
    found.percent, found.text, found.blockers = given.percent, given.text.strip(), given.blockers.strip()
    found.reported_by = actor.person_id
    if given.budget_used is not None:
        plan.budget_used = given.budget_used
    for milestone in db.session.scalars(select(Milestone).where(Milestone.id.in_(given.milestones))):
        milestone.reached_on = milestone.reached_on or clock.today()
