"""Days that the county works or is free, above what the published calendar says: declared, read, taken back (decision 34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.core import calendar, clock
from app.core.audit import trail
from app.core.casework.deadlines import WorkdayOverride, forget_calendar, work_calendar
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor

DECLARE = "casework.set_workdays"
MOST_DAYS = 60
"""Days of one declaration: longer than any holiday."""
FURTHEST = timedelta(days=3 * 366)
WARN_BEFORE = timedelta(days=90)
"""How long before the known holidays end people are told."""

PAST = Sentence("不能改已经过去的日子，请从今天起填", "Days that are over stay as they are. Begin today or later.")
TURNED = Sentence("最后一天在第一天之前，请对调", "The last day lies before the first. Swap them.")
TOO_MANY = Sentence("一次最多 60 天，请分几次填", "At most 60 days at once. Declare them in parts.")
TOO_FAR = Sentence("最多填到三年以后，请看年份是否填错", "At most three years ahead. Is the year right?")


@dataclass(frozen=True)
class Declared:
    """From `first` to `last`, both included: worked (True), free (False), or as the published calendar says (None)."""

    first: date
    last: date
    works: bool | None


@operation(right=DECLARE, name="calendar.declare")
def declare(actor: Actor, record: None, given: Declared) -> None:
    """Clocks that start from now on count these days so; those that run keep their day. Raises Invalid."""
    if given.first < clock.today():
        raise Invalid("first", PAST)
    if given.last < given.first:
        raise Invalid("last", TURNED)
    if given.last - given.first >= timedelta(days=MOST_DAYS):
        raise Invalid("last", TOO_MANY)
    if given.last > clock.today() + FURTHEST:
        raise Invalid("last", TOO_FAR)
    days = [given.first + timedelta(days=n) for n in range((given.last - given.first).days + 1)]
    known = {row.day: row for row in db.session.scalars(select(WorkdayOverride).where(WorkdayOverride.day.in_(days)))}
    for day in days:
        if given.works is None:
            if day in known:
                db.session.delete(known[day])
        elif day in known:
            known[day].works = given.works
        else:
            db.session.add(WorkdayOverride(day=day, works=given.works))
    deed = trail.current()
    if deed is not None:
        deed.main.extra |= {"first": given.first.isoformat(), "last": given.last.isoformat()}
    db.session.flush()
    forget_calendar()


def declared() -> Sequence[WorkdayOverride]:
    """What was declared of today and later, by day."""
    coming = select(WorkdayOverride).where(WorkdayOverride.day >= clock.today())
    return db.session.scalars(coming.order_by(WorkdayOverride.day)).all()


def known_until() -> date:
    """The last day whose holidays are known, declared days included."""
    return calendar.known_until(work_calendar().overrides)


def ends_soon() -> bool:
    """Whether clocks that start now may run beyond the known holidays."""
    return known_until() < clock.today() + WARN_BEFORE
