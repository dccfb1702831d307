"""Public pages: frozen copies of what was published, the only table that shows rows to somebody without an account."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from app.core.database import JSONB, Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column


class PublicPage(Base, Record, Versioned, Scoped):
    """What everybody may read at `/public/<slug>`; once ended, its content is gone and the day and reason stay.

    Written when something is published, never edited: a trigger lets the content become empty and nothing else.
    """

    __tablename__ = "public_pages"
    __protection__ = "public"
    __table_args__ = (
        UniqueConstraint("slug"),
        Index("ix_public_pages_bureau", "bureau", "published_on"),
        Index("ix_public_pages_record", "entity", "record_id"),
        Index("ix_public_pages_school", "school", "published_on", postgresql_where=text("school <> ''")),
        CheckConstraint("ended_on is null or content = '{}'::jsonb", name="content_gone"),
        CheckConstraint("(ended_on is null) = (ended_as is null)", name="ended"),
    )

    slug: Mapped[str] = mapped_column(String(24))
    """Its address: words of chance in kebab case, which say nothing about the record behind."""
    kind: Mapped[str] = mapped_column(String(12))
    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """Who publishes it."""
    bureau: Mapped[str] = mapped_column(String(16))
    """Reference of the county's bureau, for its list of pages."""
    county_name: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(60))
    school: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"))
    """Reference of the school that it is about, for the school's public page; empty for the county's own."""
    school_name: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    content_sha256: Mapped[str] = mapped_column(String(64))
    published_on: Mapped[date]
    until_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_as: Mapped[str | None] = mapped_column(String(10))
    """withdrawn or expired."""
    ended_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))

    @property
    def is_open(self) -> bool:
        """Its content is there to be read."""
        return self.ended_on is None

    @property
    def address(self) -> str:
        """Where everybody reads it."""
        return f"/public/{self.slug}"
