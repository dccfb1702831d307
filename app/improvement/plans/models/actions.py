"""Measures of a plan, their milestones, and the monthly report that keeps the lights off."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.plans.models.plans import RemediationPlan
from workflows.improvement.remediation_action import REMEDIATION_ACTION

if TYPE_CHECKING:
    from app.improvement.plans.models.evidence import Evidence, EvidenceCriterion

ACTION_KINDS = {
    "teaching": ("教学改进", "Teaching"),
    "research_activity": ("教研活动", "Research activity"),
    "training": ("培训", "Training"),
    "topic_research": ("课题研究", "Topic research"),
    "exchange": ("校际交流", "Exchange between schools"),
    "management": ("管理改进", "Management"),
    "resource": ("资源保障", "Resources"),
}


class RemediationAction(Base, Movable):
    """One measure with one owner, a start and an end."""

    __tablename__ = "remediation_actions"
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_remediation_actions_plan", "plan_id", "position"),
        Index("ix_remediation_actions_owner", "owner_id", "state"),
    )
    workflow = REMEDIATION_ACTION

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id"))
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    helpers: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    cause_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("causes.id"))
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20), default="teaching", server_default=text("'teaching'"))
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    planned_start: Mapped[date | None]
    planned_end: Mapped[date | None]
    started_on: Mapped[date | None]
    early_start_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    progress: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    result: Mapped[str] = mapped_column(default="", server_default=text("''"))
    budget_planned: Mapped[float | None] = mapped_column(Numeric(12, 2))
    budget_used: Mapped[float | None] = mapped_column(Numeric(12, 2))
    checklist: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """authentic, in_period, shows_effect: what the verifier ticked."""
    cancellation_ground: Mapped[str | None] = mapped_column(String(12))
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remediation_actions.id"))

    plan: Mapped[RemediationPlan] = relationship(back_populates="actions", lazy="joined", innerjoin=True)
    evidence: Mapped[list[Evidence]] = relationship(
        "Evidence", back_populates="action", lazy="selectin", order_by="Evidence.created_at"
    )
    criteria: Mapped[list[EvidenceCriterion]] = relationship(
        "EvidenceCriterion", lazy="selectin", order_by="EvidenceCriterion.position"
    )
    milestones: Mapped[list[Milestone]] = relationship(lazy="selectin", order_by="Milestone.due_on")


class Milestone(Base, Record, Scoped):
    """A point on the way of a measure."""

    __tablename__ = "milestones"
    __protection__ = "unit"

    action_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_actions.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    due_on: Mapped[date]
    reached_on: Mapped[date | None]


class ProgressReport(Base, Record, Scoped):
    """月报: percent, words and blockers of a plan for one month; due on the 5th, two missed are yellow, three red."""

    __tablename__ = "progress_reports"
    __protection__ = "unit"
    __table_args__ = (UniqueConstraint("plan_id", "month"),)

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id", ondelete="CASCADE"))
    month: Mapped[date]
    """First day of the month that is reported on."""
    percent: Mapped[int]
    text: Mapped[str]
    blockers: Mapped[str] = mapped_column(default="", server_default=text("''"))
    reported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
