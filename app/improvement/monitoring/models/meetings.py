"""The meetings that must follow a release: hearings with what they asked for, feedback meetings with what they discussed."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column


class BriefingRecord(Base, Record, Scoped):
    """专题听取汇报: the main leader heard a report on this round; county or school."""

    __tablename__ = "briefing_records"
    __protection__ = "unit"

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    held_on: Mapped[date]
    chair: Mapped[str] = mapped_column(String(60))
    attendees: Mapped[str] = mapped_column(String(500))
    minutes: Mapped[str]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    follow_ups: Mapped[list[FollowUp]] = relationship(lazy="raise", order_by="(FollowUp.due_on, FollowUp.id)")
    """What the leaders asked for."""


class FollowUp(Base, Record, Scoped):
    """后续事项: one thing that a hearing asked for: what, who, by when, and the day on which it was done."""

    __tablename__ = "briefing_follow_ups"
    __protection__ = "unit"

    briefing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefing_records.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(300))
    who: Mapped[str] = mapped_column(String(60))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """Who wrote down that it was done."""
    reminded_on: Mapped[date | None]
    """When a letter last asked for it: the day before its day, and once after it."""

    @property
    def is_late(self) -> bool:
        """Past its day and not done."""
        return self.done_on is None and self.due_on < clock.today()


class FeedbackMeeting(Base, Record, Scoped):
    """反馈会议: results were fed back by level and subject."""

    __tablename__ = "feedback_meetings"
    __protection__ = "unit"

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    held_on: Mapped[date]
    level: Mapped[str] = mapped_column(String(10))
    """county, district or school."""
    subject: Mapped[str | None] = mapped_column(String(20))
    attendees: Mapped[str] = mapped_column(String(500))
    minutes: Mapped[str]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))


class MeetingFinding(Base, Record, Scoped):
    """A finding that a feedback meeting discussed. Its school is the finding's.

    Day and level are copied on purpose: a school reads that its finding was discussed, and no row of the county's meeting.
    """

    __tablename__ = "meeting_findings"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("meeting_id", "finding_id"),)

    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feedback_meetings.id", ondelete="CASCADE"))
    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_findings.id", ondelete="CASCADE"), index=True)
    held_on: Mapped[date]
    level: Mapped[str] = mapped_column(String(10))
