"""Findings: what the rules or a person point out, with the whole provenance of the computation."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, Index, UniqueConstraint, text
from sqlalchemy.orm import relationship

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column
from app.improvement.monitoring.models import facts
from app.improvement.monitoring.models.cycles import Indicator
from app.improvement.monitoring.models.rulings import standing_of
from app.improvement.monitoring.scenarios import SCENARIOS
from workflows.improvement.data_finding import DATA_FINDING

PROVENANCE = frozenset(
    "cycle batch_sha256 key value n benchmark benchmark_type deff effect rule_version code_version inputs_sha256"
    " run_at family_size".split()
)
"""What must be stored with a computed finding (domain §8); sd, z, p and adjusted p only where there was a test."""
NUMBER_PREFIX = "FX"
NOT_SET_ASIDE = ("candidate", "watch", "confirmed", "converted")
"""Findings that a meeting discusses."""


class DataFinding(Base, Movable):
    """One finding about one unit; `result_id` and `provenance` are there when a rule made it (domain §8)."""

    __tablename__ = "data_findings"
    __changes_unversioned__ = True
    __protection__ = "unit"
    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        CheckConstraint(
            f"jsonb_typeof(scenarios) = 'array' and scenarios <@ '{json.dumps(list(SCENARIOS))}'", name="scenarios"
        ),
        Index("ix_data_findings_list", "county_id", "cycle_id", "state"),
        Index("ix_data_findings_unit", "unit_id", "state"),
        Index("ix_data_findings_indicator", "indicator_id", "unit_id"),
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
    source_reference: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    category: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    subject: Mapped[str | None] = mapped_column(String(20))
    grade: Mapped[str | None] = mapped_column(String(3))
    class_no: Mapped[int | None]
    scope_level: Mapped[str | None] = mapped_column(String(6))
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_cycles.id"))
    result_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_results.id"))
    indicator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("indicators.id"))
    severity: Mapped[str | None] = mapped_column(String(10))
    verdict: Mapped[str | None] = mapped_column(String(10))
    """candidate or watch, as the rule said; empty where a person registered it."""
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
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    confirmed_on: Mapped[date | None]
    rejection_kind: Mapped[str | None] = mapped_column(String(10))
    school_comment: Mapped[str] = mapped_column(default="", server_default=text("''"))
    commented_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    commented_at: Mapped[datetime | None]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    superseded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_findings.id"))
    problem_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("problem_items.id", use_alter=True))
    source_withdrawn_at: Mapped[datetime | None]
    registered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    """The file that brought it, where it is no measured one."""
    scenarios: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Codes of application scenarios it belongs to, in the order of their numbers."""

    supporting_evidence: Mapped[list[FindingSupport]] = relationship(
        lazy="selectin", order_by="FindingSupport.created_at"
    )
    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="raise")
    indicator: Mapped[Any] = relationship("Indicator", foreign_keys=[indicator_id], lazy="raise")

    @property
    def label(self) -> str:
        """Number and words of the finding."""
        return f"{self.number} {self.title}"

    @property
    def address(self) -> str:
        """The finding's page."""
        return f"/monitoring/findings/{self.ref}"

    @property
    def forebears(self) -> tuple[uuid.UUID, ...]:
        """The file that brought it: who sent that in does not confirm it."""
        return (self.batch_id,) if self.batch_id else ()

    @property
    def is_computed(self) -> bool:
        """A rule made it from a data cell."""
        return self.source_type == "monitoring"

    @property
    def object_code(self) -> str:
        """What its indicator evaluates; a finding without one is about its school or department."""
        if self.indicator_id is None:
            return "school"
        return db.session.get_one(Indicator, self.indicator_id).object_code

    @property
    def provenance_complete(self) -> bool:
        """Every field of the provenance is stored (domain §8)."""
        return self.result_id is not None and self.provenance.keys() >= PROVENANCE

    @property
    def source_is_withdrawn(self) -> bool:
        """The data it was computed from were taken back."""
        return self.source_withdrawn_at is not None

    @property
    def cell_standing(self) -> str:
        """Whether the cell behind it stands, is disputed or was set aside; without a cell nothing speaks against it."""
        return standing_of(self.result_id)

    @property
    def merged_into(self) -> uuid.UUID | None:
        """The finding that carries on what this one says; None when it names itself."""
        return self.merged_into_id if self.merged_into_id != self.id else None

    @property
    def problem_item(self) -> uuid.UUID | None:
        """The problem item made from it."""
        return self.problem_item_id

    @property
    def superseded_by(self) -> uuid.UUID | None:
        """The finding of a newer round for the same unit and indicator."""
        return self.superseded_by_id

    def see_newer_cycle(self) -> None:
        """Whoever has just looked it up for many findings at once says so, and the guard asks no more."""
        vars(self)["_newer_cycle_seen"] = True

    @property
    def newer_cycle_released(self) -> bool:
        """A later round with this indicator was released."""
        if vars(self).get("_newer_cycle_seen"):
            return True
        if self.cycle_id is None or self.indicator_id is None:
            return False
        return facts.newer_cycle_out(self.cycle_id, self.indicator_id)


class FindingSupport(Base, Record, Scoped):
    """Evidence from another source that points the same way: a file, a link or a record, in words."""

    __tablename__ = "finding_supports"
    __protection__ = "unit"

    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_findings.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(500))
    link: Mapped[str | None] = mapped_column(String(300))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str | None] = mapped_column(String(200))
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
