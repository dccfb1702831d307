"""One table: what was done without an agreement, until when the guardian is told, and how that was done, sealed."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Index, text

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, mapped_column
from app.core.vault.rotation import Sealed
from workflows.care.emergency_notice import EMERGENCY_NOTICE
from workflows.vocabulary import Sentence


class EmergencyNotice(Base, Movable):
    """紧急情况告知: one alert, or one beginning of help at once, that went without an agreement."""

    __tablename__ = "emergency_notices"
    __protection__ = "register"
    __untold__ = frozenset({"student_id", "alert_id", "told_sealed"})
    __table_args__ = (
        CheckConstraint("cause in ('alert', 'level')", name="cause"),
        CheckConstraint("(cause = 'alert') = (alert_id is not null)", name="alert"),
        CheckConstraint("(state = 'told') = (told_sealed is not null)", name="told"),
        Index("uq_emergency_notices_alert", "alert_id", unique=True),
        Index(
            "uq_emergency_notices_level",
            "student_id",
            "happened_on",
            unique=True,
            postgresql_where=text("cause = 'level'"),
        ),
    )
    workflow = EMERGENCY_NOTICE

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    cause: Mapped[str] = mapped_column(String(8))
    alert_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("critical_alerts.id"))
    happened_on: Mapped[date]
    told_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    """Whom somebody told, how, and what was said; without the child's answers."""

    @property
    def label(self) -> str:
        """A code number, without a name and without the matter."""
        return f"紧急情况告知 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Notice after an emergency {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/emergency-notices/{self.ref}"
