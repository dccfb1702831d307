"""Who teaches or leads which class, and which schools an inspector answers for, from a day to a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.people.directory.models import Person, RoleAssignment, SchoolClass, SchoolResponsibility, TeachingDuty, Unit
from app.people.directory.queries.terms import not_over
from app.people.directory.words import DUTIES
from app.people.left_alone import tell_fewer

ELSEWHERE = Sentence("请选择本校在任的人", "Choose somebody of the same school who has not left.")
KNOWN = Sentence("这个人已经在担任", "The person holds this duty already.")
DUTY_UNKNOWN = Sentence("请选择职责", "Choose the duty.")
WITH_SCHOOLS = ("inspector", "external_evaluator", "evaluator")
"""Roles that answer for schools by name."""


@dataclass(frozen=True)
class DutyIn:
    """Who takes which duty in a class, from which day; a homeroom teacher takes the place of the one before."""

    person: Person
    duty: str
    from_on: date
    subject: str | None = None


@dataclass(frozen=True)
class DutyEnd:
    """The last day."""

    to_on: date


@dataclass(frozen=True)
class SchoolsIn:
    """The schools answered for, from today on; those left out end yesterday or, when they began today, never were."""

    schools: tuple[Unit, ...]
    version: int | None = None


@operation(right="people.manage_classes", name="duty.begin")
def begin_duty(actor: Actor, group: SchoolClass, given: DutyIn) -> TeachingDuty:
    """Give a class a teacher. Raises Invalid with what does not fit."""
    if given.duty not in DUTIES:
        raise Invalid("duty", DUTY_UNKNOWN)
    if given.person.school_id != group.school_id or given.person.left_on is not None:
        raise Invalid("person", ELSEWHERE)
    same = select(TeachingDuty).where(TeachingDuty.class_id == group.id, TeachingDuty.duty == given.duty)
    if given.duty == "subject":
        same = same.where(TeachingDuty.subject == given.subject)
    for duty in db.session.scalars(same.where(not_over(TeachingDuty, given.from_on))):
        if duty.person_id == given.person.id:
            raise Invalid("person", KNOWN)
        if given.duty == "homeroom":
            duty.to_on = max(duty.from_on, given.from_on - timedelta(days=1))
    made = TeachingDuty(
        county_id=group.county_id,
        school_id=group.school_id,
        class_id=group.id,
        person_id=given.person.id,
        duty=given.duty,
        subject=given.subject if given.duty == "subject" else None,
        from_on=given.from_on,
    )
    db.session.add(made)
    return made


@operation(right="people.manage_classes", name="duty.end")
def end_duty(actor: Actor, duty: TeachingDuty, given: DutyEnd) -> TeachingDuty:
    """Let a duty end; what the class shows ends with it."""
    duty.to_on = max(given.to_on, duty.from_on)
    return duty


@operation(right="people.assign_schools", name="role.assign_schools")
def assign_schools(actor: Actor, held: RoleAssignment, given: SchoolsIn) -> None:
    """Say for which schools the holder of a role answers, from today; the role counts its version up."""
    flag_modified(held, "role")
    tell_fewer(held, held.role)
    today = clock.today()
    wanted = {school.id for school in given.schools}
    running = select(SchoolResponsibility).where(
        SchoolResponsibility.assignment_id == held.id,
        SchoolResponsibility.opened_for.is_(None),
        not_over(SchoolResponsibility, today),
    )
    for answered in db.session.scalars(running):
        if answered.school_id in wanted:
            wanted.discard(answered.school_id)
        elif answered.from_on >= today:
            db.session.delete(answered)
        else:
            answered.to_on = today - timedelta(days=1)
    db.session.add_all(
        SchoolResponsibility(county_id=held.county_id, assignment_id=held.id, school_id=school_id, from_on=today)
        for school_id in sorted(wanted)
    )
