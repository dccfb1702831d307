"""What the rules said and what people decided: levels in force, computations, assessments, duties, runs."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import foreign, relationship

from app.care.rainbow.models.facts import OfStudent
from app.care.rainbow.rule_set import TIERS
from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.core.policy.assignments import PART_OF
from app.core.vault.rotation import Sealed
from app.people.directory.models import Student
from workflows.care.care_duty import CARE_DUTY
from workflows.care.rainbow_assessment import RAINBOW_ASSESSMENT
from workflows.vocabulary import Sentence


class RainbowTier(Base, Record, OfStudent):
    """The tier in force; `since` is the day on which people let it take effect."""

    __tablename__ = "rainbow_tiers"
    __protection__ = "county_levels"
    __table_args__ = (
        UniqueConstraint("student_id"),
        CheckConstraint("tier in ('green', 'yellow', 'orange', 'red')", name="tier"),
    )

    tier: Mapped[str] = mapped_column(String(6))
    since: Mapped[date]


class RainbowComputation(Base):
    """What the rules said of a student on a day: points by domain, floors, and every fact that they read.

    `kind`: propose | step_down | undetermined | hold_points | hold_dwell | hold_once | hold_lapsed; `tier` is what is
    proposed, suggested or held, empty when undetermined. `factors`: one object per fact {on, code, domain, source,
    points, soft, floor, counts}; a floor of 0 is left out, and a fact counts where nothing else is said. `fits_since`:
    since which computation, without a break, one step down would fit.
    Written once and never changed; a run writes a row only where facts or answer changed (decision 63). That there is the
    student, with this school and county, is looked at once a statement, by a trigger, and others keep a student of whom
    something was computed: a foreign key looks up and locks each row, which took as long as writing it.
    """

    __tablename__ = "rainbow_computations"
    __protection__ = "care_case"
    __table_args__ = (Index("ix_rainbow_computations_newest", "school_id", "student_id", "number"),)

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    county_id: Mapped[uuid.UUID]
    school_id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
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
    factors: Mapped[list[Any]] = mapped_column(JSON)
    """As the rules wrote them: the text of which the digest is taken."""
    inputs_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    fits_since: Mapped[date | None]


cast(Table, RainbowComputation.__table__).add_is_dependent_on(cast(Table, Student.__table__))
ONE_YEAR = timedelta(days=365)
STANDING = text("array_position('{proposed,effective}'::text[], state::text)")
"""1 an open proposal, 2 a level in force, else nothing."""


class RainbowAssessment(Base, Movable):
    """彩虹码评定: what the rules proposed for a student, who signed it, and what was decided.

    `decided` stays empty until people decide; the reason of a change lies sealed. Levels and reasons are never told in
    the trail: it says that somebody decided, not what. A night may bring one for every student of a county, so there are
    few indexes: one holds that of a student one is open and one in force, one finds those of a school.
    """

    __tablename__ = "rainbow_assessments"
    __protection__ = "proposals"
    __untold__ = frozenset({"proposed", "decided", "note_sealed"})
    __table_args__ = (
        CheckConstraint("unit_id = school_id", name="at_school"),
        CheckConstraint("proposed in ('green', 'yellow', 'orange', 'red')", name="proposed"),
        CheckConstraint("decided in ('green', 'yellow', 'orange', 'red')", name="decided"),
        Index("uq_rainbow_assessments_standing", "student_id", STANDING, unique=True),
        Index("ix_rainbow_assessments_queue", "school_id", "state"),
    )
    workflow = RAINBOW_ASSESSMENT

    county_id: Mapped[uuid.UUID] = mapped_column()
    school_id: Mapped[uuid.UUID | None] = mapped_column(nullable=False)
    unit_id: Mapped[uuid.UUID]
    """The school, whose psychology staff is told."""
    state: Mapped[str] = mapped_column(String(40))
    student_id: Mapped[uuid.UUID] = mapped_column(info={PART_OF: "students"})
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The expert who was given the student."""
    computation: Mapped[int] = mapped_column(BigInteger)
    """What was computed of this very student, at the same school: held to it by one look at all of a run."""
    rule_set: Mapped[str] = mapped_column(String(40))
    proposed: Mapped[str] = mapped_column(String(6))
    decided: Mapped[str | None] = mapped_column(String(6))
    priority: Mapped[int] = mapped_column(SmallInteger)
    """Place in the queue: 0 comes first."""
    decide_by_at: Mapped[datetime | None]
    together_by_at: Mapped[datetime | None]
    first_signer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    sampled: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Drawn by chance among everyday support, to be talked with: what screening misses is known by them alone."""
    interviewed_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed())

    student: Mapped[Student] = relationship(
        primaryjoin=lambda: foreign(RainbowAssessment.student_id) == Student.id, lazy="joined", innerjoin=True
    )
    in_force: Mapped[RainbowTier | None] = relationship(
        primaryjoin=lambda: foreign(RainbowAssessment.student_id) == RainbowTier.student_id,
        viewonly=True,
        lazy="select",
    )

    @property
    def label(self) -> str:
        """A code number: neither the child nor the level is named where this stands."""
        return f"成长支持 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Support {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """The page of the grounds."""
        return f"/support/proposals/{self.ref}"

    @property
    def asks_for_two(self) -> bool:
        """Help at once is confirmed by two qualified persons."""
        return "red" in (self.proposed, self.decided)

    @property
    def is_signed_once(self) -> bool:
        """A first qualified person has signed."""
        return self.first_signer_id is not None

    @property
    def has_interview(self) -> bool:
        """The day of the interview is there and not ahead."""
        return self.interviewed_on is not None and self.interviewed_on <= clock.today()

    @property
    def has_decision(self) -> bool:
        """What was decided is written down."""
        return self.decided is not None

    @property
    def lowers_two_steps(self) -> bool:
        """Decided two or more levels under the proposal."""
        return self.decided is not None and place(self.proposed) - place(self.decided) >= 2

    @property
    def keeps_the_level_in_force(self) -> bool:
        """Decided not under the level in force."""
        held = self.in_force
        return held is None or self.decided is None or place(self.decided) >= place(held.tier)

    @property
    def is_old(self) -> bool:
        """A year since it was decided."""
        return self.decided_on is not None and clock.today() - self.decided_on >= ONE_YEAR


cast(Table, RainbowAssessment.__table__).add_is_dependent_on(cast(Table, RainbowComputation.__table__))


def place(tier: str) -> int:
    """0 for everyday support to 3 for help at once."""
    return [str(one) for one in TIERS].index(tier)


class CareDuty(Base, Movable):
    """支持任务: one thing to do for a student until a moment; what was done lies sealed."""

    __tablename__ = "care_duties"
    __protection__ = "class_duty"
    __untold__ = frozenset({"account_sealed"})
    __table_args__ = (Index("ix_care_duties_due", "school_id", "state", "due_at"),)
    workflow = CARE_DUTY

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True, info={PART_OF: True})
    class_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school_classes.id"), index=True)
    code: Mapped[str] = mapped_column(String(30))
    for_class: Mapped[bool]
    """The class teacher does it; else the counsellor."""
    due_at: Mapped[datetime]
    done_on: Mapped[date | None]
    account_sealed: Mapped[bytes | None] = mapped_column(Sealed())

    student: Mapped[Student] = relationship(lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """A code number, as everywhere outside its page."""
        return f"成长支持任务 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Support task {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """Where it is written down."""
        return f"/support/duties/{self.ref}"

    @property
    def is_for_the_class(self) -> bool:
        """The class teacher does it."""
        return self.for_class

    @property
    def has_account(self) -> bool:
        """What was done is written down."""
        return self.account_sealed is not None


class RainbowRun(Base, Record, Scoped):
    """One run of the rules over a county or a school: how much it read and wrote, with a digest; counts only."""

    __tablename__ = "rainbow_runs"
    __protection__ = "unit"
    __table_args__ = (Index("ix_rainbow_runs_day", "county_id", "ran_on"),)

    ran_on: Mapped[date]
    rule_set: Mapped[str] = mapped_column(String(40))
    computed: Mapped[int]
    proposed: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
