"""One table: each time that somebody opened more students' pages than the budget of the role."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column

HOUR, DAY = "hour", "day"


class ReadingAlarm(Base, Record, Versioned, Scoped):
    """查阅提醒: who, in which role, when, how many pages against which budget, and what came of it."""

    __tablename__ = "reading_alarms"
    __protection__ = "readings"
    __table_args__ = (
        CheckConstraint("kind in ('hour', 'day')", name="kind"),
        CheckConstraint("(settled_at is null) = (settled_by is null)", name="settled"),
        Index("ix_reading_alarms_at", "county_id", "at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    opened: Mapped[int]
    budget: Mapped[int]
    stopped: Mapped[bool]
    """Whether a new code was asked for before the next page; counsellors and experts are never stopped (decision 10)."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    finding: Mapped[str | None] = mapped_column(String(500))

    @property
    def address(self) -> str:
        """Its page."""
        return f"/audit/readings/{self.ref}"
