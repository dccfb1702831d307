"""Reads of the register of emergencies without an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.care.emergencies.models import EmergencyNotice
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import Student, Unit

VIEW, TELL = "emergencies.view_notices", "emergencies.tell_guardian"
ORDER = ((EmergencyNotice.state != "due", False), (EmergencyNotice.created_at, True), (EmergencyNotice.id, True))


def notices(actor: Actor, states: Sequence[str] = (), after: str = "") -> Sequence[Any]:
    """(notice, school) in these states or in any: who is still to be told first, then the newest; one more than a page."""
    wanted = select(EmergencyNotice, Unit.name).join(Unit, Unit.id == EmergencyNotice.school_id)
    shown = page_of(decide.visible(actor, wanted, EmergencyNotice, VIEW), EmergencyNotice, ORDER, after)
    return db.session.execute(shown.where(EmergencyNotice.state.in_(states)) if states else shown).all()


def notice_for(actor: Actor, ref: str) -> EmergencyNotice:
    """One of them. Raises NotFound."""
    wanted = select(EmergencyNotice).where(EmergencyNotice.ref == ref)
    found = db.session.scalar(decide.visible(actor, wanted, EmergencyNotice, VIEW))
    if found is None:
        raise NotFound("emergency_notice", ref)
    return found


def student_of(notice: EmergencyNotice) -> Student | None:
    """The child, for whom the wall lets see it; the county reads the code number."""
    return db.session.scalar(select(Student).where(Student.id == notice.student_id))


def school_of(notice: EmergencyNotice) -> str:
    """The school's name."""
    return db.session.get_one(Unit, notice.unit_id).name
