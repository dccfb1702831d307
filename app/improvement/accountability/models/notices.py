"""What others than the party read: a commendation on public notice, or a decision that was made known in the county."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column


class AccountabilityNotice(Base, Record, Versioned, Scoped):
    """公示、通报: frozen words for the county; emptied when the decision is taken back, day and reason stay.

    A row of its own, because a record of accountability is read by nobody but the party and the county's desks.
    """

    __tablename__ = "accountability_notices"
    __protection__ = "county"
    __table_args__ = (
        CheckConstraint("kind in ('publicity', 'disclosure')", name="kind"),
        CheckConstraint("until_on is null or until_on >= shown_on", name="period"),
        Index("ix_accountability_notices_record", "record_id"),
    )

    record_id: Mapped[uuid.UUID]
    """The record behind it, which a reader may not see."""
    kind: Mapped[str] = mapped_column(String(12))
    about: Mapped[str] = mapped_column(String(14), default="commendation", server_default=text("'commendation'"))
    """accountability or commendation."""
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    words: Mapped[str] = mapped_column(default="", server_default=text("''"))
    shown_on: Mapped[date]
    until_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    @property
    def address(self) -> str:
        """Where the county reads it."""
        return f"/circulars/{self.ref}"

    @property
    def is_open(self) -> bool:
        """It stands, and its last day is not past."""
        return self.ended_on is None and (self.until_on is None or self.until_on >= clock.today())

    @property
    def takes_objections(self) -> bool:
        """A commendation on public notice whose last day is not past."""
        return self.kind == "publicity" and self.is_open
