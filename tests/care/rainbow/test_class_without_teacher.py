"""What the class teacher does for a child waits for the school's counsellor while the class has no teacher (decision 39)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.rainbow.models import CareDuty
from app.care.rainbow.operations import deciding, following, observing
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.casework import daily, waiting
from app.core.database import db, use_context, uuid7
from app.core.errors import NotAllowed
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.people import letters
from app.people.directory.models import RoleAssignment, SchoolClass, Student, TeachingDuty
from app.people.directory.operations.duties import DutyEnd, end_duty
from app.people.identity.standing_in import acting_for
from app.people.left_alone import tell_over
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.test_deciding import Desk
from tests.cast import Cast, sign_in

HTTPS = "https://localhost"
RIGHT = "rainbow.do_class_duty"
WHY = "没有可办这一步的班主任，由学校心理教师办理"


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def _task(desk: Desk) -> CareDuty:
    """Of a child in the class that the cast's class teacher leads."""
    (yellow,) = desk.propose("yellow")
    with trail.act(SYSTEM, "system", "test.class"):
        yellow.student.class_id = desk.cast.classes["shuangqiao"]
    deciding.confirm(desk.act("school_counselor"), yellow, deciding.ConfirmIn())
    use_context(SYSTEM.context())
    return db.session.scalars(select(CareDuty).where(CareDuty.for_class)).one()


def _on_desk(desk: Desk, who: str, duty: uuid.UUID) -> bool:
    """Whether the task stands among what waits for this person."""
    use_context(SYSTEM.context())
    actor = acting_for(desk.cast[who].assignment_id)
    assert actor is not None
    use_context(actor.context())
    return duty in {thing.record.id for thing in waiting.waiting_for(actor)}


def test_a_task_of_a_class_without_a_class_teacher_waits_for_the_counsellor_until_one_is_named(
    desk: Desk, app: Flask, clock: Any
) -> None:
    duty = _task(desk)
    task, address = duty.id, duty.address
    led = db.session.scalars(
        select(TeachingDuty).where(TeachingDuty.class_id == duty.class_id, TeachingDuty.duty == "homeroom")
    ).one()
    assert (_on_desk(desk, "school_counselor", task), _on_desk(desk, "homeroom_teacher", task)) == (False, True)
    with pytest.raises(NotAllowed):
        observing.finish(
            desk.act("school_counselor"), db.session.get_one(CareDuty, task), observing.DoneIn("和家长谈了二十分钟")
        )
    end_duty(desk.act("school_coordinator"), led, DutyEnd(core_clock.today()))
    assert not _on_desk(desk, "school_counselor", task), "the last day is the class teacher's"
    clock.advance(days=1)
    assert (_on_desk(desk, "school_counselor", task), _on_desk(desk, "homeroom_teacher", task)) == (True, False)
    assert not _on_desk(desk, "yuntai_counselor", task)
    use_context(SYSTEM.context())
    assert letters._may_take(db.session.get_one(CareDuty, task), RIGHT) == {desk.cast["school_counselor"].person_id}
    client = sign_in(app.test_client(), desk.cast["school_counselor"])
    for page in ("/support/duties", address):
        assert WHY in client.get(page, base_url=HTTPS).text
    observing.finish(
        desk.act("school_counselor"), db.session.get_one(CareDuty, task), observing.DoneIn("和家长谈了二十分钟")
    )
    assert db.session.get_one(CareDuty, task).state == "done"


def test_when_the_class_teachers_role_ends_the_counsellor_is_told_once_what_waits_now(desk: Desk) -> None:
    duty = _task(desk)
    deliver.drain()
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.end"):
        held = db.session.get_one(RoleAssignment, desk.cast["homeroom_teacher"].assignment_id)
        held.to_on = core_clock.today() - timedelta(days=1)
        tell_over(held)
    deliver.drain()
    use_context(SYSTEM.context())
    written = select(InboxLetter).where(InboxLetter.record_id == duty.id, InboxLetter.title_zh.contains(WHY))
    assert [one.person_id for one in db.session.scalars(written)] == [desk.cast["school_counselor"].person_id]


def test_a_task_goes_along_with_a_child_into_another_class_and_waits_for_whoever_has_it_now(
    desk: Desk, app: Flask
) -> None:
    duty = _task(desk)
    task, student = duty.id, duty.student_id
    assert following.go_with_children in daily.DAILY and following.go_with_children() == 0
    assert _on_desk(desk, "homeroom_teacher", task)
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.other_class"):
        old = db.session.get_one(SchoolClass, desk.cast.classes["shuangqiao"])
        new = SchoolClass(
            id=uuid7(), county_id=old.county_id, school_id=old.school_id, school_year=old.school_year,
            grade=old.grade, class_no=old.class_no + 7, name="新班",
        )  # fmt: skip
        db.session.add(new)
        db.session.flush()
        db.session.get_one(Student, student).class_id = new.id
    moved = following.go_with_children()
    assert moved >= 1 and following.go_with_children() == 0
    assert (_on_desk(desk, "school_counselor", task), _on_desk(desk, "homeroom_teacher", task)) == (True, False)
    use_context(SYSTEM.context())
    assert db.session.get_one(CareDuty, task, populate_existing=True).class_id == new.id
    body = db.session.scalar(text("select body from audit.access_log where step = 'care_duty.go_along'"))
    assert body["rows"] == moved
