"""转码: down one step at a time on evidence and by others, upward at once; the next computation respects it (B5)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.rainbow.letters import support_changed
from app.care.rainbow.models import CareDuty, ChangeEvidence, CodeChangeRequest
from app.care.rainbow.operations import changing, deciding, observing
from app.care.rainbow.operations.changing import ChangeStep
from app.care.rainbow.queries import changes as queries
from app.core import clock
from app.core.audit import trail
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.rainbow.cases import pupil
from tests.care.rainbow.changes import (
    STEP,
    WHY,
    asked,
    evidence_for,
    expert_of,
    held,
    refused,
    up,
    write_down,
)
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Fact, Pupil, Rated
from tests.care.rainbow.test_deciding import LEVELS, WORD, Desk
from tests.cast import Cast, sign_in


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


DOWN = {"red": "orange", "orange": "yellow", "yellow": "green"}


@pytest.mark.parametrize("tier", sorted(DOWN))
def test_a_step_down_lands_one_level_below_on_whole_evidence_by_another_person(desk: Desk, tier: str) -> None:
    student = held(desk, tier)
    evidence_for(desk, tier, student)
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.approve(desk.act(expert), change, STEP)
    assert change.state == "effective" and desk.tier(student.id) == DOWN[tier]
    assert desk.duties(student.id)["keep_watch"] == "due"


@pytest.mark.parametrize(
    ("tier", "missing"),
    [("red", 2), ("orange", 3), ("yellow", 1)],
)
def test_without_evidence_it_is_not_handed_in_and_every_gap_is_named(desk: Desk, tier: str, missing: int) -> None:
    student = held(desk, tier)
    change = asked(desk, student)
    said = refused(lambda: changing.submit(desk.act("school_counselor"), change, STEP))
    assert len(said) == missing, said
    assert change.state == "draft" and desk.tier(student.id) == tier


def test_two_interviews_count_by_two_persons_far_enough_apart_and_without_intent_since(desk: Desk) -> None:
    student = held(desk, "red")
    expert = expert_of(desk, student)

    def agree() -> bool:
        use_context(SYSTEM.context())
        found = queries.standing(desk.act("school_counselor"), student)
        return next(need.met for need in found.needs if need.code == "interviews_agree")

    write_down(desk, "school_counselor", student, "interview", 30, finding="no_intent")
    write_down(desk, "school_counselor", student, "interview", 4, finding="no_intent")
    assert not agree()  # one person
    write_down(desk, expert, student, "interview", 17, finding="no_intent")
    assert not agree()  # thirteen days
    write_down(desk, expert, student, "interview", 16, finding="no_intent")
    assert agree()  # thirty and sixteen days ago: fourteen days, two persons
    write_down(desk, expert, student, "interview", 1, finding="intent")
    assert not agree()


def test_a_referral_needs_its_feedback(desk: Desk) -> None:
    student = held(desk, "red")
    evidence_for(desk, "red", student)
    write_down(desk, "school_counselor", student, "referral", 10)
    change = asked(desk, student)
    said = refused(lambda: changing.submit(desk.act("school_counselor"), change, STEP))
    assert said == {"已转介，但还没有收到反馈"}
    write_down(desk, "school_counselor", student, "feedback", 2)
    changing.submit(desk.act("school_counselor"), change, STEP)
    assert change.state == "submitted"


def test_what_is_missing_at_the_end_is_missed_though_it_was_there_at_the_beginning(desk: Desk) -> None:
    student = held(desk, "yellow")
    evidence_for(desk, "yellow", student)
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    desk.group.rate(student.id, Rated(clock.today(), (0,) * 7 + (1,)))
    desk.group.compute(clock.today())
    said = refused(lambda: changing.approve(desk.act(expert), change, STEP))
    assert len(said) == 1 and "最近一次计算" in said.pop()


def test_whoever_asks_never_decides_and_help_at_once_takes_a_counsellor_and_an_expert(desk: Desk) -> None:
    student = held(desk, "red")
    evidence_for(desk, "red", student)
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    assert change.first_signer_id == desk.cast["school_counselor"].person_id
    changing.take_up(desk.act("school_counselor"), change, STEP)
    with pytest.raises(NotAllowed):
        changing.approve(desk.act("school_counselor"), change, STEP)
    assert desk.tier(student.id) == "red"
    changing.approve(desk.act(expert_of(desk, student)), change, STEP)
    assert desk.tier(student.id) == "orange"


def test_the_only_counsellor_does_not_approve_the_own_request(desk: Desk) -> None:
    student = held(desk, "yellow")
    evidence_for(desk, "yellow", student)
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    changing.take_up(desk.act("school_counselor"), change, STEP)
    said = refused(lambda: changing.approve(desk.act("school_counselor"), change, STEP))
    assert any("另一个人" in one for one in said)


def test_a_second_request_is_refused(desk: Desk) -> None:
    student = held(desk, "yellow")
    asked(desk, student)
    assert refused(lambda: asked(desk, student)) == {changing.ALREADY.zh}


def test_a_step_down_from_no_level_is_refused(desk: Desk) -> None:
    (green,) = desk.group.enrol([Pupil()])
    use_context(SYSTEM.context())
    child = db.session.get_one(Student, green)
    assert refused(lambda: asked(desk, child)) == {changing.NOTHING_BELOW.zh}


def test_only_who_asked_withdraws_and_not_after_it_was_taken_up(desk: Desk) -> None:
    student = held(desk, "yellow")
    change = up(desk, "school_counselor", student, "orange")
    expert = expert_of(desk, student)
    assert refused(lambda: changing.withdraw(desk.act(expert), change, STEP)) == {changing.NOT_YOURS.zh}
    changing.take_up(desk.act(expert), change, STEP)
    assert refused(lambda: changing.withdraw(desk.act("school_counselor"), change, STEP))
    changing.return_change(desk.act(expert), change, ChangeStep(reason="请补充最近一周的具体表现和时间"))
    changing.withdraw(desk.act("school_counselor"), change, STEP)
    assert change.state == "withdrawn" and desk.tier(student.id) == "yellow"


def test_no_qualification_no_decision(desk: Desk) -> None:
    student = held(desk, "yellow")
    change = up(desk, "school_psych_lead", student, "orange")
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.lapse"):
        lapsed = {"day": clock.today() - timedelta(days=1), "id": desk.cast["school_counselor"].person_id}
        db.session.execute(text("update persons set qualification_expiry = :day where id = :id"), lapsed)
    db.session.expire_all()
    assert refused(lambda: changing.take_up(desk.act("school_counselor"), change, STEP)) == {deciding.NOT_QUALIFIED.zh}


def test_clocks_run_from_the_request_and_stop_with_the_decision(desk: Desk) -> None:
    student = held(desk, "yellow")
    change = up(desk, "school_counselor", student, "orange")
    open_clocks = select(Deadline.name).where(Deadline.record_id == change.id, Deadline.closed_at.is_(None))
    assert list(db.session.scalars(open_clocks)) == ["submitted.decide"]
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.reject(desk.act(expert), change, ChangeStep(reason="已当面了解，是一次误会，无需上调"))
    assert list(db.session.scalars(open_clocks)) == [] and desk.tier(student.id) == "yellow"


def test_a_check_in_is_due_again_when_it_is_done(desk: Desk) -> None:
    (yellow,) = desk.propose("yellow")
    with trail.act(SYSTEM, "system", "test.class"):
        yellow.student.class_id = desk.cast.classes["shuangqiao"]
    deciding.confirm(desk.act("school_counselor"), yellow, deciding.ConfirmIn())
    use_context(SYSTEM.context())
    duty = db.session.scalars(select(CareDuty).where(CareDuty.code == "check_in")).one()
    observing.finish(desk.act("homeroom_teacher"), duty, observing.DoneIn("聊了二十分钟，睡眠好转"))
    use_context(SYSTEM.context())
    states = db.session.scalars(select(CareDuty.state).where(CareDuty.code == "check_in")).all()
    assert sorted(states) == ["done", "due"]


def test_trail_letters_and_jobs_of_a_change_name_no_level_and_no_child(desk: Desk, told: list[str]) -> None:
    student = held(desk, "red")
    told.clear()
    evidence_for(desk, "red", student)
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.approve(desk.act(expert), change, STEP)
    up(desk, "school_counselor", student, "red")
    assert told and not any(LEVELS & set(WORD.findall(one)) or student.name in one for one in told)
    assert not any("面谈后" in one or "课间" in one or "如实" in one for one in told)
    use_context(SYSTEM.context())
    support_changed(
        OutboxRow(id=1, kind="support_changed", entity="code_change_requests", record_id=change.id, data={})
    )
    rows = db.session.execute(
        text("select title_zh, title_en, address from inbox_letters where kind = 'support_changed'")
    )
    letters = [" ".join(row) for row in rows]
    assert len(letters) == 2, "who heads the psychological work, and the head of the school as help at once ended"
    assert not any(word in one for one in letters for word in ("red", "橙", "心理", "彩虹", student.name))


def test_who_saw_the_level_before_hears_that_it_was_changed(desk: Desk) -> None:
    student = held(desk, "yellow")
    with trail.act(SYSTEM, "system", "test.class"):
        student.class_id = desk.cast.classes["shuangqiao"]
    evidence_for(desk, "yellow", student)
    change = asked(desk, student)
    changing.submit(desk.act("school_counselor"), change, STEP)
    expert = expert_of(desk, student)
    changing.take_up(desk.act(expert), change, STEP)
    changing.approve(desk.act(expert), change, STEP)
    use_context(SYSTEM.context())
    row = OutboxRow(id=1, kind="support_changed", entity="code_change_requests", record_id=change.id, data={})
    support_changed(row)
    support_changed(row)
    told = db.session.execute(text("select person_id, address from inbox_letters where kind = 'support_changed'")).all()
    cast = desk.cast
    assert sorted(told) == sorted(
        [
            (cast["school_psych_lead"].person_id, "/support/levels"),
            (cast["homeroom_teacher"].person_id, "/support/class"),
        ]
    )


def test_security_23_a_request_shows_to_professionals_and_to_who_asked_and_to_nobody_else(desk: Desk) -> None:
    student = held(desk, "yellow")
    with trail.act(SYSTEM, "system", "test.class"):
        student.class_id = desk.cast.classes["shuangqiao"]
    mine = up(desk, "homeroom_teacher", student, "orange")
    asked(desk, student)
    identity = student.id
    counted = "select count(*) from code_change_requests where student_id = :id"
    for key, wanted in (
        ("school_counselor", 2), ("homeroom_teacher", 1), ("school_psych_lead", 0), ("psych_expert_2", 0),
        ("yuntai_counselor", 0), ("principal", 0), ("psych_center_lead", 0),
    ):  # fmt: skip
        use_context(desk.cast.actor(key).context())
        assert db.session.execute(text(counted), {"id": identity}).scalar_one() == wanted, key
        assert (db.session.scalar(select(ChangeEvidence.id).limit(1))) is None
    assert queries.waiting(desk.act("homeroom_teacher"))[0][0].id == mine.id


def test_the_pages_lead_from_the_list_to_a_decision(desk: Desk, app: Flask) -> None:
    student = held(desk, "yellow")
    evidence_for(desk, "yellow", student)
    ref = student.ref
    client = sign_in(app.test_client(), desk.cast["school_counselor"])

    def get(address: str) -> str:
        answer = client.get(address, base_url="https://localhost")
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    listed = get("/support/changes")
    assert f"/support/students/{ref}/change" in listed and "level-yellow" not in listed
    assert "level-yellow" in get("/support/changes?shown=1")
    assert "可以考虑调整" in listed
    page = get(f"/support/students/{ref}/change")
    assert page.count("够了") == 4 and "还不够" not in page
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', get(f"/support/students/{ref}/step-down"))
    form = {"note": WHY, "csrf_token": token[1] if token else ""}
    answer = client.post(f"/support/students/{ref}/step-down", data=form, base_url="https://localhost")
    assert answer.status_code == 303
    change = db.session.scalars(select(CodeChangeRequest)).one()
    assert "提交" in get(change.address)


@pytest.mark.parametrize("kind", ["interview", "plan_review", "dance"])
def test_evidence_that_is_incomplete_or_ahead_is_refused(desk: Desk, kind: str) -> None:
    student = held(desk, "red")
    with pytest.raises(Invalid):
        write_down(desk, "school_counselor", student, kind, 1)
    with pytest.raises(Invalid):
        write_down(desk, "school_counselor", student, "session", -1)


def test_a_fact_of_late_keeps_the_last_step_from_being_taken(desk: Desk) -> None:
    today = clock.today()
    calm = pupil("", (0,), 1, tier=("yellow", 45))
    one = replace(
        calm, facts=(Fact("transfer", today - timedelta(days=9)),), ratings=(Rated(today, (0,) * 8),),
        results=tuple(replace(each, on=today) for each in calm.results), tier_since=today - timedelta(days=45),
        fits_since=today - timedelta(days=20),
    )  # fmt: skip
    (identity,) = desk.group.enrol([one])
    desk.group.compute(today)
    use_context(SYSTEM.context())
    student = db.session.get_one(Student, identity)
    evidence_for(desk, "yellow", student)
    change = asked(desk, student)
    said = refused(lambda: changing.submit(desk.act("school_counselor"), change, STEP))
    assert said == {"近期有新的事件记录"}
