"""A result on its way to the public, and what its guards read."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import JSONB, Base, ForeignKey, Mapped, String, mapped_column
from app.improvement.anonymity import persons_in, schools_in
from app.improvement.disclosure.models.document_library import LibraryDocument
from app.improvement.effects.models import InterpretationReport
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.visits.models import SupervisionVisit
from workflows.improvement.result_disclosure import RESULT_DISCLOSURE

SOURCES = ("results", "interpretation", "visit", "document", "statement")
OF_THE_COUNTY = ("results", "interpretation")
"""Sources whose figures tell of the county and of no school."""
VISIT_IS_OUT = ("feedback_issued", "responded", "follow_up", "closed")


class ResultDisclosure(Base, Movable):
    """结果公开: a round's public version, an interpretation, a visit's feedback, a paper of the library, or words alone."""

    __tablename__ = "result_disclosures"
    __protection__ = "unit"
    __table_args__ = (
        CheckConstraint(
            "source_kind in ('results', 'interpretation', 'visit', 'document', 'statement')", name="source_kind"
        ),
        CheckConstraint(
            "(source_kind = 'results') = (cycle_id is not null)"
            " and (source_kind = 'interpretation') = (report_id is not null)"
            " and (source_kind = 'visit') = (visit_id is not null)"
            " and (source_kind = 'document') = (document_id is not null)",
            name="source",
        ),
        CheckConstraint("until_on is null or publish_on is null or until_on >= publish_on", name="period"),
        Index("ix_result_disclosures_cycle", "cycle_id"),
        Index("ix_result_disclosures_report", "report_id"),
        Index("ix_result_disclosures_visit", "visit_id"),
        Index("ix_result_disclosures_document", "document_id"),
    )
    workflow = RESULT_DISCLOSURE

    title: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """Who publishes it: the office for the county, or a school for itself."""
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    source_kind: Mapped[str] = mapped_column(String(16))
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_cycles.id"))
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("interpretation_reports.id"))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("supervision_visits.id"))
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("library_documents.id"))
    statement: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the public reads, in words."""
    publish_on: Mapped[date | None]
    until_on: Mapped[date | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"), deferred=True)
    """What the approver sees and the public will read, frozen when it is submitted."""
    content_sha256: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    roll_names: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """Names in its words that stand on the roll; None until the worker has looked."""

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)
    cycle: Mapped[MonitoringCycle | None] = relationship(lazy="joined")
    report: Mapped[InterpretationReport | None] = relationship(lazy="joined")
    visit: Mapped[SupervisionVisit | None] = relationship(lazy="joined")
    document: Mapped[LibraryDocument | None] = relationship(lazy="select")

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    @property
    def address(self) -> str:
        """The disclosure's page inside the application."""
        return f"/disclosures/{self.ref}"

    @property
    def is_of_a_school(self) -> bool:
        """A school publishes it about itself."""
        return self.school_id is not None and self.school_id == self.unit_id

    @property
    def is_written(self) -> bool:
        """Title and text are there."""
        return bool(self.title.strip() and self.statement.strip())

    @property
    def has_a_period(self) -> bool:
        """The day it comes out, and a last day not before it and not past."""
        if self.publish_on is None or self.until_on is None:
            return False
        return self.publish_on <= self.until_on and clock.today() <= self.until_on

    @property
    def day_has_come(self) -> bool:
        """Today is the first day of the period or later."""
        return self.publish_on is not None and self.publish_on <= clock.today()

    @property
    def period_is_over(self) -> bool:
        """The last day of the period is past."""
        return self.until_on is not None and self.until_on < clock.today()

    @property
    def source_is_out(self) -> bool:
        """What it shows is released or published itself, and was not withdrawn."""
        cycle, report, visit = self.cycle, self.report, self.visit
        if self.source_kind == "results":
            return cycle is not None and cycle.is_out
        if self.source_kind == "interpretation":
            return report is not None and report.state == "published" and report.cycle.is_out
        if self.source_kind == "visit":
            return visit is not None and visit.disclosure == "public" and visit.state in VISIT_IS_OUT
        if self.source_kind == "document":
            return self.document is not None and self.document.is_for_everybody
        return True

    @property
    def is_due(self) -> bool:
        """The system has something to do with it: its day has come, its period or its source is over."""
        comes = self.state == "approved" and self.day_has_come
        goes = self.state == "published" and self.period_is_over
        return comes or goes or (self.state in ("approved", "published") and not self.source_is_out)

    @property
    def persons_named(self) -> tuple[str, ...]:
        """What in its words points at a person: names of staff, telephone and identity numbers."""
        return persons_in(self.county_id, *self.words_shown)

    @property
    def words_shown(self) -> tuple[str, ...]:
        """Every word of it that the public reads, figures left out."""
        found = [self.title, self.statement]
        if self.visit is not None:
            found += [self.visit.scope, *(one.text for one in self.visit.findings)]
        if self.document is not None:
            found += [self.document.title, self.document.summary]
        if self.report is not None:
            found.append(self.report.public_words)
        return tuple(found)

    @property
    def is_anonymous(self) -> bool:
        """No name of a person, telephone or identity number stands in it."""
        return not self.persons_named

    @property
    def schools_named(self) -> tuple[str, ...]:
        """Other schools named beside a round's figures, where the public reads of the county alone."""
        if self.source_kind not in OF_THE_COUNTY:
            return ()
        return schools_in(self.county_id, self.unit_id, *self.words_shown)

    @property
    def names_no_school(self) -> bool:
        """No other school stands beside figures of the county."""
        return not self.schools_named
