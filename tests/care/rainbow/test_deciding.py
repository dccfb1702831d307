"""Proposals become decisions by qualified people only, and what is decided takes effect with its tasks."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.care.rainbow.models import CareDuty, RainbowAssessment, RainbowTier
from app.care.rainbow.operations import deciding, observing, proposing
from app.care.screening.models import CriticalAlert
from app.core import clock
from app.core.audit import trail
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.people import letters
from app.people.directory.models import Person, Student, Unit
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Alert, Answered, Pupil, Rated
from tests.cast import Cast, sign_in

LEVELS = {"green", "yellow", "orange", "red", "绿", "黄", "橙", "红"}
WORD = re.compile(r"[a-z]+|[\u4e00-\u9fff]")
WHY = "面谈后与班主任、家长核对过，近两周状况平稳"


def with_tier(tier: str, today: date) -> Pupil:
    """A pupil for whom the rules propose this level."""
    calm = (Rated(today, (0,) * 8),)
    if tier == "green":
        return Pupil(results=(Answered("phq9", "depression", 0, today),), ratings=calm)
    if tier == "yellow":
        return Pupil(results=(Answered("phq9", "depression", 2, today),), ratings=calm)
    if tier == "orange":
        return Pupil(results=(Answered("phq9", "depression", 3, today),), ratings=calm)
    return Pupil(results=(Answered("phq9", "depression", 0, today),), ratings=calm, alerts=(Alert("O1a", today),))


@dataclass
class Desk:
    """A school whose pupils are computed, and those who decide about them."""

    cast: Cast
    group: Class

    def propose(self, *tiers: str) -> list[RainbowAssessment]:
        """Pupils of these levels, computed: their proposals in the same order."""
        ids = self.group.enrol([with_tier(tier, clock.today()) for tier in tiers])
        self.compute()
        found = {one.student_id: one for one in self.all()}
        return [found[student] for student in ids]

    def compute(self) -> None:
        """A run over the school."""
        use_context(SYSTEM.context())
        school = db.session.get_one(Unit, self.group.school)
        proposing.compute(SYSTEM, school, proposing.RunIn((school.id,)))

    def all(self) -> list[RainbowAssessment]:
        """Every assessment, as the system sees them."""
        use_context(SYSTEM.context())
        return list(db.session.scalars(select(RainbowAssessment).order_by(RainbowAssessment.computation)))

    def act(self, key: str):  # type: ignore[no-untyped-def]
        """Be this player, in the database as well."""
        actor = self.cast.actor(key)
        use_context(actor.context())
        return actor

    def expert(self, person: uuid.UUID | None) -> str:
        """The expert of the cast who is this person."""
        return next(key for key in ("psych_expert", "psych_expert_2") if self.cast[key].person_id == person)

    def duties(self, student: uuid.UUID) -> dict[str, str]:
        """Code → state of the tasks for a student."""
        use_context(SYSTEM.context())
        rows = db.session.scalars(select(CareDuty).where(CareDuty.student_id == student).order_by(CareDuty.created_at))
        return {one.code: one.state for one in rows}

    def tier(self, student: uuid.UUID) -> str | None:
        """The level in force."""
        use_context(SYSTEM.context())
        return db.session.scalar(select(RainbowTier.tier).where(RainbowTier.student_id == student))


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def test_a_run_proposes_one_level_a_pupil_with_its_time_and_tells_only_counts(desk: Desk, told: list[str]) -> None:
    green, yellow, orange, red = desk.propose("green", "yellow", "orange", "red")
    assert [one.proposed for one in (green, yellow, orange, red)] == ["green", "yellow", "orange", "red"]
    assert [one.priority for one in (green, yellow, orange, red)] == [3, 2, 1, 0]
    assert red.decide_by_at is None and red.together_by_at is not None
    assert timedelta(hours=23) < red.together_by_at - clock.now() <= timedelta(hours=24)
    assert green.decide_by_at is not None and orange.decide_by_at is not None
    assert green.decide_by_at > orange.decide_by_at
    clocks = db.session.scalars(select(Deadline.record_id).where(Deadline.entity == "rainbow_assessments"))
    assert set(clocks) == {orange.id, red.id}
    run = next(one for one in reversed(told) if "rainbow.compute" in one)
    assert '"proposed": 4' in run.replace('":4', '": 4').replace("\\", "") and not LEVELS & set(WORD.findall(run))


def test_the_same_facts_propose_nothing_a_second_time(desk: Desk) -> None:
    before = {one.id for one in desk.propose("green", "red")}
    desk.compute()
    assert {one.id for one in desk.all()} == before


def test_new_facts_supersede_the_open_proposal_and_stop_its_clock(desk: Desk) -> None:
    (orange,) = desk.propose("orange")
    desk.group.rate(orange.student_id, Rated(clock.today(), (0, 0, 0, 0, 0, 0, 2, 0)))
    desk.compute()
    db.session.expire_all()
    old, new = desk.all()
    assert (old.state, new.state, new.proposed) == ("superseded", "proposed", "red")
    open_clocks = select(Deadline.record_id).where(
        Deadline.closed_at.is_(None), Deadline.entity == "rainbow_assessments"
    )
    assert list(db.session.scalars(open_clocks)) == [new.id]


def test_protection_begins_with_the_proposal_and_before_anybody_confirms(desk: Desk) -> None:
    (red,) = desk.propose("red")
    assert desk.duties(red.student_id) == dict.fromkeys(("keep_company", "talk_today", "tell_guardian"), "due")
    assert desk.tier(red.student_id) is None


def test_an_alert_that_waits_has_its_student_computed_and_protected_at_once(desk: Desk) -> None:
    (green,) = desk.propose("green")
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.alert"):
        alert = CriticalAlert(
            county_id=green.county_id, school_id=green.school_id, student_id=green.student_id, kind="O1a",
            raised_on=clock.today(), state="pending",
        )  # fmt: skip
        db.session.add(alert)
    proposing.follow_alert(OutboxRow(kind="alert_waits", entity="critical_alerts", record_id=alert.id, data={}))
    asked = db.session.execute(text("select entity, record_id, queue from outbox where kind = 'rainbow_compute'")).one()
    assert (asked.entity, asked.record_id, asked.queue) == ("students", green.student_id, "urgent")
    proposing.compute_asked(OutboxRow(kind="rainbow_compute", entity=asked.entity, record_id=asked.record_id, data={}))
    db.session.expire_all()
    old, new = desk.all()
    assert (old.state, new.state, new.proposed) == ("superseded", "proposed", "red")
    assert "keep_company" in desk.duties(green.student_id)


def test_a_counsellor_confirms_and_it_takes_effect_with_its_tasks(desk: Desk) -> None:
    (yellow,) = desk.propose("yellow")
    deciding.confirm(desk.act("school_counselor"), yellow, deciding.ConfirmIn())
    assert yellow.state == "effective" and desk.tier(yellow.student_id) == "yellow"
    assert desk.duties(yellow.student_id) == {"check_in": "due", "get_to_know": "due"}


def test_the_day_of_an_interview_is_kept_whatever_was_decided_and_a_first_signers_day_stays(desk: Desk) -> None:
    yellow, orange, red = desk.propose("yellow", "orange", "red")
    counsellor, before, today = desk.act("school_counselor"), clock.today() - timedelta(days=2), clock.today()
    for refused in (
        lambda: deciding.confirm(counsellor, yellow, deciding.ConfirmIn(interviewed_on=today + timedelta(days=1))),
        lambda: deciding.adjust(counsellor, yellow, deciding.AdjustIn("orange", WHY, None, today + timedelta(days=1))),
        lambda: deciding.reject(counsellor, yellow, deciding.RejectIn(WHY, None, today + timedelta(days=1))),
    ):
        with pytest.raises(Invalid) as wrong:
            refused()
        assert wrong.value.sentences == {"interviewed_on": deciding.AHEAD}
    deciding.confirm(counsellor, yellow, deciding.ConfirmIn(interviewed_on=before))
    deciding.reject(counsellor, orange, deciding.RejectIn(WHY, None, today))
    deciding.sign_first(counsellor, red, deciding.SignIn(before))
    deciding.confirm(desk.act(desk.expert(red.owner_id)), red, deciding.ConfirmIn(interviewed_on=today))
    assert [one.interviewed_on for one in (yellow, orange, red)] == [before, today, before]


def test_the_page_asks_for_the_day_of_the_interview_unless_a_first_signer_gave_it(desk: Desk, app: Flask) -> None:
    yellow, red = desk.propose("yellow", "red")
    at = {one.proposed: f"/support/proposals/{one.ref}/steps/confirm" for one in (yellow, red)}
    deciding.sign_first(desk.act("school_counselor"), red, deciding.SignIn(clock.today()))
    expert = desk.expert(red.owner_id)
    counsellor = sign_in(app.test_client(), desk.cast["school_counselor"])
    assert 'name="interviewed_on"' in counsellor.get(at["yellow"]).text
    ahead = {"interviewed_on": "2099-01-01", "version": str(yellow.version)}
    refused = counsellor.post(at["yellow"], data=ahead)
    assert refused.status_code == 422 and deciding.AHEAD.zh in refused.text and "2099-01-01" in refused.text
    second = sign_in(app.test_client(), desk.cast[expert]).get(at["red"])
    assert second.status_code == 200 and 'name="interviewed_on"' not in second.text


def test_without_a_valid_qualification_nobody_confirms(desk: Desk) -> None:
    (yellow,) = desk.propose("yellow")
    with trail.act(SYSTEM, "system", "test.lapse"):
        person = desk.cast["school_counselor"].person_id
        lapsed = clock.today() - timedelta(days=1)
        db.session.execute(update(Person).where(Person.id == person).values(qualification_expiry=lapsed))
    db.session.expire_all()
    with pytest.raises(StepRefused) as refused:
        deciding.confirm(desk.act("school_counselor"), yellow, deciding.ConfirmIn())
    assert refused.value.sentences == (deciding.NOT_QUALIFIED,)
    assert desk.tier(yellow.student_id) is None


def test_help_at_once_is_confirmed_by_two_persons_after_an_interview(desk: Desk) -> None:
    (red,) = desk.propose("red")
    with pytest.raises(NotAllowed):
        deciding.confirm(desk.act("school_counselor"), red, deciding.ConfirmIn())
    with pytest.raises(StepRefused):
        deciding.sign_first(desk.act("school_counselor"), red, deciding.SignIn())
    deciding.sign_first(desk.act("school_counselor"), red, deciding.SignIn(clock.today()))
    assert red.state == "proposed" and desk.tier(red.student_id) is None
    with pytest.raises(NotAllowed):
        deciding.confirm(desk.act("school_counselor"), red, deciding.ConfirmIn())
    deciding.confirm(desk.act(desk.expert(red.owner_id)), red, deciding.ConfirmIn())
    assert red.state == "effective" and desk.tier(red.student_id) == "red"
    assert {"keep_company", "decide_referral", "draw_up_plan", "check_in"} <= set(desk.duties(red.student_id))


def test_one_person_is_never_both_of_two(desk: Desk) -> None:
    (red,) = desk.propose("red")
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.give"):
        given = deciding.give_to_an_expert(red.county_id, red.school_id, red.student_id)
    expert = desk.act(desk.expert(given))
    deciding.sign_first(expert, red, deciding.SignIn(clock.today()))
    with pytest.raises(StepRefused):
        deciding.confirm(expert, red, deciding.ConfirmIn())
    assert desk.tier(red.student_id) is None


def test_an_expert_who_was_not_given_the_student_may_not_decide(desk: Desk) -> None:
    (red,) = desk.propose("red")
    deciding.sign_first(desk.act("school_counselor"), red, deciding.SignIn(clock.today()))
    other = "psych_expert_2" if desk.expert(red.owner_id) == "psych_expert" else "psych_expert"
    with pytest.raises(NotFound):  # the wall itself: the row is out of this expert's sight
        deciding.confirm(desk.act(other), red, deciding.ConfirmIn())


def test_only_everyday_support_is_confirmed_from_a_list(desk: Desk) -> None:
    green, orange = desk.propose("green", "orange")
    deciding.confirm(desk.act("school_counselor"), green, deciding.ConfirmIn(listed=True))
    assert desk.tier(green.student_id) == "green"
    with pytest.raises(StepRefused) as refused:
        deciding.confirm(desk.act("school_counselor"), orange, deciding.ConfirmIn(listed=True))
    assert refused.value.sentences == (deciding.ONLY_FROM_A_LIST,)


def test_a_level_is_changed_with_a_reason_that_stays_sealed_and_never_under_the_one_in_force(
    desk: Desk, told: list[str]
) -> None:
    (orange,) = desk.propose("orange")
    deciding.adjust(desk.act("school_counselor"), orange, deciding.AdjustIn("yellow", WHY))
    assert orange.state == "effective" and desk.tier(orange.student_id) == "yellow"
    assert orange.note_sealed is not None and WHY.encode() not in orange.note_sealed
    assert told and not any("面谈后" in one or LEVELS & set(WORD.findall(one)) for one in told)
    desk.group.rate(orange.student_id, Rated(clock.today(), (0, 0, 0, 0, 0, 0, 1, 0)))
    desk.compute()
    newer = next(one for one in desk.all() if one.state == "proposed")
    with pytest.raises(StepRefused) as refused:
        deciding.adjust(desk.act("school_counselor"), newer, deciding.AdjustIn("green", WHY))
    assert "低于现在生效" in str(refused.value)


def test_two_levels_down_is_for_an_expert(desk: Desk) -> None:
    (orange,) = desk.propose("orange")
    with pytest.raises(StepRefused):
        deciding.adjust(desk.act("school_counselor"), orange, deciding.AdjustIn("green", WHY))
    with pytest.raises(Invalid):
        deciding.adjust(desk.act("school_counselor"), orange, deciding.AdjustIn("yellow", "太短"))
    assert desk.tier(orange.student_id) is None


def test_a_newer_level_takes_the_place_of_the_older_and_its_tasks(desk: Desk) -> None:
    (yellow,) = desk.propose("yellow")
    deciding.confirm(desk.act("school_counselor"), yellow, deciding.ConfirmIn())
    desk.group.rate(yellow.student_id, Rated(clock.today(), (0, 0, 0, 0, 0, 0, 0, 1)))
    desk.compute()
    newer = next(one for one in desk.all() if one.state == "proposed")
    deciding.confirm(desk.act("school_counselor"), newer, deciding.ConfirmIn())
    db.session.expire_all()
    assert yellow.state == "superseded" and desk.tier(yellow.student_id) == "orange"
    states = db.session.execute(select(CareDuty.code, CareDuty.state).where(CareDuty.student_id == yellow.student_id))
    assert sorted(tuple(row) for row in states) == [
        ("check_in", "dropped"), ("check_in", "due"), ("draw_up_plan", "due"), ("get_to_know", "dropped"),
        ("interview", "due"), ("tell_guardian", "due"),
    ]  # fmt: skip


def test_wrong_data_are_sent_back_and_change_no_level(desk: Desk) -> None:
    (orange,) = desk.propose("orange")
    deciding.reject(desk.act("school_counselor"), orange, deciding.RejectIn("问卷是同桌代答的，要重新作答"))
    assert orange.state == "rejected" and desk.tier(orange.student_id) is None
    asked = db.session.execute(text("select kind, record_id from outbox where kind = 'rainbow_compute'")).one()
    assert asked.record_id == orange.student_id


def test_a_year_without_another_expires_and_keeps_the_level(desk: Desk) -> None:
    (green,) = desk.propose("green")
    deciding.confirm(desk.act("school_counselor"), green, deciding.ConfirmIn())
    with trail.act(SYSTEM, "system", "test.age"):
        green.decided_on = clock.today() - timedelta(days=365)
    assert proposing.expire_where_due() == 1
    assert green.state == "expired" and desk.tier(green.student_id) == "green"


def test_a_task_is_done_with_words_that_are_sealed(desk: Desk) -> None:
    (yellow,) = desk.propose("yellow")
    deciding.confirm(desk.act("school_counselor"), yellow, deciding.ConfirmIn())
    duty = db.session.scalars(select(CareDuty).where(CareDuty.code == "get_to_know")).one()
    with pytest.raises(StepRefused):
        observing.finish(desk.act("school_counselor"), duty, observing.DoneIn("好"))
    observing.finish(desk.act("school_counselor"), duty, observing.DoneIn("聊了二十分钟，睡眠好转"))
    assert duty.state == "done" and duty.account_sealed is not None and "睡眠".encode() not in duty.account_sealed


def test_a_task_of_the_class_is_told_to_the_teacher_of_that_class_alone(desk: Desk) -> None:
    (yellow,) = desk.propose("yellow")
    with trail.act(SYSTEM, "system", "test.class"):
        yellow.student.class_id = desk.cast.classes["shuangqiao"]
    deciding.confirm(desk.act("school_counselor"), yellow, deciding.ConfirmIn())
    use_context(SYSTEM.context())
    duty = db.session.scalars(select(CareDuty).where(CareDuty.for_class)).one()
    assert letters._may_take(duty, "rainbow.do_class_duty") == {desk.cast["homeroom_teacher"].person_id}
    with trail.act(SYSTEM, "system", "test.move"):
        duty.class_id = desk.cast.classes["yuntai"]
    assert desk.cast["homeroom_teacher"].person_id not in letters._may_take(duty, "rainbow.do_class_duty")


@pytest.mark.parametrize("items", [(0,) * 7, (0,) * 9, (0, 0, 0, 0, 0, 0, 0, 4), (0, 0, 0, 0, 0, 0, 0, -1)])
def test_a_rating_that_is_incomplete_or_out_of_range_is_refused(desk: Desk, items: tuple[int, ...]) -> None:
    (student,) = desk.group.enrol([Pupil()])
    with trail.act(SYSTEM, "system", "test.class"):
        led = desk.cast.classes["shuangqiao"]
        db.session.execute(update(Student).where(Student.id == student).values(class_id=led))
    actor = desk.act("homeroom_teacher")
    child = db.session.get_one(Student, student)
    with pytest.raises(Invalid):
        observing.rate(actor, child, observing.RatingIn(items))


def test_a_professional_look_has_a_known_level_and_a_day_that_is_not_ahead(desk: Desk) -> None:
    (student,) = desk.group.enrol([Pupil()])
    actor = desk.act("school_counselor")
    child = db.session.get_one(Student, student)
    for level, day in (("severe", clock.today()), ("mild", clock.today() + timedelta(days=1))):
        with pytest.raises(Invalid):
            observing.assess(actor, child, observing.LookIn(level, day))
    kept = observing.assess(actor, child, observing.LookIn("mild", clock.today()))
    assert kept.level == "mild"


def test_the_first_page_of_a_counsellor_counts_what_waits_and_names_no_level(desk: Desk, app: Flask) -> None:
    desk.propose("green", "yellow", "yellow")
    seen = {
        key: sign_in(app.test_client(), desk.cast[key]).get("/").text
        for key in ("school_counselor", "homeroom_teacher")
    }
    heap = re.search(
        r"<h2>待确认的建议</h2><span class=\"count\">(\d+)</span>.*?</section>", seen["school_counselor"], re.S
    )
    assert heap is not None and heap[1] == "3" and 'href="/support/proposals"' in heap[0]
    assert not LEVELS & set(WORD.findall(heap[0])) and "待确认的建议" not in seen["homeroom_teacher"]


def test_where_the_school_has_no_expert_the_centre_gives_the_case_to_one_who_then_signs(desk: Desk, app: Flask) -> None:
    (red,) = desk.propose("red")
    use_context(SYSTEM.context())
    leave = text("delete from school_responsibilities where school_id = :school")
    with trail.act(SYSTEM, "system", "test.leave"):
        db.session.execute(leave, {"school": red.school_id})
    deciding.sign_first(desk.act("school_counselor"), red, deciding.SignIn(clock.today()))
    assert red.owner_id is None
    centre, path = sign_in(app.test_client(), desk.cast["psych_center_lead"]), f"/support/unassigned/{red.ref}/expert"
    assert path in centre.get("/support/urgent").text and centre.get(path).status_code == 200
    given = {"expert": desk.cast["psych_expert_2"].person_ref}
    assert centre.post(path, data={"expert": "nobody"}).status_code == 422
    assert centre.post(path, data=given).status_code == 303
    assert path not in centre.get("/support/urgent").text
    deciding.confirm(desk.act("psych_expert_2"), red, deciding.ConfirmIn())
    assert desk.tier(red.student_id) == "red"
