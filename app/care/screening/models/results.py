"""What screening keeps of an answered scale, and the alerts that critical answers raise."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.core.policy.assignments import PART_OF
from workflows.care.critical_alert import CRITICAL_ALERT
from workflows.vocabulary import Sentence


class ScaleResult(Base, Record, Scoped):
    """A scored scale: scores by id, band 0–4, the verdict on its validity; the answers lie sealed elsewhere.

    `usable`: it may give points (valid or flagged, with a band); `worry`: an O7 item was met.
    """

    __tablename__ = "scale_results"
    __protection__ = "care_case"
    __table_args__ = (
        Index("ix_scale_results_newest", "student_id", "scale_code", "answered_on"),
        CheckConstraint("band between 0 and 4", name="band"),
        CheckConstraint(r"""scale_code !~ '["\\[:cntrl:]]'""", name="words"),
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


class CriticalAlert(Base, Movable):
    """An answer or rating that a person must look at: `kind` O1a (urgent) or O1b (same day), open until cleared.

    `accept_by`: when somebody has to have taken it on; each half hour later one level above is told (`told`). `accepted_at`:
    when somebody did.
    """

    __tablename__ = "critical_alerts"
    __protection__ = "alerts"
    __table_args__ = (
        CheckConstraint("kind in ('O1a', 'O1b')", name="kind"),
        CheckConstraint("outcome in ('clear', 'crisis', 'case')", name="outcome"),
    )
    workflow = CRITICAL_ALERT

    state: Mapped[str] = mapped_column(String(40), index=True, default="pending", server_default=text("'pending'"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True, info={PART_OF: True})
    kind: Mapped[str] = mapped_column(String(3))
    raised_on: Mapped[date]
    cleared_on: Mapped[date | None]
    campaign_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("screening_campaigns.id"), index=True)
    accept_by: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    interview_by: Mapped[date | None]
    told: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    interviewed_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(10))
    read_second_on: Mapped[date | None]

    student: Mapped[Any] = relationship("Student", lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """Without a name and without the matter: lists and letters show it outside the page too (domain G8)."""
        return "一项当天要办的待办"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, "Something to do today")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/alerts/{self.ref}"

    @property
    def interview_is_recorded(self) -> bool:
        """Day and outcome are there."""
        return self.interviewed_on is not None and self.outcome is not None

    @property
    def second_reader_agrees(self) -> bool:
        """Needed for "no current risk" only."""
        return self.outcome != "clear" or self.read_second_on is not None
