"""Two tables: reports of controls, and what anybody may check of a printed report or audit."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger

from app.core.audit.trail import canonical
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the one text of what was measured."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


class ControlReport(Base, Record, Versioned, Scoped):
    """等保证据: what the worker measured at one moment; the database lets nobody change it."""

    __tablename__ = "control_reports"
    __protection__ = "controls"
    __untold__ = frozenset({"content"})
    __table_args__ = (
        CheckConstraint("level in ('2', '3')", name="level"),
        CheckConstraint("(content is null) = (taken_at is null)", name="taken"),
        CheckConstraint("(content is null) = (content_sha256 is null)", name="digest"),
        Index("ix_control_reports_asked", "county_id", "asked_at"),
    )

    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    asked_at: Mapped[datetime]
    level: Mapped[str] = mapped_column(String(1))
    taken_at: Mapped[datetime | None]
    content: Mapped[dict[str, Any] | None]
    content_sha256: Mapped[str | None] = mapped_column(String(64))

    @property
    def label(self) -> str:
        """等保证据 6F12AB."""
        return f"等保证据 {self.ref[:6].upper()}"

    @property
    def address(self) -> str:
        """Its page."""
        return f"/audit/controls/{self.ref}"

    @property
    def is_unchanged(self) -> bool:
        """The digest fits what is kept."""
        return self.content is not None and digest_of(self.content) == self.content_sha256


class CompliancePrint(Base, Record):
    """What anybody may check of a paper: number, edition, day and digest; nothing of a person, a school or a finding.

    Its ref is that of the record on paper.
    """

    __tablename__ = "compliance_prints"
    __table_args__ = (CheckConstraint("kind in ('controls', 'yearly')", name="kind"),)

    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int] = mapped_column(SmallInteger)
    made_at: Mapped[datetime]
    content_sha256: Mapped[str] = mapped_column(String(64))

    file_sha256 = None
    """The paper is drawn anew from what was frozen; each copy carries its reader's line."""
