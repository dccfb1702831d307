"""Accounts and what sign-in needs: factors, recovery codes, sessions, attempts, drafts of long forms."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, String, Versioned, mapped_column
from app.people.directory.models import Person


class Account(Base, Record, Versioned):
    """What a person signs in with. `epoch` grows whenever access changes; sessions of an older epoch are dead (security 14)."""

    __tablename__ = "accounts"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"), unique=True)
    county_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    must_change: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    epoch: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    disabled_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(2), default="zh", server_default=text("'zh'"))

    person: Mapped[Person] = relationship(lazy="raise")


class RecoveryCode(Base, Record):
    """One of ten codes for a lost second factor; Argon2id hash, used once (security 4)."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime | None]


class SignInSession(Base, Record):
    """A browser that is signed in; only the hash of its token is kept. Reaches nothing before `verified_at` (security 1)."""

    __tablename__ = "sign_in_sessions"
    __outside_act__ = True
    __table_args__ = (Index("ix_sign_in_sessions_account", "account_id", "ended_at"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    assignment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("role_assignments.id"))
    epoch: Mapped[int]
    verified_at: Mapped[datetime | None]
    fresh_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(60))


class Attempts(Base):
    """How often something was tried in a window: sign-in, second factor, codes, links. In PostgreSQL, so that the loss of Redis opens nothing."""

    __tablename__ = "attempts"
    __outside_act__ = True

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    """What is counted, hashed where it names a person: "sign_in:account:<hash>"."""
    count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    since: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    until: Mapped[datetime | None]
    """Nothing is tried before this moment."""


class Draft(Base, Record):
    """What was typed in a long form and not yet sent; kept 7 days, one per person and form (decision 3)."""

    __tablename__ = "drafts"
    __outside_act__ = True
    __table_args__ = (UniqueConstraint("person_id", "form"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(String(120))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))


class ClockOffset(Base):
    """How far the business clock runs ahead, for browser tests and the demo's history; refused in production."""

    __tablename__ = "clock_offset"
    __outside_act__ = True

    sole: Mapped[bool] = mapped_column(primary_key=True, default=True)
    seconds: Mapped[int] = mapped_column(BigInteger, default=0)
