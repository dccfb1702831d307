"""Hand-offs of an item between units: who gave it to whom, when, and why; the first holder is the unit it was issued to."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column

KINDS = ("contested", "upheld", "reassigned", "passed", "given_back")


class ItemHandOff(Base, Record, Scoped):
    """One hand-off; rows are only added."""

    __tablename__ = "item_hand_offs"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint(f"kind in ({', '.join(repr(code) for code in KINDS)})", name="kind"),
        Index("ix_item_hand_offs_item", "item_id", "handed_at"),
    )

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id", ondelete="CASCADE"))
    from_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    to_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    handed_at: Mapped[datetime]
    handed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    promised_on: Mapped[date | None]
    """By which day a helping unit is to give it back."""

    from_unit: Mapped[Any] = relationship("Unit", foreign_keys=[from_unit_id], lazy="raise")
    to_unit: Mapped[Any] = relationship("Unit", foreign_keys=[to_unit_id], lazy="joined")
    giver: Mapped[Any] = relationship("Person", foreign_keys=[handed_by], lazy="raise")


class ItemErrand(Base, Record, Scoped):
    """协办事项: what a helping unit has to know of an item, for as long as it has it; with the hand-off the row goes.

    It is a copy on purpose: a school that helps reads these words and no row of the other school.
    """

    __tablename__ = "item_errands"
    __protection__ = "helping"
    __table_args__ = (UniqueConstraint("item_id"),)

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id", ondelete="CASCADE"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    """The unit that helps."""
    responsible_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """To which it goes back."""
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    note: Mapped[str] = mapped_column(String(300))
    handed_on: Mapped[date]
    promised_on: Mapped[date]

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")
    responsible_unit: Mapped[Any] = relationship("Unit", foreign_keys=[responsible_unit_id], lazy="joined")

    @property
    def label(self) -> str:
        """Number and words of the problem."""
        return f"{self.number} {self.title}"

    @property
    def address(self) -> str:
        """Its page."""
        return f"/hand-offs/{self.ref}"
