"""The yearly list of visits (年度督导清单) that the office files before the year begins."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, mapped_column


class SupervisionEntry(Base, Record, Scoped, Versioned):
    """One entry of a year's list: which kind of visit, to which schools, between which days, on which ground.

    Everybody in the county may know it: schools plan with it.
    """

    __tablename__ = "supervision_entries"
    __protection__ = "county"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        CheckConstraint("to_on >= from_on", name="dates"),
        Index("ix_supervision_entries_year", "county_id", "year", "from_on"),
    )

    number: Mapped[str] = mapped_column(String(20))
    """Spoken number such as DD-0007, counted per county."""
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(80))
    basis: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    """The document it rests on."""
    from_on: Mapped[date]
    to_on: Mapped[date]
    schools: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of the schools; an empty list means every school of the county."""
    branches: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Numbers of the inspection indicators whose observation points its visits look at."""
    topics: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Topics that narrow these points down; none means all of them."""
    planned_count: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Visits that each school gets under it."""
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    @property
    def label(self) -> str:
        """Number and words of the entry."""
        return f"{self.number} {self.title}"

    @property
    def address(self) -> str:
        """Its page: the programme of its visits."""
        return f"/visit-programme/{self.ref}"

    def covers(self, kind: str, day: date | None, school_id: uuid.UUID) -> bool:
        """Whether it is in force for a visit of that kind to that school on that day."""
        return (
            self.withdrawn_on is None
            and self.kind == kind
            and day is not None
            and self.from_on <= day <= self.to_on
            and (not self.schools or str(school_id) in self.schools)
        )
