"""Outbox rows, the effects they had, and the inbox of each person."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, text

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, String, mapped_column


class OutboxRow(Base):
    """One intention. `kind` names the handler, `about` the record, `data` ids and codes only (security 79)."""

    __tablename__ = "outbox"
    __outside_act__ = True
    __table_args__ = (
        Index("ix_outbox_waiting", "queue", "due_at", postgresql_where=text("done_at is null and dead_at is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    queue: Mapped[str] = mapped_column(String(20), default="letters")
    entity: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID | None]
    county_id: Mapped[uuid.UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    posted_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    due_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    leased_until: Mapped[datetime | None]
    lease: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """Fencing token: grows whenever somebody takes the row; who holds an older one no longer finishes it."""
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(String(200))


class Effect(Base):
    """What a delivery did, under a key that can exist once: ten deliveries, one effect (security 61)."""

    __tablename__ = "effects"
    __outside_act__ = True

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))


class InboxLetter(Base, Record):
    """A message to one person inside the application; the mail that goes out says only that something waits (G8)."""

    __tablename__ = "inbox_letters"
    __outside_act__ = True
    __table_args__ = (Index("ix_inbox_letters_person", "person_id", "read_at", "created_at"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(60))
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(String(200))
    entity: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID | None]
    read_at: Mapped[datetime | None]
