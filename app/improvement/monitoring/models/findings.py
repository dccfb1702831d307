"""Findings: what the rules or a person point out, with the whole provenance of the computation."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, Index, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from workflows.improvement.data_finding import DATA_FINDING


class DataFinding(Base, Movable):
    """One finding about one unit; `result_id` and `provenance` are there when a rule made it (domain §8)."""

    __tablename__ = "data_findings"
    __protection__ = "unit"
    __table_args__ = (
        Index("ix_data_findings_list", "county_id", "cycle_id", "state"),
        Index("ix_data_findings_unit", "unit_id", "state"),
        Index(
            "uq_data_findings_result",
            "result_id",
            unique=True,
            postgresql_where=text("result_id is not null and state <> 'superseded'"),
        ),
    )
    workflow = DATA_FINDING

    number: Mapped[str] = mapped_column(String(20))
    """Spoken number such as FX-0412, counted per county."""
    title: Mapped[str] = mapped_column(String(120))
    source_type: Mapped[str] = mapped_column(String(20))
    source_reference: Mapped[str] = mapped_column(String(200), default="")
    category: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    subject: Mapped[str | None] = mapped_column(String(20))
    grade: Mapped[str | None] = mapped_column(String(3))
    scope_level: Mapped[str | None] = mapped_column(String(6))
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_cycles.id"))
    result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"))
    indicator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("indicators.id"))
    severity: Mapped[str | None] = mapped_column(String(10))
    verdict: Mapped[str | None] = mapped_column(String(10))
    """candidate, watch or strength, as the rule said."""
    effect: Mapped[float | None] = mapped_column(Float)
    effect_low: Mapped[float | None] = mapped_column(Float)
    effect_high: Mapped[float | None] = mapped_column(Float)
    z: Mapped[float | None] = mapped_column(Float)
    p: Mapped[float | None] = mapped_column(Float)
    adjusted_p: Mapped[float | None] = mapped_column(Float)
    family_size: Mapped[int | None]
    not_eligible: Mapped[str | None] = mapped_column(String(20))
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    known_on: Mapped[date]
    interpretation: Mapped[str] = mapped_column(default="", server_default=text("''"))
    cause_hypotheses: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    rejection_kind: Mapped[str | None] = mapped_column(String(10))
    school_comment: Mapped[str] = mapped_column(default="", server_default=text("''"))
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    superseded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    problem_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_items.id", use_alter=True))
    source_withdrawn_at: Mapped[datetime | None]
    registered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    supporting_evidence: Mapped[list[FindingSupport]] = relationship(
        lazy="selectin", order_by="FindingSupport.created_at"
    )


class FindingSupport(Base, Record, Scoped):
    """Evidence from another source that points the same way: a file, a link or a record, in words."""

    __tablename__ = "finding_supports"
    __protection__ = "unit"

    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_findings.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(500))
    link: Mapped[str | None] = mapped_column(String(300))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
