"""Reads of interpretation reports: the list, one report, and the reckonings that one may rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import literal_column, or_, select
from sqlalchemy.orm import undefer

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.effects.models import InterpretationReport
from app.improvement.effects.models.interpretations import AUDIENCES
from app.improvement.monitoring.audiences import audiences_of
from app.improvement.monitoring.models import MonitoringCycle

VIEW, WRITE = "effects.view_interpretations", "effects.write_interpretation"
WRITER: Any = literal_column("(select p.name from persons p where p.id = interpretation_reports.owner_id)")
PAGE = 50
WORKERS = ("effects.write_interpretation", "effects.publish_interpretation")


def _seen(actor: Actor, found: Any) -> Any:
    """Readers see what is published; who writes or publishes sees drafts too."""
    visible = decide.visible(actor, found, InterpretationReport, VIEW)
    if any(decide.holds(actor, right) for right in WORKERS):
        return visible
    return visible.where(
        or_(InterpretationReport.state == "published", InterpretationReport.owner_id == actor.person_id)
    )


def reports(actor: Actor, after: str = "") -> Sequence[Any]:
    """Reports, the newest first, with their writers; one more than a page."""
    found = _seen(actor, select(InterpretationReport, WRITER.label("writer")))
    if after:
        edge = select(InterpretationReport.id).where(InterpretationReport.ref == after).scalar_subquery()
        found = found.where(InterpretationReport.id < edge)
    rows: Sequence[Any] = db.session.execute(found.order_by(InterpretationReport.id.desc()).limit(PAGE + 1)).all()
    return rows


def report_for(actor: Actor, ref: str) -> InterpretationReport:
    """One report with its versions. Raises NotFound."""
    found = _seen(actor, select(InterpretationReport).where(InterpretationReport.ref == ref))
    report: InterpretationReport | None = db.session.scalar(found.options(undefer(InterpretationReport.versions)))
    if report is None:
        raise NotFound("interpretation_report", ref)
    return report


def versions_for(actor: Actor, report: InterpretationReport) -> tuple[str, ...]:
    """The audiences whose versions of a signed report the actor reads: the writer answers for all of them."""
    if not report.dataset_sha256:
        return ()
    return AUDIENCES if report.owner_id == actor.person_id else audiences_of(actor)


def writer_of(actor: Actor, report: InterpretationReport) -> str:
    """Who wrote a report that the actor has loaded."""
    return str(db.session.scalar(select(WRITER).where(InterpretationReport.id == report.id)) or "")


def cycles_to_interpret(actor: Actor) -> Sequence[MonitoringCycle]:
    """Released rounds, the newest first."""
    found: Any = select(MonitoringCycle).where(MonitoringCycle.state.in_(("released", "improving", "closed")))
    visible = decide.visible(actor, found, MonitoringCycle, "monitoring.view_cycles")
    return db.session.scalars(visible.order_by(MonitoringCycle.starts_on.desc())).all()
