"""Sealed answers, one row per student and scale, and calls for help."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.core.vault.rotation import Sealed


class ScaleResponse(Base, Record, Scoped):
    """One student's answers to one scale, as one sealed array (decision 23).

    `override`: what the answers so far ask for by themselves ("O1a", "O1b"); kept by every save, acted on by the sweep.
    `device`: a mark by chance that the browser keeps, equal for all who answer on it, and nothing else (V6).
    `seconds`: time spent, each pause counted as a minute at most. An emptied row (`sealed` null) tells that it was deleted.
    """

    __tablename__ = "scale_responses"
    __protection__ = "answers"
    __table_args__ = (
        UniqueConstraint("task_id", "scale_code", "attempt"),
        Index(
            "ix_scale_responses_critical",
            "saved_at",
            postgresql_where=text("override is not null and alerted_at is null"),
        ),
        Index("ix_scale_responses_device", "device", "saved_at", postgresql_where=text("device is not null")),
        CheckConstraint("override in ('O1a', 'O1b')", name="override"),
        CheckConstraint("source in ('phone', 'paper')", name="source"),
    )

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_tasks.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_campaigns.id"))
    scale_code: Mapped[str] = mapped_column(String(40))
    scale_version: Mapped[str] = mapped_column(String(20))
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    source: Mapped[str] = mapped_column(String(8), default="phone", server_default=text("'phone'"))
    sealed: Mapped[bytes | None] = mapped_column(Sealed())
    answered: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    seconds: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    sequence: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    override: Mapped[str | None] = mapped_column(String(3))
    blank_critical: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    device: Mapped[str | None] = mapped_column(String(16))
    alerted_at: Mapped[datetime | None]
    saved_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    submitted_at: Mapped[datetime | None]
    answered_on: Mapped[date | None]
    """The day that a form on paper bears; of a phone the moment is known."""


class HelpCall(Base, Record, Scoped):
    """A student pressed the help button: a wish to talk, no sign of anything."""

    __tablename__ = "help_calls"
    __protection__ = "own_call"

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    called_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
