"""Printed feedback sheets: the files for those who may have them, and what anybody may check of the paper."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class VisitDocument(Base, Record, Scoped):
    """One edition of the feedback sheet (视导反馈单) in one form, with its digests; editions follow what the sheet says."""

    __tablename__ = "visit_documents"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("visit_id", "edition", "form"),)

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supervision_visits.id", ondelete="CASCADE"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int]
    form: Mapped[str] = mapped_column(String(4))
    file_name: Mapped[str] = mapped_column(String(120))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int]
    content_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class VisitPrint(Base, Record):
    """What anybody may check of a printed sheet: number, edition, day and digests; nothing of a person or a school."""

    __tablename__ = "visit_prints"

    number: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int]
    form: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime]
    content_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
