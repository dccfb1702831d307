"""Members of staff: added, changed, gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import delete, func, select, update

from app.core.casework.door import SHORTEST_REASON, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.roles import ADMINISTRATORS
from app.core.vault import KeyRing, Place
from app.people.directory.models import Person, RoleAssignment, Unit
from app.people.directory.pinyin import pinyin_of
from app.people.directory.queries import open_work
from app.people.directory.queries.terms import not_over

RIGHT = "people.manage_staff"
NUMBER_TAKEN = Sentence("这个工号在本单位已经有人在用", "Somebody of this unit has this staff number already.")
REASON_WANTED = Sentence("请写明离任的原因，至少 10 个字", "Say why the person leaves, in at least 10 characters.")
STILL_ADMINISTRATOR = Sentence(
    "先由安全管理员收回管理员岗位，再办离任", "The security administrator must end the administrator's role first."
)
OWN_LEAVE = Sentence("不能给自己办离任，请由别人来办", "Nobody enters their own leaving; ask somebody else.")


@dataclass(frozen=True)
class PersonIn:
    """What is kept of a member of staff; an empty phone keeps the one that is there, a dash removes it."""

    staff_no: str
    name: str
    email: str | None = None
    phone: str | None = None
    qualification_type: str | None = None
    qualification_expiry: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class LeaveIn:
    """The last day, and why."""

    left_on: date
    reason: str
    version: int | None = None


@operation(right=RIGHT, name="person.add")
def add_person(actor: Actor, unit: Unit, given: PersonIn) -> Person:
    """Add somebody to a unit. Raises Invalid when the staff number is taken there."""
    person = Person(county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id)
    person.id = uuid7()
    _fill(person, given)
    db.session.add(person)
    db.session.flush()
    return person


def _fill(person: Person, given: PersonIn) -> None:
    taken = select(func.count()).where(
        Person.county_id == person.county_id,
        Person.school_id.is_not_distinct_from(person.school_id),
        Person.staff_no == given.staff_no,
        Person.id != person.id,
    )
    with db.session.no_autoflush:
        if db.session.scalar(taken):
            raise Invalid("staff_no", NUMBER_TAKEN)
    person.staff_no, person.name, person.pinyin = given.staff_no, given.name, pinyin_of(given.name)
    person.email = given.email or None
    person.qualification_type = given.qualification_type or None
    person.qualification_expiry = given.qualification_expiry
    if given.phone:
        _seal_phone(person, None if given.phone.strip() in ("-", "—") else given.phone.strip())


def _seal_phone(person: Person, phone: str | None) -> None:
    tenant = person.school_id or person.county_id
    if phone is None or tenant is None:
        person.phone_sealed = person.phone_index = None
        return
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    person.phone_sealed = ring.seal(Place(tenant, "persons", person.id, "phone_sealed"), phone)
    person.phone_index = ring.index(tenant, "phone", phone)


@operation(right=RIGHT, name="person.change")
def change_person(actor: Actor, person: Person, given: PersonIn) -> Person:
    """Correct what is kept of somebody."""
    _fill(person, given)
    return person


@operation(right=RIGHT, name="person.leave")
def leave(actor: Actor, person: Person, given: LeaveIn) -> Person:
    """Somebody leaves: roles end with the last day, duties follow. Raises StepRefused while work is in their hands."""
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    missing = _in_the_way(actor, person)
    if missing:
        raise StepRefused(tuple(missing))
    person.left_on = given.left_on
    mine = RoleAssignment.person_id == person.id
    db.session.execute(delete(RoleAssignment).where(mine, RoleAssignment.from_on > given.left_on))
    running = (mine, not_over(RoleAssignment, given.left_on))
    db.session.execute(update(RoleAssignment).where(*running).values(to_on=given.left_on))
    post("person_left", person)
    return person


def _in_the_way(actor: Actor, person: Person) -> list[Sentence]:
    found = []
    if person.id == actor.person_id:
        found.append(OWN_LEAVE)
    administers = select(func.count()).where(
        RoleAssignment.person_id == person.id, RoleAssignment.role.in_(ADMINISTRATORS), RoleAssignment.to_on.is_(None)
    )
    if db.session.scalar(administers):
        found.append(STILL_ADMINISTRATOR)
    records, assignments, _duties = open_work(actor, person)
    if count := len(records) + len(assignments):
        found.append(
            Sentence(f"手上还有 {count} 件在办的事，请先移交", f"Work still in hand: {count}. Hand it over first.")
        )
    return found
