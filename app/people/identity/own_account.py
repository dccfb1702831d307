"""What people change at their own account: password, phone, recovery codes, running sessions; each told to its owner."""

from __future__ import annotations

import base64
import binascii
import uuid
from typing import Any

from sqlalchemy import select, update

from app.core import clock, limits
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid, NotFound, Sentence
from app.core.limits import FACTOR
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.vault import SealBroken
from app.people.directory.models import Unit
from app.people.identity import factors, passwords, sessions
from app.people.identity.models import Account, SignInSession

WRONG_PASSWORD = Sentence("现在的密码不对", "This is not your present password.")
WRONG_CODE = Sentence(
    "验证码不对或已经用过，等换成新的一组再输入", "The code does not fit or was used. Wait for the next one."
)
NOT_THE_SAME = Sentence("两次输入的新密码不一样", "The two new passwords differ.")
SAME_AS_BEFORE = Sentence("新密码和现在的一样", "The new password is the present one.")


def context_of(name: str, person: str, *unit_ids: uuid.UUID | None) -> tuple[str, ...]:
    """The words that may not make up this person's password: account, name, unit and county."""
    found = [i for i in unit_ids if i]
    units = db.session.execute(select(Unit.name, Unit.short_name).where(Unit.id.in_(found))).all() if found else []
    return (name, person, *(text for unit in units for text in unit))


def change_password(row: Any, actor: Actor, token: str, present: str, wanted: str, code: str) -> str:
    """A new password, after the present one and a fresh code; every other session ends. Returns the new token.

    Raises Invalid naming the field, TooSoon.
    """
    refusal = passwords.refusal(wanted, context_of(row.account_name, row.person_name, row.unit_id, actor.county_id))
    if refusal is not None:
        raise Invalid("new_password", refusal)
    if present == wanted:
        raise Invalid("new_password", SAME_AS_BEFORE)
    limits.take(FACTOR, str(row.account_id))
    stored = db.session.scalar(select(Account.password_hash).where(Account.id == row.account_id)) or ""
    db.session.rollback()
    if not passwords.password_fits(stored, present):
        raise Invalid("password", WRONG_PASSWORD)
    made = passwords.hash_password(wanted)
    step = _step(row, code)
    with trail.act(actor, "write", "account.change_password"):
        if not factors.use_up(row.account_id, step):
            raise Invalid("code", WRONG_CODE)
        new_token = _raise_epoch(row, token, password_hash=made, password_changed_at=clock.now())
        post("account_notice", person=row.person_id, what="password_changed")
    limits.forgive(FACTOR, str(row.account_id))
    return new_token


def _step(row: Any, code: str) -> int:
    step = factors.step_of(factors.unseal(row.account_id, row.account_county, row.totp_sealed), code)
    if step is None:
        raise Invalid("code", WRONG_CODE)
    return step


def _raise_epoch(row: Any, token: str, **values: Any) -> str:
    """Change the account's secrets inside the open act, end its other sessions, keep this one under a new token."""
    epoch = db.session.scalar(
        update(Account)
        .where(Account.id == row.account_id)
        .values(epoch=Account.epoch + 1, version=Account.version + 1, **values)
        .returning(Account.epoch)
        .execution_options(synchronize_session=False)
    )
    sessions.end("access", SignInSession.account_id == row.account_id, SignInSession.id != row.id)
    renewed = sessions.renew(row.id, token, epoch=epoch)
    if renewed is None:
        raise NotFound("sign_in_session")
    return renewed


def offer_factor(row: Any) -> tuple[str, str]:
    """A new secret for another phone: as it is spelled, and sealed for the form that confirms it."""
    secret = factors.new_secret()
    sealed = factors.seal(row.account_id, row.account_county, secret)
    return secret, base64.urlsafe_b64encode(sealed).decode()


def offered_secret(row: Any, offered: str) -> str:
    """The secret behind what `offer_factor` sealed. Raises Invalid when it is not ours."""
    try:
        return factors.unseal(row.account_id, row.account_county, base64.urlsafe_b64decode(offered))
    except (SealBroken, binascii.Error, ValueError) as error:
        raise Invalid("code", WRONG_CODE) from error


def change_factor(row: Any, actor: Actor, token: str, offered: str, code: str) -> tuple[str, tuple[str, ...]]:
    """Another phone: the new secret counts from now on; new recovery codes. Returns the new token and the codes."""
    limits.take(FACTOR, str(row.account_id))
    secret = offered_secret(row, offered)
    step = factors.step_of(secret, code)
    if step is None:
        raise Invalid("code", WRONG_CODE)
    sealed = base64.urlsafe_b64decode(offered)
    with trail.act(actor, "write", "account.change_factor"):
        if not factors.use_up(row.account_id, step, totp_sealed=sealed, totp_confirmed_at=clock.now()):
            raise Invalid("code", WRONG_CODE)
        codes = factors.new_recovery_codes(row.account_id)
        new_token = _raise_epoch(row, token)
        post("account_notice", person=row.person_id, what="factor_changed")
    limits.forgive(FACTOR, str(row.account_id))
    return new_token, codes


def renew_codes(row: Any, actor: Actor) -> tuple[str, ...]:
    """Ten new recovery codes; the old ones are void."""
    with trail.act(actor, "write", "account.renew_recovery_codes"):
        codes = factors.new_recovery_codes(row.account_id)
        post("account_notice", person=row.person_id, what="codes_renewed")
    return codes


def end_own_session(row: Any, actor: Actor, ref: str) -> None:
    """End one of one's own sessions elsewhere. Raises NotFound."""
    with trail.act(actor, "sign_in", "sign_in.ended_by_owner") as deed:
        ended = sessions.end("by_owner", SignInSession.account_id == row.account_id, SignInSession.ref == ref)
        if not ended:
            raise NotFound("sign_in_session", ref)
        deed.main.extra["session"] = ref


def end_other_sessions(row: Any, actor: Actor) -> int:
    """End all of one's own sessions but this one; returns how many."""
    with trail.act(actor, "sign_in", "sign_in.ended_by_owner") as deed:
        others = (SignInSession.account_id == row.account_id, SignInSession.id != row.id)
        ended = sessions.end("by_owner", *others)
        deed.main.extra["count"] = len(ended)
    return len(ended)
