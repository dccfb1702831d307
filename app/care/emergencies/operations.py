"""What went without an agreement is marked by the system; whoever told the guardian writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Date, and_, cast, exists, func, literal_column, or_, select

from app.care.consent.models import Consent
from app.care.emergencies.models import EmergencyNotice
from app.care.rainbow.models import RainbowTier
from app.care.screening.models import CriticalAlert
from app.core import clock
from app.core.casework.daily import take_each
from app.core.casework.door import operation
from app.core.database import use_context, uuid7
from app.core.policy.actor import SYSTEM, Actor
from app.core.vault import KeyRing, Place
from app.people.directory.models import Student
from workflows.care.emergency_notice import EMERGENCY_NOTICE

LOOKED_BACK = timedelta(days=7)
"""So far back the sweep looks for what was not marked yet; it looks each minute."""

NEXT_DAY: ColumnElement[Any] = literal_column("(rainbow_tiers.since + 1)::timestamp at time zone 'Asia/Shanghai'")
"""The end of the day on which a level took effect."""


@dataclass(frozen=True)
class ToldIn:
    """Whom somebody told, when and how; at least ten characters."""

    reason: str
    version: int | None = None


@operation(EMERGENCY_NOTICE, "begin")
def mark_emergency(actor: Actor, cause: CriticalAlert | RainbowTier, given: None = None) -> EmergencyNotice:
    """Mark an alert, or help at once, that began without an agreement; the clock of the guardian's notice starts."""
    by_alert = isinstance(cause, CriticalAlert)
    school = cause.school_id
    assert school is not None
    return EmergencyNotice(
        id=uuid7(), county_id=cause.county_id, school_id=school, unit_id=school, student_id=cause.student_id,
        cause="alert" if by_alert else "level", alert_id=cause.id if by_alert else None,
        happened_on=cause.raised_on if isinstance(cause, CriticalAlert) else cause.since,
    )  # fmt: skip


def mark_all() -> int:
    """Everything urgent of these days that nobody had agreed to and that is not marked yet; asked each minute.

    The help itself waits for none of this: it began before.
    """
    use_context(SYSTEM.context())
    since = clock.today() - LOOKED_BACK
    alerts = select(CriticalAlert).where(
        CriticalAlert.raised_on >= since, _nobody_agreed(CriticalAlert, CriticalAlert.created_at),
        ~exists().where(EmergencyNotice.alert_id == CriticalAlert.id),
    )  # fmt: skip
    levels = select(RainbowTier).where(
        RainbowTier.tier == "red", RainbowTier.since >= since, _nobody_agreed(RainbowTier, NEXT_DAY),
        ~exists().where(
            EmergencyNotice.student_id == RainbowTier.student_id, EmergencyNotice.happened_on == RainbowTier.since,
            EmergencyNotice.cause == "level",
        ),
    )  # fmt: skip
    return sum(
        take_each(wanted, model, lambda one: mark_emergency(SYSTEM, one, None))
        for wanted, model in ((alerts, CriticalAlert), (levels, RainbowTier))
    )


def _nobody_agreed(model: Any, happened: Any) -> ColumnElement[bool]:
    """No agreement held when it happened; one that ran out or was taken back only afterwards held then."""
    day = cast(func.timezone(clock.SHANGHAI.key, happened), Date)
    gone = exists().where(Student.id == Consent.student_id, Student.left_on <= day)
    ran_on = and_(func.make_date(Consent.school_year + 1, 9, 1) > day, ~gone)
    held = or_(
        Consent.state == "granted",
        and_(Consent.previous_state == "granted", Consent.state_since > happened),
        and_(Consent.previous_state == "expired", ran_on),
    )
    return ~exists().where(Consent.student_id == model.student_id, Consent.purpose == "screening", held)


@operation(EMERGENCY_NOTICE, "tell", sealed=True)
def record_told(actor: Actor, notice: EmergencyNotice, given: ToldIn) -> None:
    """Keep whom somebody told and how, sealed."""
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    notice.told_sealed = ring.seal(place_of(notice), given.reason.strip())


def place_of(notice: EmergencyNotice) -> Place:
    """Where the words are sealed: by the keys of the child's school."""
    return Place(notice.school_id or notice.county_id, "emergency_notices", notice.id, "told_sealed")
