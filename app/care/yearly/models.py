"""One table: audits, each version a row of its own that the database neither changes once submitted nor deletes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint, text

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, mapped_column
from app.people.controls.models import digest_of
from workflows.care.yearly_audit import YEARLY_AUDIT
from workflows.vocabulary import Sentence

OPEN = ("draft", "returned")


class YearlyAudit(Base, Movable):
    """年度审计: one version of what a county can say of a year."""

    __tablename__ = "yearly_audits"
    __protection__ = "yearly"
    __untold__ = frozenset({"content"})
    __table_args__ = (
        CheckConstraint("(content is null) = (counted_at is null)", name="counted"),
        CheckConstraint(
            "state not in ('signed', 'filed') or (signed_by is not null and content_sha256 is not null)", name="signed"
        ),
        CheckConstraint(
            "state <> 'filed' or (filed_on is not null and filed_with <> '' and receipt_no <> '')", name="filed"
        ),
        CheckConstraint("signed_by is null or (signed_by <> owner_id and signed_by <> submitted_by)", name="four_eyes"),
        UniqueConstraint("county_id", "year", "version_no"),
        Index(
            "uq_yearly_audits_open",
            "county_id",
            "year",
            unique=True,
            postgresql_where=text("state in ('draft', 'returned', 'submitted')"),
        ),
        Index(
            "uq_yearly_audits_held",
            "county_id",
            "year",
            unique=True,
            postgresql_where=text("state in ('signed', 'filed')"),
        ),
    )
    workflow = YEARLY_AUDIT

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    version_no: Mapped[int] = mapped_column(SmallInteger)
    file_by: Mapped[date]
    """The last day for filing: the end of January after the year, later for a correction."""
    counting: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the worker has been asked to count and has not answered yet."""
    content: Mapped[dict[str, Any] | None]
    counted_at: Mapped[datetime | None]
    conclusion: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    measures: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of what was counted and written, from the moment it is submitted."""
    submitted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    signed_on: Mapped[date | None]
    filed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    filed_on: Mapped[date | None]
    filed_with: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    receipt_no: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))

    @property
    def label(self) -> str:
        """2026年未成年人保护审计 第1版."""
        return f"{self.year}年未成年人保护审计 第{self.version_no}版"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Minors' data audit {self.year}, edition {self.version_no}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/yearly-audits/{self.ref}"

    @property
    def frozen(self) -> dict[str, Any]:
        """Everything under the digest: what was counted, and what the officer wrote."""
        return {
            "year": self.year,
            "version": self.version_no,
            "content": self.content,
            "conclusion": self.conclusion,
            "measures": self.measures,
        }

    @property
    def is_counted(self) -> bool:
        """The worker has answered, and nothing is asked of it now."""
        return self.content is not None and not self.counting

    @property
    def covers_the_year(self) -> bool:
        """Counted on a day of a later year, by the county's clock."""
        return self.counted_at is not None and clock.local(self.counted_at).year > self.year

    @property
    def has_conclusion(self) -> bool:
        """Both texts, neither of them empty."""
        return bool(self.conclusion.strip()) and bool(self.measures.strip())

    @property
    def is_unchanged(self) -> bool:
        """The digest is that of what stands here."""
        return self.content is not None and digest_of(self.frozen) == self.content_sha256
