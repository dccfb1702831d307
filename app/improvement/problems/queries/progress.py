"""A county's progress as the city and the province may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProgressCount

VIEW = "problems.view_progress"
WEEKS = 8


@dataclass(frozen=True)
class Week:
    """The numbers of one frozen week: part → n, None where too few."""

    day: date
    parts: dict[str, int | None]

    @property
    def total(self) -> int | None:
        """All items together; None where a part is not told."""
        known = [n for n in self.parts.values() if n is not None]
        return sum(known) if len(known) == len(self.parts) else None


def weeks(actor: Actor) -> Sequence[Week]:
    """The last frozen weeks, newest first."""
    days = select(ProgressCount.taken_on).where(ProgressCount.county_id == actor.county_id)
    days = days.group_by(ProgressCount.taken_on).order_by(ProgressCount.taken_on.desc()).limit(WEEKS)
    query = select(ProgressCount.taken_on, ProgressCount.part, ProgressCount.n).where(ProgressCount.taken_on.in_(days))
    found: dict[date, dict[str, int | None]] = {}
    for row in db.session.execute(
        decide.visible(actor, query.order_by(ProgressCount.taken_on.desc()), ProgressCount, VIEW)
    ):
        found.setdefault(row.taken_on, {})[row.part] = row.n
    return [Week(day, parts) for day, parts in found.items()]
