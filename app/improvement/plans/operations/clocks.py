"""Clocks of plans and measures that begin or change while the record stays where it is; inside an act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from app.core import calendar, clock
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.casework.records import Movable
from app.core.database import db
from app.improvement.plans.models import ProgressReport, RemediationAction, RemediationPlan
from workflows.improvement.remediation_plan import REPORT

REPORT_CLOCK = f"active.{REPORT.code}"


def stop_clocks(record: Movable) -> None:
    """Close every running clock: a measure of a plan that is not in force yet is not late for anything."""
    db.session.flush()
    running = (Deadline.record_id == record.id, Deadline.closed_at.is_(None))
    db.session.execute(update(Deadline).where(*running).values(closed_at=clock.now()))


def start_clocks(action: RemediationAction) -> None:
    """Start the clocks of the measure's state from the dates it carries now: its plan has come into force."""
    stop_clocks(action)
    days, now = deadlines.work_calendar(), clock.now()
    for declared in action.standing.deadlines:
        due_at = calendar.due_at(declared, now, action, days)
        if due_at is not None:
            ladder = calendar.rungs(declared, now, due_at, days)
            deadlines.start(action, f"{action.state}.{declared.code}", due_at, ladder, declared.met_by)


def fit_report_clocks(plan: RemediationPlan) -> None:
    """Clocks of months that are reported end; the next one runs, whether or not a month before is still missing."""
    db.session.flush()
    now, running, told = clock.now(), _report_clocks(plan), _months_told(plan)
    for one in running:
        if _month_of(one.due_at) in told:
            one.closed_at = now
    if any(one.closed_at is None and one.due_at > now for one in running):
        return
    begins = max([now, *(one.due_at for one in running if one.closed_at is not None)])
    days = deadlines.work_calendar()
    due_at = calendar.due_at(REPORT, begins - timedelta(microseconds=1), plan, days)
    if due_at is not None:
        deadlines.start(plan, REPORT_CLOCK, due_at, calendar.rungs(REPORT, now, due_at, days), REPORT.met_by)


def _report_clocks(plan: RemediationPlan) -> Sequence[Deadline]:
    running = (Deadline.record_id == plan.id, Deadline.closed_at.is_(None), Deadline.name == REPORT_CLOCK)
    return db.session.scalars(select(Deadline).where(*running)).all()


def _months_told(plan: RemediationPlan) -> set[date]:
    return set(db.session.scalars(select(ProgressReport.month).where(ProgressReport.plan_id == plan.id)))


def _month_of(due_at: datetime) -> date:
    """The month that the report due then tells of: the one before."""
    last = clock.local(due_at - timedelta(microseconds=1)).date()
    return (last.replace(day=1) - timedelta(days=1)).replace(day=1)
