"""Alerts and calls for help of the school."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.care.screening.models import CriticalAlert, HelpCall
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import late, page_of
from app.people.directory.models import Student

VIEW, HANDLE = "screening.view_alerts", "screening.handle_alert"
URGENT = ((CriticalAlert.kind, False), (late(CriticalAlert.accept_by), False), (CriticalAlert.id, False))
CALLED_FIRST = ((HelpCall.called_at, False), (HelpCall.id, False))


def alerts(actor: Actor, after: str = "") -> Sequence[CriticalAlert]:
    """Those that wait for somebody, the most urgent first; one more than a page."""
    seen = decide.visible(actor, select(CriticalAlert), CriticalAlert, VIEW)
    shown = page_of(seen, CriticalAlert, URGENT, after)
    return db.session.scalars(shown.where(CriticalAlert.state != "closed")).all()


def alert_for(actor: Actor, ref: str) -> CriticalAlert:
    """One alert. Raises NotFound."""
    found = db.session.scalar(
        decide.visible(actor, select(CriticalAlert), CriticalAlert, VIEW).where(CriticalAlert.ref == ref)
    )
    if found is None:
        raise NotFound("critical_alert", ref)
    return found


def calls(actor: Actor, after: str = "") -> Sequence[Any]:
    """(call, student) of those who pressed the help button and were not spoken with yet; one more than a page."""
    wanted = select(HelpCall, Student).join(Student, Student.id == HelpCall.student_id)
    shown = page_of(decide.visible(actor, wanted, HelpCall, HANDLE), HelpCall, CALLED_FIRST, after)
    return db.session.execute(shown.where(HelpCall.answered_at.is_(None))).all()


def call_for(actor: Actor, ref: str) -> HelpCall:
    """One call. Raises NotFound."""
    found = db.session.scalar(decide.visible(actor, select(HelpCall), HelpCall, HANDLE).where(HelpCall.ref == ref))
    if found is None:
        raise NotFound("help_call", ref)
    return found
