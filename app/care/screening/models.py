"""What screening keeps of an answered scale, and the alerts that critical answers raise."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class ScaleResult(Base, Record, Scoped):
    """A scored scale: scores by id, band 0–4, the verdict on its validity; the answers lie sealed elsewhere.

    `usable`: it may give points (valid or flagged, with a band); `worry`: an O7 item was met.
    """

    __tablename__ = "scale_results"
    __protection__ = "care_case"
    __table_args__ = (
        Index("ix_scale_results_newest", "student_id", "scale_code", "answered_on"),
        CheckConstraint("band between 0 and 4", name="band"),
    )

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    scale_code: Mapped[str] = mapped_column(String(40))
    scale_version: Mapped[str] = mapped_column(String(20))
    construct: Mapped[str] = mapped_column(String(40))
    answered_on: Mapped[date]
    band: Mapped[int | None] = mapped_column(SmallInteger)
    scores: Mapped[dict[str, Any]]
    verdict: Mapped[str] = mapped_column(String(12))
    usable: Mapped[bool]
    worry: Mapped[bool] = mapped_column(default=False)


class CriticalAlert(Base, Record, Scoped):
    """An answer or rating that a person must look at: `kind` O1a (urgent) or O1b (same day), open until cleared."""

    __tablename__ = "critical_alerts"
    __protection__ = "care_case"
    __table_args__ = (CheckConstraint("kind in ('O1a', 'O1b')", name="kind"),)

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    kind: Mapped[str] = mapped_column(String(3))
    raised_on: Mapped[date]
    cleared_on: Mapped[date | None]
