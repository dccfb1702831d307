"""A proposal to take up a closed item again."""

from __future__ import annotations

import uuid

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, mapped_column
from sqlalchemy.orm import relationship

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
