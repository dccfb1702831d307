"""What belongs to a record: the records of the system that it cites, what was said about it, who sat over it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class AccountabilityFact(Base, Record, Scoped):
    """事实: exactly one record of the system, as it stood when it was cited, and a note."""

    __tablename__ = "accountability_facts"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, finding_id, evaluation_id, closure_id) = 1", name="source"),
        Index("ix_accountability_facts_item", "item_id"),
        Index("ix_accountability_facts_finding", "finding_id"),
        Index("ix_accountability_facts_evaluation", "evaluation_id"),
        Index("ix_accountability_facts_closure", "closure_id"),
    )

    record_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accountability_records.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_items.id"))
    finding_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visit_findings.id"))
    evaluation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("effect_evaluations.id"))
    closure_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("closure_requests.id"))
    said: Mapped[str] = mapped_column(String(300))
    """What the record said on the day it was cited: number, title, state or verdict."""

    item: Mapped[Any] = relationship("ProblemItem", lazy="raise")
    finding: Mapped[Any] = relationship("VisitFinding", lazy="raise")
    evaluation: Mapped[Any] = relationship("EffectEvaluation", lazy="raise")
    closure: Mapped[Any] = relationship("ClosureRequest", lazy="raise")

    @property
    def source_kind(self) -> str:
        """item, finding, evaluation or closure."""
        kinds = ("item", "finding", "evaluation", "closure")
        return next(kind for kind in kinds if getattr(self, f"{kind}_id") is not None)


class AccountabilitySaying(Base, Record, Scoped):
    """A statement, an objection or an appeal, in the words of who made it; its row belongs to the school of who said it."""

    __tablename__ = "accountability_sayings"
    __protection__ = "unit"
    __table_args__ = (CheckConstraint("kind in ('statement', 'objection', 'appeal')", name="kind"),)

    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    """No foreign key that a reader of a notice, who does not see the record, would be checked against."""
    kind: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    words: Mapped[str]
    said_on: Mapped[date]

    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="raise")
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")


class AccountabilitySeat(Base, Record, Scoped):
    """到会: who was present when it was decided or when the appeal was heard, by name and part at that time."""

    __tablename__ = "accountability_seats"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("record_id", "person_id"),
        CheckConstraint("hearing in ('decision', 'appeal')", name="hearing"),
    )

    record_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accountability_records.id", ondelete="CASCADE"), index=True
    )
    hearing: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(60))
    is_chair: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
