"""Measures of a plan, their milestones, and the monthly report that keeps the lights off."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Index, Numeric, UniqueConstraint, Uuid, column, or_, select, table
from sqlalchemy import text as sql
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, Versioned, db, mapped_column
from app.core.policy.assignments import PART_OF
from app.improvement.plans.models.plans import RemediationPlan
from app.improvement.plans.models.topics import TrainingTopic
from workflows.improvement.remediation_action import REMEDIATION_ACTION


class RemediationAction(Base, Movable):
    """One measure with one owner, a start and an end."""

    __tablename__ = "remediation_actions"
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_remediation_actions_plan", "plan_id", "position"),
        Index("ix_remediation_actions_owner", "owner_id", "state"),
        Index("ix_remediation_actions_topic", "topic_id"),
    )
    workflow = REMEDIATION_ACTION

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id"), info={PART_OF: True})
    position: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    helpers: Mapped[list[str]] = mapped_column(default=list, server_default=sql("'[]'"))
    cause_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("causes.id"))
    title: Mapped[str] = mapped_column(String(120))
    topic_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("training_topics.id"))
    """What a training is about, where it says so."""
    kind: Mapped[str] = mapped_column(String(20), default="teaching", server_default=sql("'teaching'"))
    description: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    planned_start: Mapped[date | None]
    planned_end: Mapped[date | None]
    started_on: Mapped[date | None]
    early_start_reason: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    progress: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    result: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    budget_planned: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    budget_used: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    checklist: Mapped[list[str]] = mapped_column(default=list, server_default=sql("'[]'"))
    """authentic, in_period, shows_effect: what the verifier ticked."""
    cancellation_ground: Mapped[str | None] = mapped_column(String(12))
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remediation_actions.id"))

    plan: Mapped[RemediationPlan] = relationship(back_populates="actions", lazy="joined", innerjoin=True)
    evidence: Mapped[list[Any]] = relationship(
        "Evidence", back_populates="action", lazy="selectin", order_by="Evidence.created_at"
    )
    criteria: Mapped[list[Any]] = relationship(
        "EvidenceCriterion",
        lazy="selectin",
        order_by="EvidenceCriterion.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    milestones: Mapped[list[Milestone]] = relationship(
        lazy="selectin", order_by="Milestone.due_on", cascade="all, delete-orphan", passive_deletes=True
    )
    owner: Mapped[Any] = relationship("Person", foreign_keys=[owner_id], lazy="raise")
    topic: Mapped[TrainingTopic | None] = relationship(lazy="select")

    @property
    def label(self) -> str:
        """The measure, and the number of its item."""
        return f"{self.plan.item.number} {self.title}"

    @property
    def address(self) -> str:
        """The measure's page."""
        return f"/actions/{self.ref}"

    @property
    def forebears(self) -> tuple[uuid.UUID, ...]:
        """Its evidence: who submitted it may not verify the measure."""
        return tuple(one.id for one in self.evidence)

    @classmethod
    def forebears_of(cls, records: Sequence[Any]) -> Mapping[uuid.UUID, tuple[uuid.UUID, ...]]:
        """The evidence of many measures, in one question."""
        held = sql(
            "select action_id, array_agg(id) as ids from evidence where action_id = any(:ids) group by action_id"
        )
        rows = db.session.execute(held, {"ids": [record.id for record in records]})
        return {row.action_id: tuple(row.ids) for row in rows}

    @classmethod
    def forebears_in_sql(cls) -> Sequence[Any]:
        """Its evidence."""
        pieces = table("evidence", column("id", Uuid()), column("action_id", Uuid()))
        return (select(pieces.c.id).where(pieces.c.action_id == cls.id),)

    @classmethod
    def took_part(cls, person: Any, steps: Sequence[str]) -> ColumnElement[bool]:
        """Who owns a measure judges it no more than who handed its evidence in."""
        return or_(cls.owner_id == person, super().took_part(person, steps))

    @property
    def is_severe(self) -> bool:
        """As its item."""
        return self.plan.item.is_severe

    @property
    def is_school_level(self) -> bool:
        """As its item."""
        return self.plan.item.is_school_level

    @property
    def plan_in_force(self) -> bool:
        """Its plan is active."""
        return self.plan.state == "active"

    @property
    def plan_is_over(self) -> bool:
        """Its plan is superseded or cancelled, or its item void."""
        return self.plan.state in ("superseded", "cancelled") or self.plan.item.state == "void"

    @property
    def start_reached(self) -> bool:
        """The first planned day has come."""
        return self.planned_start is not None and self.planned_start <= clock.today()

    @property
    def has_submitted_evidence(self) -> bool:
        """At least one piece is submitted or accepted, or used from elsewhere."""
        return any(one.state in ("submitted", "accepted") for one in self.evidence) or self.accepted_use_count > 0

    @property
    def undecided_evidence_count(self) -> int:
        """Submitted pieces nobody has judged."""
        return sum(1 for one in self.evidence if one.state == "submitted")

    @property
    def has_rejected_evidence(self) -> bool:
        """A piece was judged false, its own or one that is shown here as well."""
        return any(one.state == "rejected" for one in self.evidence) or bool(self.uses_in("rejected"))

    @property
    def accepted_use_count(self) -> int:
        """Accepted pieces of other measures that are shown here as well."""
        return sum(self.uses_in("accepted").values())

    def uses_in(self, state: str) -> dict[uuid.UUID | None, int]:
        """How many pieces of other measures in `state` are shown here, by criterion."""
        rows = db.session.execute(
            sql(
                "select u.criterion_id, count(*) as n from evidence_uses u join evidence e on e.id = u.evidence_id"
                " where u.action_id = :id and e.state = :state group by u.criterion_id"
            ),
            {"id": self.id, "state": state},
        )
        return {row.criterion_id: row.n for row in rows}

    @property
    def accepted_by_criterion(self) -> dict[uuid.UUID | None, int]:
        """Accepted pieces under each criterion, those of other measures included."""
        found = self.uses_in("accepted")
        for one in self.evidence:
            if one.state == "accepted":
                found[one.criterion_id] = found.get(one.criterion_id, 0) + 1
        return found

    @property
    def criteria_short_of_evidence_count(self) -> int:
        """Criteria with less accepted evidence than they ask for."""
        accepted = self.accepted_by_criterion
        return sum(1 for c in self.criteria if accepted.get(c.id, 0) < c.minimum)

    @property
    def checklist_complete(self) -> bool:
        """All three points are ticked."""
        return set(self.checklist) >= {"authentic", "in_period", "shows_effect"}

    @property
    def replaced_by(self) -> uuid.UUID | None:
        """The measure that takes its place."""
        return self.replaced_by_id


class Milestone(Base, Record, Scoped):
    """A point on the way of a measure."""

    __tablename__ = "milestones"
    __protection__ = "unit"

    action_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_actions.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[date]
    reached_on: Mapped[date | None]


class ProgressReport(Base, Record, Versioned, Scoped):
    """月报: percent, words and blockers of a plan for one month; due on the 5th, two missed are yellow, three red."""

    __tablename__ = "progress_reports"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("plan_id", "month"),)

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id", ondelete="CASCADE"))
    month: Mapped[date]
    """First day of the month that is reported on."""
    percent: Mapped[int]
    text: Mapped[str]
    blockers: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    reported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
