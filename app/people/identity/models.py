"""Accounts and what sign-in needs: factors, recovery codes, sessions, one-time codes, the clock of tests and demo."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, String, Versioned, mapped_column
from app.core.limits import Attempts
from app.core.vault.rotation import Sealed
from app.core.web.drafts import Draft
from app.people.directory.models import Person, RoleAssignment


class Account(Base, Record, Versioned):
    """What a person signs in with. `epoch` grows whenever access changes; sessions of an older epoch are dead (security 14)."""

    __tablename__ = "accounts"
    __changes_unversioned__ = True

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"), unique=True)
    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """Empty until the person has chosen one; nothing verifies against an empty hash."""
    password_changed_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    totp_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    epoch: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    disabled_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(2), default="zh", server_default=text("'zh'"))

    person: Mapped[Person] = relationship(lazy="raise")

    @property
    def owner_id(self) -> uuid.UUID:
        """The person whose account it is."""
        return self.person_id


class AccountLink(Base, Record):
    """An identity of the bureau's own sign-in service that stands for the password of an account."""

    __tablename__ = "account_links"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), unique=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))


class RecoveryCode(Base, Record):
    """One of ten codes for a lost second factor; Argon2id hash, used once (security 4). `number` is printed before it."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("account_id", "number"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    number: Mapped[int]
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
    end: Mapped[str | None] = mapped_column(String(20))
    """Why it ended: signed_out, replaced, oldest, by_owner, by_admin, access."""
    agent: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(60))

    account: Mapped[Account] = relationship(lazy="raise")
    assignment: Mapped[RoleAssignment | None] = relationship(lazy="raise")


class AccessRequest(Base, Record):
    """A forgotten password or a first sign-in: asked for in one browser, answered by an administrator with a code.

    The code works once, for a short time, only in the browser that asked (security 9). `account_id` is empty when the
    name that was typed is nobody's: the browser cannot tell.
    """

    __tablename__ = "access_requests"
    __outside_act__ = True
    __table_args__ = (Index("ix_access_requests_account", "account_id", "created_at"),)

    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(8))
    """What the person reads to the administrator."""
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(200))
    issued_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    issued_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ClockOffset(Base):
    """How far the business clock runs ahead, for browser tests and the demo's history; refused in production."""

    __tablename__ = "clock_offset"
    __outside_act__ = True

    sole: Mapped[bool] = mapped_column(primary_key=True, default=True)
    seconds: Mapped[int] = mapped_column(BigInteger, default=0)


Index(
    "uq_role_assignments_administrator",
    RoleAssignment.person_id,
    unique=True,
    postgresql_where=text("role in ('sys_admin', 'security_admin', 'auditor') and to_on is null"),
)
"""One person holds at most one of the three administrators' roles (security 30); dated ones are compared by the operation."""


__all__ = [
    "AccessRequest",
    "Account",
    "AccountLink",
    "Attempts",
    "ClockOffset",
    "Draft",
    "RecoveryCode",
    "SignInSession",
]
