"""Periods with their history, holds, what is due, and the batches in which it is erased."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint, func, select, text

from app.care.retention.classes import classes
from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, db, mapped_column
from workflows.care.purge_batch import PURGE_BATCH
from workflows.care.retention_period import RETENTION_PERIOD
from workflows.vocabulary import Sentence

GROUNDS = ("legal", "case", "other")
"""Why something is held: a court, authority or complaint; an open matter; something else."""
OPEN = "open"
"""Held by an open matter of the application itself."""


class RetentionPeriod(Base, Movable):
    """保存期限: of one class, in years, with its reason; the newest approved one is in force, earlier ones stay to be read."""

    __tablename__ = "retention_periods"
    __protection__ = "assessments"
    __table_args__ = (
        CheckConstraint("years between 1 and 50", name="years"),
        CheckConstraint("state <> 'active' or (approved_by is not null and from_on is not null)", name="in_force"),
        CheckConstraint("approved_by is null or approved_by <> owner_id", name="four_eyes"),
        Index(
            "uq_retention_periods_one", "county_id", "class_code", "state", unique=True,
            postgresql_where=text("state in ('active', 'proposed')"),
        ),
    )  # fmt: skip
    workflow = RETENTION_PERIOD

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    class_code: Mapped[str] = mapped_column(String(20))
    years: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    from_on: Mapped[date | None]

    @property
    def title(self) -> str:
        """The class in Chinese."""
        found = classes().get(self.class_code)
        return found.title.zh if found else self.class_code

    @property
    def label(self) -> str:
        """保存期限：问卷回答和结果 3 年."""
        return f"保存期限：{self.title} {self.years} 年"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Retention period: {self.title}, {self.years} years")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/retention/periods/{self.ref}"


class RetentionHold(Base, Record, Versioned, Scoped):
    """保留: what a hold covers is not erased until its last day: a class or all, a school or all, one record or all."""

    __tablename__ = "retention_holds"
    __protection__ = "purges"
    __table_args__ = (CheckConstraint(f"ground in {GROUNDS}", name="ground"),)

    class_code: Mapped[str | None] = mapped_column(String(20))
    entity: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID | None]
    ground: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    until_on: Mapped[date]
    placed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    lifted_on: Mapped[date | None]
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    @property
    def holds(self) -> bool:
        """Today still."""
        return self.lifted_on is None and self.until_on >= clock.today()


class PurgeBatch(Base, Movable):
    """到期清理: of one class, what was due when it was proposed; afterwards counts and digests alone."""

    __tablename__ = "purge_batches"
    __protection__ = "purges"
    __untold__ = frozenset({"files", "erased"})
    __table_args__ = (
        CheckConstraint(
            "state not in ('approved', 'done') or (proposed_by is not null and approved_by is not null)", name="two"
        ),
        CheckConstraint("approved_by is null or approved_by <> proposed_by", name="four_eyes"),
        Index(
            "uq_purge_batches_open", "county_id", "class_code", unique=True,
            postgresql_where=text("state in ('due', 'proposed', 'approved')"),
        ),
    )  # fmt: skip
    workflow = PURGE_BATCH

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    class_code: Mapped[str] = mapped_column(String(20))
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    proposed_on: Mapped[date | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    approved_on: Mapped[date | None]
    total: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Students whose data were due when it was proposed."""
    done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Students whose data are erased."""
    erased: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Table → rows erased or emptied; files → files removed."""
    digest: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """SHA-256 over the digest before and the identities of the rows of each portion, as the trail tells of it."""
    files: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Digests of files whose rows are gone, until they are off the shelf."""
    carried_on: Mapped[date | None]
    protocol_sha256: Mapped[str | None] = mapped_column(String(64))
    protocol_name: Mapped[str | None] = mapped_column(String(200))

    @property
    def title(self) -> str:
        """The class in Chinese."""
        found = classes().get(self.class_code)
        return found.title.zh if found else self.class_code

    @property
    def label(self) -> str:
        """到期清理：问卷回答和结果."""
        return f"到期清理：{self.title}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Erasure of what is due: {self.title}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/retention/purges/{self.ref}"

    @property
    def is_of_roll(self) -> bool:
        """Approved by the leading group, not by the psychology centre."""
        found = classes().get(self.class_code)
        return found is not None and found.approved_by == "roll"

    @property
    def has_due_rows(self) -> bool:
        """Something of it is left to be erased."""
        return bool(db.session.scalar(select(func.count()).where(RetentionDue.batch_id == self.id)))


class RetentionDue(Base, Record, Scoped):
    """到期: the data of one class of one student have reached their period; by code number, without the name."""

    __tablename__ = "retention_due"
    __protection__ = "purges"
    __table_args__ = (
        UniqueConstraint("class_code", "subject_id"),
        Index("ix_retention_due_batch", "batch_id", "id"),
    )

    class_code: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[uuid.UUID]
    """The student's; no foreign key, since the row outlives nobody: it goes with what it tells of."""
    due_on: Mapped[date]
    hold: Mapped[str] = mapped_column(String(10), default="", server_default=text("''"))
    """Empty, the ground of a hold, or `open`."""
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("purge_batches.id"))
    seen_at: Mapped[datetime]


__all__ = ["GROUNDS", "OPEN", "PurgeBatch", "RetentionDue", "RetentionHold", "RetentionPeriod"]
