"""A counsellor opens answers in an emergency; the hour ends it, somebody else reviews it (security 29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.care.access.models import EmergencyOpening
from app.care.access.operations.sealing import sealed
from app.core import clock
from app.core.casework.daily import take_each
from app.core.casework.door import operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import Student
from workflows.care.break_glass import BREAK_GLASS

HOUR, SHORTEST = timedelta(minutes=60), 20
TOO_SHORT = Sentence("写明为什么现在就要看，至少 20 个字", "Say why it must be read now, in at least 20 characters.")
ALREADY = Sentence("你已经打开了这名学生的紧急查看", "You have opened this student's answers already.")
NOT_FRESH = Sentence("请先再验证一次身份", "Confirm who you are once more first.")


@dataclass(frozen=True)
class OpenIn:
    """Why it must be read now."""

    reason: str


@dataclass(frozen=True)
class OpeningStep:
    """A step with the version that the page showed."""

    version: int | None = None


@dataclass(frozen=True)
class ReviewIn:
    """What the review came to."""

    reason: str
    version: int | None = None


@operation(BREAK_GLASS, "open", sealed=True)
def open_in_emergency(actor: Actor, student: Student, given: OpenIn) -> EmergencyOpening:
    """Open the answers of one child for an hour. Raises Invalid, and StepRefused without a fresh second factor."""
    if actor.fresh_until < clock.now().timestamp():
        raise StepRefused((NOT_FRESH,))
    if len(given.reason.strip()) < SHORTEST:
        raise Invalid("reason", TOO_SHORT)
    assert actor.person_id is not None
    mine = select(EmergencyOpening.id).where(
        EmergencyOpening.owner_id == actor.person_id,
        EmergencyOpening.student_id == student.id,
        EmergencyOpening.state == "open",
    )
    if db.session.scalar(mine) is not None:
        raise StepRefused((ALREADY,))
    made = EmergencyOpening(
        id=uuid7(), county_id=student.county_id, school_id=student.school_id, unit_id=student.school_id,
        owner_id=actor.person_id, student_id=student.id, until_at=clock.now() + HOUR,
    )  # fmt: skip
    made.reason_sealed = sealed(made, "reason_sealed", given.reason)
    return made


@operation(BREAK_GLASS, "end")
def end_opening(actor: Actor, opening: EmergencyOpening, given: OpeningStep) -> None:
    """It was enough: close before the hour is over."""


@operation(BREAK_GLASS, "lapse")
def lapse(actor: Actor, opening: EmergencyOpening, given: None = None) -> None:
    """The hour is over."""


@operation(BREAK_GLASS, "review", sealed=True)
def review_opening(actor: Actor, opening: EmergencyOpening, given: ReviewIn) -> None:
    """Somebody else has looked whether it was needed, and says so."""
    opening.finding_sealed = sealed(opening, "finding_sealed", given.reason)


def lapse_all() -> int:
    """Openings whose hour is over. Asked each minute."""
    use_context(SYSTEM.context())
    due = select(EmergencyOpening).where(EmergencyOpening.state == "open", EmergencyOpening.until_at <= clock.now())
    return take_each(due, EmergencyOpening, lambda one: lapse(SYSTEM, one, None))
