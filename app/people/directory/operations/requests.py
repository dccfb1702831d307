"""Wishes of a unit: that a person get a role, or stand in for it, from a day to a day; granted by the security administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.people.directory.models import Person, RoleAssignment, RoleRequest, Unit
from app.people.directory.queries.terms import not_over

ROLE_UNKNOWN = Sentence("这个岗位不能在这个单位设", "This role cannot be held at this unit.")
DATES = Sentence("结束日期不能早于开始日期", "It cannot end before it begins.")
PERSON_ELSEWHERE = Sentence("这个人不在本县在任教职工里", "This person is not on the county's present staff.")
HELD = Sentence("这个人在这段时间已经有这个岗位", "The person already holds this role in that time.")
ASKED = Sentence(
    "已经为这个人申请过这个岗位，还没有答复", "This role was already requested for the person and is not decided yet."
)
OWN = Sentence("不能为自己申请岗位", "Nobody requests a role for themselves.")
DEPUTY_ENDS = Sentence("副职要写明到哪一天为止", "Say until which day the deputy stands in.")
LEVELS = {
    "county": (
        "county_bureau",
        "leading_group",
        "leading_group_office",
        "guidance_group",
        "assessment_group",
        "department",
    ),
    "department": ("department", "school_district"),
    "school": ("school", "school_group", "school_monitoring_center"),
    "outside": ("county_bureau", "leading_group_office", "school", "external_agency"),
    "region": ("province", "city"),
    "system": ("county_bureau",),
}


@dataclass(frozen=True)
class RoleWish:
    """Who should hold which role, from when to when, and why."""

    person: Person
    role: str
    from_on: date
    to_on: date | None = None
    subjects: tuple[str, ...] = ()
    note: str | None = None


def roles_at(kind: str) -> list[str]:
    """The roles that may be held at a unit of this kind; the three administrators' at the county bureau only."""
    return [code for code, role in ROLES.items() if kind in LEVELS.get(role.level, ())]


@operation(right="people.request_role", name="role_request.make")
def request_role(actor: Actor, unit: Unit, given: RoleWish) -> RoleRequest:
    """Ask for a role at a unit. Raises Invalid with what does not fit."""
    return _ask(actor, unit, given, is_deputy=False)


@operation(right="people.name_deputy", name="role_request.name_deputy")
def name_deputy(actor: Actor, unit: Unit, given: RoleWish) -> RoleRequest:
    """Name somebody who stands in for a role at a unit, until a day (decision 39)."""
    if given.to_on is None:
        raise Invalid("to_on", DEPUTY_ENDS)
    return _ask(actor, unit, given, is_deputy=True)


def _ask(actor: Actor, unit: Unit, given: RoleWish, *, is_deputy: bool) -> RoleRequest:
    _check(actor, unit, given)
    wish = RoleRequest(
        county_id=unit.county_id,
        school_id=unit.school_id,
        unit_id=unit.id,
        person_id=given.person.id,
        role=given.role,
        subjects=list(given.subjects),
        from_on=given.from_on,
        to_on=given.to_on,
        is_deputy=is_deputy,
        note=(given.note or "").strip()[:200] or None,
        requested_by=actor.person_id,
    )
    wish.id = uuid7()
    db.session.add(wish)
    db.session.flush()
    post("role_requested", wish)
    return wish


def _check(actor: Actor, unit: Unit, given: RoleWish) -> None:
    faults: dict[str, Sentence] = {}
    person = given.person
    if given.role not in roles_at(unit.kind):
        faults["role"] = ROLE_UNKNOWN
    if given.to_on is not None and given.to_on < given.from_on:
        faults["to_on"] = DATES
    if person.county_id != unit.county_id or person.left_on is not None:
        faults["person"] = PERSON_ELSEWHERE
    elif person.id == actor.person_id:
        faults["person"] = OWN
    elif _already(RoleAssignment, unit, given):
        faults["person"] = HELD
    elif _already(RoleRequest, unit, given):
        faults["person"] = ASKED
    if faults:
        raise Invalid(faults)


def _already(model: Any, unit: Unit, given: RoleWish) -> bool:
    wanted = select(func.count()).where(
        model.person_id == given.person.id,
        model.unit_id == unit.id,
        model.role == given.role,
        not_over(model, given.from_on),
    )
    if model is RoleRequest:
        wanted = wanted.where(RoleRequest.decision.is_(None))
    elif given.to_on is not None:
        wanted = wanted.where(RoleAssignment.from_on <= given.to_on)
    return bool(db.session.scalar(wanted))


@operation(right="people.request_role", name="role_request.take_back")
def take_back_request(actor: Actor, wish: RoleRequest, given: None = None) -> None:
    """Take a wish back before it was decided."""
    if wish.decision is None:
        db.session.delete(wish)
