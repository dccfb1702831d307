"""Reads for administrators: accounts, roles, requests for roles, what waits or failed in the system."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import Person, RoleAssignment, RoleRequest, Unit
from app.people.directory.pinyin import sounds_like
from app.people.identity.models import AccessRequest, Account, SignInSession
from app.people.identity.terms import running

PAGE = 25


@dataclass(frozen=True)
class AccountFilter:
    """What the list of accounts is narrowed to."""

    words: str = ""
    states: tuple[str, ...] = ()
    role: str = ""
    unit: str = ""
    after: str = ""


@dataclass(frozen=True)
class AccountLine:
    """One line of the list: a person with or without an account."""

    person: Person
    account: Account | None
    unit: str
    roles: tuple[tuple[str, str], ...]
    seen_at: datetime | None


def _states(state: str) -> ColumnElement[bool]:
    conditions: dict[str, ColumnElement[bool]] = {
        "active": and_(Account.id.is_not(None), Account.disabled_at.is_(None), Account.totp_confirmed_at.is_not(None)),
        "waiting": and_(Account.id.is_not(None), Account.disabled_at.is_(None), Account.totp_confirmed_at.is_(None)),
        "disabled": Account.disabled_at.is_not(None),
        "none": Account.id.is_(None),
    }
    return conditions[state]


def _people(actor: Actor, wanted: AccountFilter) -> Any:
    day = clock.today()
    held = select(RoleAssignment.id).where(RoleAssignment.person_id == Person.id, running(RoleAssignment, day))
    found: Any = (
        select(Person, Account, Unit.short_name)
        .outerjoin(Account, Account.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(or_(Person.left_on.is_(None), Account.id.is_not(None)))
    )
    found = decide.visible(actor, found, Person, "identity.view_accounts")
    if wanted.words:
        found = found.where(
            or_(sounds_like(Person.pinyin, Person.name, wanted.words), Account.name.startswith(wanted.words))
        )
    if wanted.states:
        found = found.where(or_(*(_states(state) for state in wanted.states)))
    if wanted.role:
        found = found.where(exists(held.where(RoleAssignment.role == wanted.role)))
    if wanted.unit:
        found = found.where(Unit.ref == wanted.unit)
    return found


def accounts(actor: Actor, wanted: AccountFilter) -> tuple[list[AccountLine], str]:
    """A page of people with their accounts, by pinyin, and the cursor of the next page ("" on the last)."""
    rows = _people(actor, wanted).order_by(Person.pinyin, Person.id).limit(PAGE + 1)
    if wanted.after:
        rows = rows.where(_behind_cursor(wanted.after))
    found = db.session.execute(rows).all()
    shown = found[:PAGE]
    roles, seen = _roles_of([r.Person.id for r in shown]), _last_seen([r.Account.id for r in shown if r.Account])
    lines = [
        AccountLine(
            r.Person,
            r.Account,
            r.short_name,
            tuple(roles.get(r.Person.id, ())),
            seen.get(r.Account.id) if r.Account else None,
        )
        for r in shown
    ]
    return lines, shown[-1].Person.ref if len(found) > PAGE else ""


def _behind_cursor(ref: str) -> ColumnElement[bool]:
    last = aliased(Person)
    place = select(last.pinyin, last.id).where(last.ref == ref).subquery()
    return or_(
        Person.pinyin > select(place.c.pinyin).scalar_subquery(),
        and_(
            Person.pinyin == select(place.c.pinyin).scalar_subquery(), Person.id > select(place.c.id).scalar_subquery()
        ),
    )


def accounts_count(actor: Actor, wanted: AccountFilter) -> int:
    """How many people fit."""
    return int(db.session.scalar(select(func.count()).select_from(_people(actor, wanted).subquery())) or 0)


def _roles_of(person_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, str]]]:
    found: dict[uuid.UUID, list[tuple[str, str]]] = {}
    rows = db.session.execute(
        select(RoleAssignment.person_id, RoleAssignment.role, Unit.short_name)
        .join(Unit, Unit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.person_id.in_(person_ids), running(RoleAssignment, clock.today()))
        .order_by(RoleAssignment.from_on, RoleAssignment.id)
    )
    for row in rows:
        found.setdefault(row.person_id, []).append((row.role, row.short_name))
    return found


def _last_seen(account_ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    rows = db.session.execute(
        select(SignInSession.account_id, func.max(SignInSession.last_seen_at))
        .where(SignInSession.account_id.in_(account_ids), SignInSession.verified_at.is_not(None))
        .group_by(SignInSession.account_id)
    )
    return {row[0]: row[1] for row in rows}


def account_for(actor: Actor, ref: str) -> Account:
    """One account with its person and the person's unit. Raises NotFound."""
    wanted = select(Account).where(Account.ref == ref).options(joinedload(Account.person).joinedload(Person.unit))
    found: Account | None = db.session.scalar(decide.visible(actor, wanted, Account, "identity.view_accounts"))
    if found is None:
        raise NotFound("account", ref)
    return found


def person_for(actor: Actor, ref: str) -> Person:
    """One person to open an account for. Raises NotFound."""
    wanted = select(Person).where(Person.ref == ref).options(joinedload(Person.unit))
    found: Person | None = db.session.scalar(decide.visible(actor, wanted, Person, "identity.open_account"))
    if found is None:
        raise NotFound("person", ref)
    return found


def free_name(actor: Actor, person: Person) -> str:
    """A name for a new account: the person's pinyin, with a number where it is taken."""
    letters = person.pinyin.partition("|")[0].replace(" ", "").lower()
    base = "".join(letter for letter in letters if letter.isascii() and letter.isalnum())[:32] or "user"
    base = base if base[0].isalpha() else f"u{base}"
    taken = set(db.session.scalars(select(Account.name).where(Account.name.startswith(base))))
    return next(name for name in (base, *(f"{base}{n}" for n in range(2, 10_000))) if name not in taken)


def roles_held(actor: Actor, person_id: uuid.UUID) -> list[RoleAssignment]:
    """Every role the person holds, held or will hold, with its unit; the latest first."""
    wanted = (
        select(RoleAssignment).where(RoleAssignment.person_id == person_id).options(joinedload(RoleAssignment.unit))
    )
    visible = decide.visible(actor, wanted, RoleAssignment, "identity.view_accounts")
    return list(db.session.scalars(visible.order_by(RoleAssignment.from_on.desc(), RoleAssignment.id)))


def open_requests(actor: Actor, account_id: uuid.UUID) -> int:
    """How many browsers wait for a code for this account."""
    wanted = select(func.count()).where(
        AccessRequest.account_id == account_id,
        AccessRequest.used_at.is_(None),
        AccessRequest.expires_at > clock.now(),
    )
    return int(db.session.scalar(wanted) or 0)


@dataclass(frozen=True)
class RoleFilter:
    """What the list of roles is narrowed to."""

    words: str = ""
    role: str = ""
    terms: tuple[str, ...] = ()
    after: str = ""


def _terms(term: str, day: date) -> ColumnElement[bool]:
    conditions: dict[str, ColumnElement[bool]] = {
        "running": running(RoleAssignment, day),
        "coming": RoleAssignment.from_on > day,
        "over": RoleAssignment.to_on < day,
    }
    return conditions[term]


def _roles(actor: Actor, wanted: RoleFilter) -> Select[Any]:
    found = select(RoleAssignment).join(Person, Person.id == RoleAssignment.person_id)
    found = decide.visible(actor, found, RoleAssignment, "identity.grant_role")
    if wanted.words:
        found = found.where(sounds_like(Person.pinyin, Person.name, wanted.words))
    if wanted.role:
        found = found.where(RoleAssignment.role == wanted.role)
    if wanted.terms:
        found = found.where(or_(*(_terms(term, clock.today()) for term in wanted.terms)))
    return found


def roles(actor: Actor, wanted: RoleFilter) -> tuple[list[RoleAssignment], str]:
    """A page of roles with person and unit, the latest first, and the cursor of the next page."""
    rows = _roles(actor, wanted).options(joinedload(RoleAssignment.person), joinedload(RoleAssignment.unit))
    if wanted.after:
        last = aliased(RoleAssignment)
        place = select(last.id).where(last.ref == wanted.after).scalar_subquery()
        rows = rows.where(RoleAssignment.id < place)
    found = list(db.session.scalars(rows.order_by(RoleAssignment.id.desc()).limit(PAGE + 1)))
    return found[:PAGE], found[PAGE - 1].ref if len(found) > PAGE else ""


def roles_count(actor: Actor, wanted: RoleFilter) -> int:
    """How many roles fit."""
    return int(db.session.scalar(select(func.count()).select_from(_roles(actor, wanted).subquery())) or 0)


def role_for(actor: Actor, ref: str) -> RoleAssignment:
    """One role with person and unit. Raises NotFound."""
    wanted = select(RoleAssignment).where(RoleAssignment.ref == ref)
    wanted = wanted.options(joinedload(RoleAssignment.person), joinedload(RoleAssignment.unit))
    found: RoleAssignment | None = db.session.scalar(decide.visible(actor, wanted, RoleAssignment, "identity.end_role"))
    if found is None:
        raise NotFound("role_assignment", ref)
    return found


def role_requests(actor: Actor, settled: bool = False, after: str = "") -> list[RoleRequest]:
    """Requests for roles that wait, the oldest first, or the settled ones, the newest first; one more than a page."""
    seen = decide.visible(actor, select(RoleRequest), RoleRequest, "identity.grant_role")
    shown = page_of(seen, RoleRequest, ((RoleRequest.id, settled),), after)
    shown = shown.where(RoleRequest.decision.is_not(None) if settled else RoleRequest.decision.is_(None))
    whole = (joinedload(RoleRequest.person), joinedload(RoleRequest.unit), joinedload(RoleRequest.requester))
    return list(db.session.scalars(shown.options(*whole)))


def role_request_for(actor: Actor, ref: str) -> RoleRequest:
    """One request with its persons and unit. Raises NotFound."""
    wanted = select(RoleRequest).where(RoleRequest.ref == ref)
    wanted = wanted.options(
        joinedload(RoleRequest.person), joinedload(RoleRequest.unit), joinedload(RoleRequest.requester)
    )
    found: RoleRequest | None = db.session.scalar(decide.visible(actor, wanted, RoleRequest, "identity.grant_role"))
    if found is None:
        raise NotFound("role_request", ref)
    return found


def waiting_requests(actor: Actor) -> int:
    """How many requests for roles wait for this security administrator."""
    if not decide.holds(actor, "identity.grant_role"):
        return 0
    wanted = select(func.count()).select_from(RoleRequest).where(RoleRequest.decision.is_(None))
    return int(db.session.scalar(decide.visible(actor, wanted, RoleRequest, "identity.grant_role")) or 0)
