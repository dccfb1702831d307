"""Printed plans: who asked for which, when, and the fingerprints by which anybody may check the paper."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import synonym

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class PlanDocument(Base, Record, Scoped):
    """One printout of a plan, or of all plans of a list under one cover (decision 51); made by the worker.

    `form` is pdf or word. The verify page is reached by `ref`, which stands in the QR code.
    """

    __tablename__ = "plan_documents"
    __protection__ = "unit"

    plan_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remediation_plans.id"), index=True)
    list_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_lists.id"), index=True)
    form: Mapped[str] = mapped_column(String(4))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40))
    """Number of the item or of the list, as it stands on the paper."""
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    owner_id: Mapped[uuid.UUID] = synonym("asked_by")
    """A printout belongs to the one who asked for it."""
    part_count: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    parts_done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    """Digest of the printed facts; the same for PDF and Word."""
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    """Empty until the worker has made it."""
    file_name: Mapped[str] = mapped_column(String(160), default="", server_default=text("''"))
    size: Mapped[int | None]
    pages: Mapped[int | None]
    made_at: Mapped[datetime | None]
    trouble_zh: Mapped[str] = mapped_column(default="", server_default=text("''"))
    trouble_en: Mapped[str] = mapped_column(default="", server_default=text("''"))

    @property
    def address(self) -> str:
        """Where it is waited for and fetched."""
        return f"/plan-documents/{self.ref}"

    @property
    def is_over(self) -> bool:
        """Made, or given up."""
        return self.made_at is not None or bool(self.trouble_zh)


class PrintedFact(Base, Record):
    """What a verify page may tell of a printout: number, edition, day and digests; nothing of a person or a school."""

    __tablename__ = "printed_plan_facts"

    document_ref: Mapped[str] = mapped_column(String(16), unique=True)
    number: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int]
    form: Mapped[str] = mapped_column(String(4))
    made_at: Mapped[datetime]
    content_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
