"""How the tests of a change of level are set: who is held where, what is written down, who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from app.care.rainbow.models import CareDuty, CodeChangeRequest
from app.care.rainbow.operations import changing, deciding, observing
from app.care.rainbow.operations.changing import ChangeStep, DraftIn, EvidenceIn, UpIn
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.rainbow.cases import pupil
from tests.care.rainbow.reference import Rated
from tests.care.rainbow.test_deciding import Desk

WHY = "面谈后与班主任、家长核对过，近两周状况平稳"
SEEN = "课间独自哭，说不想上学，持续三天"
STEP = ChangeStep()


def held(desk: Desk, tier: str, days: int = 40) -> Student:
    """A calm pupil who has been in this level for so many days, whom the rules would let one step down."""
    today = clock.today()
    calm = pupil("", (0,), 1, tier=(tier, days))
    day = today - timedelta(days=3)
    one = replace(
        calm,
        results=tuple(replace(result, on=day) for result in calm.results),
        ratings=(Rated(day, (0,) * 8),),
        tier_since=today - timedelta(days=days),
        fits_since=today - timedelta(days=min(20, days - 1)),
    )
    (student,) = desk.group.enrol([one])
    desk.group.compute(today)
    use_context(SYSTEM.context())
    return db.session.get_one(Student, student)


def write_down(desk: Desk, key: str, student: Student, kind: str, ago: int, **more: object) -> None:
    day = clock.today() - timedelta(days=ago)
    changing.record_evidence(desk.act(key), student, EvidenceIn(kind, day, "如实记下经过", **more))  # type: ignore[arg-type]


def expert_of(desk: Desk, student: Student) -> str:
    """The expert whom the student is given to."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.give"):
        return desk.expert(deciding.give_to_an_expert(student.county_id, student.school_id, student.id))


def evidence_for(desk: Desk, tier: str, student: Student) -> None:
    """Everything that the step down from this level asks of people."""
    if tier == "red":
        write_down(desk, expert_of(desk, student), student, "interview", 20, finding="no_intent")
        write_down(desk, "school_counselor", student, "interview", 4, finding="no_intent")
        write_down(desk, "school_counselor", student, "guardian", 3)
    elif tier == "orange":
        write_down(desk, "school_counselor", student, "session", 12)
        write_down(desk, "school_counselor", student, "session", 5)
        write_down(desk, "school_counselor", student, "plan_review", 2, percent=50)
        observing.assess(desk.act("school_counselor"), student, observing.LookIn("mild", clock.today()))
    else:
        for ago in (20, 6):
            checked_in(student, ago)


def checked_in(student: Student, ago: int) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.check_in"):
        values = {
            "county_id": student.county_id, "school_id": student.school_id, "unit_id": student.school_id,
            "student_id": student.id, "code": "check_in", "for_class": True, "due_at": clock.now(), "state": "done",
            "done_on": clock.today() - timedelta(days=ago),
        }  # fmt: skip
        db.session.execute(insert(CareDuty), [values])


def asked(desk: Desk, student: Student) -> CodeChangeRequest:
    return changing.draft(desk.act("school_counselor"), student, DraftIn(WHY))


def refused(action: Callable[[], object]) -> set[str]:
    with pytest.raises(StepRefused) as stopped:
        action()
    return {sentence.zh for sentence in stopped.value.sentences}


def up(desk: Desk, key: str, student: Student, tier: str) -> CodeChangeRequest:
    return changing.escalate(desk.act(key), student, UpIn(tier, SEEN))


def run_job(change: CodeChangeRequest) -> None:
    changing.protect_asked(
        OutboxRow(kind="rainbow_asked_up", entity="code_change_requests", record_id=change.id, data={})
    )
