"""Results cell by cell, each with the file, sheet, row and column it came from; versions are kept."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Float, Index, text
from sqlalchemy.orm import relationship, synonym

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.core.small_cells import FEW, KEPT, LEAST


class MonitoringResult(Base, Record, Scoped):
    """One value of one unit (region, school, grade or class) on one indicator in one round.

    Null `superseded_at` is in force. What the rules said of the cell stands beside it (`verdict` and the numbers
    behind it), so that strengths and everything in between can be shown without being listed.
    """

    __tablename__ = "monitoring_results"
    __protection__ = "unit"
    __table_args__ = (
        Index(
            "uq_monitoring_results_cell",
            "cycle_id",
            "cell_key",
            unique=True,
            postgresql_where=text("superseded_at is null"),
        ),
        Index("ix_monitoring_results_school", "school_id", "cycle_id"),
        Index("ix_monitoring_results_indicator", "cycle_id", "indicator_id", "scope_level"),
        Index("ix_monitoring_results_unit", "unit_id", "indicator_id"),
    )

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"))
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id"), index=True)
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("indicators.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    cell_key: Mapped[str] = mapped_column(String(120))
    """scope_level|unit code|grade|class_no|subject|indicator|benchmark_type."""
    scope_level: Mapped[str] = mapped_column(String(6))
    grade: Mapped[str | None] = mapped_column(String(3))
    class_no: Mapped[int | None]
    cohort: Mapped[int | None]
    """The year in which these pupils were in grade 1; empty where the cell is of no grade. By it a class moves up."""
    subject: Mapped[str] = mapped_column(String(20))
    value_type: Mapped[str] = mapped_column(String(6))
    direction: Mapped[str] = mapped_column(String(6))
    value: Mapped[float | None] = mapped_column(Float)
    missing: Mapped[str | None] = mapped_column(String(10))
    """absent or not_given where there is no value; few or kept where it is not told (domain P0)."""
    benchmark_type: Mapped[str] = mapped_column(String(20))
    benchmark_value: Mapped[float | None] = mapped_column(Float)
    benchmark_se: Mapped[float | None] = mapped_column(Float)
    n: Mapped[int]
    n_expected: Mapped[int | None]
    sd: Mapped[float | None] = mapped_column(Float)
    deff: Mapped[float | None] = mapped_column(Float)
    """As the sheet gives it; empty: the default of a census or a sample (domain §8)."""
    file_sha256: Mapped[str] = mapped_column(String(64))
    sheet: Mapped[str] = mapped_column(String(60))
    row_no: Mapped[int]
    cell: Mapped[str] = mapped_column(String(10))
    """Address of the value's cell, such as F37."""
    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[uuid.UUID | None]
    kept_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"), index=True)
    """The cell of an earlier round whose numbers are told on, because a few pupils more or less would show themselves."""

    verdict: Mapped[str | None] = mapped_column(String(10))
    """candidate, watch, none or strength; empty before the rules ran, and for a second benchmark of a value."""
    severity: Mapped[str | None] = mapped_column(String(10))
    effect: Mapped[float | None] = mapped_column(Float)
    effect_low: Mapped[float | None] = mapped_column(Float)
    effect_high: Mapped[float | None] = mapped_column(Float)
    adjusted_p: Mapped[float | None] = mapped_column(Float)
    family_size: Mapped[int | None]
    not_eligible: Mapped[str | None] = mapped_column(String(20))
    judged_at: Mapped[datetime | None]

    cycle: Mapped[Any] = relationship("MonitoringCycle", lazy="raise")
    indicator: Mapped[Any] = relationship("Indicator", lazy="raise")

    @property
    def is_untold(self) -> bool:
        """Too few pupils stand behind it, or behind a cell that it would give away."""
        return self.missing in (FEW, KEPT)

    def is_near(self, other: MonitoringResult) -> bool:
        """Another telling of the same thing, apart by so few pupils that the two subtracted would show them."""
        return 0 < abs(self.n - other.n) < LEAST

    @property
    def pupils(self) -> int | None:
        """How many pupils were measured, where that is told."""
        return None if self.is_untold else self.n

    @property
    def response(self) -> float | None:
        """Share of those who should have been measured, 0–1, where both numbers are told."""
        return min(1.0, self.n / self.n_expected) if self.n_expected and not self.is_untold else None

    @property
    def mark(self) -> str:
        """The first eight characters of the file's fingerprint, as people compare them."""
        return self.file_sha256[:8]


def same_measure(base: Any) -> tuple[ColumnElement[bool], ...]:
    """Cells in force of the same unit, class and indicator as `base` (a cell or its columns), whatever the round."""
    r = MonitoringResult
    return (
        r.unit_id == base.unit_id,
        r.indicator_id == base.indicator_id,
        r.scope_level == base.scope_level,
        r.class_no.is_not_distinct_from(base.class_no),
        r.superseded_at.is_(None),
    )


class SourceConflict(Base, Record, Scoped):
    """Two sources that disagree on one thing: shown side by side, asked of the data owner, settled on record."""

    __tablename__ = "source_conflicts"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint(
            "(outcome is null) = (settled_at is null) and coalesce(outcome in ('one', 'both', 'neither'), true)"
            " and (chosen_id is not null) = coalesce(outcome = 'one', false)",
            name="outcome",
        ),
        Index("ix_source_conflicts_first", "first_id"),
        Index("ix_source_conflicts_second", "second_id"),
    )

    first_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_results.id"))
    second_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_results.id"))
    question: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    asked_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    """Who owns the data and is asked: its head may answer."""
    unit_id: Mapped[uuid.UUID | None] = synonym("asked_unit_id")
    answer: Mapped[str | None] = mapped_column(String(1000))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(7))
    """one: the chosen source counts; both: each is right, the difference is explained; neither: none is to be used."""
    chosen_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"))
    settlement: Mapped[str | None] = mapped_column(String(1000))
    """Why it was decided so."""
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
