"""转码: requests to change the level in force, and what people wrote down as evidence for a step down."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import foreign, relationship

from app.care.rainbow import evidence
from app.care.rainbow.models.decisions import RainbowTier, place
from app.care.rainbow.models.facts import OfStudent
from app.care.rainbow.models.rule_sets import rules_for
from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, String, mapped_column
from app.core.policy.assignments import PART_OF
from app.core.vault.rotation import Sealed
from app.people.directory.models import Student
from workflows.care.code_change_request import CODE_CHANGE_REQUEST
from workflows.vocabulary import Sentence

KINDS = ("interview", "guardian", "session", "referral", "feedback", "plan_review")
FINDINGS = ("no_intent", "intent")
OPEN = ("draft", "submitted", "under_review", "returned")


class ChangeEvidence(Base, Record, OfStudent):
    """What was done and found about a student in a level; whoever did it writes it down, so `recorded_by` is the doer.

    `finding` belongs to an interview, `percent` of the plan's goals to a review of the plan.
    """

    __tablename__ = "change_evidence"
    __protection__ = "care_case"
    __table_args__ = (
        CheckConstraint(
            "kind in ('interview', 'guardian', 'session', 'referral', 'feedback', 'plan_review')", name="kind"
        ),
        CheckConstraint("(kind = 'interview') = (finding is not null)", name="finding"),
        CheckConstraint("finding in ('no_intent', 'intent')", name="findings"),
        CheckConstraint("(kind = 'plan_review') = (percent is not null)", name="reviewed"),
        CheckConstraint("percent between 0 and 100", name="percent"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    finding: Mapped[str | None] = mapped_column(String(10))
    percent: Mapped[int | None] = mapped_column(SmallInteger)
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed())


class CodeChangeRequest(Base, Movable):
    """转码申请: from the level in force to another one; asked for by `owner_id`, decided by others.

    Levels and reasons are never told in the trail. `left_on` and `left_tier` say which higher level was left last.
    """

    __tablename__ = "code_change_requests"
    __protection__ = "care_asked"
    __untold__ = frozenset({"from_tier", "to_tier", "left_tier", "note_sealed"})
    __table_args__ = (
        CheckConstraint("from_tier in ('green', 'yellow', 'orange', 'red')", name="from_tier"),
        CheckConstraint("to_tier in ('green', 'yellow', 'orange', 'red')", name="to_tier"),
        CheckConstraint("left_tier in ('green', 'yellow', 'orange', 'red')", name="left_tier"),
        Index(
            "uq_code_change_requests_down", "student_id", unique=True,
            postgresql_where=text("not upward and state in ('draft', 'submitted', 'under_review', 'returned')"),
        ),
        Index("ix_code_change_requests_waiting", "school_id", "state", "decide_by_at"),
    )  # fmt: skip
    workflow = CODE_CHANGE_REQUEST

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True, info={PART_OF: True})
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    """Who asks."""
    from_tier: Mapped[str | None] = mapped_column(String(6))
    to_tier: Mapped[str] = mapped_column(String(6))
    upward: Mapped[bool]
    rule_set: Mapped[str] = mapped_column(String(40))
    left_tier: Mapped[str | None] = mapped_column(String(6))
    left_on: Mapped[date | None]
    decide_by_at: Mapped[datetime | None]
    together_by_at: Mapped[datetime | None]
    first_signer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    decided_on: Mapped[date | None]
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed())

    student: Mapped[Student] = relationship(lazy="joined", innerjoin=True)
    in_force: Mapped[RainbowTier | None] = relationship(
        primaryjoin=lambda: foreign(CodeChangeRequest.student_id) == RainbowTier.student_id,
        viewonly=True,
        lazy="select",
    )

    @property
    def label(self) -> str:
        """A code number: neither the child, nor the level, nor the direction."""
        return f"成长支持调整 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Change of support {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/support/changes/{self.ref}"

    @property
    def asks_for_two(self) -> bool:
        """Two qualified persons decide about help at once, both ways."""
        return "red" in (self.from_tier, self.to_tier)

    @property
    def goes_up(self) -> bool:
        """The level asked for lies above the one that was in force; any level is above none."""
        return self.upward and (self.from_tier is None or place(self.to_tier) > place(self.from_tier))

    @property
    def is_one_step_down(self) -> bool:
        """The level asked for is the next one below."""
        return not self.upward and self.from_tier is not None and evidence.below(self.from_tier) == self.to_tier

    @property
    def is_signed_once(self) -> bool:
        """A first qualified person has signed."""
        return self.first_signer_id is not None

    @property
    def level_is_unchanged(self) -> bool:
        """A step up may start from anywhere below; a step down only from the level that it was asked for."""
        held = self.in_force.tier if self.in_force else None
        if self.upward:
            return held is None or place(self.to_tier) > place(held)
        return held == self.from_tier

    @property
    def is_a_relapse(self) -> bool:
        """At most up to the level that was left within the days of the watch, and not one for two persons."""
        if self.asks_for_two or self.left_tier is None or self.left_on is None:
            return False
        watched = (clock.today() - self.left_on).days <= rules_for(self.county_id).conversion.watch_days
        return watched and place(self.to_tier) <= place(self.left_tier)

    @property
    def needs(self) -> tuple[evidence.Need, ...]:
        """What the step down asks for and what there is of it, read once for each time the record is looked at."""
        if "_needs" not in self.__dict__:
            self.__dict__["_needs"] = self._read_needs()
        kept: tuple[evidence.Need, ...] = self.__dict__["_needs"]
        return kept

    def look_again(self) -> None:
        """Forget what was read of the evidence."""
        self.__dict__.pop("_needs", None)

    def _read_needs(self) -> tuple[evidence.Need, ...]:
        held = self.in_force
        if self.upward or self.from_tier is None or held is None:
            return ()
        rules, today = rules_for(self.county_id), clock.today()
        there = evidence.found(self.student_id, self.unit_id, held.since, today, rules)
        return evidence.needs(self.from_tier, self.to_tier, held.since, today, there, rules)

    def _met(self, code: str) -> bool:
        return all(need.met for need in self.needs if need.code == code)

    @property
    def lasted(self) -> bool:
        """Long enough in the level."""
        return self._met("lasted")

    @property
    def rules_suggest_it(self) -> bool:
        """The newest computation suggests it."""
        return self._met("rules_suggest_it")

    @property
    def no_crisis(self) -> bool:
        """No open crisis event."""
        return self._met("no_crisis")

    @property
    def interviews_agree(self) -> bool:
        """Two persons, no present intent."""
        return self._met("interviews_agree")

    @property
    def guardian_was_told(self) -> bool:
        """A guardian was reached lately."""
        return self._met("guardian_was_told")

    @property
    def referral_came_back(self) -> bool:
        """Feedback of the referral is there."""
        return self._met("referral_came_back")

    @property
    def sessions_held(self) -> bool:
        """Enough sessions."""
        return self._met("sessions_held")

    @property
    def was_assessed(self) -> bool:
        """A professional look of late found little."""
        return self._met("was_assessed")

    @property
    def goals_met(self) -> bool:
        """Enough goals are met."""
        return self._met("goals_met")

    @property
    def checked_in(self) -> bool:
        """Enough check-ins by the class teacher."""
        return self._met("checked_in")

    @property
    def no_recent_event(self) -> bool:
        """No event of late."""
        return self._met("no_recent_event")
