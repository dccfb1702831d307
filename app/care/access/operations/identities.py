"""The county asks for the name behind a code number; the school's custodian opens it for seven days (decision 53)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.care.access.models import IdentityGrant
from app.care.access.operations.emergencies import OpeningStep, ReviewIn
from app.care.access.operations.sealing import sealed
from app.core import clock
from app.core.casework.daily import take_each
from app.core.casework.door import operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.assignments import CaseAssignment
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility
from workflows.care.identity_grant import IDENTITY_GRANT

DAYS = timedelta(days=6)
"""The day on which it is granted and six more."""
ASKED_ALREADY = Sentence("已经申请过，还没有结束", "You have asked already, and that has not ended.")
NO_EXPERT = Sentence("请选一位县心理专家", "Choose a psychology expert of the county.")


@dataclass(frozen=True)
class CasePlace:
    """A case by its code number, as the county knows it: whose it is, without a name."""

    ref: str
    county_id: uuid.UUID
    school_id: uuid.UUID
    student_id: uuid.UUID


@dataclass(frozen=True)
class AskIn:
    """Why the name is needed."""

    reason: str


@dataclass(frozen=True)
class DenyIn:
    """Why not."""

    reason: str
    version: int | None = None


@dataclass(frozen=True)
class ExpertIn:
    """The reference of the expert's person."""

    expert: str


@operation(IDENTITY_GRANT, "ask", sealed=True)
def ask_identity(actor: Actor, case: CasePlace, given: AskIn) -> IdentityGrant:
    """Ask the school for the name behind a case. Raises StepRefused when asked already."""
    assert actor.person_id is not None
    running = select(IdentityGrant.id).where(
        IdentityGrant.owner_id == actor.person_id,
        IdentityGrant.student_id == case.student_id,
        IdentityGrant.state.in_(("requested", "granted")),
    )
    if db.session.scalar(running) is not None:
        raise StepRefused((ASKED_ALREADY,))
    made = IdentityGrant(
        id=uuid7(), county_id=case.county_id, school_id=case.school_id, unit_id=case.school_id,
        owner_id=actor.person_id, student_id=case.student_id,
    )  # fmt: skip
    made.reason_sealed = sealed(made, "reason_sealed", given.reason)
    return made


@operation(IDENTITY_GRANT, "grant")
def grant_identity(actor: Actor, grant: IdentityGrant, given: OpeningStep) -> None:
    """Open the name to whoever asked, for seven days from today."""
    grant.until_on = clock.today() + DAYS


@operation(IDENTITY_GRANT, "deny", sealed=True)
def deny_identity(actor: Actor, grant: IdentityGrant, given: DenyIn) -> None:
    """Not needed, and why."""
    grant.finding_sealed = sealed(grant, "finding_sealed", given.reason)


@operation(IDENTITY_GRANT, "end")
def end_identity(actor: Actor, grant: IdentityGrant, given: OpeningStep) -> None:
    """The name is not needed any more."""


@operation(IDENTITY_GRANT, "lapse")
def lapse_identity(actor: Actor, grant: IdentityGrant, given: None = None) -> None:
    """The days are over."""


@operation(IDENTITY_GRANT, "review", sealed=True)
def review_identity(actor: Actor, grant: IdentityGrant, given: ReviewIn) -> None:
    """Somebody else has looked whether it was needed, and says so."""
    grant.finding_sealed = sealed(grant, "finding_sealed", given.reason)


def lapse_all() -> int:
    """Grants whose days are over. Asked each minute."""
    use_context(SYSTEM.context())
    due = select(IdentityGrant).where(IdentityGrant.state == "granted", IdentityGrant.until_on < clock.today())
    return take_each(due, IdentityGrant, lambda one: lapse_identity(SYSTEM, one, None))


@operation(right="access.assign_expert", name="case.assign_expert")
def assign_expert(actor: Actor, case: CasePlace, given: ExpertIn) -> None:
    """Give the student of a case to an expert from today on; an assignment that runs ends. Raises StepRefused."""
    day, role = clock.today(), _expert(case, given)
    running = select(CaseAssignment).where(
        CaseAssignment.entity == "students", CaseAssignment.record_id == case.student_id, CaseAssignment.part == "expert",
        CaseAssignment.to_on.is_(None) | (CaseAssignment.to_on >= day),
    )  # fmt: skip
    for old in db.session.scalars(running).all():
        if old.person_id == role.person_id:
            return
        old.to_on = day - timedelta(days=1)
    made = CaseAssignment(
        id=uuid7(), county_id=case.county_id, school_id=case.school_id, entity="students", record_id=case.student_id,
        person_id=role.person_id, part="expert", from_on=day,
    )  # fmt: skip
    db.session.add(made)
    _answers_for(role, case.school_id)
    db.session.flush()
    post("case_given", made, queue="urgent")


def _expert(case: CasePlace, given: ExpertIn) -> RoleAssignment:
    day = clock.today()
    wanted = (
        select(RoleAssignment)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            Person.ref == given.expert, RoleAssignment.role == "psych_expert", RoleAssignment.county_id == case.county_id,
            RoleAssignment.from_on <= day, RoleAssignment.to_on.is_(None) | (RoleAssignment.to_on >= day),
        )
    )  # fmt: skip
    role = db.session.scalar(wanted)
    if role is None:
        raise StepRefused((NO_EXPERT,))
    return role


def _answers_for(role: RoleAssignment, school: uuid.UUID) -> None:
    """The expert's reach takes in the school, if it did not yet: without it the wall shows nothing of the case."""
    day = clock.today()
    there = select(SchoolResponsibility.id).where(
        SchoolResponsibility.assignment_id == role.id, SchoolResponsibility.school_id == school,
        SchoolResponsibility.from_on <= day,
        SchoolResponsibility.to_on.is_(None) | (SchoolResponsibility.to_on >= day),
    )  # fmt: skip
    if db.session.scalar(there) is None:
        db.session.add(
            SchoolResponsibility(county_id=role.county_id, assignment_id=role.id, school_id=school, from_on=day)
        )
