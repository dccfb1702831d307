"""Signing in: password, then second factor; each try is counted before it is looked at, each outcome is in the trail.

Unknown names walk the same path as known ones: the same counts, one Argon2 run, one entry, one answer (security 5, 8).
"""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import update

from app.core import clock, limits
from app.core.audit import trail
from app.core.database import db
from app.core.limits import ACCOUNT, ADDRESS, DEVICE, FACTOR, SYSTEM
from app.core.outbox.post import post
from app.core.policy.actor import NOBODY, Actor
from app.people.identity import factors, lookup, passwords, sessions
from app.people.identity.models import Account, SignInSession
from app.people.identity.sessions import Visit


class SignInRefused(Exception):
    """Name, password or code do not fit; `left` tries before a pause. One answer for every reason."""

    def __init__(self, left: int) -> None:
        super().__init__("refused")
        self.left = left


class SessionGone(Exception):
    """The session ended while its owner was typing: begin again."""


class NoRole(Exception):
    """The person is right, but holds no role today."""


@dataclass(frozen=True)
class Completed:
    """Both factors were given. `codes` are shown once, after an enrolment; `codes_left` after a recovery code."""

    token: str
    account_id: uuid.UUID
    codes: tuple[str, ...] = ()
    codes_left: int | None = None


def name_typed(name: str) -> str:
    """An account name as it is stored: small letters, no spaces, full-width forms made narrow."""
    return unicodedata.normalize("NFKC", name).strip().casefold()[:80]


def person_of(row: Any) -> Actor:
    """The person at the door, before a role is known: for entries of the trail."""
    return Actor(
        person_id=row.person_id,
        account_id=getattr(row, "account_id", None) or row.id,
        name=row.person_name,
        county_id=getattr(row, "account_county", None) or getattr(row, "county_id", None),
    )


def give_password(name: str, password: str, visit: Visit) -> str:
    """First step: the token of a session that knows the password only. Raises SignInRefused, TooSoon, Busy."""
    name = name_typed(name)
    key = limits.hashed(current_app.secret_key or b"", name)
    known = bool(visit.device) and visit.device_account == key
    left = _count(key, visit, known)
    row = lookup.account_named(name)
    db.session.rollback()  # no connection is held while Argon2 runs
    open_ = row is not None and row.disabled_at is None and not has_left(row)
    fits = passwords.password_fits(row.password_hash if row is not None and open_ else "", password)
    if row is None or not fits:
        _refuse("sign_in.password_refused", person_of(row) if row is not None else NOBODY, key)
        raise SignInRefused(left)
    _forgive(key, visit, known)
    renewed = passwords.hash_password(password) if passwords.outdated(row.password_hash) else None
    return halfway(row, visit, "sign_in.password", **({"password_hash": renewed} if renewed else {}))


def has_left(row: Any) -> bool:
    """Whether the person's service is over."""
    return row.left_on is not None and row.left_on < clock.today()


def _count(key: str, visit: Visit, known: bool) -> int:
    if known:
        return limits.take(DEVICE, f"{key}:{visit.device}")
    limits.take(SYSTEM, "sign_in")
    limits.take(ADDRESS, visit.address)
    return limits.take(ACCOUNT, key)


def _forgive(key: str, visit: Visit, known: bool) -> None:
    if known:
        limits.forgive(DEVICE, f"{key}:{visit.device}")
        return
    limits.give_back(SYSTEM, "sign_in")
    limits.give_back(ADDRESS, visit.address)
    limits.forgive(ACCOUNT, key)


def _refuse(step: str, actor: Actor, key: str = "") -> None:
    with trail.act(actor, "sign_in", step) as deed:
        if key:
            deed.main.extra["name"] = key


def halfway(row: Any, visit: Visit, step: str, **values: Any) -> str:
    """The token of a session that has the first factor only; without a second one yet, one is offered next."""
    sealed = factors.seal(row.id, row.county_id, factors.new_secret()) if row.totp_sealed is None else None
    values |= {"totp_sealed": sealed, "totp_confirmed_at": None} if sealed else {}
    with trail.act(person_of(row), "sign_in", step):
        if values:
            _change(row.id, **values)
        return sessions.begin(row.id, row.epoch, visit)


def _change(account_id: uuid.UUID, **values: Any) -> None:
    """Change an account without telling the values to the trail: they are secrets."""
    statement = update(Account).where(Account.id == account_id).values(version=Account.version + 1, **values)
    db.session.execute(statement.execution_options(synchronize_session=False))


def give_code(halfway: Any, token: str, code: str) -> Completed:
    """Second step: a code of the authenticator app; on the first time it confirms the enrolment.

    Raises SignInRefused, TooSoon, SessionGone, NoRole.
    """
    left = limits.take(FACTOR, str(halfway.account_id))
    if halfway.totp_sealed is None:
        raise SessionGone
    secret = factors.unseal(halfway.account_id, halfway.account_county, halfway.totp_sealed)
    step = factors.step_of(secret, code)
    assignment_id = lookup.assignment_for(halfway.person_id)
    db.session.rollback()
    enrolling = halfway.totp_confirmed_at is None
    changes = {"totp_confirmed_at": clock.now(), "epoch": Account.epoch + 1} if enrolling else {}
    with trail.act(person_of(halfway), "sign_in", "sign_in.code") as deed:
        accepted = step is not None and factors.use_up(halfway.account_id, step, **changes)
        if accepted and assignment_id is not None:
            codes = factors.new_recovery_codes(halfway.account_id) if enrolling else ()
            epoch = halfway.account_epoch + 1 if enrolling else halfway.account_epoch
            done = _complete(halfway, token, epoch, assignment_id)
            deed.main.step = "sign_in.enrolled" if enrolling else "sign_in.code"
        else:
            deed.main.step = "sign_in.no_role" if accepted else "sign_in.code_refused"
    if not accepted:
        raise SignInRefused(left)
    limits.forgive(FACTOR, str(halfway.account_id))
    if assignment_id is None:
        raise NoRole
    return Completed(done, halfway.account_id, codes)


def _complete(halfway: Any, token: str, epoch: int, assignment_id: uuid.UUID) -> str:
    """The session with both factors, inside the open act; the oldest one over the limit ends and its owner is told."""
    if sessions.end_oldest(halfway.account_id):
        post("account_notice", person=halfway.person_id, what="session_ended")
    done = sessions.complete(halfway.id, token, epoch, assignment_id)
    if done is None:
        raise SessionGone
    return done


def give_recovery_code(halfway: Any, token: str, code: str) -> Completed:
    """Second step without the phone: one of the ten codes, once; its owner is told. Raises as `give_code`."""
    left = limits.take(FACTOR, str(halfway.account_id))
    found = factors.recovery_code(halfway.account_id, code)
    assignment_id = lookup.assignment_for(halfway.person_id)
    db.session.rollback()
    with trail.act(person_of(halfway), "sign_in", "sign_in.recovery_code") as deed:
        accepted = found is not None and halfway.totp_confirmed_at is not None and factors.use_recovery_code(found)
        if accepted and assignment_id is not None:
            done = _complete(halfway, token, halfway.account_epoch, assignment_id)
            post("account_notice", person=halfway.person_id, what="recovery_code_used")
        else:
            deed.main.step = "sign_in.no_role" if accepted else "sign_in.recovery_code_refused"
    if not accepted:
        raise SignInRefused(left)
    limits.forgive(FACTOR, str(halfway.account_id))
    if assignment_id is None:
        raise NoRole
    return Completed(done, halfway.account_id, codes_left=factors.codes_left(halfway.account_id))


def confirm_again(row: Any, actor: Actor, token: str, code: str) -> str:
    """Step-up: a fresh code in a running session; returns the new token. Raises SignInRefused, TooSoon, SessionGone."""
    left = limits.take(FACTOR, str(row.account_id))
    step = factors.step_of(factors.unseal(row.account_id, row.account_county, row.totp_sealed), code)
    with trail.act(actor, "sign_in", "sign_in.confirmed_again") as deed:
        accepted = step is not None and factors.use_up(row.account_id, step)
        renewed = sessions.renew(row.id, token, fresh_at=clock.now()) if accepted else None
        if not accepted:
            deed.main.step = "sign_in.code_refused"
    if not accepted:
        raise SignInRefused(left)
    limits.forgive(FACTOR, str(row.account_id))
    if renewed is None:
        raise SessionGone
    return renewed


def sign_out(row: Any, actor: Actor) -> None:
    """End this browser's session, good or halfway."""
    who = actor if actor is not NOBODY else person_of(row)
    with trail.act(who, "sign_in", "sign_in.signed_out"):
        sessions.end("signed_out", SignInSession.id == row.id)


def switch_role(row: Any, actor: Actor, token: str, choice: lookup.Choice) -> str:
    """Act in another role from now on; returns the new token. Raises SessionGone."""
    with trail.act(actor, "sign_in", "sign_in.switched_role") as deed:
        deed.main.extra["to_role"] = choice.role
        renewed = sessions.renew(row.id, token, assignment_id=choice.id)
        if renewed is None:
            raise SessionGone
    return renewed


def choose_language(account_id: uuid.UUID, actor: Actor, language: str) -> None:
    """Keep the language for the next sign-in."""
    with trail.act(actor, "write", "account.choose_language"):
        _change(account_id, language=language)
