"""The document library: papers in their versions, for whom they are, from when to when they are in force."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column

CATEGORIES = ("law", "policy", "plan", "guidance", "notice", "form")


class LibraryDocument(Base, Record, Versioned, Scoped):
    """A paper with its number (文号), its days, its readers, and the one that took its place."""

    __tablename__ = "library_documents"
    __protection__ = "county"
    __table_args__ = (
        CheckConstraint(f"category in ({', '.join(repr(code) for code in CATEGORIES)})", name="category"),
        CheckConstraint("until_on is null or in_force_on is null or until_on >= in_force_on", name="in_force"),
        CheckConstraint("replaced_by_id is null or replaced_by_id <> id", name="replaced"),
        Index("ix_library_documents_order", "county_id", "category", "signed_on"),
        Index(
            "uq_library_documents_number",
            "county_id",
            "number",
            unique=True,
            postgresql_where=text("number <> ''"),
        ),
    )

    title: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    """文号, such as 平教〔2021〕48号; empty where it has none."""
    category: Mapped[str] = mapped_column(String(10))
    issuer: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    roles: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Codes of the roles that may read it; everybody in the county where empty."""
    signed_on: Mapped[date | None]
    printed_on: Mapped[date | None]
    in_force_on: Mapped[date | None]
    until_on: Mapped[date | None]
    """The last day it is in force; open where empty."""
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("library_documents.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    versions: Mapped[list[LibraryVersion]] = relationship(
        lazy="raise", order_by="LibraryVersion.edition.desc()", passive_deletes="all"
    )
    replaced_by: Mapped[LibraryDocument | None] = relationship(lazy="raise", remote_side="LibraryDocument.id")

    @property
    def standing(self) -> str:
        """replaced, over, coming or in_force, as of today."""
        today = clock.today()
        if self.replaced_by_id is not None:
            return "replaced"
        if self.until_on is not None and self.until_on < today:
            return "over"
        if self.in_force_on is not None and self.in_force_on > today:
            return "coming"
        return "in_force"

    @property
    def is_for_everybody(self) -> bool:
        """Kept from no role, and neither replaced nor over: such a paper may be put out to the public."""
        return not self.roles and self.standing in ("in_force", "coming")

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    @property
    def address(self) -> str:
        """The document's page."""
        return f"/library/{self.ref}"


class LibraryVersion(Base, Record, Scoped):
    """One file of a document; a newer one stands beside it and never in its place."""

    __tablename__ = "library_versions"
    __protection__ = "county"
    __table_args__ = (UniqueConstraint("document_id", "edition"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("library_documents.id"), index=True)
    edition: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """What is new in it."""
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    added_on: Mapped[date]

    added: Mapped[Any] = relationship("Person", foreign_keys=[added_by], lazy="joined", innerjoin=True)
