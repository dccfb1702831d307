"""Units that have not signed for a round's results are reminded by the office with one press, each at most once a day."""

from __future__ import annotations

from sqlalchemy import select, update

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import MonitoringCycle, ReleaseAck
from app.improvement.monitoring.operations.moves import Move

NOBODY_LEFT = Sentence("这一轮没有等着签收的单位", "No unit still has to sign for this round")
TODAY_ALREADY = Sentence(
    "没签收的单位今天都提醒过了，明天再提醒", "Every one of them was reminded today; remind again tomorrow"
)


@operation(right="monitoring.prepare_release", name="monitoring_cycle.remind_units")
def remind_units(actor: Actor, cycle: MonitoringCycle, given: Move) -> None:
    """Ask every school and department whose sign-for is open. Raises StepRefused where nobody is left to ask."""
    open_ = select(ReleaseAck).where(ReleaseAck.cycle_id == cycle.id, ReleaseAck.state == "pending")
    found = db.session.scalars(open_.order_by(ReleaseAck.id)).all()
    if not found:
        raise StepRefused((NOBODY_LEFT,))
    asked = [one for one in found if one.reminded_on != clock.today()]
    if not asked:
        raise StepRefused((TODAY_ALREADY,))
    ids = [one.id for one in asked]
    db.session.execute(update(ReleaseAck).where(ReleaseAck.id.in_(ids)).values(reminded_on=clock.today()))
    deed = trail.current()
    if deed is not None:
        deed.main.extra["acks"] = [one.ref for one in asked]
    post("results_open", cycle, acks=[str(one) for one in ids])
