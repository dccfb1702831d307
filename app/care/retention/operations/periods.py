"""Periods: proposed with a reason by one person, put in force by another; every former one stays in the history."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.care.retention.classes import classes
from app.care.retention.due import years_of
from app.care.retention.models import RetentionPeriod
from app.care.versions.operations import VersionStep
from app.core import clock
from app.core.casework.door import FOUR_EYES, follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from workflows.care.retention_period import RETENTION_PERIOD
from workflows.wording import plural

NO_CLASS = Sentence("请选一类数据", "Choose a class of data")
SAME = Sentence("和现行的期限一样，不用改", "It is the period in force already")
UNDER_WAY = Sentence(
    "这一类已有一个新期限在等批准，请先办完", "A new period of this class waits for approval; settle it first"
)


@dataclass(frozen=True)
class BureauPlace:
    """Where it is set: the county bureau."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: None = None


@dataclass(frozen=True)
class PeriodIn:
    """The class, the years, and why."""

    class_code: str
    years: int
    reason: str


@operation(RETENTION_PERIOD, "propose")
def propose_period(actor: Actor, place: BureauPlace, given: PeriodIn) -> RetentionPeriod:
    """Propose another period for a class. Raises Invalid naming the field."""
    assert actor.person_id is not None
    _checked(place.county_id, given)
    return RetentionPeriod(
        id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, owner_id=actor.person_id,
        class_code=given.class_code, years=given.years, reason=given.reason.strip(),
    )  # fmt: skip


def _checked(county: uuid.UUID, given: PeriodIn) -> None:
    known = classes().get(given.class_code)
    if known is None:
        raise Invalid("class_code", NO_CLASS)
    if not known.least <= given.years <= known.most:
        raise Invalid("years", between(known.least, known.most))
    if years_of(county)[given.class_code] == given.years:
        raise Invalid("years", SAME)
    waits = select(RetentionPeriod.id).where(
        RetentionPeriod.county_id == county, RetentionPeriod.class_code == given.class_code,
        RetentionPeriod.state == "proposed",
    )  # fmt: skip
    if db.session.scalar(waits) is not None:
        raise Invalid("years", UNDER_WAY)


def between(least: int, most: int) -> Sentence:
    """Which years may be chosen."""
    return Sentence(f"请写 {least} 至 {most} 年", f"The least is {least}, the most {plural(most, 'year')}")


@operation(RETENTION_PERIOD, "approve")
def approve_period(actor: Actor, period: RetentionPeriod, given: VersionStep) -> None:
    """Put it in force from today; the former one is superseded, and the list of what is due is made anew."""
    _by_somebody_else(actor, period)
    former = select(RetentionPeriod).where(
        RetentionPeriod.county_id == period.county_id, RetentionPeriod.class_code == period.class_code,
        RetentionPeriod.state == "active",
    )  # fmt: skip
    for one in db.session.scalars(former).all():
        follow(one, "supersede")
    period.approved_by, period.from_on = actor.person_id, clock.today()
    post("refresh_due", period)


@operation(RETENTION_PERIOD, "refuse")
def refuse_period(actor: Actor, period: RetentionPeriod, given: VersionStep) -> None:
    """It does not come into force; the reason stays in the history."""
    _by_somebody_else(actor, period)


@operation(RETENTION_PERIOD, "withdraw")
def withdraw_period(actor: Actor, period: RetentionPeriod, given: VersionStep) -> None:
    """The proposal is taken back."""


def _by_somebody_else(actor: Actor, period: RetentionPeriod) -> None:
    """Four eyes said in words: the database itself refuses without any."""
    if actor.person_id == period.owner_id:
        raise StepRefused((FOUR_EYES,))
