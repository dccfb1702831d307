"""The monthly report of a plan in force."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import exists, select

from app.core import clock
from app.core.casework.daily import take_each
from app.core.casework.deadlines import Deadline
from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.errors import Invalid, Sentence, Stale
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.plans.models import ProgressReport, RemediationPlan
from app.improvement.plans.operations.clocks import REPORT_CLOCK, fit_report_clocks
from app.improvement.problems.models import ProblemItem


@dataclass(frozen=True)
class ReportIn:
    """A monthly report: percent, words, blockers, funds used so far, milestones that were reached."""

    month: date
    percent: int
    text: str
    blockers: str = ""
    budget_used: Decimal | None = None
    milestones: tuple[uuid.UUID, ...] = field(default=())
    of_version: int | None = None
    """The version of the report that the page showed, 0 where the month had none; None: whatever stands there."""


@operation(right="plans.report_progress", name="remediation_plan.report")
def report_progress(actor: Actor, plan: RemediationPlan, given: ReportIn) -> None:
    """The monthly report: one a month, changed until the next one is there. Raises Stale where the page is behind."""
    month = given.month.replace(day=1)
    _must_fit(plan, given, month)
    found = db.session.scalar(
        select(ProgressReport).where(ProgressReport.plan_id == plan.id, ProgressReport.month == month)
    )
    now = found.version if found is not None else 0
    if given.of_version is not None and given.of_version != now:
        raise Stale(now, plan)
    if found is None:
        found = ProgressReport(plan_id=plan.id, month=month, county_id=plan.county_id, school_id=plan.school_id)
    found.percent, found.text, found.blockers = given.percent, given.text.strip(), given.blockers.strip()
    if actor.person_id is not None:
        found.reported_by = actor.person_id
    db.session.add(found)
    if given.budget_used is not None:
        plan.budget_used = given.budget_used
    if given.milestones:
        _reach(plan, given.milestones)
    db.session.flush()
    fit_report_clocks(plan)


@operation(right="system", name="remediation_plan.await_report")
def await_report(actor: Actor, plan: RemediationPlan, given: None = None) -> None:
    """A month has passed, with its report or without: the clock of the next one runs."""
    fit_report_clocks(plan)


def await_reports() -> int:
    """The job of each sweep: plans in force whose next report nobody awaits yet; how many."""
    use_context(SYSTEM.context())
    ahead = exists().where(
        Deadline.record_id == RemediationPlan.id,
        Deadline.name == REPORT_CLOCK,
        Deadline.closed_at.is_(None),
        Deadline.due_at > clock.now(),
    )
    at_work = RemediationPlan.item_id.in_(select(ProblemItem.id).where(ProblemItem.state != "suspended"))
    wanted = select(RemediationPlan).where(RemediationPlan.state == "active", at_work, ~ahead)
    return take_each(
        wanted.order_by(RemediationPlan.id), RemediationPlan, lambda plan: await_report(SYSTEM, plan, None)
    )


def _reach(plan: RemediationPlan, milestones: tuple[uuid.UUID, ...]) -> None:
    for milestone in (point for action in plan.live_actions for point in action.milestones):
        if milestone.id in milestones:
            milestone.reached_on = milestone.reached_on or clock.today()


def _must_fit(plan: RemediationPlan, given: ReportIn, month: date) -> None:
    if plan.state != "active":
        raise Invalid("", Sentence("方案生效以后才报月报", "A plan is reported on while it is in force"))
    if not 0 <= given.percent <= 100:
        raise Invalid("percent", Sentence("进度写 0 到 100", "Progress is between 0 and 100"))
    if not given.text.strip():
        raise Invalid("text", Sentence("请写本月做了什么、有什么变化", "Say what was done this month and what changed"))
    first = plan.approved_on.replace(day=1) if plan.approved_on else month
    if not first <= month <= clock.today().replace(day=1):
        raise Invalid("month", Sentence("请选择方案生效以来的月份", "Choose a month since the plan took force"))
