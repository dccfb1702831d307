"""What began before anybody had decided ends with the decision, and what nobody looked at for a year is asked about again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from app.care.rainbow.models import CareDuty, RainbowAssessment, RainbowTier
from app.care.rainbow.operations import changing, deciding, proposing
from app.care.rainbow.operations.deciding import AdjustIn, ConfirmIn, RejectIn, SignIn
from app.care.screening.models import CriticalAlert, ScaleResult
from app.core import clock
from app.core.audit import trail
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context, uuid7
from app.core.outbox.handlers import HANDLERS
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.rainbow.changes import STEP, expert_of, held, run_job, up
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Rated
from tests.care.rainbow.test_deciding import WHY, Desk
from tests.cast import Cast

PROTECTION = {"keep_company", "talk_today", "tell_guardian"}


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def due(desk: Desk, student: Student) -> set[str]:
    return {code for code, state in desk.duties(student.id).items() if state == "due"}


def frightening(desk: Desk, student: Student) -> RainbowAssessment:
    """The class teacher heard talk of death: a proposal of help at once, with its protection."""
    desk.group.rate(student.id, Rated(clock.today(), (0, 0, 0, 0, 0, 0, 0, 2)))
    desk.compute()
    (red,) = [one for one in desk.all() if one.state == "proposed" and one.student_id == student.id]
    assert red.proposed == "red" and due(desk, student) >= PROTECTION
    return red


def settled(desk: Desk) -> Student:
    """Some attention by a counsellor's decision, since long, with what is to be done about it."""
    (yellow,) = desk.propose("yellow")
    deciding.confirm(desk.act("school_counselor"), yellow, ConfirmIn())
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.age"):
        db.session.execute(update(RainbowTier).values(since=clock.today() - timedelta(days=50)))
    db.session.expire_all()
    return db.session.get_one(Student, yellow.student_id)


def test_protection_ends_when_the_data_were_wrong_and_what_the_level_asks_for_stays(desk: Desk) -> None:
    student = settled(desk)
    wrong = frightening(desk, student)
    deciding.reject(desk.act("school_counselor"), wrong, RejectIn("观察表填错了人，要请班主任重填一次"))
    assert due(desk, student) == {"check_in", "get_to_know"}


def test_protection_ends_when_two_persons_keep_the_level_in_force(desk: Desk) -> None:
    student = settled(desk)
    red = frightening(desk, student)
    deciding.sign_first(desk.act("school_counselor"), red, SignIn(clock.today()))
    deciding.adjust_far(desk.act(desk.expert(red.owner_id)), red, AdjustIn("yellow", WHY))
    assert desk.tier(student.id) == "yellow" and due(desk, student) == {"check_in", "get_to_know"}


def test_protection_ends_when_what_was_asked_for_is_not_granted(desk: Desk) -> None:
    student = held(desk, "yellow")
    change = up(desk, "school_counselor", student, "red")
    run_job(change)
    assert due(desk, student) == PROTECTION
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.reject(desk.act(expert), change, changing.ChangeStep(reason="已当面了解，是一次误会，无需上调"))
    assert due(desk, student) == set()


def test_protection_ends_with_a_request_that_was_taken_back(desk: Desk) -> None:
    student = of_the_class(desk)
    change = up(desk, "homeroom_teacher", student, "red")
    run_job(change)
    assert due(desk, student) == PROTECTION
    changing.withdraw(desk.act("homeroom_teacher"), change, STEP)
    (row,) = posted("rainbow_taken_back")
    for _ in range(2):
        HANDLERS["rainbow_taken_back"](row)
    assert due(desk, student) == set() and running(desk, student) == 0


def test_what_another_request_asks_for_goes_on_when_one_is_taken_back(desk: Desk) -> None:
    student = of_the_class(desk)
    first, second = (up(desk, key, student, "red") for key in ("homeroom_teacher", "school_psych_lead"))
    run_job(first)
    run_job(second)
    changing.withdraw(desk.act("homeroom_teacher"), first, STEP)
    HANDLERS["rainbow_taken_back"](posted("rainbow_taken_back")[0])
    assert due(desk, student) == PROTECTION


def of_the_class(desk: Desk) -> Student:
    """Some attention since long, and a class teacher who may ask for more."""
    student = held(desk, "yellow")
    with trail.act(SYSTEM, "system", "test.class"):
        student.class_id = desk.cast.classes["shuangqiao"]
    return student


def posted(kind: str) -> list[OutboxRow]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def running(desk: Desk, student: Student) -> int:
    """Clocks of the student's tasks that still remind somebody."""
    use_context(SYSTEM.context())
    tasks = select(CareDuty.id).where(CareDuty.student_id == student.id)
    found = select(func.count(Deadline.id)).where(Deadline.record_id.in_(tasks), Deadline.closed_at.is_(None))
    return db.session.scalar(found) or 0


def alerted(desk: Desk, student: Student) -> CriticalAlert:
    values = {
        "id": uuid7(), "county_id": student.county_id, "school_id": student.school_id, "student_id": student.id,
        "kind": "O1a", "raised_on": clock.today(), "state": "pending",
    }  # fmt: skip
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.alert"):
        db.session.execute(insert(CriticalAlert), [values])
    return db.session.get_one(CriticalAlert, values["id"])


def test_protection_ends_with_an_alert_that_two_persons_cleared_though_nothing_new_is_proposed(desk: Desk) -> None:
    student = settled(desk)
    alert = alerted(desk, student)
    desk.compute()
    assert due(desk, student) >= PROTECTION
    with trail.act(SYSTEM, "system", "test.clear"):
        alert.cleared_on = clock.today()
    proposing.follow_cleared(OutboxRow(kind="alert_cleared", entity="critical_alerts", record_id=alert.id, data={}))
    assert [one for one in desk.all() if one.state == "proposed"] == []
    assert due(desk, student) == {"check_in", "get_to_know"}


@pytest.mark.parametrize("other", ["alert", "request"])
def test_protection_goes_on_while_something_else_asks_for_it(desk: Desk, other: str) -> None:
    student = settled(desk)
    wrong = frightening(desk, student)
    if other == "alert":
        alerted(desk, student)
    else:
        up(desk, "school_counselor", student, "red")
    deciding.reject(desk.act("school_counselor"), wrong, RejectIn("观察表填错了人，要请班主任重填一次"))
    assert due(desk, student) >= PROTECTION


def test_a_student_in_need_of_help_at_once_keeps_protection_when_a_request_ends(desk: Desk) -> None:
    (red,) = desk.propose("red")
    deciding.sign_first(desk.act("school_counselor"), red, SignIn(clock.today()))
    deciding.confirm(desk.act(desk.expert(red.owner_id)), red, ConfirmIn())
    student = db.session.get_one(Student, red.student_id)
    assert due(desk, student) >= PROTECTION


def grown_old(desk: Desk) -> None:
    """A year passes without another decision."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.age"):
        year_ago = clock.today() - timedelta(days=365)
        db.session.execute(update(RainbowAssessment).values(decided_on=year_ago))
        db.session.execute(update(RainbowTier).values(since=year_ago))
    db.session.expire_all()


def waiting(desk: Desk) -> list[str]:
    db.session.expire_all()
    return [one.proposed for one in desk.all() if one.state == "proposed"]


@pytest.mark.parametrize("tier", ["green", "yellow"])
def test_a_level_a_year_old_waits_for_a_person_again_though_no_fact_has_changed(desk: Desk, tier: str) -> None:
    (one,) = desk.propose(tier)
    deciding.confirm(desk.act("school_counselor"), one, ConfirmIn())
    grown_old(desk)
    desk.compute()
    assert waiting(desk) == []
    assert proposing.expire_where_due() == 1
    desk.compute()
    desk.compute()
    assert waiting(desk) == [tier] and desk.tier(one.student_id) == tier
    again = next(each for each in desk.all() if each.state == "proposed")
    deciding.confirm(desk.act("school_counselor"), again, ConfirmIn())
    db.session.expire_all()
    use_context(SYSTEM.context())
    assert (one.state, again.state) == ("superseded", "effective")
    desk.compute()
    assert waiting(desk) == []


def test_where_the_rules_would_allow_less_the_level_in_force_is_what_is_asked_about(desk: Desk) -> None:
    (yellow,) = desk.propose("yellow")
    deciding.confirm(desk.act("school_counselor"), yellow, ConfirmIn())
    grown_old(desk)
    use_context(SYSTEM.context())
    calm: dict[str, Any] = {
        "county_id": yellow.county_id, "school_id": yellow.school_id, "student_id": yellow.student_id,
        "scale_code": "phq9", "scale_version": "1.0.0", "construct": "depression", "answered_on": clock.today(), "band": 0,
        "scores": {}, "verdict": "valid", "usable": True, "worry": False,
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.calm"):
        db.session.execute(update(ScaleResult).values(answered_on=clock.today() - timedelta(days=9)))
        db.session.execute(insert(ScaleResult), [calm])
    desk.compute()
    assert desk.group.newest()[yellow.student_id].kind == "hold_once" and waiting(desk) == []
    assert proposing.expire_where_due() == 1
    desk.compute()
    assert waiting(desk) == ["yellow"]
