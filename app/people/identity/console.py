"""Persons at the command line: an administrator who works on keys, somebody who takes a step of their own; it is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from app.core import clock, limits
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Sentence
from app.core.limits import FACTOR, TooSoon
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import Person, RoleAssignment
from app.people.identity import factors, lookup
from app.people.identity.models import Account
from app.people.identity.passwords import Busy
from app.people.identity.sessions import Visit
from app.people.identity.sign_in import (
    NoRole,
    SessionGone,
    SignInRefused,
    give_code,
    give_password,
    name_typed,
    sign_out,
    switch_role,
)
from app.people.identity.terms import running
from workflows.wording import plural

REFUSED = Sentence(
    "账号、密码或验证码不对，或者账号已停用", "Name, password or code do not fit, or the account is closed"
)
NOT_ENROLLED = Sentence(
    "这个账号还没有绑定验证器，请先在网页上登录一次", "Sign in on the web once: no second factor yet"
)
NO_ROLE = Sentence("这个人今天没有任职", "This person holds no role today")
NOT_HELD = Sentence("这个人今天没有这个角色", "This person does not hold this role today")
BUSY = Sentence("现在登录的人太多，请过一会儿再试", "Too many people are signing in; try again in a while")
AT_CONSOLE = Visit(agent="command line", address="console")


class Unproven(Exception):
    """The person at the command line is not who was named; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@contextmanager
def signed_in_at_console(name: str, password: str, code: str, role: str | None = None) -> Iterator[Actor]:
    """The person as after signing in: both factors, the same counts and entries, a session that ends with the command.

    `role`: one of the roles held today; else the one that signing in would begin with. Raises Unproven.
    """
    try:
        token = _token(name, password, code)
    except (SignInRefused, SessionGone):
        raise Unproven(REFUSED) from None
    except NoRole:
        raise Unproven(NO_ROLE) from None
    except Busy:
        raise Unproven(BUSY) from None
    except TooSoon as early:
        minutes = early.minutes
        raise Unproven(
            Sentence(f"试得太多，请 {minutes} 分钟后再试", f"Too many tries; wait {plural(minutes, 'minute')}")
        ) from None
    found = _behind(token)
    try:
        if role is not None and role != found.row.role:
            found = _behind(_switched(found, token, role))
        actor = lookup.actor_of(found.row)
        use_context(actor.context())
        yield actor
    finally:
        sign_out(found.row, lookup.actor_of(found.row))


def _token(name: str, password: str, code: str) -> str:
    halfway = give_password(name, password, AT_CONSOLE)
    found = _behind(halfway)
    if found.row.totp_confirmed_at is None:
        raise Unproven(NOT_ENROLLED)
    return give_code(found.row, halfway, code).token


def _behind(token: str) -> lookup.SignedIn:
    found = lookup.behind(token)
    if found is None:
        raise Unproven(REFUSED)
    return found


def _switched(found: lookup.SignedIn, token: str, role: str) -> str:
    choice = next((one for one in found.choices if one.role == role), None)
    if choice is None:
        raise Unproven(NOT_HELD)
    return switch_role(found.row, lookup.actor_of(found.row), token, choice)


def proves_to_be_administrator(name: str, code: str) -> bool:
    """Whether the code is a fresh one of a system administrator in office; it is used up, tries are limited. Raises TooSoon."""
    use_context(SYSTEM.context())
    held = (RoleAssignment.role == "sys_admin", running(RoleAssignment, clock.today()))
    found = db.session.scalar(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            Account.name == name_typed(name),
            Account.disabled_at.is_(None),
            Account.totp_confirmed_at.is_not(None),
            *held,
        )
    )
    if found is None or found.totp_sealed is None:
        return False
    account_id, county_id, sealed = found.id, found.county_id, found.totp_sealed
    limits.take(FACTOR, str(account_id))
    step = factors.step_of(factors.unseal(account_id, county_id, sealed), code)
    db.session.rollback()
    with trail.act(SYSTEM, "sign_in", "sign_in.confirmed_at_console") as deed:
        deed.main.extra["account"] = str(account_id)
        accepted = step is not None and factors.use_up(account_id, step)
        if not accepted:
            deed.main.step = "sign_in.code_refused"
    if accepted:
        limits.forgive(FACTOR, str(account_id))
    return accepted
