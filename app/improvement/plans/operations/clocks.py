"""Clocks of plans and measures that begin or change while the record stays where it is; inside an act."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from app.core import calendar, clock
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.casework.records import Movable
from app.core.database import db
from app.improvement.plans.models import RemediationAction, RemediationPlan
from workflows.improvement.remediation_plan import REPORT


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


def start_next_report(plan: RemediationPlan) -> None:
    """The month is reported: its clock ends and the one of the next month starts."""
    db.session.flush()
    name, days = f"active.{REPORT.code}", deadlines.work_calendar()
    running = db.session.scalars(
        select(Deadline).where(Deadline.record_id == plan.id, Deadline.closed_at.is_(None), Deadline.name == name)
    ).all()
    now = begins = clock.now()
    for one in running:
        one.closed_at, begins = now, max(begins, one.due_at)
    due_at = calendar.due_at(REPORT, begins - timedelta(microseconds=1), plan, days)
    if due_at is not None:
        deadlines.start(plan, name, due_at, calendar.rungs(REPORT, now, due_at, days), REPORT.met_by)
