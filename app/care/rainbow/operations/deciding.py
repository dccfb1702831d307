"""People decide about a proposal: confirm, sign first, change, send back; what is decided takes effect in the same act."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import or_, select

from app.care.rainbow.models import (
    OPEN,
    CareDuty,
    ChangeEvidence,
    CodeChangeRequest,
    RainbowAssessment,
    RainbowComputation,
    RainbowTier,
    place,
)
from app.care.rainbow.operations.duties import end_protection, renew_duties
from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.core.vault import KeyRing, Place
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility
from workflows.care.rainbow_assessment import RAINBOW_ASSESSMENT

NOT_QUALIFIED = Sentence(
    "要有有效的专业资质才能确认；请学校联络员登记你的资质和有效期",
    "Only a person with a valid qualification may confirm; ask the school coordinator to register yours",
)
ONLY_FROM_A_LIST = Sentence(
    "这一条要逐个看依据后确认，不能在名单里一起确认",
    "Look at the grounds of this one first; it is not confirmed from a list",
)

SIGNED_OR_NOT_WANTED = Sentence(
    "这一条不用第一人确认，或已有人作第一人确认", "No first signature is wanted here, or somebody has signed already"
)

AHEAD = Sentence("面谈日期不能在今天以后", "The day of the interview cannot lie ahead")

Sealable = RainbowAssessment | CareDuty | CodeChangeRequest | ChangeEvidence


@dataclass(frozen=True)
class ConfirmIn:
    """Confirmation of what is proposed; `listed`: from a list that was read, not from the grounds."""

    version: int | None = None
    listed: bool = False
    interviewed_on: date | None = None
    """When somebody talked with the student first; most proposals are confirmed without."""


@dataclass(frozen=True)
class SignIn:
    """The first of two signatures, with the day of the interview."""

    interviewed_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class AdjustIn:
    """Another level than the proposed one, and why."""

    tier: str | None
    reason: str
    version: int | None = None
    interviewed_on: date | None = None


@dataclass(frozen=True)
class RejectIn:
    """What is wrong with the data."""

    reason: str
    version: int | None = None
    interviewed_on: date | None = None


@operation(RAINBOW_ASSESSMENT, "sign_first")
def sign_first(actor: Actor, assessment: RainbowAssessment, given: SignIn) -> None:
    """The first of two persons signs, and an expert of the school is given the student. Raises StepRefused."""
    qualified(actor)
    if assessment.is_signed_once or not assessment.asks_for_two:
        raise StepRefused((SIGNED_OR_NOT_WANTED,))
    assessment.interviewed_on, assessment.first_signer_id = given.interviewed_on, actor.person_id
    if assessment.owner_id is None:
        assessment.owner_id = give_to_an_expert(assessment.county_id, assessment.school_id, assessment.student_id)


@operation(RAINBOW_ASSESSMENT, "confirm")
def confirm(actor: Actor, assessment: RainbowAssessment, given: ConfirmIn) -> Iterator[None]:
    """Decide as proposed. Raises StepRefused without a qualification, and from a list for all but everyday support.

    Nor from a list where somebody was drawn for a talk, or teacher and questionnaire tell opposite stories.
    """
    qualified(actor)
    if given.listed and (assessment.proposed != "green" or assessment.sampled or _two_stories(assessment)):
        raise StepRefused((ONLY_FROM_A_LIST,))
    _interviewed(assessment, given.interviewed_on)
    assessment.decided, assessment.decided_on = assessment.proposed, clock.today()
    yield
    take_effect(assessment)


def _two_stories(assessment: RainbowAssessment) -> bool:
    flags = select(RainbowComputation.flags).where(RainbowComputation.number == assessment.computation)
    return "conflict" in (db.session.scalar(flags) or ())


@operation(RAINBOW_ASSESSMENT, "adjust", sealed=True)
def adjust(actor: Actor, assessment: RainbowAssessment, given: AdjustIn) -> Iterator[None]:
    """Decide otherwise, never under the level in force (decision 61). Raises StepRefused, Invalid."""
    _change(actor, assessment, given)
    yield
    take_effect(assessment)


@operation(RAINBOW_ASSESSMENT, "adjust_far", sealed=True)
def adjust_far(actor: Actor, assessment: RainbowAssessment, given: AdjustIn) -> Iterator[None]:
    """The same two or more levels down: an expert's right."""
    _change(actor, assessment, given)
    yield
    take_effect(assessment)


@operation(RAINBOW_ASSESSMENT, "reject", sealed=True)
def reject(actor: Actor, assessment: RainbowAssessment, given: RejectIn) -> None:
    """The data are wrong: said why, computed anew by the next free worker; protection that began with them ends."""
    qualified(actor)
    _interviewed(assessment, given.interviewed_on)
    assessment.note_sealed = sealed(assessment, "note_sealed", given.reason)
    end_protection(assessment.student_id, assessment.id)
    post("rainbow_compute", assessment.student, queue="urgent")


def _change(actor: Actor, assessment: RainbowAssessment, given: AdjustIn) -> None:
    qualified(actor)
    _interviewed(assessment, given.interviewed_on)
    assessment.decided, assessment.decided_on = given.tier, clock.today()
    assessment.note_sealed = sealed(assessment, "note_sealed", given.reason)


def _interviewed(assessment: RainbowAssessment, day: date | None) -> None:
    """Keep the day of an interview; the one that a first signer gave stays. Raises Invalid for a day that lies ahead.

    Without it nobody knows how many of those whom the rules point out are found to need support (mission_care §5.2, 5).
    """
    if day is not None and day > clock.today():
        raise Invalid("interviewed_on", AHEAD)
    assessment.interviewed_on = assessment.interviewed_on or day


def qualified(actor: Actor) -> None:
    """Refuses whoever has no valid qualification on record. Raises StepRefused."""
    if actor.system:
        return
    person = db.session.get_one(Person, actor.person_id)
    valid = person.qualification_expiry is None or person.qualification_expiry >= clock.today()
    if not person.qualification_type or not valid:
        raise StepRefused((NOT_QUALIFIED,))


def sealed(record: Sealable, column: str, words: str) -> bytes:
    """Words about a child, sealed by the keys of its school."""
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    tenant = record.school_id or record.county_id
    return ring.seal(Place(tenant, type(record).__tablename__, record.id, column), words.strip())


def give_to_an_expert(county: uuid.UUID, school: uuid.UUID | None, student: uuid.UUID) -> uuid.UUID | None:
    """The expert who has the student, else the one of the school with the fewest, from today on; None where there is none."""
    day = clock.today()
    running = or_(CaseAssignment.to_on.is_(None), CaseAssignment.to_on >= day)
    there = select(CaseAssignment.person_id).where(
        CaseAssignment.entity == "students", CaseAssignment.record_id == student, CaseAssignment.from_on <= day, running
    )
    known: uuid.UUID | None = db.session.scalar(there.limit(1))
    if known is not None:
        return known
    found = (
        select(RoleAssignment.person_id)
        .join(SchoolResponsibility, SchoolResponsibility.assignment_id == RoleAssignment.id)
        .where(
            RoleAssignment.role == "psych_expert", RoleAssignment.county_id == county, RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
            SchoolResponsibility.school_id == school, SchoolResponsibility.from_on <= day,
            or_(SchoolResponsibility.to_on.is_(None), SchoolResponsibility.to_on >= day),
        )
        .order_by(RoleAssignment.id)
    )  # fmt: skip
    expert: uuid.UUID | None = db.session.scalar(found.limit(1))
    if expert is not None:
        db.session.add(
            CaseAssignment(county_id=county, school_id=school, entity="students", record_id=student, person_id=expert,
                           part="expert", from_on=day)
        )  # fmt: skip
    return expert


def take_effect(assessment: RainbowAssessment) -> None:
    """The decided level is in force: the one before is superseded, its duties end, those of the new one begin."""
    assert assessment.decided is not None
    today, former = clock.today(), RainbowAssessment.state.in_(("effective", "expired"))
    for old in db.session.scalars(
        select(RainbowAssessment).where(RainbowAssessment.student_id == assessment.student_id, former)
    ).all():
        follow(old, "supersede")
    held = db.session.scalar(select(RainbowTier).where(RainbowTier.student_id == assessment.student_id))
    if held is None:
        held = RainbowTier(county_id=assessment.county_id, school_id=assessment.school_id,
                           student_id=assessment.student_id, tier=assessment.decided, since=today)  # fmt: skip
        db.session.add(held)
    changed = held.tier != assessment.decided or held.since == today
    if held.tier != assessment.decided:
        held.tier, held.since = assessment.decided, today
    follow(assessment, "take_effect")
    if changed:
        renew_duties(assessment, assessment.decided)
    else:
        end_protection(assessment.student_id, assessment.id)
    overtake(assessment.student_id, assessment.decided)


def overtake(student: uuid.UUID, tier: str, besides: uuid.UUID | None = None) -> None:
    """Requests that a level in force has made pointless end: every step down, and steps up that it has reached."""
    waiting = select(CodeChangeRequest).where(
        CodeChangeRequest.student_id == student, CodeChangeRequest.state.in_(OPEN), CodeChangeRequest.id != besides
    )
    for one in db.session.scalars(waiting).all():
        if not one.upward or place(one.to_tier) <= place(tier):
            follow(one, "overtake")
