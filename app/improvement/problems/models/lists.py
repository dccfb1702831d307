"""A problem list: numbered, versioned, frozen and signed when it is issued."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column
from workflows.improvement.problem_list import PROBLEM_LIST
from workflows.vocabulary import Sentence


class ProblemList(Base, Movable):
    """One list of the county, or of a school for itself; v2 supersedes v1 when it is issued."""

    __tablename__ = "problem_lists"
    __protection__ = "county"
    __table_args__ = (
        UniqueConstraint("county_id", "number", "edition"),
        Index("ix_problem_lists_standing", "county_id", "state"),
    )
    workflow = PROBLEM_LIST

    level: Mapped[str] = mapped_column(String(6))
    """county or school."""
    number: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    title: Mapped[str] = mapped_column(String(80))
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_cycles.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """Who keeps the list: the office, or the school."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    requirements: Mapped[str] = mapped_column(default="", server_default=text("''"))
    document_number: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    issued_on: Mapped[date | None]
    opened_at: Mapped[datetime | None]
    """When the approver opened the version now submitted (G6)."""
    summary: Mapped[str] = mapped_column(default="", server_default=text("''"))
    previous_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_lists.id"))

    items: Mapped[list[Any]] = relationship(
        "ProblemItem",
        back_populates="problem_list",
        lazy="select",
        primaryjoin="and_(ProblemList.id == ProblemItem.list_id,"
        " or_(ProblemItem.state != 'void', ProblemItem.issued_on.is_not(None)))",
        order_by="(ProblemItem.position, ProblemItem.number)",
    )
    """Its lines (items.ProblemItem), void ones included; what was dropped from the draft is no line."""
    cycle: Mapped[Any] = relationship("MonitoringCycle", foreign_keys=[cycle_id], lazy="raise")
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")

    @property
    def label(self) -> str:
        """Title and edition."""
        return f"{self.title}（第 {self.edition} 版）" if self.edition > 1 else self.title

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"{self.title} (edition {self.edition})" if self.edition > 1 else self.title)

    @property
    def address(self) -> str:
        """The list's page."""
        return f"/lists/{self.ref}"

    @property
    def can_be_edited(self) -> bool:
        """Lines may be added and changed."""
        return self.state in ("draft", "returned")

    @property
    def is_school_level(self) -> bool:
        """A school keeps it for itself."""
        return self.level == "school"

    @property
    def was_opened(self) -> bool:
        """The approver has opened the version now submitted."""
        return self.opened_at is not None

    @property
    def is_frozen(self) -> bool:
        """The snapshot is stored and signed."""
        stored = text("select exists (select 1 from list_snapshots where list_id = :id)")
        return bool(db.session.execute(stored, {"id": self.id}).scalar_one())

    @property
    def successor_issued(self) -> bool:
        """The next edition has been issued."""
        issued = text(
            "select exists (select 1 from problem_lists where previous_id = :id and state in ('issued', 'in_progress'))"
        )
        return bool(db.session.execute(issued, {"id": self.id}).scalar_one())


class ListSnapshot(Base, Record, Scoped):
    """What was signed: the list and its items as they stood at issue, with the digest over it."""

    __tablename__ = "list_snapshots"
    __protection__ = "unit"

    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_lists.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sha256: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))


class ListDocument(Base, Record):
    """A printed list as anybody may check it: number, edition and digests, nothing of a person or a school.

    `form` is pdf or word. The verify page is reached by `ref`, which stands in the QR code.
    """

    __tablename__ = "list_documents"
    __table_args__ = (UniqueConstraint("list_id", "form"),)

    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_lists.id"))
    form: Mapped[str] = mapped_column(String(4))
    title: Mapped[str] = mapped_column(String(80))
    issuer: Mapped[str] = mapped_column(String(80))
    document_number: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int]
    issued_on: Mapped[date]
    item_count: Mapped[int]
    content_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    """Empty until the worker has drawn it."""
    file_name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int | None]
    pages: Mapped[int | None]
    made_at: Mapped[datetime | None]


class NumberCounter(Base):
    """The last spoken number of each kind in a county; rows of other schools are hidden from a school, this is not."""

    __tablename__ = "number_counters"

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int] = mapped_column(default=0, server_default=text("0"))
