"""More support: asked for by whoever sees the need, protected before it is decided, and back at once in a relapse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.care.rainbow.models import CareDuty, CodeChangeRequest, RainbowAssessment
from app.care.rainbow.operations import changing, deciding
from app.care.rainbow.operations.changing import UpIn
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed
from app.core.policy.actor import SYSTEM
from tests.care.rainbow.changes import (
    SEEN,
    STEP,
    asked,
    evidence_for,
    expert_of,
    held,
    refused,
    run_job,
    up,
)
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Rated
from tests.care.rainbow.test_deciding import Desk
from tests.cast import Cast


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def test_a_class_teacher_asks_for_any_level_above_and_protection_begins_before_it_is_decided(desk: Desk) -> None:
    student = held(desk, "yellow")
    with trail.act(SYSTEM, "system", "test.class"):
        student.class_id = desk.cast.classes["shuangqiao"]
    change = up(desk, "homeroom_teacher", student, "red")
    assert change.state == "submitted" and change.first_signer_id is None
    assert timedelta(hours=23) < change.together_by_at - clock.now() <= timedelta(hours=24)  # type: ignore[operator]
    run_job(change)
    run_job(change)
    assert desk.tier(student.id) == "yellow"
    use_context(SYSTEM.context())
    codes = list(db.session.scalars(select(CareDuty.code).where(CareDuty.student_id == student.id)))
    assert sorted(codes) == ["keep_company", "talk_today", "tell_guardian"]
    changing.take_up(desk.act("school_counselor"), change, STEP)
    said = refused(lambda: changing.approve(desk.act(expert_of(desk, student)), change, STEP))
    assert any("第一人签名" in one for one in said)
    changing.sign_first(desk.act("school_counselor"), change, STEP)
    changing.approve(desk.act(expert_of(desk, student)), change, STEP)
    assert desk.tier(student.id) == "red" and change.state == "effective"


def test_up_means_above_the_level_in_force_and_needs_words(desk: Desk) -> None:
    student = held(desk, "orange")
    assert refused(lambda: up(desk, "school_counselor", student, "orange")) == {"要高于现在的层级"}
    with pytest.raises(Invalid):
        changing.escalate(desk.act("school_counselor"), student, UpIn("red", "太短"))
    with pytest.raises(Invalid):
        changing.escalate(desk.act("school_counselor"), student, UpIn("blue", SEEN))
    with pytest.raises(NotAllowed):
        changing.escalate(desk.act("homeroom_teacher"), student, UpIn("red", SEEN))  # not in this class


def test_what_goes_up_ends_an_open_step_down(desk: Desk) -> None:
    student = held(desk, "yellow")
    down = asked(desk, student)
    change = up(desk, "school_counselor", student, "orange")
    run_job(change)
    db.session.expire_all()
    use_context(SYSTEM.context())
    assert down.state == "withdrawn"


def test_after_a_step_up_the_next_computation_holds_the_level(desk: Desk) -> None:
    student = held(desk, "yellow")
    change = up(desk, "school_counselor", student, "orange")
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.approve(desk.act(expert), change, STEP)
    desk.compute()
    assert desk.group.newest()[student.id].kind == "hold_dwell"
    assert [one for one in desk.all() if one.state == "proposed"] == [] and desk.tier(student.id) == "orange"


def test_after_a_step_down_the_next_computation_proposes_nothing_back(desk: Desk) -> None:
    student = held(desk, "orange")
    evidence_for(desk, "orange", student)
    desk.group.compute(clock.today())
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.approve(desk.act(expert), change, STEP)
    desk.compute()
    waiting = [one.proposed for one in desk.all() if one.state == "proposed"]
    assert "orange" not in waiting and desk.tier(student.id) == "yellow"


def _age(change: CodeChangeRequest, days: int) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.age"):
        change.decided_on = clock.today() - timedelta(days=days)


def test_a_relapse_during_the_watch_goes_back_at_once_and_afterwards_by_the_usual_way(desk: Desk) -> None:
    student = held(desk, "orange")
    evidence_for(desk, "orange", student)
    desk.group.compute(clock.today())
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.approve(desk.act(expert), change, STEP)
    assert refused(lambda: changing.restore(desk.act("school_counselor"), student, UpIn("red", SEEN)))
    _age(change, 31)
    assert refused(lambda: changing.restore(desk.act("school_counselor"), student, UpIn("orange", SEEN)))
    _age(change, 30)
    back = changing.restore(desk.act("school_counselor"), student, UpIn("orange", SEEN))
    assert back.state == "effective" and desk.tier(student.id) == "orange"


def test_a_level_that_people_confirmed_meanwhile_ends_the_request(desk: Desk) -> None:
    student = held(desk, "yellow")
    change = asked(desk, student)
    desk.group.rate(student.id, Rated(clock.today(), (0, 0, 0, 0, 0, 0, 1, 0)))
    desk.compute()
    newer = next(one for one in desk.all() if one.state == "proposed")
    deciding.confirm(desk.act("school_counselor"), newer, deciding.ConfirmIn())
    use_context(SYSTEM.context())
    db.session.expire_all()
    assert change.state == "withdrawn" and desk.tier(student.id) == "orange"
    assert db.session.scalar(select(RainbowAssessment.state).where(RainbowAssessment.id == newer.id)) == "effective"
