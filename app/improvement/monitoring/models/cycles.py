"""A monitoring round, the indicators it measures, and the reconciliation that a second member signs."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Float, UniqueConstraint, text

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from workflows.improvement.monitoring_cycle import MONITORING_CYCLE


class MonitoringCycle(Base, Movable):
    """One round: who measures what in which grades, with which instrument, and how long the improvement lasts."""

    __tablename__ = "monitoring_cycles"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("county_id", "code"),)
    workflow = MONITORING_CYCLE

    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(10))
    """national, province, city or county."""
    stage: Mapped[str] = mapped_column(String(10))
    """primary, junior, senior."""
    grades: Mapped[list[str]] = mapped_column(default=list)
    subjects: Mapped[list[str]] = mapped_column(default=list)
    instrument: Mapped[str] = mapped_column(String(80))
    instrument_version: Mapped[str] = mapped_column(String(20))
    coverage: Mapped[str] = mapped_column(String(10))
    """census or sample; decides the default design effect (domain §8)."""
    indicator_codes: Mapped[list[str]] = mapped_column(default=list)
    benchmark_source: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    document_numbers: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """The policy chain the round rests on."""
    released_on: Mapped[date | None]
    improve_until: Mapped[date | None]
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_cycles.id"))
    """The withdrawn cycle whose data return here."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))


class Indicator(Base, Record, Scoped):
    """What is measured: unit, direction and range of its values, and which instruments may be compared."""

    __tablename__ = "indicators"
    __table_args__ = (UniqueConstraint("county_id", "code"),)

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(20))
    domain: Mapped[str] = mapped_column(String(20), default="subject")
    """subject, psychological, physical, comprehensive."""
    value_type: Mapped[str] = mapped_column(String(6))
    direction: Mapped[str] = mapped_column(String(6))
    family: Mapped[str] = mapped_column(String(40))
    """Instrument family: rounds of one family, or equated ones, may be compared (domain §7.4)."""
    lowest: Mapped[float | None] = mapped_column(Float)
    highest: Mapped[float | None] = mapped_column(Float)
    index_margin: Mapped[float | None] = mapped_column(Float)
    unit_word: Mapped[str] = mapped_column(String(10), default="分")
    retired: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))


class Reconciliation(Base, Record, Scoped):
    """The check of imported data before verification: row counts, numbers against the roster, ranges, missing share."""

    __tablename__ = "reconciliations"
    __protection__ = "unit"

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"), index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    remarks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    missing_share: Mapped[float] = mapped_column(Float)
    signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    signed_at: Mapped[datetime | None]
