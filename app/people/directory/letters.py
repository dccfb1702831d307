"""What follows from deeds: wishes reach the security administrator, duties end with the person, uploaders hear of jobs."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Sentence
from app.core.imports.models import ImportBatch
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.core.policy.roles import ROLES
from app.people import letters
from app.people.directory.models import Person, RoleAssignment, RoleRequest, TeachingDuty, Unit
from app.people.directory.queries.terms import not_over, running
from workflows.wording import plural


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


def import_over(row: OutboxRow) -> None:
    """Tell whoever uploaded a file, and whoever accepted it, that the job is over."""
    batch = db.session.get(ImportBatch, row.record_id, populate_existing=True)
    if batch is None:
        return
    zh, en = _outcome(batch)
    persons = {person for person in (batch.owner_id, batch.accepted_by) if person is not None}
    letters.write(
        persons, f"import:{row.id}", "import_over", batch, Sentence(f"{batch.label}：{zh}", f"{batch.label}: {en}")
    )


def _outcome(batch: ImportBatch) -> tuple[str, str]:
    if batch.trouble:
        return "没有办成，看看原因", "it did not work; see why"
    if batch.state == "ready" and batch.rows_blocked:
        return f"核对好了，{batch.rows_blocked} 行要先改", f"checked, {plural(batch.rows_blocked, 'row')} to mend"
    if batch.state == "ready":
        return (
            f"核对好了，{batch.rows_good} 行都可以接收",
            f"checked, everything can be taken: {plural(batch.rows_good, 'row')}",
        )
    return batch.standing.zh, batch.standing.en.lower()


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
