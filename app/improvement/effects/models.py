"""Effect evaluations, closure requests and rechecks."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, Index, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.plans.models import RemediationPlan
from app.improvement.problems.models import ProblemItem
from workflows.improvement.closure_request import CLOSURE_REQUEST
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION
from workflows.improvement.recheck import RECHECK


class EffectEvaluation(Base, Movable):
    """成效评价: the comparison computed by the design fixed in the plan, and what a person decided."""

    __tablename__ = "effect_evaluations"
    __protection__ = "unit"
    __table_args__ = (Index("ix_effect_evaluations_item", "item_id", "state"),)
    workflow = EFFECT_EVALUATION

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"))
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("remediation_plans.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    design: Mapped[str | None] = mapped_column(String(10))
    item_due_on: Mapped[date | None]
    baseline_result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"))
    follow_up_ids: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of the re-measured results: one, or two rounds pooled for small groups."""
    comparability: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    criteria_checked: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    computed: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Estimate, standard error, intervals, model, input digest, code version."""
    computed_outcome: Mapped[str | None] = mapped_column(String(24))
    delta: Mapped[float | None] = mapped_column(Float)
    is_unadjusted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    outcome: Mapped[str | None] = mapped_column(String(24))
    judgement: Mapped[str] = mapped_column(default="", server_default=text("''"))
    difference_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    qualitative: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of accepted evidence that supports another outcome than the computed one."""
    rationale_accepted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    effect_not_measurable: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    proposed_at: Mapped[datetime | None]
    decided_on: Mapped[date | None]

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)
    plan: Mapped[RemediationPlan] = relationship(lazy="raise")


class ClosureRequest(Base, Movable):
    """销号申请: asked for by the unit, verified by one who took no part, approved by another."""

    __tablename__ = "closure_requests"
    __protection__ = "unit"
    __table_args__ = (
        Index(
            "uq_closure_requests_open",
            "item_id",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted', 'verified', 'approved', 'returned')"),
        ),
    )
    workflow = CLOSURE_REQUEST

    number: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"))
    evaluation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("effect_evaluations.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    self_summary: Mapped[str] = mapped_column(default="", server_default=text("''"))
    before_after: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    evidence_ids: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    verified_on_site: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    verifier_opinion: Mapped[str] = mapped_column(default="", server_default=text("''"))
    opened_at: Mapped[datetime | None]
    approved_on: Mapped[date | None]

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)
    evaluation: Mapped[EffectEvaluation | None] = relationship(lazy="raise")


class Recheck(Base, Movable):
    """复核: 180 days after closure somebody other than the verifier looks again."""

    __tablename__ = "rechecks"
    __protection__ = "unit"
    workflow = RECHECK

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("problem_items.id"), index=True)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("closure_requests.id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("units.id"))
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    seen: Mapped[str | None] = mapped_column(String(8))
    checked_on: Mapped[date | None]
    checked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    item: Mapped[ProblemItem] = relationship(lazy="joined", innerjoin=True)


class DocumentRecord(Base, Record, Scoped):
    """A printed document: its number, edition, digest, and the code that the verify page knows."""

    __tablename__ = "document_records"
    __protection__ = "unit"

    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    form: Mapped[str] = mapped_column(String(4))
    file_sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
