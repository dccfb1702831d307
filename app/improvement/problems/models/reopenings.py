"""A proposal to take up a closed item again."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Index, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, mapped_column
from app.improvement.problems.models.items import ProblemItem
from workflows.improvement.reopening import REOPENING


class Reopening(Base, Movable):
    """Why a closed item should be taken up again, and what was decided."""

    __tablename__ = "reopenings"
    __protection__ = "unit"
    __table_args__ = (
        Index("uq_reopenings_open", "item_id", unique=True, postgresql_where=text("state = 'proposed'")),
        Index("ix_reopenings_standing", "county_id", "state"),
    )
    workflow = REOPENING

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    trigger: Mapped[str] = mapped_column(String(20))
    grounds: Mapped[str]
    finding_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """Which item, in words."""
        return self.item.label

    @property
    def address(self) -> str:
        """The proposal is decided on its own page."""
        return f"/reopenings/{self.ref}"

    @property
    def is_severe(self) -> bool:
        """As the item."""
        return self.item.is_severe

    @property
    def is_school_level(self) -> bool:
        """As the item."""
        return self.item.is_school_level

    @property
    def item_is_closed(self) -> bool:
        """Only what is closed can be taken up again."""
        return self.item.state == "closed"

    @property
    def is_within_window(self) -> bool:
        """The closure is at most 24 months old."""
        closed = self.item.closed_on
        return closed is None or clock.today() <= two_years_after(closed)


def two_years_after(day: date) -> date:
    """The same day 24 months later; 29 February becomes the 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 2, day=28 if leap else day.day)
