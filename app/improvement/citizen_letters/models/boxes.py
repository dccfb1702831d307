"""What everybody may read: the box of a school with its inspector's office, and answers that the office shows to all."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Index, UniqueConstraint, text

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column


class LetterBox(Base, Record, Versioned, Scoped):
    """督学信箱: the public page of one school, as its poster says it; names are copies, so that no other table is read."""

    __tablename__ = "letter_boxes"
    __protection__ = "public"
    __table_args__ = (UniqueConstraint("unit_id"),)

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """The school."""
    school_name: Mapped[str] = mapped_column(String(60))
    county_name: Mapped[str] = mapped_column(String(60))
    inspector_names: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    """Who answers for the school; kept true by the daily job."""
    office: Mapped[str] = mapped_column(String(60))
    office_phone: Mapped[str] = mapped_column(String(20))
    office_hours: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    is_open: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    shows_replies: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the office shows questions and answers of this school to everybody."""


class PublicReply(Base, Record, Scoped):
    """One question with its answer for everybody, worded anew by the office so that nobody is pointed at."""

    __tablename__ = "public_replies"
    __protection__ = "public"
    __table_args__ = (Index("ix_public_replies_box", "box_id", "published_on"),)

    box_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter_boxes.id"))
    topic: Mapped[str] = mapped_column(String(12))
    question: Mapped[str]
    answer: Mapped[str]
    published_on: Mapped[date]
