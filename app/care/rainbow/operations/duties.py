"""Tasks follow the level: those of the former one end, those of the new one begin."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.care.rainbow.duty_plan import Duty, duty_plan
from app.care.rainbow.models import CareDuty, CodeChangeRequest, RainbowAssessment, RainbowTier
from app.core import clock
from app.core.casework.door import begin, follow
from app.core.database import db, uuid7


def renew_duties(record: RainbowAssessment | CodeChangeRequest, tier: str, besides: Iterable[Duty] = ()) -> None:
    """Duties of the level before end with it; protection that began with the proposal or the request goes on."""
    plan = duty_plan()
    kept = {duty.code for duty in plan.at_once.get(tier, ())}  # type: ignore[call-overload]
    for duty in _due(record):
        if duty.code not in kept:
            follow(duty, "drop")
    _open(record, (*plan.in_effect[tier], *besides))  # type: ignore[index]


def protect(record: CodeChangeRequest) -> None:
    """What cannot wait for a decision, unless it is due already."""
    there = {duty.code for duty in _due(record)}
    _open(record, [duty for duty in duty_plan().asked_up.get(record.to_tier, ()) if duty.code not in there])  # type: ignore[call-overload]


def once_more(done: CareDuty) -> None:
    """The next one of what is due again and again, while the level that it belongs to is in force."""
    tier = db.session.scalar(select(RainbowTier.tier).where(RainbowTier.student_id == done.student_id))
    plan = duty_plan().in_effect.get(tier, ()) if tier else ()  # type: ignore[call-overload]
    by = "class" if done.for_class else "counsellor"
    _open(done, [duty for duty in plan if duty.again and (duty.code, duty.by) == (done.code, by)])


def _due(record: RainbowAssessment | CodeChangeRequest) -> list[CareDuty]:
    due = select(CareDuty).where(CareDuty.student_id == record.student_id, CareDuty.state == "due")
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
