"""The decision of a named body in a meeting, what is made known of it, and taking it back; always by persons."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.casework import deadlines
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.accountability.models import AccountabilityRecord, AccountabilitySeat
from app.improvement.accountability.models.records import LEADING
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.operations.drafting import NO_MEASURE, RecordStep
from app.improvement.accountability.operations.notices import (
    end_public_page,
    let_everybody_read,
    put_on_notice,
    take_off_notice,
)
from app.improvement.monitoring.numbers import months_after
from app.people.directory.models import RoleAssignment, Unit
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD

NO_LEVEL = Sentence("请选择公开到什么范围", "Choose how far it is made known")


@dataclass(frozen=True)
class Sat:
    """Somebody who was present besides the chair, who takes the step."""

    person_id: uuid.UUID
    role: str
    name: str


@dataclass(frozen=True)
class DecisionIn:
    """What the body decided: measure, day of the meeting, who was present, how statements were dealt with, why, how far."""

    met_on: date | None
    reason: str
    weighed: str = ""
    measure: str | None = None
    level: str | None = None
    public_words: str = ""
    present: tuple[Sat, ...] = ()
    version: int | None = None


@operation(ACCOUNTABILITY_RECORD, "decide")
def decide_record(actor: Actor, record: AccountabilityRecord, given: DecisionIn) -> None:
    """The body decides; whoever takes the step presided. Raises Invalid, and StepRefused with all that stands in the way."""
    measure = accountability_numbers().measure(given.measure)
    if measure is None or measure.kind != record.kind:
        raise Invalid("measure", NO_MEASURE)
    if given.level not in ("party", "county", "public"):
        raise Invalid("level", NO_LEVEL)
    _meet(actor, record, given)
    record.measure, record.level = measure.code, given.level
    record.public_words = given.public_words.strip()
    record.lapses_on = months_after(clock.today(), measure.months)
    if record.is_accountability:
        days = accountability_numbers().appeal_days
        record.appeal_until = add_working_days(clock.today(), days, deadlines.work_calendar().overrides)
    post("accountability_paper", record, queue="heavy", paper="decision")


@operation(ACCOUNTABILITY_RECORD, "dismiss")
def dismiss_record(actor: Actor, record: AccountabilityRecord, given: DecisionIn) -> None:
    """The body decides that nothing follows; reasons and who was present are kept all the same."""
    _meet(actor, record, given)
    record.level = "party"


def _meet(actor: Actor, record: AccountabilityRecord, given: DecisionIn) -> None:
    body, record.free_chairs = _body(record), _chairs(record)
    seat(actor, record, "decision", given.present)
    record.body, record.met_on, record.decided_on = body, given.met_on, clock.today()
    record.reasons, record.weighed = given.reason.strip(), given.weighed.strip()


def seat(actor: Actor, record: AccountabilityRecord, hearing: str, present: tuple[Sat, ...]) -> None:
    """Record who was present; the actor presided."""
    assert actor.person_id is not None
    rows = {one.person_id: (one.role, one.name) for one in present} | {actor.person_id: (actor.role, actor.name)}
    record.seats.extend(
        AccountabilitySeat(
            county_id=record.county_id, school_id=record.school_id, hearing=hearing, person_id=person, role=role,
            name=name, is_chair=person == actor.person_id,
        )
        for person, (role, name) in rows.items()
    )  # fmt: skip


def _body(record: AccountabilityRecord) -> str:
    named = (
        select(Unit.name).where(Unit.county_id == record.county_id, Unit.kind == "leading_group").order_by(Unit.code)
    )
    return db.session.scalars(named.limit(1)).first() or ""


def _chairs(record: AccountabilityRecord) -> frozenset[uuid.UUID]:
    day = clock.today()
    held = select(RoleAssignment.person_id).where(
        RoleAssignment.county_id == record.county_id,
        RoleAssignment.role.in_(LEADING),
        RoleAssignment.from_on <= day,
        or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
    )
    return frozenset(db.session.scalars(held))


@operation(ACCOUNTABILITY_RECORD, "disclose")
def disclose_record(actor: Actor, record: AccountabilityRecord, given: RecordStep) -> None:
    """Make it known as far as the decision says: to the county, and where it says so to everybody."""
    record.disclosed_on = clock.today()
    put_on_notice(record, "disclosure", record.public_words, record.lapses_on)
    if record.level == "public":
        let_everybody_read(record)


@operation(ACCOUNTABILITY_RECORD, "revoke")
def revoke_record(actor: Actor, record: AccountabilityRecord, given: RecordStep) -> None:
    """Take the decision back: what was made known is emptied, day and reason stay."""
    withdraw(record, (given.reason or "").strip())


def withdraw(record: AccountabilityRecord, reason: str) -> None:
    """Empty what others read of it."""
    take_off_notice(record, ("publicity", "disclosure"), reason, empty=True)
    end_public_page(record, "withdrawn", reason)
