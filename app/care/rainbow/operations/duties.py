"""Tasks follow the level: those of the former one end, those of the new one begin."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import or_, select

from app.care.rainbow.duty_plan import Duty, duty_plan
from app.care.rainbow.models import OPEN, CareDuty, CodeChangeRequest, RainbowAssessment, RainbowTier
from app.care.screening.models import CriticalAlert
from app.core import clock
from app.core.casework.door import begin, follow
from app.core.database import db, uuid7


def renew_duties(record: RainbowAssessment | CodeChangeRequest, tier: str, besides: Iterable[Duty] = ()) -> None:
    """Duties of the level before end with it; what began with the proposal, the request or the answers goes on."""
    plan = duty_plan()
    kept = {duty.code for duty in (*plan.at_once.get(tier, ()), *plan.asked_by_answers)}  # type: ignore[call-overload]
    for duty in due_for(record.student_id):
        if duty.code not in kept:
            follow(duty, "drop")
    _open(record, (*plan.in_effect[tier], *besides))  # type: ignore[index]


def protect(record: CodeChangeRequest) -> None:
    """What cannot wait for a decision, unless it is due already."""
    there = {duty.code for duty in due_for(record.student_id)}
    _open(record, [duty for duty in duty_plan().asked_up.get(record.to_tier, ()) if duty.code not in there])  # type: ignore[call-overload]


def end_protection(student: uuid.UUID, besides: uuid.UUID | None = None) -> None:
    """What began before anybody had decided ends where people decided that the level in force is enough, or took back
    what it began with: a request, the answers of a survey.

    Not while an open proposal, an open request (another than `besides`) or an alert that nobody has cleared asks for it
    (domain B4, B5).
    """
    if _is_asked_for(student, besides):
        return
    plan, tier = duty_plan(), _tier_of(student)
    began = {(duty.code, duty.by) for part in (plan.at_once, plan.asked_up) for some in part.values() for duty in some}
    stays = {(duty.code, duty.by) for part in (plan.at_once, plan.in_effect) for duty in part.get(tier, ())}  # type: ignore[call-overload]
    for duty in due_for(student):
        if (duty.code, "class" if duty.for_class else "counsellor") in began - stays:
            follow(duty, "drop")


def _is_asked_for(student: uuid.UUID, besides: uuid.UUID | None) -> bool:
    proposal, request, alert = RainbowAssessment, CodeChangeRequest, CriticalAlert
    reasons = (
        select(proposal.id).where(
            proposal.student_id == student, proposal.state == "proposed", proposal.id.is_distinct_from(besides),
            proposal.proposed.in_(duty_plan().at_once),
        ),
        select(request.id).where(
            request.student_id == student, request.upward, request.state.in_(OPEN),
            request.id.is_distinct_from(besides),
        ),
        select(alert.id).where(alert.student_id == student, alert.kind == "O1a", alert.cleared_on.is_(None)),
    )  # fmt: skip
    return bool(db.session.scalar(select(or_(*(reason.exists() for reason in reasons)))))


def _tier_of(student: uuid.UUID) -> str | None:
    found: str | None = db.session.scalar(select(RainbowTier.tier).where(RainbowTier.student_id == student))
    return found


def once_more(done: CareDuty) -> None:
    """The next one of what is due again and again, while the level that it belongs to is in force."""
    tier = _tier_of(done.student_id)
    plan = duty_plan().in_effect.get(tier, ()) if tier else ()  # type: ignore[call-overload]
    by = "class" if done.for_class else "counsellor"
    _open(done, [duty for duty in plan if duty.again and (duty.code, duty.by) == (done.code, by)])


def due_for(student: uuid.UUID) -> list[CareDuty]:
    """What is still to be done for a student."""
    due = select(CareDuty).where(CareDuty.student_id == student, CareDuty.state == "due")
    return list(db.session.scalars(due))


def _open(record: RainbowAssessment | CodeChangeRequest | CareDuty, duties: Iterable[Duty]) -> None:
    now = clock.now()
    for new in duties:
        duty = CareDuty(
            id=uuid7(), county_id=record.county_id, school_id=record.school_id, unit_id=record.unit_id,
            student_id=record.student_id, student=record.student, class_id=record.student.class_id,
            code=new.code, for_class=new.by == "class", due_at=new.due_at(now),
        )  # fmt: skip
        begin(duty, "open")
