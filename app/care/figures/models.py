"""Frozen weeks of a county, and what was let out of them for the leading group."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import relationship

from app.care.figures.digests import digest_of
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from workflows.care.figure_release import FIGURE_RELEASE
from workflows.vocabulary import Sentence

KINDS = "'share', 'agreement', 'minutes', 'count'"
WEEK, PROCESS = "week", "process"
"""All that may be told of a week; what an inspector reads of a school: process facts without levels."""
GROUP, REGION = "group", "region"
"""Whom a number is for: the county's leading group; city and province, where nothing under ten is told."""


class FigureSnapshot(Base, Record, Scoped):
    """What may be told of a county in one week, or of one school (`school_id`); the database refuses every change of it.

    A row of the kind PROCESS holds of a school what its inspector reads, and nothing else.
    Small cells were taken out before it was written: the numbers behind them are kept nowhere.
    """

    __tablename__ = "figure_snapshots"
    __protection__ = "weeks"
    __table_args__ = (
        Index(
            "uq_figure_snapshots_week",
            "county_id",
            "taken_on",
            text("coalesce(school_id, county_id)"),
            "kind",
            unique=True,
        ),
        CheckConstraint("kind in ('week', 'process')", name="kind"),
    )

    kind: Mapped[str] = mapped_column(String(10), default=WEEK, server_default=WEEK)
    taken_on: Mapped[date]
    school_year: Mapped[int] = mapped_column(SmallInteger)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    content_sha256: Mapped[str] = mapped_column(String(64))


class FigureRelease(Base, Movable):
    """发布的数据: one week's figures for the leading group, with number and version; its content never changes."""

    __tablename__ = "figure_releases"
    __protection__ = "releases"
    __table_args__ = (
        UniqueConstraint("county_id", "year", "number", "version_no"),
        Index(
            "uq_figure_releases_open",
            "county_id",
            "year",
            "number",
            unique=True,
            postgresql_where=text("state in ('submitted', 'returned')"),
        ),
        Index(
            "uq_figure_releases_out",
            "county_id",
            "year",
            "number",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )
    workflow = FIGURE_RELEASE

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    snapshot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("figure_snapshots.id"))
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("figure_releases.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(SmallInteger)
    version_no: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    period: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(1000), default="", server_default=text("''"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    content_sha256: Mapped[str] = mapped_column(String(64))
    prepared_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    published_on: Mapped[date | None]

    preparer: Mapped[Any] = relationship("Person", foreign_keys=[prepared_by], lazy="raise")
    approver: Mapped[Any] = relationship("Person", foreign_keys=[approved_by], lazy="raise")
    replaces: Mapped[FigureRelease | None] = relationship(remote_side="FigureRelease.id", lazy="select")

    @property
    def label(self) -> str:
        """Its number with the version: 心理工作数据〔2026〕3号 第1版."""
        return f"心理工作数据〔{self.year}〕{self.number}号 第{self.version_no}版"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Figures of care {self.year}, No. {self.number}, edition {self.version_no}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/care-figures/releases/{self.ref}"

    @property
    def is_unchanged(self) -> bool:
        """Digest of the content as it is now."""
        return digest_of(self.content) == self.content_sha256

    @property
    def replaced_is_out(self) -> bool:
        """None to replace, or the one to replace was not withdrawn; this one alone may take its place (uq_…_open)."""
        return self.replaces is None or self.replaces.state in ("published", "superseded")


class PublishedFigure(Base, Record, Scoped):
    """One number of a release, for whoever reckons with numbers: the process lines of the yearly assessment (decision 71)."""

    __tablename__ = "published_figures"
    __protection__ = "release_numbers"
    __table_args__ = (
        UniqueConstraint("release_id", "code", "audience"),
        CheckConstraint(f"kind in ({KINDS})", name="kind"),
        CheckConstraint("audience = 'group' or (audience = 'region' and n >= 10)", name="audience"),
        CheckConstraint("n >= 5", name="no_small_cell"),
    )

    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("figure_releases.id"), info={"part_of": True})
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    code: Mapped[str] = mapped_column(String(60))
    audience: Mapped[str] = mapped_column(String(10), default=GROUP, server_default=GROUP)
    kind: Mapped[str] = mapped_column(String(10))
    period: Mapped[str] = mapped_column(String(40))
    value: Mapped[float]
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int]
