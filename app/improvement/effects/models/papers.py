"""Papers of closures: each printed edition, and what anybody may check of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import UniqueConstraint, text

from app.core.database import Base, Mapped, Record, Scoped, String, mapped_column


class DocumentRecord(Base, Record, Scoped):
    """A printed document: its number, edition and digests, and where its file lies."""

    __tablename__ = "document_records"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("record_id", "form"),)

    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    form: Mapped[str] = mapped_column(String(4))
    file_name: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    file_size: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    file_sha256: Mapped[str] = mapped_column(String(64))
    content_sha256: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    made_at: Mapped[datetime]


class ClosurePrint(Base, Record):
    """What anybody may check of a printed closure: number, edition, day and digests; nothing of a person or a school.

    The verify page is reached by `ref`, which stands in the QR code.
    """

    __tablename__ = "closure_prints"

    number: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int]
    form: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime]
    content_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
