"""Reads of handovers: the register, one of them, the recipients that may be named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.care.emergencies.models import EmergencyNotice
from app.care.emergencies.queries import VIEW as EMERGENCIES
from app.care.protection.models import RECIPIENT, ImpactAssessment
from app.care.sharing.models import Handover
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import Unit

VIEW, PREPARE, APPROVE, READ = (
    "sharing.view_handovers",
    "sharing.prepare_handover",
    "sharing.approve_handover",
    "sharing.read_packet",
)
STEPS = (PREPARE, APPROVE)
ORDER = ((Handover.created_at, True), (Handover.id, True))


def handovers(actor: Actor, states: Sequence[str] = (), after: str = "") -> Sequence[Any]:
    """(handover, school) in these states or in any, the newest first; one more than a page."""
    wanted = select(Handover, Unit.name).join(Unit, Unit.id == Handover.unit_id)
    shown = page_of(decide.visible(actor, wanted, Handover, VIEW), Handover, ORDER, after)
    return db.session.execute(shown.where(Handover.state.in_(states)) if states else shown).all()


def handover_for(actor: Actor, ref: str) -> Handover:
    """One of them. Raises NotFound."""
    wanted = select(Handover).where(Handover.ref == ref)
    found = db.session.scalar(decide.visible(actor, wanted, Handover, VIEW))
    if found is None:
        raise NotFound("handover", ref)
    return found


def notice_of(actor: Actor, handover: Handover) -> EmergencyNotice | None:
    """The emergency that it came from, for whom may open it."""
    wanted = select(EmergencyNotice).where(EmergencyNotice.id == handover.notice_id)
    if handover.notice_id is None or not decide.holds(actor, EMERGENCIES):
        return None
    found: EmergencyNotice | None = db.session.scalar(decide.visible(actor, wanted, EmergencyNotice, EMERGENCIES))
    return found


def handovers_of(actor: Actor, notice: EmergencyNotice) -> Sequence[Handover]:
    """What was given because of an emergency, for whom may open it, the newest first."""
    if not decide.holds(actor, VIEW):
        return ()
    wanted = select(Handover).where(Handover.notice_id == notice.id).order_by(Handover.created_at.desc(), Handover.id)
    return db.session.scalars(decide.visible(actor, wanted, Handover, VIEW)).all()


def recipients(actor: Actor) -> Sequence[ImpactAssessment]:
    """Recipients of the county whose assessment is in force."""
    wanted = select(ImpactAssessment).where(
        ImpactAssessment.county_id == actor.county_id, ImpactAssessment.kind == RECIPIENT,
        ImpactAssessment.state == "active", ImpactAssessment.review_on >= clock.today(),
    )  # fmt: skip
    return db.session.scalars(wanted.order_by(ImpactAssessment.subject)).all()


def school_of(handover: Handover) -> str:
    """The school's name."""
    return db.session.get_one(Unit, handover.unit_id).name
