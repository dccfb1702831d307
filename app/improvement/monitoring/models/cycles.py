"""A monitoring round, the indicators it measures, and the reconciliation that a second member signs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Float, Index, UniqueConstraint, text

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, mapped_column
from app.improvement.monitoring.models import facts
from workflows.improvement.monitoring_cycle import MONITORING_CYCLE

CATEGORIES_BY_DOMAIN = {
    "subject": "subject",
    "psychological": "student_development",
    "physical": "student_development",
    "comprehensive": "management",
}


class MonitoringCycle(Base, Movable):
    """One round: who measures what in which grades, with which instrument, and how long the improvement lasts."""

    __tablename__ = "monitoring_cycles"
    __protection__ = "county"
    __table_args__ = (UniqueConstraint("county_id", "code"),)
    workflow = MONITORING_CYCLE

    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(10))
    """national, province, city or county."""
    stage: Mapped[str] = mapped_column(String(10))
    """primary, junior, senior."""
    grades: Mapped[list[str]] = mapped_column(default=list)
    subjects: Mapped[list[str]] = mapped_column(default=list)
    instrument: Mapped[str] = mapped_column(String(80))
    instrument_version: Mapped[str] = mapped_column(String(20))
    coverage: Mapped[str] = mapped_column(String(10))
    """census or sample; decides the default design effect (domain §8)."""
    indicator_codes: Mapped[list[str]] = mapped_column(default=list)
    benchmark_source: Mapped[str] = mapped_column(String(80))
    benchmark_type: Mapped[str] = mapped_column(String(20), default="county", server_default=text("'county'"))
    """The benchmark that findings are judged by, where a sheet gives several."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    document_numbers: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """The policy chain the round rests on."""
    released_on: Mapped[date | None]
    improve_until: Mapped[date | None]
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_cycles.id"))
    """The withdrawn cycle whose data return here."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))

    @property
    def label(self) -> str:
        """What the round is called."""
        return self.name

    @property
    def address(self) -> str:
        """The round's page."""
        return f"/monitoring/cycles/{self.ref}"

    @property
    def forebears(self) -> tuple[uuid.UUID, ...]:
        """Its import batches: who imported may not verify."""
        return facts.batch_ids([self.id]).get(self.id, ())

    @classmethod
    def forebears_of(cls, records: Sequence[Any]) -> Mapping[uuid.UUID, tuple[uuid.UUID, ...]]:
        """The batches of many rounds, in one question."""
        return facts.batch_ids([record.id for record in records])

    @property
    def indicators(self) -> list[str]:
        """The indicators of the set that is used."""
        return self.indicator_codes

    @property
    def takes_files(self) -> bool:
        """Results may be put in now."""
        return self.state == "collecting"

    @property
    def is_out(self) -> bool:
        """Its data were released, and not taken back."""
        return self.state in ("released", "improving", "closed")

    @property
    def is_measured(self) -> bool:
        """The last day of the measurement is over."""
        return self.ends_on < clock.today()

    @property
    def accepted_batch_count(self) -> int:
        """Accepted import batches."""
        return facts.batch_figures(self.id).accepted

    @property
    def blocking_error_count(self) -> int:
        """Blocked rows of batches that were neither accepted nor discarded."""
        return facts.batch_figures(self.id).blocked

    @property
    def _check(self) -> Mapping[str, Any]:
        return facts.latest_reconciliation(self.id)

    @property
    def reconciliation_complete(self) -> bool:
        """Each line of the reconciliation holds or is explained."""
        return bool(self._check.get("complete"))

    @property
    def missing_share(self) -> float:
        """Share of the listed cells without a value, 0–1."""
        return float(self._check.get("missing_share", 1.0))

    @property
    def reconciliation_signed(self) -> bool:
        """The reconciliation carries the name of the member who verifies."""
        return bool(self._check.get("signed"))

    @property
    def audiences_without_release(self) -> tuple[str, ...]:
        """Audiences whose version is not prepared from the data as verified."""
        return facts.audiences_without_release(self.id)

    @property
    def schools_without_package(self) -> tuple[uuid.UUID, ...]:
        """Schools with results whose own package is not generated."""
        return facts.schools_without_package(self.id)

    @property
    def briefing_held(self) -> bool:
        """The county's briefing is on record since the release."""
        return facts.briefing_held(self.id, self.released_on)

    @property
    def feedback_meetings_held(self) -> bool:
        """Every measured subject was fed back at the county's level since the release."""
        return set(self.subjects) <= facts.subjects_fed_back(self.id, self.released_on)

    @property
    def issued_list_count(self) -> int:
        """Problem lists of this cycle that were issued."""
        return facts.list_figures(self.id).issued

    @property
    def list_count(self) -> int:
        """Problem lists made from it, withdrawn ones left out."""
        return facts.list_figures(self.id).made

    @property
    def open_list_count(self) -> int:
        """Its problem lists that are neither archived nor carried over."""
        return facts.list_figures(self.id).open


class Indicator(Base, Record, Scoped):
    """What is measured: unit, direction and range of its values, and which instruments may be compared."""

    __tablename__ = "indicators"
    __protection__ = "staff"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        CheckConstraint(
            "evaluation_type in ('result', 'process', 'value_added', 'comprehensive')", name="evaluation_type"
        ),
        CheckConstraint("object_code in ('school', 'teacher', 'student')", name="object_code"),
        *(
            Index(
                f"uq_indicators_{level}_code",
                "county_id",
                text(f"(level_codes->>'{level}')"),
                unique=True,
                postgresql_where=text(f"level_codes ? '{level}'"),
            )
            for level in ("national", "province", "city")
        ),
    )

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    definition: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    subject: Mapped[str] = mapped_column(String(20))
    domain: Mapped[str] = mapped_column(String(20), default="subject")
    """subject, psychological, physical, comprehensive."""
    evaluation_type: Mapped[str] = mapped_column(String(13), default="result", server_default=text("'result'"))
    """结果, 过程, 增值 or 综合: result, process, value_added, comprehensive."""
    object_code: Mapped[str] = mapped_column(String(7), default="school", server_default=text("'school'"))
    """What is evaluated: school, teacher or student. Verdicts are given on schools alone."""
    value_type: Mapped[str] = mapped_column(String(6))
    direction: Mapped[str] = mapped_column(String(6))
    level_codes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """Level of a round → the code by which that level knows the same indicator, where it has one of its own."""
    family: Mapped[str] = mapped_column(String(40))
    """Instrument family: rounds of one family, or equated ones, may be compared (domain §7.4)."""
    lowest: Mapped[float | None] = mapped_column(Float)
    highest: Mapped[float | None] = mapped_column(Float)
    index_margin: Mapped[float | None] = mapped_column(Float)
    unit_word: Mapped[str] = mapped_column(String(10), default="分")
    retired: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    """The file that brought it; none where it was written by hand."""

    @property
    def category(self) -> str:
        """The category of what is found on it: subject, student_development or management (domain A3a)."""
        return CATEGORIES_BY_DOMAIN[self.domain]


class IndicatorVersion(Base, Record):
    """What an indicator said until it was changed; neither changed nor deleted, so that results are read as they were meant."""

    __tablename__ = "indicator_versions"
    __table_args__ = (UniqueConstraint("indicator_id", "version"),)

    county_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"), index=True)
    indicator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("indicators.id"))
    version: Mapped[int]
    said: Mapped[dict[str, Any]]
    """The indicator's columns by name."""
    replaced_at: Mapped[datetime]
    replaced_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    """The file that changed it; none where a person did on its page."""


class Reconciliation(Base, Record, Scoped):
    """The check of imported data before verification: row counts, numbers against the roster, ranges, missing share."""

    __tablename__ = "reconciliations"
    __protection__ = "unit"

    cycle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_cycles.id"), index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    remarks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Line code → what the member wrote about it."""
    missing_share: Mapped[float] = mapped_column(Float)
    signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    signed_at: Mapped[datetime | None]

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Lines that neither hold nor are explained."""
        lines = self.figures.get("lines", [])
        return tuple(each["code"] for each in lines if not each["holds"] and not self.remarks.get(each["code"]))
