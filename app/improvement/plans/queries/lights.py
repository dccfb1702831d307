"""亮灯: plans in force whose monthly reports are missing, two months in a row yellow, three red (domain §3 A5)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.core import clock
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.plans.models import ProgressReport, RemediationPlan
from app.improvement.plans.numbers import plan_numbers
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit


@dataclass(frozen=True)
class Light:
    """A plan with the months whose reports are missing, newest first, without a gap between them."""

    plan_id: uuid.UUID
    label: str
    unit: str
    url: str
    missed: tuple[date, ...]

    @property
    def red(self) -> bool:
        """So many months that the lamp is red."""
        return len(self.missed) >= plan_numbers().red_months

    @property
    def colour(self) -> str:
        """red or yellow."""
        return "red" if self.red else "yellow"


def months_due(today: date, back: int | None = None) -> list[date]:
    """First days of the last months whose report is due; a report may come until the end of its day."""
    month, found, numbers = today.replace(day=1), [], plan_numbers()
    for _ in range((back or numbers.months_shown) + 1):
        before = (month - timedelta(days=1)).replace(day=1)
        if today > month.replace(day=numbers.report_day):
            found.append(before)
        month = before
    return found[: back or numbers.months_shown]


def missed_in_a_row(due: list[date], told: set[date], since: date | None) -> tuple[date, ...]:
    """The newest months without a report up to the last one that has it; none from before the plan took force."""
    missed = []
    for month in due:
        if month in told or (since is not None and month < since.replace(day=1)):
            break
        missed.append(month)
    return tuple(missed)


def lights(actor: Actor, most: int | None = None, ids: Iterable[uuid.UUID] | None = None) -> list[Light]:
    """Plans in force that the actor sees and whose lamp is on, the longest silence first; `ids` narrows further."""
    due, least = months_due(clock.today()), plan_numbers().yellow_months
    if len(due) < least:
        return []
    query = (
        select(
            RemediationPlan.id,
            RemediationPlan.ref,
            RemediationPlan.approved_on,
            ProblemItem.number,
            ProblemItem.title,
            Unit.short_name,
        )
        .join(ProblemItem, ProblemItem.id == RemediationPlan.item_id)
        .join(Unit, Unit.id == RemediationPlan.unit_id)
        .where(RemediationPlan.state == "active", ProblemItem.state != "suspended", *map(_silent, due[:least]))
        .order_by(ProblemItem.number)
    )
    if ids is not None:
        query = query.where(RemediationPlan.id.in_(list(ids)))
    plans = db.session.execute(decide.visible(actor, query, RemediationPlan, "plans.view_plans")).all()
    told = _told([plan.id for plan in plans], due)
    lit = [_light(plan, missed_in_a_row(due, told[plan.id], plan.approved_on)) for plan in plans]
    return sorted(lit, key=lambda light: -len(light.missed))[:most]


def _silent(month: date) -> ColumnElement[bool]:
    """No report tells of the month, though the plan was in force in it: only these plans need to be looked at."""
    told = exists().where(ProgressReport.plan_id == RemediationPlan.id, ProgressReport.month == month)
    next_month = (month + timedelta(days=31)).replace(day=1)
    return and_(~told, or_(RemediationPlan.approved_on.is_(None), RemediationPlan.approved_on < next_month))


def _told(ids: list[uuid.UUID], due: list[date]) -> dict[uuid.UUID, set[date]]:
    told: dict[uuid.UUID, set[date]] = defaultdict(set)
    reports = select(ProgressReport.plan_id, ProgressReport.month)
    for row in db.session.execute(reports.where(ProgressReport.plan_id.in_(ids), ProgressReport.month.in_(due))):
        told[row.plan_id].add(row.month)
    return told


def _light(plan: Any, missed: tuple[date, ...]) -> Light:
    return Light(plan.id, f"{plan.number} {plan.title}", plan.short_name, f"/plans/{plan.ref}", missed)
