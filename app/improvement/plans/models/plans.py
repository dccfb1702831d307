"""A remediation plan: goal, evaluation design and funds fixed before the work begins."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Float, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.problems.models import ProblemItem
from workflows.improvement.remediation_plan import REMEDIATION_PLAN

if TYPE_CHECKING:
    from app.improvement.plans.models.actions import RemediationAction


class RemediationPlan(Base, Movable):
    """One edition of the plan of one item; an approved one stays in force until the next is approved (decision 37)."""

    __tablename__ = "remediation_plans"
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("item_id", "edition"),
        Index("uq_remediation_plans_in_force", "item_id", unique=True, postgresql_where=text("state = 'active'")),
        Index("ix_remediation_plans_list", "county_id", "state"),
    )
    workflow = REMEDIATION_PLAN

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"))
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The one accountable person (总负责人)."""
    problem: Mapped[str] = mapped_column(default="", server_default=text("''"))
    design: Mapped[str | None] = mapped_column(String(10))
    """indicator, criterion or small_n (decision 41)."""
    criteria: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    indicator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("indicators.id"))
    baseline_result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"))
    baseline: Mapped[float | None] = mapped_column(Float)
    baseline_sd: Mapped[float | None] = mapped_column(Float)
    target: Mapped[float | None] = mapped_column(Float)
    target_on: Mapped[date | None]
    follow_up_on: Mapped[date | None]
    min_effect: Mapped[float | None] = mapped_column(Float)
    assurance: Mapped[str] = mapped_column(default="", server_default=text("''"))
    argumentation: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """充分论证: who discussed the plan, when, with what result."""
    risks: Mapped[str] = mapped_column(default="", server_default=text("''"))
    budget_planned: Mapped[float | None] = mapped_column(Numeric(12, 2))
    budget_used: Mapped[float | None] = mapped_column(Numeric(12, 2))
    budget_source: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    opened_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    approved_on: Mapped[date | None]
    previous_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("remediation_plans.id"))

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)
    actions: Mapped[list[RemediationAction]] = relationship(
        "RemediationAction", back_populates="plan", lazy="selectin", order_by="RemediationAction.position"
    )
    comments: Mapped[list[PlanComment]] = relationship(lazy="selectin", order_by="PlanComment.created_at")


class PlanComment(Base, Record, Scoped):
    """What a guidance member or researcher says about the edition submitted."""

    __tablename__ = "plan_comments"
    __protection__ = "unit"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(10))
    """guidance or comment."""
    text: Mapped[str] = mapped_column(String(1000))
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
