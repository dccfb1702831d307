"""Who has not signed for a round's results is reminded with one press; what a hearing asked for is reminded of by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.errors import Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.monitoring.models import FollowUp, MonitoringCycle, ReleaseAck
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


@operation(right="system", name="monitoring_cycle.remind_of_follow_up")
def remind_of_follow_up(actor: Actor, follow_up: FollowUp, given: Move) -> None:
    """Write to those who record that it is done: its day is near, or over."""
    follow_up.reminded_on = clock.today()
    post("follow_up_due", follow_up)


def remind_of_follow_ups() -> int:
    """The job of each sweep: what a hearing asked for and is open, a day before its day and once after it; how many."""
    use_context(SYSTEM.context())
    one, today = FollowUp, clock.today()
    never_yet = one.reminded_on.is_(None) & (one.due_on <= today + timedelta(days=1))
    over_since = (one.due_on < today) & (one.reminded_on <= one.due_on)
    wanted = select(one).where(one.done_on.is_(None), or_(never_yet, over_since)).order_by(one.id)
    due = db.session.scalars(wanted).all()
    for follow_up in due:
        remind_of_follow_up(SYSTEM, follow_up, Move())
    return len(due)
