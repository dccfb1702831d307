"""What is known of a student and from whom: facts, ratings, professional looks."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.core.vault.rotation import Sealed

SAFETY_FACTS = ("self_harm", "returned_from_leave", "crisis_open")
"""Facts that set a floor and give no points (domain §4.2 O2–O4)."""


class OfStudent(Scoped):
    """A row about one student of one school, shown to those who hold the data class `care` there."""

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)


class RiskFact(Base, Record, OfStudent):
    """A fact of a student from one source, as dated: a factor of the rule set or one of `SAFETY_FACTS`."""

    __tablename__ = "risk_facts"
    __protection__ = "care_case"
    __table_args__ = (
        UniqueConstraint("student_id", "code", "source", "dated_on"),
        CheckConstraint("ended_on is null or ended_on >= dated_on", name="dates"),
        CheckConstraint(r"""code !~ '["\\[:cntrl:]]' and source !~ '["\\[:cntrl:]]'""", name="words"),
    )

    code: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(20))
    dated_on: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))


class TeacherRating(Base, Record, OfStudent):
    """A class teacher's look at a student: eight items 0–3, of which 7 and 8 act by themselves (domain §4.1)."""

    __tablename__ = "teacher_ratings"
    __protection__ = "care_class"
    __table_args__ = (
        CheckConstraint("array_length(items, 1) = 8 and 0 <= all(items) and 3 >= all(items)", name="items"),
    )

    rated_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    rated_on: Mapped[date]
    items: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    comment_sealed: Mapped[bytes | None] = mapped_column(Sealed())


class ProfessionalAssessment(Base, Record, OfStudent):
    """A professional look: level none, mild, moderate or high; never a diagnosis."""

    __tablename__ = "professional_assessments"
    __protection__ = "care_case"
    __table_args__ = (CheckConstraint("level in ('none', 'mild', 'moderate', 'high')", name="level"),)

    assessed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    assessed_on: Mapped[date]
    level: Mapped[str] = mapped_column(String(10))
