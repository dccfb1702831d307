"""填报负担: how many files schools are asked for, as the sum of the fewest that their measures ask for, by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.plans.models import EvidenceCriterion, RemediationAction, RemediationPlan
from app.improvement.plans.numbers import plan_numbers
from app.people.directory.models import Unit

VIEW = "plans.view_burden"


@dataclass(frozen=True)
class BurdenRow:
    """One unit: files due by month, and their sum."""

    unit: str
    ref: str
    school: bool
    months: tuple[int, ...]

    @property
    def total(self) -> int:
        """Files of all months shown."""
        return sum(self.months)


def months_ahead(today: date) -> list[date]:
    """First days of this month and of those that follow."""
    found = [today.replace(day=1)]
    while len(found) < plan_numbers().burden_months:
        found.append((found[-1] + timedelta(days=32)).replace(day=1))
    return found


def burden(actor: Actor) -> tuple[list[date], list[BurdenRow]]:
    """Files due by unit and month: Σ fewest pieces over the criteria of open measures in force that end in that month.

    What was due earlier and is not done is due this month.

    Counts of files never enter any score; this figure is for those who ask for the files.
    """
    months = months_ahead(clock.today())
    until = (months[-1] + timedelta(days=32)).replace(day=1)
    month = func.date_trunc("month", func.greatest(RemediationAction.planned_end, months[0])).label("month")
    query = (
        select(Unit.ref, Unit.short_name, Unit.kind, Unit.code, month, func.sum(EvidenceCriterion.minimum).label("n"))
        .select_from(RemediationAction)
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .join(EvidenceCriterion, EvidenceCriterion.action_id == RemediationAction.id)
        .join(Unit, Unit.id == RemediationAction.unit_id)
        .where(
            RemediationPlan.state == "active",
            RemediationAction.state.not_in(("completed", "cancelled")),
            RemediationAction.planned_end < until,
        )
        .group_by(Unit.ref, Unit.short_name, Unit.kind, Unit.code, month)
        .order_by(Unit.code)
    )
    counts: dict[str, list[int]] = {}
    units = {}
    for row in db.session.execute(decide.visible(actor, query, RemediationAction, VIEW)):
        units[row.ref] = row
        counts.setdefault(row.ref, [0] * len(months))[months.index(row.month.date())] += int(row.n)
    return months, [
        BurdenRow(units[ref].short_name, ref, units[ref].kind == "school", tuple(values))
        for ref, values in counts.items()
    ]
