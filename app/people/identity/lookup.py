"""Who is behind a token or an account name: what sign-in and every request ask before there is an actor."""

from __future__ import annotations

import uuid
from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, cast

from flask import current_app
from sqlalchemy import Date, String, Uuid, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.database import Context, db
from app.core.imports.grades import cohort_of
from app.core.policy.actor import FRESH, Actor, Taught
from app.core.policy.assignments import CaseAssignment
from app.core.policy.roles import ROLES, Role
from app.core.round_trip import NUMBERED, Ready, ask, ask_all
from app.people.directory.models import (
    Person,
    RoleAssignment,
    SchoolClass,
    SchoolResponsibility,
    TeachingDuty,
    Unit,
)
from app.people.identity import sessions
from app.people.identity.models import Account, SignInSession
from app.people.identity.terms import running

Standing = Literal["good", "halfway", "idle", "over", "gone"]
TEACHING = {"grade_leader": "grade_lead", "subject_teacher": "subject", "homeroom_teacher": "homeroom"}
"""Role → the duty that it is about: who also teaches elsewhere sees that class in that role, not in this one."""


@dataclass(frozen=True)
class Choice:
    """A role the person holds today, as the menu offers it."""

    id: uuid.UUID
    role: str
    unit: str


@dataclass(frozen=True)
class SignedIn:
    """The session behind a token, with its person; `standing` says whether it still counts."""

    standing: Standing
    row: Any
    choices: tuple[Choice, ...] = ()


DECIDING = (
    SignInSession.id,
    SignInSession.epoch,
    SignInSession.verified_at,
    SignInSession.fresh_at,
    SignInSession.last_seen_at,
    SignInSession.ends_at,
    SignInSession.ended_at,
    SignInSession.end,
    Account.id.label("account_id"),
    Account.ref.label("account_ref"),
    Account.name.label("account_name"),
    Account.epoch.label("account_epoch"),
    Account.county_id.label("account_county"),
    Account.disabled_at,
    Account.language,
    Account.totp_confirmed_at,
    Account.totp_sealed,
    Person.id.label("person_id"),
    Person.name.label("person_name"),
    Person.left_on,
    RoleAssignment.id.label("assignment_id"),
    RoleAssignment.role,
    RoleAssignment.subjects,
    RoleAssignment.county_id,
    RoleAssignment.school_id,
    Unit.id.label("unit_id"),
    Unit.name.label("unit_name"),
)
"""What decides about a request: session, account, person, acting role and its unit."""


@cache
def _behind() -> Any:
    """One row with everything that decides about a request: session, account, person, role, unit, other roles, schools.

    Made once: composing it would cost each request more than the database takes to answer it.
    """
    day: Any = bindparam("day", type_=Date)
    every, its_unit = aliased(RoleAssignment), aliased(Unit)
    choices = (
        select(func.jsonb_agg(func.jsonb_build_array(every.id, every.role, its_unit.short_name)))
        .join(its_unit, its_unit.id == every.unit_id)
        .where(every.person_id == Person.id, running(every, day))
        .correlate(Person)
        .scalar_subquery()
    )
    schools = (
        select(func.array_agg(SchoolResponsibility.school_id))
        .where(SchoolResponsibility.assignment_id == RoleAssignment.id, running(SchoolResponsibility, day))
        .correlate(RoleAssignment)
        .scalar_subquery()
    )
    own_school = aliased(Unit)
    classrooms = (
        select(own_school.declared_network)
        .where(own_school.id == RoleAssignment.school_id)
        .correlate(RoleAssignment)
        .scalar_subquery()
    )
    return (
        select(
            *DECIDING,
            choices.label("choices"),
            schools.label("schools"),
            classrooms.label("classrooms"),
        )
        .join(Account, Account.id == SignInSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(RoleAssignment, and_(RoleAssignment.id == SignInSession.assignment_id, running(RoleAssignment, day)))
        .outerjoin(Unit, Unit.id == RoleAssignment.unit_id)
        .where(SignInSession.token_hash == bindparam("token_hash"))
    )


@dataclass(frozen=True)
class _Question:
    """A question of every request as the server keeps it ready, with the order of its values."""

    statement: Ready
    places: tuple[str, ...]

    def of(self, **values: Any) -> tuple[Ready, list[Any]]:
        """The question with these values."""
        return self.statement, [values[name] for name in self.places]


def _ready(wanted: Any) -> _Question:
    made = wanted.compile(dialect=NUMBERED)
    return _Question(Ready(str(made)), tuple(made.positiontup or ()))


@cache
def _asked() -> tuple[_Question, Callable[..., Any]]:
    """`_behind`, and the names of what comes."""
    named: Any = namedtuple("Behind", [column.key for column in _behind().selected_columns])  # type: ignore[misc]
    return _ready(_behind()), named._make


def prepare() -> None:
    """Compose the question of every request, which is done at the first one otherwise."""
    _asked()


def behind(token: str) -> SignedIn | None:
    """The session that a token opens, good or not; None for a token that is nobody's."""
    question, named = _asked()
    found = ask(*question.of(token_hash=sessions.hash_of(token), day=clock.today()))
    if found is None:
        return None
    row = named(found)
    choices = tuple(Choice(uuid.UUID(c[0]), c[1], c[2]) for c in row.choices or ())
    order = list(ROLES)
    known = sorted((c for c in choices if c.role in ROLES), key=lambda c: (order.index(c.role), c.unit))
    return SignedIn(_standing(row, clock.now()), row, tuple(known))


def _standing(row: Any, now: datetime) -> Standing:
    ended = row.ended_at is not None or row.disabled_at is not None or row.epoch != row.account_epoch
    if ended or _has_left(row):
        return "gone"
    if now >= row.ends_at:
        return "over"
    if row.verified_at is None:
        return "halfway"
    if row.role is None or row.role not in ROLES or not in_place(ROLES[row.role], row.school_id):
        return "gone"
    return "idle" if now - row.last_seen_at > sessions.idle_limit(row.role) else "good"


def in_place(role: Role, school_id: uuid.UUID | None) -> bool:
    """Whether the role is one of that place: what a school writes about its staff never opens the county."""
    return role.level == "outside" or (role.level == "school") == (school_id is not None)


OWN_WISH = ("signed_out", "by_owner")
"""Ends of a session that the person asked for; what comes with its token afterwards is hardly theirs."""


def late_writer(found: SignedIn) -> Actor | None:
    """Who sent something with a session that no longer counts, as far as their drafts need it; None when nothing is kept.

    Nothing is kept for whom the account is closed or who left, before the second factor, and after an end of one's own wish.
    """
    row = found.row
    if row.verified_at is None or row.disabled_at is not None or _has_left(row) or row.end in OWN_WISH:
        return None
    return Actor(
        person_id=row.person_id,
        school_id=row.school_id,
        county_id=row.county_id or row.account_county,
        name=row.person_name,
    )


def _has_left(row: Any) -> bool:
    return row.left_on is not None and row.left_on < clock.today()


def actor_of(row: Any) -> Actor:
    """The actor of a good session; one more query for those whose reach lies behind row-level security.

    These are teachers with their classes, and outsiders, to whom their assignments open the schools, or the county, of the
    records that they were given.
    """
    role = ROLES[row.role]
    schools, county_wide = _given(row) if role.level == "outside" else (tuple(row.schools or ()), role.county_wide)
    duties = _duties(row) if row.role in TEACHING else ()
    fresh_until = row.fresh_at + FRESH if row.fresh_at else row.last_seen_at - timedelta(days=1)
    return Actor(
        person_id=row.person_id,
        account_id=row.account_id,
        assignment_id=row.assignment_id,
        name=row.person_name,
        role=row.role,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        county_id=row.county_id or row.account_county,
        school_id=row.school_id,
        schools=schools,
        subjects=tuple(row.subjects or ()),
        classes=tuple(dict.fromkeys(duty.class_id for duty in duties)),
        taught=tuple(dict.fromkeys(_taught(duty) for duty in duties)),
        data_classes=data_classes(role),
        classrooms=row.classrooms or "",
        county_wide=county_wide,
        locale=row.language,
        fresh_until=fresh_until.timestamp(),
    )


def data_classes(role: Role) -> tuple[str, ...]:
    """What the role may open; a county decides whether class teachers see levels (decision 52)."""
    if current_app.extensions["bihuan.settings"].homeroom_sees_tier:
        return role.data_classes
    return tuple(name for name in role.data_classes if name != "care_class_levels")


@cache
def _outsiders() -> _Question:
    case, day = CaseAssignment, cast(Any, bindparam("day", type_=Date))
    its = (case.person_id == bindparam("person", type_=Uuid), case.county_id == bindparam("county", type_=Uuid))
    return _ready(select(case.school_id).where(*its, running(case, day)).distinct())


def _given(row: Any) -> tuple[tuple[uuid.UUID, ...], bool]:
    """The schools of the records assigned to an outsider, and whether one of the records is the county's."""
    asked = _outsiders().of(person=row.person_id, county=row.county_id, day=clock.today())
    (rows,) = ask_all([asked], context=Context(actor=row.person_id, counties=(row.county_id,)))
    found = {one.school_id for one in rows}
    return tuple(sorted(school for school in found if school is not None)), None in found


@cache
def _teaching() -> _Question:
    duty, group, day = TeachingDuty, SchoolClass, cast(Any, bindparam("day", type_=Date))
    its = (duty.person_id == bindparam("person", type_=Uuid), duty.school_id == bindparam("school", type_=Uuid))
    about = duty.duty == bindparam("duty", type_=String)
    shown = (duty.class_id, duty.subject, group.school_year, group.grade, group.class_no)
    found = select(*shown).join(group, group.id == duty.class_id).where(*its, about, running(duty, day))
    return _ready(found.order_by(group.grade, group.class_no))


def _duties(row: Any) -> Sequence[Any]:
    """What the role is about today, with the classes: class_id, subject, school_year, grade, class_no."""
    if row.school_id is None:
        return ()
    asked = _teaching().of(person=row.person_id, school=row.school_id, duty=TEACHING[row.role], day=clock.today())
    (rows,) = ask_all([asked], context=Context(actor=row.person_id, schools=(row.school_id,)))
    return rows


def _taught(duty: Any) -> Taught:
    return Taught(cohort_of(duty.grade, duty.school_year), duty.class_no, duty.subject or "")


def account_named(name: str) -> Any:
    """What sign-in needs of the account of this name; None for an unknown one."""
    return db.session.execute(
        select(
            Account.id,
            Account.name,
            Account.person_id,
            Account.county_id,
            Account.password_hash,
            Account.epoch,
            Account.disabled_at,
            Account.totp_sealed,
            Account.totp_confirmed_at,
            Person.name.label("person_name"),
            Person.left_on,
        )
        .join(Person, Person.id == Account.person_id)
        .where(Account.name == name)
    ).first()


def assignment_for(person_id: uuid.UUID) -> uuid.UUID | None:
    """The role to begin with: the one of the last session if it still runs, else the first of the house's order."""
    day = clock.today()
    held = db.session.execute(
        select(RoleAssignment.id, RoleAssignment.role).where(
            RoleAssignment.person_id == person_id, running(RoleAssignment, day), RoleAssignment.role.in_(ROLES)
        )
    ).all()
    if not held:
        return None
    last = db.session.scalar(
        select(SignInSession.assignment_id)
        .join(Account, Account.id == SignInSession.account_id)
        .where(Account.person_id == person_id, SignInSession.assignment_id.is_not(None))
        .order_by(SignInSession.created_at.desc())
        .limit(1)
    )
    order = list(ROLES)
    found: uuid.UUID = next((h.id for h in held if h.id == last), min(held, key=lambda h: order.index(h.role)).id)
    return found


def sessions_of(account_id: uuid.UUID) -> list[Any]:
    """The running sessions of an account with the role each acts in, the last seen first."""
    now = clock.now()
    rows = db.session.execute(
        select(
            SignInSession.id,
            SignInSession.ref,
            SignInSession.created_at,
            SignInSession.last_seen_at,
            SignInSession.agent,
            SignInSession.address,
            RoleAssignment.role,
        )
        .outerjoin(RoleAssignment, RoleAssignment.id == SignInSession.assignment_id)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.verified_at.is_not(None),
            SignInSession.ends_at > now,
        )
        .order_by(SignInSession.last_seen_at.desc())
    )
    return [row for row in rows if now - row.last_seen_at <= sessions.idle_limit(row.role)]


def password_changed_at(account_id: uuid.UUID) -> datetime | None:
    """When the password was last set."""
    return db.session.scalar(select(Account.password_changed_at).where(Account.id == account_id))
