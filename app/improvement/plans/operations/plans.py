"""Drawing up a plan, its review and approval, and the end of a draft."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Self

from sqlalchemy import func, select, text

from app.core import clock
from app.core.casework.door import begin, follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.plans.models import PlanComment, RemediationAction, RemediationPlan
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.operations.baselines import renew_baseline, take_baseline
from app.improvement.plans.operations.clocks import start_clocks, stop_clocks
from app.improvement.plans.operations.editing import must_be_editable, must_be_of_the_unit
from app.improvement.plans.operations.endings import end_open_actions
from app.improvement.plans.operations.measures import (
    ActionIn,
    CriterionIn,
    add_action,
    blank_action,
    criterion_of,
    drop_action,
    edit_action,
    milestone_of,
)
from app.improvement.plans.operations.reports import ReportIn, report_progress
from app.improvement.problems.models import ProblemItem
from workflows.improvement.remediation_plan import REMEDIATION_PLAN

__all__ = [
    "ActionIn",
    "CommentIn",
    "CriterionIn",
    "PlanIn",
    "PlanStep",
    "ReportIn",
    "add_action",
    "amend_plan",
    "approve_plan",
    "cancel_approved_plan",
    "cancel_plan",
    "comment_plan",
    "draft_plan",
    "drop_action",
    "edit_action",
    "edit_plan",
    "end_open_actions",
    "open_review",
    "report_progress",
    "return_plan",
    "submit_plan",
    "take_back_plan",
]
BEING_WORKED_ON = ("draft", "submitted", "under_review", "approved", "returned")
CARRIED_OVER = (
    "problem",
    "goal",
    "tasks",
    "division",
    "schedule",
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
    "budget_used",
    "budget_source",
)
"""What a next edition begins with, and what `edit_plan` sets."""


@dataclass(frozen=True)
class PlanIn:
    """Everything of a plan but its measures; the evaluation design is fixed here, before the work (decision 41)."""

    problem: str = ""
    goal: str = ""
    tasks: str = ""
    division: str = ""
    schedule: str = ""
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

    @classmethod
    def of(cls, plan: RemediationPlan) -> Self:
        """The plan as it stands, so that one section of it can be replaced."""
        held = {one.name: getattr(plan, one.name) for one in fields(cls)}
        return cls(**{**held, "criteria": tuple(plan.criteria)})


@dataclass(frozen=True)
class PlanStep:
    """A step on a plan that carries a version and, where wanted, a reason."""

    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class CommentIn:
    """What a guidance member or researcher says."""

    text: str


@operation(REMEDIATION_PLAN, "draft")
def draft_plan(actor: Actor, item: ProblemItem, given: PlanIn) -> Any:
    """Begin a plan: baseline and indicator come from where the data stand; a next edition begins as a copy of the one in force."""
    edition = _next_edition(item)
    plan = RemediationPlan(
        id=uuid7(),
        item_id=item.id,
        item=item,
        edition=edition,
        unit_id=item.unit_id,
        county_id=item.county_id,
        school_id=item.school_id,
        problem=given.problem or item.title,
        owner_id=given.owner_id or item.responsible_person_id,
        target=item.target,
        baseline=item.baseline,
        indicator_id=item.indicator_id,
        min_effect=plan_numbers().min_effect,
    )
    take_baseline(plan)
    before = _in_force(item.id)
    if before is not None:
        plan.previous_id = before.id
        for name in CARRIED_OVER:
            setattr(plan, name, getattr(before, name))
    if plan.baseline_origin not in (None, "found") and item.state == "planning":
        _drop_target_reached(plan)
    if plan.design not in plan.fitting_designs:
        plan.design = plan.fitting_designs[0]
    yield plan
    if before is not None:
        _carry_over_measures(plan, before)


def _next_edition(item: ProblemItem) -> int:
    if item.state not in ("planning", "implementing"):
        raise Invalid(
            "", Sentence("完成归因诊断以后才能制定方案", "A plan is drawn up once the cause analysis is complete")
        )
    mine = RemediationPlan.item_id == item.id
    open_one = db.session.scalar(
        select(RemediationPlan.edition).where(mine, RemediationPlan.state.in_(BEING_WORKED_ON))
    )
    if open_one is not None:
        raise Invalid(
            "", Sentence(f"第 {open_one} 版方案还没有办完", f"Edition {open_one} of the plan is still being worked on")
        )
    last = db.session.scalar(select(func.coalesce(func.max(RemediationPlan.edition), 0)).where(mine))
    return (last or 0) + 1


def _in_force(item_id: uuid.UUID) -> RemediationPlan | None:
    return db.session.scalar(
        select(RemediationPlan).where(RemediationPlan.item_id == item_id, RemediationPlan.state == "active")
    )


def _drop_target_reached(plan: RemediationPlan) -> None:
    """Measured from where the problem stands, the target of before may lie behind: a new one has to be named."""
    effect = plan.target_effect
    if effect is not None and effect < (plan.min_effect or 0.0):
        plan.target = None


def _carry_over_measures(plan: RemediationPlan, before: RemediationPlan) -> None:
    """Measures that are not finished stand in the next edition too; in the old one they go on until it is replaced."""
    causes = {cause.id for cause in plan.item.causes}
    for old in before.actions:
        if old.state in ("completed", "cancelled"):
            continue
        copy = blank_action(plan)
        for name in ("owner_id", "kind", "title", "description", "planned_start", "planned_end", "budget_planned"):
            setattr(copy, name, getattr(old, name))
        copy.position, copy.helpers = old.position, list(old.helpers)
        copy.cause_id = old.cause_id if old.cause_id in causes else None
        copy.criteria = [
            criterion_of(copy, one.position, CriterionIn(one.text, one.minimum, one.maximum)) for one in old.criteria
        ]
        copy.milestones = [milestone_of(copy, one.title, one.due_on) for one in old.milestones]
        db.session.add(copy)
        begin(copy, "plan")
        stop_clocks(copy)


@operation(right="plans.draft_plan", name="remediation_plan.edit")
def edit_plan(actor: Actor, plan: RemediationPlan, given: PlanIn) -> None:
    """Change a draft or returned plan."""
    must_be_editable(plan)
    must_be_of_the_unit(plan, given.owner_id)
    for name in CARRIED_OVER:
        setattr(plan, name, getattr(given, name))
    plan.criteria = [line.strip() for line in given.criteria if line.strip()]
    renew_baseline(plan)
    if plan.baseline_result_id is None:
        plan.indicator_id, plan.baseline, plan.baseline_sd = given.indicator_id, given.baseline, given.baseline_sd


@operation(REMEDIATION_PLAN, "submit")
def submit_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Hand the plan to the office."""
    plan.submitted_at, plan.opened_at = clock.now(), None


@operation(REMEDIATION_PLAN, "take_back")
def take_back_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Take it back while nobody has opened it."""
    renew_baseline(plan)


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
    before = _in_force(plan.item_id)
    if before is not None:
        follow(before, "supersede")
        end_open_actions(before)
    follow(plan, "activate")
    for action in plan.live_actions:
        start_clocks(action)
    post("plan_in_force", plan)


TIMES_RETURNED = text(
    "select count(*) from audit.transition_log where record_id = :id and step = 'remediation_plan.return_plan'"
)


def times_returned(plan: RemediationPlan) -> int:
    """How often this edition was returned so far."""
    return int(db.session.execute(TIMES_RETURNED, {"id": plan.id}).scalar_one())


@operation(REMEDIATION_PLAN, "return_plan")
def return_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Send it back with the reason; from the third time on the group head is told."""
    renew_baseline(plan)
    repeat = REMEDIATION_PLAN.step("return_plan").repeat
    times = times_returned(plan) + 1
    if repeat is not None and times >= repeat.times:
        post("plan_returned_often", plan, times=times, role=repeat.tells)


@operation(REMEDIATION_PLAN, "amend")
def amend_plan(actor: Actor, plan: RemediationPlan, given: PlanStep) -> None:
    """Change an approved plan that is not in force yet: the approval is void (decision 37)."""
    plan.approved_on = None
    renew_baseline(plan)


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
    if plan.state in ("draft", "cancelled"):
        raise Invalid("", Sentence("方案提交以后才能提意见", "A plan is commented on once it is submitted"))
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


def action_of(plan: RemediationPlan, action_id: uuid.UUID) -> RemediationAction | None:
    """A live measure of the plan by its id."""
    return next((one for one in plan.live_actions if one.id == action_id), None)
