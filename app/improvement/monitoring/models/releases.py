"""Releases per audience, and who signed for them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import JSONB, Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.monitoring.models.facts import AUDIENCES
from workflows.improvement.release_ack import RELEASE_ACK

__all__ = ["AUDIENCES", "DataRelease", "ReleaseAck"]


class DataRelease(Base, Record, Scoped):
    """One version of a round's data for one audience, frozen with its digest.

    All four are cut from one data set: `dataset_sha256` is the same in all, `snapshot_sha256` is the version's own.
    """

    __tablename__ = "data_releases"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("cycle_id", "audience"),)

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"))
    audience: Mapped[str] = mapped_column(String(10))
    summary: Mapped[str] = mapped_column(default="")
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, deferred=True)
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    dataset_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    prepared_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    released_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class ReleaseAck(Base, Movable):
    """One school's or department's sign-for of a release, with its own package."""

    __tablename__ = "release_acks"
    __changes_unversioned__ = True
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("cycle_id", "unit_id"),)
    workflow = RELEASE_ACK

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    cycle_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Written down here because a school does not see the county's round itself."""
    released_on: Mapped[date | None]
    package: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, deferred=True)
    package_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    acknowledged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    acknowledged_at: Mapped[datetime | None]
    reminded_on: Mapped[date | None]
    """When the office last asked for it."""

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")

    @property
    def label(self) -> str:
        """Which data were sent."""
        return self.cycle_name

    @property
    def address(self) -> str:
        """The package as its unit sees it."""
        return f"/monitoring/school-results/{self.ref}"
