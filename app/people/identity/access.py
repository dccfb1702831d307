"""A forgotten password and the first sign-in: asked for in one browser, released by an administrator, used once there.

The administrator compares the number that the person reads aloud, and reads back a code; the code works for ten minutes in
the browser that asked, and nobody but the person ever sees a password. The second factor is still asked for (security 9).
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update

from app.core import clock, limits
from app.core.audit import trail
from app.core.database import db, keep
from app.core.errors import Invalid, Sentence
from app.core.limits import ADDRESS, CODE, SYSTEM
from app.core.outbox.post import post
from app.core.policy.actor import NOBODY, Actor
from app.people.directory.models import Person
from app.people.identity import lookup, passwords, sessions
from app.people.identity.factors import ALPHABET
from app.people.identity.models import AccessRequest, Account, SignInSession
from app.people.identity.own_account import NOT_THE_SAME, context_of
from app.people.identity.sessions import Visit
from app.people.identity.sign_in import name_typed, person_of

WAITS = timedelta(minutes=30)
"""How long a request waits for the administrator."""
VALID = timedelta(minutes=10)
"""How long the code works."""
CODE_LENGTH = 10
WRONG = Sentence(
    "一次性码不对、已用过或已过期，请再向管理员要一个",
    "The code does not fit, was used or is too old. Ask for another.",
)


def ask(name: str, visit: Visit) -> str:
    """Ask for a new password; returns the token that ties the request to this browser. Raises TooSoon.

    Nothing tells whether the name exists: a request is kept for any name.
    """
    limits.take(SYSTEM, "access")
    limits.take(ADDRESS, f"access:{visit.address}")
    name = name_typed(name)
    row = lookup.account_named(name)
    usable = row is not None and row.disabled_at is None
    token = sessions.new_token()
    who = person_of(row) if row is not None and usable else NOBODY
    with trail.act(who, "sign_in", "access.asked") as deed:
        deed.main.extra["name"] = limits.hashed(current_app.secret_key or b"", name)
        db.session.add(
            AccessRequest(
                account_id=row.id if row is not None and usable else None,
                number=f"{secrets.randbelow(1_000_000):06}",
                browser_hash=sessions.hash_of(token),
                expires_at=clock.now() + WAITS,
            )
        )
    return token


def asked(token: str) -> AccessRequest | None:
    """The open request of this browser."""
    return db.session.scalar(
        select(AccessRequest).where(
            AccessRequest.browser_hash == sessions.hash_of(token),
            AccessRequest.used_at.is_(None),
            AccessRequest.expires_at > clock.now(),
        )
    )


def new_code() -> str:
    """Fifty random bits, as they are read aloud."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def use(token: str, code: str, wanted: str, again: str) -> None:
    """Take the code and set the new password; every session of the account ends. Raises Invalid, TooSoon."""
    request = asked(token)
    row = _account(request)
    words = context_of(row.name, row.person_name, row.unit_id, row.county_id) if row is not None else ()
    stored, request_id = (request.code_hash, request.id) if request is not None else (None, None)
    db.session.rollback()
    if wanted != again:
        raise Invalid("again", NOT_THE_SAME)
    refusal = passwords.refusal(wanted, words)
    if refusal is not None:
        raise Invalid("new_password", refusal)
    limits.take(CODE, sessions.hash_of(token).hex()[:32])
    fits = passwords.code_fits(stored, code)
    if not fits or row is None:
        raise Invalid("code", WRONG)
    _set_password(row, request_id, passwords.hash_password(wanted))


def _account(request: AccessRequest | None) -> Any:
    if request is None or request.account_id is None:
        return None
    return db.session.execute(
        select(
            Account.id,
            Account.name,
            Account.county_id,
            Account.person_id,
            Person.name.label("person_name"),
            Person.unit_id,
        )
        .join(Person, Person.id == Account.person_id)
        .where(Account.id == request.account_id, Account.disabled_at.is_(None))
    ).first()


def _set_password(row: Any, request_id: Any, made: str) -> None:
    who: Actor = person_of(row)
    with trail.act(who, "sign_in", "access.password_set"):
        taken = db.session.scalar(
            update(AccessRequest)
            .where(
                AccessRequest.id == request_id, AccessRequest.used_at.is_(None), AccessRequest.expires_at > clock.now()
            )
            .values(used_at=clock.now())
            .returning(AccessRequest.id)
            .execution_options(synchronize_session=False)
        )
        if taken is None:
            raise Invalid("code", WRONG)
        db.session.execute(
            update(Account)
            .where(Account.id == row.id)
            .values(
                password_hash=made,
                password_changed_at=clock.now(),
                epoch=Account.epoch + 1,
                version=Account.version + 1,
            )
            .execution_options(synchronize_session=False)
        )
        sessions.end("access", SignInSession.account_id == row.id)
        post("account_notice", person=row.person_id, what="password_reset")


def forget_old_requests() -> int:
    """Remove requests that are over; returns how many."""
    old = clock.now() - timedelta(days=1)
    return int(keep(delete(AccessRequest).where(AccessRequest.expires_at < old)).rowcount)
