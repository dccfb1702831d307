"""Reads of reports, for those who watch over the system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import defer

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.controls.models import CompliancePrint, ControlReport
from app.people.directory.models import Person, Unit

VIEW, MEASURE = "audit.view_controls", "audit.measure_controls"
PATIENCE = timedelta(minutes=10)
"""So long a report that is being measured keeps others from being asked for."""


def reports(actor: Actor, after: str = "") -> Sequence[ControlReport]:
    """The reports of the county, the newest first, without what they hold; one more than a page."""
    seen = decide.visible(actor, select(ControlReport), ControlReport, VIEW)
    shown = page_of(seen, ControlReport, ((ControlReport.asked_at, True), (ControlReport.id, True)), after)
    return db.session.scalars(shown.options(defer(ControlReport.content))).all()


def report_for(actor: Actor, ref: str) -> ControlReport:
    """One report. Raises NotFound."""
    wanted = select(ControlReport).where(ControlReport.ref == ref)
    found: ControlReport | None = db.session.scalar(decide.visible(actor, wanted, ControlReport, VIEW))
    if found is None:
        raise NotFound("control_report", ref)
    return found


def is_waiting(actor: Actor) -> bool:
    """Whether one is being measured now."""
    wanted = select(ControlReport.id).where(
        ControlReport.taken_at.is_(None), ControlReport.asked_at > clock.now() - PATIENCE
    )
    return db.session.scalar(decide.visible(actor, wanted, ControlReport, VIEW).limit(1)) is not None


def asker(actor: Actor, one: ControlReport) -> str:
    """Who asked for it."""
    return db.session.scalar(select(Person.name).where(Person.id == one.asked_by)) or ""


def bureau(actor: Actor, one: ControlReport) -> str:
    """The name of the county's bureau."""
    return db.session.scalar(select(Unit.name).where(Unit.id == one.county_id)) or ""


def printed(actor: Actor, ref: str) -> CompliancePrint | None:
    """What the verify page knows of a code; None for one that was never given out."""
    if len(ref) != 16 or not ref.isalnum():
        return None
    return db.session.scalar(select(CompliancePrint).where(CompliancePrint.ref == ref))
