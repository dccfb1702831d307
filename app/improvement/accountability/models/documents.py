"""Printed notices and decisions: the files for those who may have them, and what anybody may check of the paper."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class AccountabilityDocument(Base, Record, Scoped):
    """One edition of a notice (告知书) or decision (决定书) in one form, with its digests."""

    __tablename__ = "accountability_documents"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("record_id", "paper", "edition", "form"),
        CheckConstraint("paper in ('notice', 'decision')", name="paper"),
    )

    record_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("accountability_records.id", ondelete="CASCADE"), index=True
    )
    paper: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int]
    form: Mapped[str] = mapped_column(String(4))
    file_name: Mapped[str] = mapped_column(String(120))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int]
    content_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class AccountabilityPrint(Base, Record):
    """What anybody may check of a printed paper: number, edition, day and digests; nothing of a person or a school."""

    __tablename__ = "accountability_prints"

    number: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int]
    form: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime]
    content_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
