"""Pupils' scores while a reckoning needs them, the reckoning as a record, and what it found for each school and class."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.database import JSONB, Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.monitoring.models import MonitoringCycle
from app.people.directory.models import Unit


class ValueAddedScore(Base):
    """One pupil's scores under a pseudonym; only the assessment group reads them, and only for a few days.

    County and school are kept so that rows can be grouped; no name or number of a person is.
    """

    __tablename__ = "value_added_scores"
    __protection__ = "scores"
    __table_args__ = (
        UniqueConstraint("batch_id", "subject", "pseudonym"),
        CheckConstraint("subject <> 'psych'", name="no_psyche"),
        Index("ix_value_added_scores_cycle", "cycle_id", "subject"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"))
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id"))
    subject: Mapped[str] = mapped_column(String(20))
    pseudonym: Mapped[str] = mapped_column(String(40))
    class_no: Mapped[int | None]
    pre: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    """Earlier scores in time order; null where one is missing."""
    covariates: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    post: Mapped[float | None] = mapped_column(Float)


class ValueAddedRun(Base, Record, Scoped):
    """One reckoning of value added: from which file, by which model, how many pupils, and what it found for the county."""

    __tablename__ = "value_added_runs"
    __protection__ = "unit"
    __table_args__ = (Index("ix_value_added_runs_cycle", "cycle_id", "subject"),)

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"))
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batches.id"))
    subject: Mapped[str] = mapped_column(String(20))
    asked: Mapped[str] = mapped_column(String(12))
    model: Mapped[str | None] = mapped_column(String(12))
    rows: Mapped[int]
    n: Mapped[int]
    groups: Mapped[int]
    coverage: Mapped[float] = mapped_column(Float)
    found: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(60))
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    cycle: Mapped[MonitoringCycle] = relationship(lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """Which round was reckoned."""
        return self.cycle.name

    @property
    def address(self) -> str:
        """The run's page."""
        return f"/value-added/{self.ref}"


class ValueAddedEffect(Base, Record, Scoped):
    """What one run says of one school or class, with all that its school may know beside it."""

    __tablename__ = "value_added_effects"
    __protection__ = "unit"
    __table_args__ = (
        Index(
            "uq_value_added_effects", "run_id", "unit_id", "class_no", unique=True, postgresql_nulls_not_distinct=True
        ),
        Index("ix_value_added_effects_school", "school_id", "subject"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("value_added_runs.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    subject: Mapped[str] = mapped_column(String(20))
    class_no: Mapped[int | None]
    rows: Mapped[int]
    n: Mapped[int]
    pre_mean: Mapped[float | None] = mapped_column(Float)
    pre_sd: Mapped[float | None] = mapped_column(Float)
    post_mean: Mapped[float | None] = mapped_column(Float)
    post_sd: Mapped[float | None] = mapped_column(Float)
    effect: Mapped[float | None] = mapped_column(Float)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    verdict: Mapped[str | None] = mapped_column(String(6))
    """above, same or below the county's line; empty where nothing can be said."""
    reason: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    about: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    """Of the run: round, day, model, county mean and spread, pupils, coverage, notes; a school does not see the run."""

    unit: Mapped[Unit] = relationship(lazy="raise", foreign_keys=[unit_id])

    @property
    def coverage(self) -> float:
        """Pupils with both scores over the rows of the file, 0–1."""
        return self.n / self.rows if self.rows else 0.0
