"""What the rainbow code reads and writes: facts, ratings, professional looks, alerts, computations, tiers in force."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    UniqueConstraint,
)
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
    __protection__ = "care"
    __table_args__ = (
        UniqueConstraint("student_id", "code", "source", "dated_on"),
        CheckConstraint("ended_on is null or ended_on >= dated_on", name="dates"),
    )

    code: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(20))
    dated_on: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))


class TeacherRating(Base, Record, OfStudent):
    """A class teacher's look at a student: eight items 0–3, of which 7 and 8 act by themselves (domain §4.1)."""

    __tablename__ = "teacher_ratings"
    __protection__ = "care"
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
    __protection__ = "care"
    __table_args__ = (CheckConstraint("level in ('none', 'mild', 'moderate', 'high')", name="level"),)

    assessed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    assessed_on: Mapped[date]
    level: Mapped[str] = mapped_column(String(10))


class RainbowTier(Base, Record, OfStudent):
    """The tier in force; `since` is the day on which people let it take effect."""

    __tablename__ = "rainbow_tiers"
    __protection__ = "care"
    __table_args__ = (
        UniqueConstraint("student_id"),
        CheckConstraint("tier in ('green', 'yellow', 'orange', 'red')", name="tier"),
    )

    tier: Mapped[str] = mapped_column(String(6))
    since: Mapped[date]


class RainbowComputation(Base):
    """What the rules said of a student on a day: points by domain, floors, and every fact that they read.

    `kind`: propose | step_down | undetermined | hold_points | hold_dwell | hold_once | hold_lapsed; `tier` is what is
    proposed, suggested or held, empty when undetermined. `factors`: one object per fact {domain, code, source, on,
    points, counts, floor, soft}. `fits_since`: since which computation, without a break, one step down would fit.
    Written once and never changed; a run writes a row only where facts or answer changed (decision 63).
    """

    __tablename__ = "rainbow_computations"
    __protection__ = "care"
    __table_args__ = (Index("ix_rainbow_computations_newest", "school_id", "student_id", "number"),)

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    run_id: Mapped[uuid.UUID]
    computed_on: Mapped[date]
    rule_set: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    tier: Mapped[str | None] = mapped_column(String(6))
    bg: Mapped[int] = mapped_column(SmallInteger)
    ev: Mapped[int] = mapped_column(SmallInteger)
    sc: Mapped[int] = mapped_column(SmallInteger)
    tr: Mapped[int] = mapped_column(SmallInteger)
    pa: Mapped[int] = mapped_column(SmallInteger)
    total: Mapped[int] = mapped_column(SmallInteger)
    completeness: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    hard_floor: Mapped[str] = mapped_column(String(6))
    soft_floor: Mapped[str] = mapped_column(String(6))
    flags: Mapped[list[Any]]
    factors: Mapped[list[Any]]
    inputs_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    fits_since: Mapped[date | None]
