"""What comes after the time is over: late answers still call somebody, graver ones call again, nobody meets a dead end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.care.consent.operations import answers as consents
from app.care.consent.operations.answers import PaperIn
from app.care.screening.models import CriticalAlert, ScaleResponse, ScreeningCampaign, ScreeningTask
from app.care.screening.operations import alerts, answering, campaigns, tasks
from app.care.screening.operations.answering import Answer
from app.care.screening.queries import campaigns as queries
from app.care.screening.queries import own
from app.care.screening.scales.choosing import usable
from app.care.screening.sheets import opened
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.taking_part import door, send
from tests.care.terms import BORN, CRISIS, GOOD, SAME_DAY, STEP, Term, at

NAME = "学生00"
WORST = Answer("phq9", 9, 3, 99)


def begun(term: Term, values: list[int]) -> None:
    term.opened()
    term.agree(NAME)
    term.answer(NAME, {"phq9": values}, hand_in=False)


def late(term: Term, given: Answer = WORST) -> None:
    """An answer that waited on a phone arrives, by whoever holds the student's code."""
    holder = term.family.come_in(term.slips[NAME, "student"])
    use_context(holder.actor.context())
    task = own.own_task(holder.actor, term.task(NAME).ref)
    use_context(holder.actor.context())
    with pytest.raises(StepRefused, match="已经结束"):
        answering.save_answer(holder.actor, task, given)


def phq9(term: Term) -> list[int | None]:
    (sheet,) = [one for one in term.all(ScaleResponse) if one.scale_code == "phq9"]
    return opened(sheet, usable()["phq9", "1.0.0"]).values


def kinds(term: Term) -> list[str]:
    return sorted(one.kind for one in term.all(CriticalAlert))


def test_a_graver_answer_after_an_alert_calls_once_more(term: Term) -> None:
    begun(term, SAME_DAY["phq9"])
    term.clock.advance(minutes=31)
    assert alerts.raise_all() == 1 and kinds(term) == ["O1b"]
    holder, task = term.student(NAME)
    answering.save_answer(holder.actor, task, Answer("phq9", 8, 1, 98))
    term.clock.advance(minutes=31)
    assert alerts.raise_all() == 0
    holder, task = term.student(NAME)
    answering.save_answer(holder.actor, task, WORST)
    term.clock.advance(minutes=31)
    assert alerts.raise_all() == 1 and kinds(term) == ["O1a", "O1b"]


@pytest.mark.parametrize("over", ["a day later, before the sweep", "missed", "closed"])
def test_an_answer_that_waited_until_the_time_was_over_is_kept_and_calls_somebody_at_once(
    term: Term, over: str
) -> None:
    begun(term, [1])
    campaign = term.task(NAME).campaign
    if over == "closed":
        term.clock.set(at(campaign.closes_on + timedelta(days=1), 9))
        campaigns.keep_time_of_all()
    else:
        term.clock.advance(hours=24, minutes=1)
        assert over != "missed" or tasks.keep_time_of_tasks() == 1
    late(term)
    assert phq9(term) == [1, None, None, None, None, None, None, None, 3]
    assert alerts.raise_all() == 1 and kinds(term) == ["O1a"]


def test_a_late_answer_to_a_form_that_was_handed_in_calls_and_changes_no_answer(term: Term) -> None:
    term.opened()
    term.agree(NAME)
    term.answer(NAME, GOOD)
    late(term, Answer("phq9", 1, 3, 99))
    assert alerts.raise_all() == 0
    late(term)
    late(term, Answer("phq9", 9, 2, 1))  # given before the one that is there
    assert phq9(term) == GOOD["phq9"]
    assert alerts.raise_all() == 1 and kinds(term) == ["O1a"] and term.task(NAME).state == "valid"


def test_after_a_withdrawal_nothing_that_waited_is_kept_or_heard(term: Term) -> None:
    begun(term, [1])
    consents.record_withdrawal(
        term.cast.actor("school_counselor"),
        term.family.consent(NAME),
        PaperIn("guardian1", "withdraw", reason="父亲来电话，不再参加测评"),
    )
    term.clock.advance(hours=25)
    tasks.keep_time_of_tasks()
    late(term)
    assert phq9(term)[8] is None and alerts.raise_all() == 0


def test_whoever_comes_back_too_late_finds_calm_words_the_button_and_the_number(
    term: Term, client: FlaskClient
) -> None:
    begun(term, [1])
    term.agree("学生01")
    address, untouched = term.task(NAME).address, term.task("学生01").address
    assert door(client, term.slips[NAME, "student"], BORN).status_code == 303
    term.clock.advance(hours=23)
    assert door(client, term.slips[NAME, "student"], BORN).status_code == 303
    term.clock.advance(hours=2)
    for _ in range(2):
        page = client.get(address, base_url="https://localhost")
        assert page.status_code == 200 and "写过的都已保存" in page.text
        assert "12356" in page.text and "我想找人谈谈" in page.text and "data-questions" in page.text
        tasks.keep_time_of_tasks()
    assert send(client, f"{address}/help", {}, address).status_code == 303
    quick = {"Accept": "application/json"}
    token = client.get(address, base_url="https://localhost").text.split('name="csrf_token" value="')[1].split('"')[0]
    given = {"scale": "phq9", "item": 9, "value": 3, "sequence": 99, "milliseconds": 900, "csrf_token": token}
    said = client.post(address, data=given, headers=quick, base_url="https://localhost")
    assert said.status_code == 422 and "写过的都已保存" in said.json["refused"]
    assert alerts.raise_all() == 1
    term.clock.set(at(term.task(NAME).campaign.closes_on + timedelta(days=1), 9))
    campaigns.keep_time_of_all()
    assert door(client, term.slips["学生01", "student"], BORN).status_code == 303
    home = client.get(untouched, base_url="https://localhost", follow_redirects=True)
    assert home.status_code == 200 and "没答也没关系" in home.text and "12356" in home.text


def test_second_tries_that_wait_for_their_week_keep_nobody_else_waiting(term: Term) -> None:
    term.opened()
    term.agree("学生01")
    assert term.answer("学生01", GOOD, pace=100).state == "needs_retest"
    term.agree(NAME)
    term.answer(NAME, {"phq9": [1]}, hand_in=False)
    term.clock.advance(hours=25)
    assert tasks.keep_time_of_tasks() == 1 and term.task(NAME).reason_code == "not_finished"


def test_who_left_the_school_is_counted_so_and_reminded_no_more(term: Term) -> None:
    campaign = term.opened()
    for name in (NAME, "学生01"):
        term.agree(name)
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.left"):
        for name in (NAME, "学生02"):
            child = db.session.scalar(select(Student).where(Student.name == name))
            assert child is not None
            child.left_on = core_clock.today()
    teacher = term.cast.actor("homeroom_teacher")
    use_context(teacher.context())
    group = queries.class_for(teacher, term.family.place.ref)
    use_context(teacher.context())
    assert [one.student.name for one in queries.chased(teacher, campaign, group)] == ["学生01"]
    assert tasks.keep_time_of_tasks() == 2 and tasks.keep_time_of_tasks() == 0
    assert {(one.state, one.reason_code) for one in term.all(ScreeningTask)} == {
        ("missed", "left_school"), ("ready", None),
    }  # fmt: skip


def test_who_left_on_the_last_day_did_not_refuse(term: Term) -> None:
    campaign = term.opened()
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.left"):
        child = db.session.scalar(select(Student).where(Student.name == NAME))
        assert child is not None
        child.left_on = date(2026, 12, 25)
    term.clock.set(at(campaign.closes_on + timedelta(days=1), 9))
    campaigns.keep_time_of_all()
    assert term.task(NAME).reason_code == "left_school" and term.task("学生01").reason_code == "no_answer"


def test_a_critical_form_of_who_left_still_calls_somebody(term: Term) -> None:
    begun(term, CRISIS["phq9"])
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.left"):
        child = db.session.scalar(select(Student).where(Student.name == NAME))
        assert child is not None
        child.left_on = core_clock.today()
    tasks.keep_time_of_tasks()
    term.clock.advance(minutes=31)
    assert alerts.raise_all() == 1


def test_a_campaign_is_not_reviewed_while_a_second_try_waits_or_is_open(term: Term) -> None:
    campaign = term.opened()
    term.agree(NAME)
    term.answer(NAME, GOOD, pace=100)
    counsellor = term.cast.actor("school_counselor")
    for days, state in ((1, "needs_retest"), (8, "ready"), (9, "in_progress")):
        term.clock.set(at(campaign.closes_on + timedelta(days=days), 9))
        campaigns.keep_time_of_all()
        tasks.keep_time_of_tasks()
        if state == "in_progress":
            term.slips = term.family.slips()
            term.answer(NAME, {"phq9": [1]}, hand_in=False)
        assert term.task(NAME).state == state and term.all(ScreeningCampaign)[0].state == "scored"
        with pytest.raises(StepRefused, match="复测"):
            campaigns.review_campaign(counsellor, term.all(ScreeningCampaign)[0], STEP)
    term.clock.advance(hours=25)
    tasks.keep_time_of_tasks()
    assert term.task(NAME).state == "missed"
    campaigns.review_campaign(counsellor, term.all(ScreeningCampaign)[0], STEP)
