"""The actor of a role assignment where no browser is signed in: a program's token, a webhook's view of a record."""

from __future__ import annotations

import uuid

from sqlalchemy import func, literal, null, select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility, Unit
from app.people.identity.lookup import actor_of, in_place
from app.people.identity.models import Account
from app.people.identity.terms import running


def acting_for(assignment_id: uuid.UUID) -> Actor | None:
    """The person in that role, never with a fresh factor; None once role, account or service has ended."""
    day, now = clock.today(), clock.now()
    schools = (
        select(func.array_agg(SchoolResponsibility.school_id))
        .where(SchoolResponsibility.assignment_id == RoleAssignment.id, running(SchoolResponsibility, day))
        .correlate(RoleAssignment)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            Account.id.label("account_id"),
            Account.county_id.label("account_county"),
            Account.language,
            Person.id.label("person_id"),
            Person.name.label("person_name"),
            RoleAssignment.id.label("assignment_id"),
            RoleAssignment.role,
            RoleAssignment.subjects,
            RoleAssignment.county_id,
            RoleAssignment.school_id,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            schools.label("schools"),
            literal("").label("classrooms"),
            null().label("fresh_at"),
            literal(now).label("last_seen_at"),
        )
        .join(Person, Person.id == RoleAssignment.person_id)
        .join(Account, Account.person_id == Person.id)
        .join(Unit, Unit.id == RoleAssignment.unit_id)
        .where(
            RoleAssignment.id == assignment_id,
            RoleAssignment.role.in_(ROLES),
            running(RoleAssignment, day),
            Account.disabled_at.is_(None),
            (Person.left_on.is_(None)) | (Person.left_on >= day),
        )
    ).first()
    return actor_of(row) if row is not None and in_place(ROLES[row.role], row.school_id) else None
