"""The second factor: time-based codes that work once, their enrolment, and recovery codes (security 3, 4).

A code of a time step is accepted once per account for ever: the step is kept by a conditional UPDATE, so of simultaneous
tries exactly one succeeds.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from typing import Any

import pyotp
import segno
from flask import current_app
from sqlalchemy import delete, func, select, update

from app.core import clock
from app.core.database import db
from app.core.vault import KeyRing, Place
from app.people.identity.models import Account, RecoveryCode
from app.people.identity.passwords import code_fits, hash_code, plain_code

STEP_SECONDS = 30
SLACK = (0, -1, 1)
"""Steps tried around now: a phone's clock may be up to half a minute off."""
DIGITS = 6
CODES = 10
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Capitals and digits without those that look alike; 32 of them, five bits each."""
CODE_LENGTH = 16
ISSUER = "闭环"


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32()


def seal(account_id: uuid.UUID, county_id: uuid.UUID | None, secret: str) -> bytes:
    """The secret for storage, bound to its account."""
    return _ring().seal(_place(account_id, county_id), secret)


def unseal(account_id: uuid.UUID, county_id: uuid.UUID | None, sealed: bytes) -> str:
    """The secret behind a stored value; raises SealBroken when it was altered or belongs to another account."""
    return _ring().open_text(_place(account_id, county_id), sealed)


def _place(account_id: uuid.UUID, county_id: uuid.UUID | None) -> Place:
    return Place(county_id or uuid.UUID(int=0), "accounts", account_id, "totp_sealed")


def _ring() -> KeyRing:
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring


def present_step() -> int:
    """The number of the time step that runs now."""
    return int(clock.now().timestamp()) // STEP_SECONDS


def code_now(secret: str, steps: int = 0) -> str:
    """The code of this moment, or of so many steps away."""
    return pyotp.TOTP(secret).generate_otp(present_step() + steps)


def seconds_left() -> int:
    """Seconds for which the present code still shows on the phone."""
    return STEP_SECONDS - int(clock.now().timestamp()) % STEP_SECONDS


def normalised(code: str) -> str:
    """The digits of a code: no spaces, full-width digits made narrow."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", code))


def step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is, or None; compared in constant time."""
    digits = normalised(code)
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    now = present_step()
    found = None
    for offset in SLACK:
        if secrets.compare_digest(pyotp.TOTP(secret).generate_otp(now + offset), digits):
            found = now + offset
    return found


def use_up(account_id: uuid.UUID, step: int, **changes: Any) -> bool:
    """Take the step for this account inside the open act; False when it, or a later one, was taken before."""
    taken = db.session.scalar(
        update(Account)
        .where(Account.id == account_id, Account.totp_last_step < step)
        .values(totp_last_step=step, **changes)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def picture(secret: str, account_name: str, county: str) -> str:
    """The QR code for an authenticator app as an SVG data address."""
    issuer = f"{ISSUER}·{county}" if county else ISSUER
    address = pyotp.TOTP(secret).provisioning_uri(name=account_name, issuer_name=issuer)
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="#fff")


def spelled(secret: str) -> str:
    """The secret in groups of four, for typing by hand."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def new_recovery_codes(account_id: uuid.UUID) -> tuple[str, ...]:
    """Ten fresh codes in place of the old ones, inside the open act; shown once, kept as hashes only."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = tuple("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES))
    db.session.add_all(
        RecoveryCode(account_id=account_id, number=n, code_hash=hash_code(code)) for n, code in enumerate(codes, 1)
    )
    return tuple(
        f"{n:02}-{'-'.join(code[i : i + 4] for i in range(0, CODE_LENGTH, 4))}" for n, code in enumerate(codes, 1)
    )


def recovery_code(account_id: uuid.UUID, typed: str) -> uuid.UUID | None:
    """Which unused code this is; always one hash, also for a number that does not exist."""
    plain = plain_code(typed)
    number, code = (int(plain[:2]), plain[2:]) if re.fullmatch(r"\d\d[0-9A-Z]+", plain) else (0, plain)
    row = db.session.execute(
        select(RecoveryCode.id, RecoveryCode.code_hash).where(
            RecoveryCode.account_id == account_id, RecoveryCode.number == number, RecoveryCode.used_at.is_(None)
        )
    ).first()
    fits = code_fits(row.code_hash if row else None, code)
    return row.id if row is not None and fits else None


def use_recovery_code(code_id: uuid.UUID) -> bool:
    """Mark it used inside the open act; False when somebody was faster."""
    used = db.session.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return used is not None


def codes_left(account_id: uuid.UUID) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return int(db.session.scalar(unused) or 0)


def printable(codes: Sequence[str], account_name: str) -> str:
    """The codes as a text file to keep."""
    return "\r\n".join((f"{ISSUER} · {account_name}", "", *codes, ""))
