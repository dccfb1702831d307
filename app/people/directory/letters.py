"""What follows from deeds in the directory: the security administrator hears of wishes, duties end with the person."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.core.policy.roles import ROLES
from app.people import letters
from app.people.directory.models import Person, RoleAssignment, RoleRequest, TeachingDuty, Unit
from app.people.directory.queries.terms import not_over, running


def role_requested(row: OutboxRow) -> None:
    """Tell the county's security administrators that a unit asks for a role."""
    found = db.session.execute(
        select(RoleRequest, Person.name, Unit.short_name)
        .join(Person, Person.id == RoleRequest.person_id)
        .join(Unit, Unit.id == RoleRequest.unit_id)
        .where(RoleRequest.id == row.record_id, RoleRequest.decision.is_(None))
    ).first()
    if found is None:
        return
    wish, name, unit = found
    role = ROLES[wish.role]
    admins = select(RoleAssignment.person_id).where(
        RoleAssignment.role == "security_admin",
        RoleAssignment.county_id == wish.county_id,
        running(RoleAssignment, clock.today()),
    )
    words = Sentence(f"{unit}申请岗位：{name}，{role.zh}", f"{unit} asks for a role: {name}, {role.en}")
    persons = set(db.session.scalars(admins))
    letters.write(persons, f"role_request:{wish.id}", "role_requested", wish, words, f"/role-requests/{wish.ref}")


def person_left(row: OutboxRow) -> None:
    """End the duties and assignments of somebody who left, with the last day; safe to repeat."""
    person = db.session.get(Person, row.record_id, populate_existing=True)
    if person is None or person.left_on is None:
        return
    with trail.act(SYSTEM, "system", "person.end_terms", person) as deed:
        ended = 0
        for model in (TeachingDuty, CaseAssignment):
            mine = model.person_id == person.id
            db.session.execute(delete(model).where(mine, model.from_on > person.left_on))
            running_on = (mine, not_over(model, person.left_on), model.to_on.is_distinct_from(person.left_on))
            ended += len(
                db.session.scalars(
                    update(model).where(*running_on).values(to_on=person.left_on).returning(model.id)
                ).all()
            )
        deed.main.extra["ended"] = ended
