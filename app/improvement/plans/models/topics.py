"""培训专题: the county's list of topics that a training names, in themes; one left off the list stays with what was done."""

from __future__ import annotations

import uuid

from sqlalchemy import UniqueConstraint, text

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class TrainingTopic(Base, Record, Scoped):
    """One topic, known by its number."""

    __tablename__ = "training_topics"
    __protection__ = "county"
    __table_args__ = (UniqueConstraint("county_id", "number"),)

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """Who keeps the list."""
    number: Mapped[str] = mapped_column(String(12))
    theme: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    is_listed: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    @property
    def label(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}"
