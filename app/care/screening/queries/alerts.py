"""Alerts and calls for help of the school."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.care.screening.models import CriticalAlert, HelpCall
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import Student

VIEW, HANDLE = "screening.view_alerts", "screening.handle_alert"


def alerts(actor: Actor) -> Sequence[CriticalAlert]:
    """Those that wait for somebody, the most urgent first."""
    found = decide.visible(actor, select(CriticalAlert), CriticalAlert, VIEW).where(CriticalAlert.state != "closed")
    return db.session.scalars(found.order_by(CriticalAlert.kind, CriticalAlert.accept_by).limit(200)).all()


def alert_for(actor: Actor, ref: str) -> CriticalAlert:
    """One alert. Raises NotFound."""
    found = db.session.scalar(
        decide.visible(actor, select(CriticalAlert), CriticalAlert, VIEW).where(CriticalAlert.ref == ref)
    )
    if found is None:
        raise NotFound("critical_alert", ref)
    return found


def calls(actor: Actor) -> Sequence[tuple[HelpCall, Student]]:
    """Students who pressed the help button and were not spoken with yet."""
    found = decide.visible(actor, select(HelpCall, Student), HelpCall, HANDLE)
    rows = db.session.execute(
        found.join(Student, Student.id == HelpCall.student_id)
        .where(HelpCall.answered_at.is_(None))
        .order_by(HelpCall.called_at)
        .limit(100)
    )
    return [(row[0], row[1]) for row in rows]


def call_for(actor: Actor, ref: str) -> HelpCall:
    """One call. Raises NotFound."""
    found = db.session.scalar(decide.visible(actor, select(HelpCall), HelpCall, HANDLE).where(HelpCall.ref == ref))
    if found is None:
        raise NotFound("help_call", ref)
    return found
