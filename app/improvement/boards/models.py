"""A day's frozen board: its figures, its counts by unit, category and state, and the ledger behind them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class BoardSnapshot(Base, Record, Scoped):
    """The board of one county on one day; the database refuses every change of it."""

    __tablename__ = "board_snapshots"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("county_id", "taken_on"),)

    taken_on: Mapped[date]
    made_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Name of a rate → [numerator, denominator]; and `outcomes`: outcome → number."""
    item_count: Mapped[int]
    ledger: Mapped[list[Any]] = mapped_column(JSONB, default=list, deferred=True)
    """One list of texts and numbers an item, in the order of the numbers."""
    ledger_sha256: Mapped[str] = mapped_column(String(64))


class BoardCount(Base, Record, Scoped):
    """How many items of a unit and category stood in a state on that day, and how many of them were late."""

    __tablename__ = "board_counts"
    __protection__ = "unit"
    __table_args__ = (Index("ix_board_counts_snapshot", "snapshot_id"),)

    snapshot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board_snapshots.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    category: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(40))
    n: Mapped[int]
    late: Mapped[int]


class BoardReport(Base, Record, Scoped):
    """The weekly report of a frozen day, kept by its digest."""

    __tablename__ = "board_reports"
    __protection__ = "unit"

    snapshot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board_snapshots.id"), unique=True)
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(120))


class CountyTally(Base):
    """What the boards of a large county count, as the sweep counted it last; numbers by unit and state, no names.

    Plumbing: written by the worker outside an act, since nothing happens to any record by it.
    """

    __tablename__ = "county_tallies"
    __outside_act__ = True

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), primary_key=True)
    made_at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(Float)
    """How long the counting took: it is repeated so much the more rarely."""
    lines: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
