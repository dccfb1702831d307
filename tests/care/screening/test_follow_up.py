"""Answers that call nobody at once and still ask for a talk, and answers that may be used no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from app.care.consent.operations import answers as consents
from app.care.consent.operations.answers import PaperIn
from app.care.rainbow.models import CareDuty, RainbowAssessment, RainbowComputation
from app.care.rainbow.operations import following, proposing
from app.care.screening import bulk, letters
from app.care.screening.models import CriticalAlert, ScaleResponse, ScaleResult
from app.care.screening.operations import alerts, campaigns
from app.care.screening.operations.campaigns import CampaignStep
from app.care.screening.operations.scales import ScaleIn
from app.care.screening.scales.choosing import usable
from app.care.screening.scales.scoring import Person
from app.care.screening.sheets import RATHER_NOT
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.calendar.days import add_working_days
from app.core.casework.deadlines import Deadline, work_calendar
from app.core.database import db, use_context
from app.core.outbox import deliver
from app.core.outbox.handlers import HANDLERS
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from tests.care.screening.papers import COUNSELLOR, LEAD, send, workbook
from tests.care.screening.scales import Shelf, content
from tests.care.terms import GOOD, STEP, Term, at

NAME = "学生00"
RATHER: dict[str, list[int]] = {"phq9": [*GOOD["phq9"][:8], RATHER_NOT], "gad7": GOOD["gad7"]}
HIGH = {"phq9": [2, 2, 2, 2, 2, 2, 2, 1, 0], "gad7": [3, 3, 2, 2, 2, 2, 2]}


def asked() -> list[OutboxRow]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "answers_ask").order_by(OutboxRow.id)))


def follow_ups(term: Term) -> list[CareDuty]:
    return [one for one in term.all(CareDuty) if one.code == "follow_up"]


def test_a_critical_question_that_somebody_rather_not_answers_becomes_a_task_for_two_working_days(term: Term) -> None:
    term.opened()
    term.agree(NAME)
    term.answer(NAME, RATHER)
    assert alerts.raise_all() == 0
    (row,) = asked()
    for _ in range(2):
        HANDLERS["answers_ask"](row)
    (duty,) = follow_ups(term)
    assert (duty.state, duty.for_class, duty.student_id) == ("due", False, term.task(NAME).student_id)
    last = add_working_days(core_clock.today(), 2, work_calendar().overrides)
    assert core_clock.local(duty.due_at - timedelta(seconds=1)).date() == last


def test_whoever_answered_everything_without_worry_gives_nobody_a_task(term: Term) -> None:
    term.opened()
    term.agree(NAME)
    term.answer(NAME, GOOD)
    assert asked() == []


def test_answers_of_worry_become_a_task_whatever_their_validity_and_raise_no_alert(term: Term, desk: Shelf) -> None:
    items: list[Any] = [{"id": n, "zh": f"句子{n}"} for n in range(1, 8)]
    items[6]["critical"] = [{"op": ">=", "value": 2, "override": "O7"}]
    version = desk.in_force(desk.draft(ScaleIn(content(items=items), "第 7 题要留意")))
    campaign = term.draft(scales=(f"gad7 {version.number}",))
    campaigns.submit_campaign(term.cast.actor("school_counselor"), campaign, STEP)
    campaigns.agree_campaign(term.cast.actor("principal"), campaign, STEP)
    campaigns.approve_campaign(term.cast.actor("psych_center_lead"), campaign, STEP)
    campaigns.schedule_campaign(term.cast.actor("school_counselor"), campaign, STEP)
    term.clock.set(at(campaign.opens_on, 9))
    campaigns.keep_time_of_all()
    term.agree(NAME)
    assert term.answer(NAME, {"gad7": [0, 1, 0, 0, 1, 0, 2]}, pace=100).state == "needs_retest"
    assert alerts.raise_all() == 0 and term.all(CriticalAlert) == []
    (row,) = asked()
    HANDLERS["answers_ask"](row)
    assert len(follow_ups(term)) == 1


def test_a_critical_question_left_empty_on_paper_becomes_a_task_too(term: Term) -> None:
    campaign = term.opened()
    term.agree(NAME)
    gap = {"phq9": [*GOOD["phq9"][:8], None], "gad7": GOOD["gad7"]}
    for who, operator in ((COUNSELLOR, "周老师"), (LEAD, "林老师")):
        send(term, campaign, who, workbook(campaign, operator, {0: gap}))
    deliver.drain()
    assert len(follow_ups(term)) == 1 and term.all(CriticalAlert) == []


def test_sheets_of_a_whole_county_are_asked_about_once_and_each_student_has_one_task(term: Term) -> None:
    campaign = term.opened()
    for name in (NAME, "学生01", "学生02"):
        term.agree(name)
    phq9 = usable()["phq9", "1.0.0"]
    given = {NAME: RATHER["phq9"], "学生01": GOOD["phq9"], "学生02": RATHER["phq9"]}
    handed = [
        bulk.Handed(
            task.id,
            task.school_id,
            task.student_id,
            Person(),
            (bulk.Filled(phq9, tuple(given[task.student.name]), 3.0),),
        )
        for task in (term.task(name) for name in given)
        if task.school_id is not None
    ]
    use_context(SYSTEM.context())
    assert bulk.load_sheets(campaign, handed) == 3
    (row,) = asked()
    assert row.record_id == campaign.id
    for _ in range(2):
        HANDLERS["answers_ask"](row)
    calls = {one.student_id for one in follow_ups(term)}
    assert calls == {term.task(name).student_id for name in (NAME, "学生02")} and len(follow_ups(term)) == 2


def test_answers_that_were_taken_back_are_used_no_more_from_that_moment(term: Term) -> None:
    term.opened()
    term.agree(NAME)
    task = term.answer(NAME, HIGH)
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "results_in")).all():
        proposing.follow_results(row)
    points = select(RainbowComputation.sc).where(RainbowComputation.student_id == task.student_id)
    newest = points.order_by(RainbowComputation.number.desc()).limit(1)
    open_now = select(RainbowAssessment.id).where(
        RainbowAssessment.student_id == task.student_id, RainbowAssessment.state == "proposed"
    )
    use_context(SYSTEM.context())
    assert (db.session.scalar(newest) or 0) > 0 and db.session.scalar(open_now) is not None
    consents.record_withdrawal(
        term.cast.actor("school_counselor"),
        term.family.consent(NAME),
        PaperIn("guardian2", "withdraw", reason="母亲来电话，不再参加测评"),
    )
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "consent_changed")).all():
        letters.follow_consent(row)
    assert {one.usable for one in term.all(ScaleResult)} == {False}
    assert None not in {one.sealed for one in term.all(ScaleResponse)}, "they are deleted on their day, not before"
    use_context(SYSTEM.context())
    (again,) = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "answers_withdrawn"))
    proposing.follow_withdrawn(again)
    use_context(SYSTEM.context())
    assert db.session.scalar(newest) == 0 and db.session.scalar(open_now) is None
    left = db.session.scalar(text("select count(*) from scale_results where usable"))
    assert left == 0


def taken_back(term: Term) -> None:
    """The family takes its agreement back, and everything follows that follows by itself."""
    said = PaperIn("guardian2", "withdraw", reason="母亲来电话，不再参加测评")
    consents.record_withdrawal(term.cast.actor("school_counselor"), term.family.consent(NAME), said)
    deliver.drain()


def asked_for(term: Term) -> CareDuty:
    """The talk that answers with worry ask for."""
    term.opened()
    term.agree(NAME)
    term.answer(NAME, RATHER)
    deliver.drain()
    (talk,) = follow_ups(term)
    assert talk.state == "due"
    return talk


def test_a_talk_that_answers_asked_for_ends_when_they_are_taken_back(term: Term) -> None:
    talk = asked_for(term)
    taken_back(term)
    assert [one.state for one in follow_ups(term)] == ["dropped"]
    use_context(SYSTEM.context())
    clocks = select(Deadline.id).where(Deadline.record_id == talk.id, Deadline.closed_at.is_(None))
    assert db.session.scalar(clocks) is None


def test_a_talk_goes_on_while_other_answers_of_the_student_ask_for_it(term: Term) -> None:
    talk = asked_for(term)
    with trail.act(SYSTEM, "system", "test.other_answers"):
        following.end_talk(talk.student_id)
    assert [one.state for one in follow_ups(term)] == ["due"]


def test_a_talk_goes_on_when_the_screening_is_cancelled_as_its_answers_stay(term: Term) -> None:
    campaign = term.opened()
    term.agree(NAME)
    term.answer(NAME, RATHER)
    deliver.drain()
    campaigns.cancel_campaign(
        term.cast.actor("school_counselor"), campaign, CampaignStep(reason="网络中断，改到下月再做测评")
    )
    deliver.drain()
    assert [one.state for one in follow_ups(term)] == ["due"]
