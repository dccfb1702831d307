"""Who takes an example up: one line for each unit and example, kept when the unit gives it up again."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column
from app.improvement.disclosure.models.public_pages import PublicPage


class ShowcaseAdoption(Base, Record, Versioned, Scoped):
    """借鉴: a school says that it works after an example; its unit and the office read who does."""

    __tablename__ = "showcase_adoptions"
    __protection__ = "county"
    __table_args__ = (
        CheckConstraint("ended_on is null or ended_on >= adopted_on", name="period"),
        Index("ix_showcase_adoptions_entry", "entry_id"),
        Index("ix_showcase_adoptions_unit", "unit_id"),
        Index(
            "uq_showcase_adoptions_once",
            "page_id",
            "unit_id",
            unique=True,
            postgresql_where=text("ended_on is null"),
        ),
    )

    page_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("public_pages.id"))
    """What was read when it was taken up."""
    entry_id: Mapped[uuid.UUID]
    """The entry behind the page, which a school that takes it up may not read itself."""
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    note: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    """What is taken up, and how."""
    adopted_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)
    page: Mapped[PublicPage] = relationship(lazy="joined", innerjoin=True)
