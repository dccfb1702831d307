"""A proposal to take up a closed item again."""

from __future__ import annotations

import uuid

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
    workflow = REOPENING

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), index=True)
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
        return closed is None or clock.today() <= closed.replace(year=closed.year + 2, day=min(closed.day, 28))
