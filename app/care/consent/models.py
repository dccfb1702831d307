"""Tables of consent: rounds, one consent per student, answers that nobody changes, personal codes."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import (
    JSONB,
    Base,
    ForeignKey,
    Mapped,
    Record,
    Scoped,
    String,
    Versioned,
    mapped_column,
)
from workflows.care.consent import CONSENT

AGAIN_AFTER = timedelta(days=30)
"""How long after a refusal nobody is asked again (decision 66)."""
OWN_SAY, ADULT = 14, 18
"""From 14 the student's agreement is needed beside the guardian's; from 18 it stands alone (domain B1)."""
PURPOSES = "'screening', 'cross_dept_data', 'counseling', 'referral_share', 'rating_share_guardian', 'research'"


class ConsentRound(Base, Record, Versioned, Scoped):
    """One asking of a school for one purpose: the notice as it was sent, and until when answers are hoped for."""

    __tablename__ = "consent_rounds"
    __protection__ = "unit"
    __table_args__ = (CheckConstraint(f"purpose in ({PURPOSES})", name="purpose"),)

    title: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(24))
    school_year: Mapped[int]
    grades: Mapped[list[str]]
    notice_version: Mapped[str] = mapped_column(String(20))
    notice: Mapped[dict[str, Any]] = mapped_column(JSONB)
    notice_sha256: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[date]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    asked_on: Mapped[date]
    assessment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("impact_assessments.id"))
    """The impact assessment under which it was sent; the database lets no new one in without it."""

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    @property
    def address(self) -> str:
        """The round's page."""
        return f"/consents/{self.ref}"


class Consent(Base, Movable):
    """One student's consent for one purpose and school year; who said what stands in its answers."""

    __tablename__ = "consents"
    __protection__ = "own_consent"
    __table_args__ = (
        CheckConstraint(f"purpose in ({PURPOSES})", name="purpose"),
        Index(
            "uq_consents_open",
            "student_id",
            "purpose",
            "school_year",
            unique=True,
            postgresql_where=text("state not in ('withdrawn', 'expired')"),
        ),
        Index("ix_consents_expired", "school_year", postgresql_where=text("state = 'expired'")),
        Index("ix_consents_class", "school_id", "round_id", "class_id"),
    )
    workflow = CONSENT

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    class_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school_classes.id"))
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consent_rounds.id"))
    purpose: Mapped[str] = mapped_column(String(24))
    school_year: Mapped[int]
    asked_on: Mapped[date]
    """When it was asked last: answers before do not count for what is decided now."""
    reason: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))

    student: Mapped[Any] = relationship("Student", lazy="joined", innerjoin=True)
    round: Mapped[ConsentRound] = relationship(lazy="joined", innerjoin=True)
    answers: Mapped[list[ConsentAnswer]] = relationship(lazy="selectin", order_by="ConsentAnswer.answered_at")

    @property
    def label(self) -> str:
        """The round's title: no name of a student in lists and letters."""
        return self.round.title

    @property
    def address(self) -> str:
        """Its page, where the counsellor enters what a paper says."""
        return f"/consents/answers/{self.ref}"

    @property
    def latest(self) -> dict[str, str]:
        """Who → the last thing said since it was asked."""
        said = sorted(self.answers, key=lambda one: one.answered_at)
        return {one.who: one.answer for one in said if clock.local(one.answered_at).date() >= self.asked_on}

    @property
    def somebody_refused(self) -> bool:
        """Any guardian, or the student, refused: one refusal is enough (decision 66)."""
        return any(answer in ("refuse", "withdraw") for answer in self.latest.values())

    @property
    def everybody_agreed(self) -> bool:
        """A guardian agreed (under 18) and the student did (from 14), and nobody refused."""
        said = self.latest
        guardian = any(answer == "agree" for who, answer in said.items() if who != "student")
        student = said.get("student") == "agree"
        age = age_on(self.student.birth_date, clock.today())
        enough = (guardian or age >= ADULT) and (student or age < OWN_SAY)
        return enough and not self.somebody_refused

    @property
    def may_be_asked_again(self) -> bool:
        """Thirty days since the state was reached."""
        return clock.now() >= self.state_since + AGAIN_AFTER

    @property
    def was_agreed(self) -> bool:
        """Agreed to, or agreed to until it ran out: what was gathered then can still be taken back."""
        return self.state == "granted" or (self.state == "expired" and self.previous_state == "granted")

    @property
    def student_left(self) -> bool:
        """On the roll of this school no more: the next school asks for itself."""
        return self.student.left_on is not None and self.student.left_on <= clock.today()

    @property
    def left_since_asked(self) -> bool:
        """The place on the roll for which it was asked is over; whoever is back has another one."""
        return self.student_left or bool(self.student.from_on > self.asked_on)

    @property
    def never_left(self) -> bool:
        """It ended with the roll, and the student is on it without a break since it was asked."""
        ended = self.state == "expired" and not self.year_is_over
        return ended and not self.left_since_asked

    @property
    def year_is_over(self) -> bool:
        """31 August of the year's end has passed."""
        return clock.today() >= date(self.school_year + 1, 9, 1)

    @property
    def standing_word(self) -> str:
        """What teachers see: "in", "out" or "waiting"."""
        return {"granted": "in", "pending": "waiting", "requested": "waiting"}.get(self.state, "out")


class ConsentAnswer(Base, Record, Scoped):
    """What one person said: who, as what, by which way, to which version of the notice; rows are only added (security 41)."""

    __tablename__ = "consent_answers"
    __protection__ = "own_consent"
    __table_args__ = (
        CheckConstraint("who in ('guardian1', 'guardian2', 'student')", name="who"),
        CheckConstraint("answer in ('agree', 'refuse', 'withdraw')", name="answer"),
        CheckConstraint("channel in ('phone', 'paper')", name="channel"),
        CheckConstraint("(channel = 'phone') = (code_id is not null)", name="proof"),
    )

    consent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consents.id"), index=True, info={"part_of": True})
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    who: Mapped[str] = mapped_column(String(10))
    relation: Mapped[str] = mapped_column(String(12))
    answer: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(8))
    notice_version: Mapped[str] = mapped_column(String(20))
    notice_sha256: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    code_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("access_codes.id"))
    """The personal code whose holder said it."""
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    """The scanned paper."""
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    """The workbook that brought it."""
    scan_ref: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Where the school keeps the scan of a paper that came by workbook: its number or address."""
    file_name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    file_size: Mapped[int | None]


class AccessCode(Base, Record, Scoped):
    """A personal code of one child's guardian or of the child: only its keyed hash is kept (decision 76)."""

    __tablename__ = "access_codes"
    __protection__ = "own_consent"
    __table_args__ = (
        UniqueConstraint("lookup"),
        CheckConstraint("kind in ('guardian1', 'guardian2', 'student')", name="kind"),
        Index("ix_access_codes_left", "expires_at", postgresql_where=text("ended_as = 'left'")),
        Index("uq_access_codes_open", "student_id", "kind", unique=True, postgresql_where=text("ended_at is null")),
    )

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    kind: Mapped[str] = mapped_column(String(10))
    lookup: Mapped[bytes] = mapped_column(LargeBinary)
    issued_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None] = mapped_column(String(10))
    """"reissued", "tries" or "left"."""

    def is_open(self, moment: datetime) -> bool:
        """Whether it may still be used."""
        return self.ended_at is None and moment < self.expires_at


class AccessCodePlace(Base):
    """Keyed hash of a code → the school whose rows hold it: so that a door without a session knows where to look.

    Says nothing of a child, and nothing at all to who has not the code.
    """

    __tablename__ = "access_code_places"

    lookup: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))


def age_on(birth: date, day: date) -> int:
    """Completed years on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
