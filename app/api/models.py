"""Tokens, the requests that were carried out under a key, and the addresses that hear when a record moves."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import declared_attr, relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, String, Versioned, mapped_column
from app.core.vault.rotation import Sealed


class Granted(Record, Versioned):
    """What a person asks for on behalf of a program: works once the security administrator has approved it.

    It acts for one role assignment of the asker, reaches no further than that role, and ends with it. So neither the
    asker alone nor the administrator alone can open a way to data (security 30).
    """

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    """Which program it is for."""
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role_assignments.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    ended_at: Mapped[datetime | None]

    @declared_attr
    def assignment(cls) -> Mapped[Any]:  # noqa: N805 (SQLAlchemy's shape)
        """The role it acts in."""
        return relationship("RoleAssignment", lazy="raise")

    @declared_attr
    def owner(cls: type[Any]) -> Mapped[Any]:  # noqa: N805 (SQLAlchemy's shape)
        """Who asked for it."""
        return relationship("Person", foreign_keys=[cls.owner_id], lazy="raise")

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    @property
    def is_over(self) -> bool:
        """Ended by somebody."""
        return self.ended_at is not None


class ApiToken(Base, Granted):
    """A program's key. Only its SHA-256 is kept."""

    __tablename__ = "api_tokens"

    scopes: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    beginning: Mapped[str] = mapped_column(String(12))
    """The first characters, so that people recognise it."""
    ends_at: Mapped[datetime]

    @property
    def last_day(self) -> date:
        """The last day on which it works."""
        return clock.local(self.ends_at - timedelta(seconds=1)).date()

    @property
    def is_over(self) -> bool:
        """Ended by somebody, or its last day has passed."""
        return self.ended_at is not None or self.ends_at <= clock.now()


class Webhook(Base, Granted):
    """An address that hears when records move which the role may see."""

    __tablename__ = "webhooks"

    url: Mapped[str] = mapped_column(String(300))
    machines: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    secret: Mapped[bytes] = mapped_column(Sealed())
    """What signs the messages, sealed with the county's key."""


class ApiRequest(Base):
    """A writing request under its Idempotency-Key: the first one's answer is given to every repetition."""

    __tablename__ = "api_requests"
    __outside_act__ = True
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    token_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_tokens.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of method, path and body."""
    status: Mapped[int | None]
    answer: Mapped[dict[str, Any] | None]
    """What was answered; empty between the deed and its answer."""
    at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
