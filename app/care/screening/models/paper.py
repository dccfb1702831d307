"""A form on paper while it is being typed: twice, by two persons, compared, settled, then taken in like any answer."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.core.vault.rotation import Sealed


class PaperSheet(Base, Record, Scoped):
    """One student's answers to one scale as two persons typed them, each as a sealed array (decision 23).

    `differs`: in how many places the two are unlike, None before the second. `override`: the gravest that either asks
    for by itself; it acts from the first typing on (decision 59). An emptied row tells that it was deleted.
    """

    __tablename__ = "paper_sheets"
    __protection__ = "care"
    __table_args__ = (
        UniqueConstraint("task_id", "scale_code", "attempt"),
        Index("ix_paper_sheets_campaign", "school_id", "campaign_id"),
        Index(
            "ix_paper_sheets_critical",
            "typed_at",
            postgresql_where=text("override is not null and alerted_at is null"),
        ),
        CheckConstraint("override in ('O1a', 'O1b')", name="override"),
    )

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_tasks.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_campaigns.id"))
    scale_code: Mapped[str] = mapped_column(String(40))
    scale_version: Mapped[str] = mapped_column(String(20))
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    first: Mapped[bytes | None] = mapped_column(Sealed())
    first_on: Mapped[date | None]
    first_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    first_operator: Mapped[str] = mapped_column(String(30), default="", server_default=text("''"))
    first_batch: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    second: Mapped[bytes | None] = mapped_column(Sealed())
    second_on: Mapped[date | None]
    second_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    second_operator: Mapped[str] = mapped_column(String(30), default="", server_default=text("''"))
    second_batch: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    differs: Mapped[int | None] = mapped_column(SmallInteger)
    final: Mapped[bytes | None] = mapped_column(Sealed())
    """What was settled by a person who looked at the paper; where the two are alike it stays empty."""
    final_on: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    override: Mapped[str | None] = mapped_column(String(3))
    alerted_at: Mapped[datetime | None]
    typed_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    taken_at: Mapped[datetime | None]

    student: Mapped[Any] = relationship("Student", lazy="joined", innerjoin=True)
    campaign: Mapped[Any] = relationship("ScreeningCampaign", lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """The campaign's name: no name of a student."""
        return str(self.campaign.name)

    @property
    def address(self) -> str:
        """Where its differences are settled."""
        return f"/screenings/paper/{self.ref}"
