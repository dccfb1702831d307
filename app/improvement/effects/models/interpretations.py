"""Interpretation reports: what people read out of a release, in four versions for four kinds of readers."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import JSONB, Base, ForeignKey, Mapped, String, mapped_column
from app.improvement.anonymity import persons_in, schools_in
from app.improvement.effects.models.value_added import ValueAddedRun
from app.improvement.monitoring.models import MonitoringCycle
from workflows.improvement.interpretation_report import INTERPRETATION_REPORT

AUDIENCES = ("basic", "analysis", "topic", "public")


class InterpretationReport(Base, Movable):
    """解读报告: across schools and over time, with its doubts; frozen when it is signed."""

    __tablename__ = "interpretation_reports"
    __protection__ = "unit"
    workflow = INTERPRETATION_REPORT

    title: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str | None] = mapped_column(String(20))
    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"), index=True)
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("value_added_runs.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    across: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Horizontal comparison in words."""
    over_time: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Longitudinal comparison in words."""
    limits: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the data cannot say."""
    advice: Mapped[str] = mapped_column(default="", server_default=text("''"))
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    """What stands in front of the version of each audience."""
    versions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"), deferred=True)
    dataset_sha256: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Digest of the one data set that all four versions are cut from; empty before it is signed."""
    signed_on: Mapped[date | None]
    published_on: Mapped[date | None]

    cycle: Mapped[MonitoringCycle] = relationship(lazy="joined", innerjoin=True)
    run: Mapped[ValueAddedRun | None] = relationship(lazy="select")

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    @property
    def address(self) -> str:
        """The report's page."""
        return f"/interpretations/{self.ref}"

    @property
    def data_are_out(self) -> bool:
        """The data that it explains are released and not taken back."""
        return self.cycle.is_out

    @property
    def is_written(self) -> bool:
        """Both comparisons and the limits are there."""
        return all(part.strip() for part in (self.across, self.over_time, self.limits))

    @property
    def public_words(self) -> str:
        """What stands in front of the public version."""
        return str(self.said.get("public") or "")

    @property
    def public_words_name_nobody(self) -> bool:
        """What everybody reads in front of the public version names no school, no person, no number of one."""
        words = self.public_words
        return not persons_in(self.county_id, words) and not schools_in(self.county_id, None, words)
