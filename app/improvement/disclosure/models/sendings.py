"""A paper sent to all units of some types: who they were on that day, and who signed for it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column
from app.improvement.disclosure.models.document_library import LibraryDocument


class DocumentSending(Base, Record, Scoped):
    """发文: one sending of a paper, by type of unit."""

    __tablename__ = "document_sendings"
    __protection__ = "county"
    __table_args__ = (
        CheckConstraint("reminded in ('soon', 'late')", name="reminded"),
        Index("ix_document_sendings_document", "document_id"),
    )

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("library_documents.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    addressees: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """The types of units it went to."""
    note: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    sent_on: Mapped[date]
    sign_by: Mapped[date]
    sent_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    reminded: Mapped[str | None] = mapped_column(String(4))
    """The last reminder that the system sent: soon, the working day before the last one, or late, after it."""


class DocumentReceipt(Base, Record, Versioned, Scoped):
    """签收: one unit that a paper went to, with its type on that day; signed once."""

    __tablename__ = "document_receipts"
    __changes_unversioned__ = True
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("document_id", "unit_id"),
        CheckConstraint("(signed_at is null) = (signed_by is null)", name="signed"),
        Index("ix_document_receipts_sending", "sending_id"),
    )

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("library_documents.id"))
    sending_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document_sendings.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    addressee: Mapped[str] = mapped_column(String(8))
    sign_by: Mapped[date]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    reminded_on: Mapped[date | None]
    """When the office last asked for it."""

    document: Mapped[LibraryDocument] = relationship(lazy="raise")
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")
    signer: Mapped[Any] = relationship("Person", foreign_keys=[signed_by], lazy="raise")
