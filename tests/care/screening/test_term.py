"""A school's screening from draft to review: who may decide, who is asked, what answers come to, whom an answer calls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.care.consent.operations import answers as consents
from app.care.consent.operations.answers import AnswerIn
from app.care.consent.queries import own as own_consents
from app.care.screening import letters
from app.care.screening.models import (
    CriticalAlert,
    HelpCall,
    ScaleResponse,
    ScaleResult,
    ScreeningCampaign,
    ScreeningTask,
)
from app.care.screening.operations import alerts, answering, campaigns, scoring, tasks
from app.care.screening.operations.alerts import AlertStep, InterviewIn
from app.care.screening.operations.answering import Answer
from app.care.screening.operations.tasks import ExemptIn
from app.care.screening.queries import campaigns as queries
from app.care.screening.queries import own
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from tests.care.taking_part import door, send
from tests.care.terms import BORN, CRISIS, GOOD, MONDAY, SAME_DAY, STEP, TASK, Term, at
from tests.cast import sign_in


def test_a_school_screens_after_the_principal_and_the_centre_agreed_and_its_students_answer(term: Term) -> None:
    campaign = term.opened()
    assert {one.state for one in term.all(ScreeningTask)} == {"consent_pending"}
    term.agree("学生00")
    assert term.task("学生00").state == "ready"
    assert term.answer("学生00", GOOD).state == "valid"
    results = {one.scale_code: one for one in term.all(ScaleResult)}
    assert (results["phq9"].scores["total"], results["phq9"].band, results["phq9"].usable) == (7.0, 1, True)
    assert (results["gad7"].band, results["gad7"].construct) == (2, "anxiety")
    assert term.all(CriticalAlert) == []
    term.clock.set(at(campaign.closes_on + timedelta(days=1), 9))
    campaigns.keep_time_of_all()
    assert [one.reason_code for one in term.all(ScreeningTask) if one.state == "missed"] == ["no_answer"] * 2
    assert term.all(ScreeningCampaign)[0].state == "scored"
    campaigns.review_campaign(term.cast.actor("school_counselor"), term.all(ScreeningCampaign)[0], STEP)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"on_duty": ()}, "值守"),
        ({"purpose": ""}, "目的"),
    ],
)
def test_what_is_not_prepared_is_not_submitted(term: Term, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StepRefused, match=sentence):
        campaigns.submit_campaign(term.cast.actor("school_counselor"), term.draft(**changes), STEP)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scales": ("phq9 9.9.9",)}, "scales"),
        ({"scales": ("mht 1.0.0",)}, "scales"),
        ({"scales": ("asq 1.0.0",)}, "scales"),
        ({"grades": ("G4", "G7")}, "scales"),
        ({"closes_on": MONDAY}, "closes_on"),
        ({"opens_on": MONDAY, "closes_on": MONDAY}, "opens_on"),
        ({"opens_on": date(2026, 12, 26), "closes_on": date(2026, 12, 27)}, "opens_on"),
    ],
    ids=["wrong version", "key only", "interview only", "grade without scale", "ends first", "past", "weekend"],
)
def test_scales_and_days_that_do_not_fit_are_refused(term: Term, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        term.draft(**changes)
    assert field in refused.value.sentences


def test_nobody_approves_the_own_draft_and_no_school_approves_itself(term: Term) -> None:
    found = term.draft()
    campaigns.submit_campaign(term.cast.actor("school_counselor"), found, STEP)
    with pytest.raises(StepRefused, match="校长"):
        campaigns.approve_campaign(term.cast.actor("psych_center_lead"), found, STEP)
    for key in ("school_counselor", "principal", "leading_group_head", "school_psych_lead"):
        with pytest.raises(NotAllowed):
            campaigns.approve_campaign(term.cast.actor(key), found, STEP)


def test_guardians_are_asked_ten_working_days_before(term: Term) -> None:
    found = term.draft(opens_on=MONDAY + timedelta(days=7), closes_on=MONDAY + timedelta(days=8))
    campaigns.submit_campaign(term.cast.actor("school_counselor"), found, STEP)
    campaigns.agree_campaign(term.cast.actor("principal"), found, STEP)
    campaigns.approve_campaign(term.cast.actor("psych_center_lead"), found, STEP)
    with pytest.raises(StepRefused, match="十个工作日"):
        campaigns.schedule_campaign(term.cast.actor("school_counselor"), found, STEP)


def test_no_answer_and_no_consent_keep_the_questions_shut(term: Term) -> None:
    term.opened()
    holder = term.family.come_in(term.slips["学生00", "student"])
    use_context(holder.actor.context())
    assert own.own_tasks(holder.actor) == []


def test_at_night_nothing_is_begun(term: Term) -> None:
    campaign = term.opened()
    term.agree("学生00")
    term.clock.set(at(campaign.opens_on, 21, 30))
    holder, task = term.student("学生00")
    with pytest.raises(StepRefused, match="开放作答"):
        answering.begin_answering(holder.actor, task, TASK)


BAD: dict[str, Answer] = {
    "a value that is no option": Answer("phq9", 1, 7, 1),
    "an item that is none": Answer("phq9", 40, 1, 1),
    "a scale of another campaign": Answer("who5", 1, 1, 1),
    "no wish to answer where that is not offered": Answer("phq9", 1, -1, 1),
    "a negative sequence": Answer("phq9", 1, 1, -5),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_answer_is_refused_and_nothing_is_lost(term: Term, case: str) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", {"phq9": [1, 1]}, hand_in=False)
    holder, task = term.student("学生00")
    with pytest.raises(Invalid):
        answering.save_answer(holder.actor, task, BAD[case])
    assert [one.answered for one in term.all(ScaleResponse) if one.scale_code == "phq9"] == [2]


def test_two_windows_and_late_answers_keep_the_later_sequence_whatever_the_phones_clock_says(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", {"phq9": [1]}, hand_in=False)
    holder, task = term.student("学生00")
    first = answering.save_answer(holder.actor, task, Answer("phq9", 1, 3, 9, 10**9))
    late = answering.save_answer(holder.actor, task, Answer("phq9", 1, 0, 4))
    assert (first.stale, late.stale, late.answered) == (False, True, 1)
    (sheet,) = [one for one in term.all(ScaleResponse) if one.scale_code == "phq9"]
    assert sheet.seconds <= 63 + 1


def test_an_unfinished_form_is_not_handed_in_and_ends_after_a_day(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", {"phq9": GOOD["phq9"]}, hand_in=False)
    holder, task = term.student("学生00")
    with pytest.raises(StepRefused, match="每道题"):
        answering.submit_answers(holder.actor, task, TASK)
    term.clock.advance(hours=25)
    assert tasks.keep_time_of_tasks() == 1
    assert (term.task("学生00").state, term.task("学生00").reason_code) == ("missed", "not_finished")


def test_answers_lie_in_one_sealed_array_and_are_read_by_nobody_else(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", GOOD)
    rows = term.all(ScaleResponse)
    assert len(rows) == 2 and b"1,1,2,1,1" not in rows[0].sealed
    for key in (
        "homeroom_teacher",
        "principal",
        "school_psych_lead",
        "psych_center_lead",
        "sys_admin",
        "yuntai_counselor",
    ):
        use_context(term.cast.actor(key).context())
        assert db.session.scalars(select(ScaleResponse)).all() == [], key
        assert db.session.scalars(select(ScaleResult)).all() == [], key
    use_context(term.cast.actor("bureau_psych_officer").context())
    assert db.session.scalars(select(ScreeningTask)).all() == []


def test_answers_too_fast_are_tried_again_once_after_a_week(term: Term) -> None:
    campaign = term.opened()
    term.agree("学生00")
    assert term.answer("学生00", GOOD, pace=100).state == "needs_retest"
    assert tasks.keep_time_of_tasks() == 0
    term.clock.set(at(campaign.opens_on + timedelta(days=8), 9))
    campaigns.keep_time_of_all()
    assert tasks.keep_time_of_tasks() == 1
    term.slips = term.family.slips()
    assert term.answer("学生00", GOOD, pace=100).state == "invalid"


def test_a_second_try_ends_with_the_screening_that_is_cancelled_and_nobody_is_reminded_of_it(term: Term) -> None:
    campaign = term.opened(closes_on=MONDAY + timedelta(days=39))
    for name in ("学生00", "学生01"):
        term.agree(name)
    assert term.answer("学生00", GOOD, pace=100).state == "needs_retest"
    term.clock.set(at(campaign.opens_on + timedelta(days=8), 9))
    assert tasks.keep_time_of_tasks() == 1 and term.task("学生00").tries == 1
    term.slips = term.family.slips()
    assert term.answer("学生01", GOOD, pace=100).state == "needs_retest"
    reason = campaigns.CampaignStep(reason="网络中断，改到下月再做测评")
    campaigns.cancel_campaign(term.cast.actor("school_counselor"), campaign, reason)
    assert {(one.state, one.reason_code) for one in term.all(ScreeningTask)} == {("missed", "cancelled")}
    assert len([one for one in term.all(ScaleResponse) if one.submitted_at is not None]) == 4, "answers stay"
    term.clock.set(at(campaign.opens_on + timedelta(days=16), 9))
    assert tasks.keep_time_of_tasks() == 0


@pytest.mark.parametrize(("given", "kind"), [(CRISIS, "O1a"), (SAME_DAY, "O1b")])
def test_a_critical_answer_calls_somebody_at_submission_whatever_its_validity(
    term: Term, given: dict[str, list[int]], kind: str
) -> None:
    term.opened()
    term.agree("学生00")
    assert term.answer("学生00", given, pace=100).state == "needs_retest"
    assert alerts.raise_all() == 1 and alerts.raise_all() == 0
    (alert,) = term.all(CriticalAlert)
    wait = alert.accept_by - core_clock.now()
    assert alert.kind == kind and (wait <= timedelta(minutes=30) if kind == "O1a" else wait > timedelta(hours=2))


def test_an_unfinished_form_calls_somebody_half_an_hour_after_its_last_answer(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS, hand_in=False)
    assert alerts.raise_all() == 0
    term.clock.advance(minutes=31)
    assert alerts.raise_all() == 1


def test_nobody_takes_it_on_so_the_next_levels_are_told_once_each(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS)
    alerts.raise_all()
    told = []
    for _ in range(8):
        term.clock.advance(minutes=15)
        told.append(alerts.tell_all())
    assert sum(told) == 2 and told[1] == 1 and told[3] == 1
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "alert_waits").order_by(OutboxRow.id)).all()
    assert [row.data["role"] for row in rows] == ["school_counselor", "school_psych_lead", "psych_center_lead"]
    for row in rows:
        with trail.act(SYSTEM, "system", "test.deliver"):
            letters.alert_waits(row)
    sent = db.session.scalars(select(InboxLetter).where(InboxLetter.kind == "alert_waits")).all()
    assert len(sent) == 3 and not any(
        word in one.title_zh for one in sent for word in ("心理", "学生00", "彩虹", "危急")
    )


def test_no_current_risk_is_read_by_a_second_person_before_it_clears(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS)
    alerts.raise_all()
    (alert,) = term.all(CriticalAlert)
    counsellor, expert = term.cast.actor("school_counselor"), term.cast.actor("psych_expert")
    with trail.act(SYSTEM, "system", "test.assign"):
        db.session.add(
            CaseAssignment(
                county_id=alert.county_id, school_id=alert.school_id, entity="students", record_id=alert.student_id,
                person_id=term.cast["psych_expert"].person_id, part="expert", from_on=date(2020, 1, 1),
            )
        )  # fmt: skip
    alerts.accept_alert(counsellor, alert, AlertStep())
    taken_on = alert.accepted_at
    assert taken_on is not None and alert.created_at <= taken_on <= core_clock.now()
    with pytest.raises(StepRefused, match="访谈"):
        alerts.close_alert(counsellor, alert, AlertStep())
    alerts.record_interview(counsellor, alert, InterviewIn(core_clock.today(), "clear"))
    with pytest.raises(StepRefused):
        alerts.read_second(counsellor, alert, AlertStep())
    alerts.read_second(expert, alert, AlertStep())
    alerts.close_alert(counsellor, alert, AlertStep())
    assert (alert.state, alert.cleared_on) == ("closed", core_clock.today())
    assert alert.accepted_at == taken_on, "how long it waited is kept, however long the rest takes"


def test_a_withdrawal_acts_at_the_next_answer_and_before_queued_work(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", {"phq9": [1, 1]}, hand_in=False)
    guardian = term.family.come_in(term.slips["学生00", "guardian2"])
    (consent,) = own_consents.own_consents(guardian.actor)
    consents.take_back_consent(
        guardian.actor, consent, AnswerIn("withdraw", guardian.code, consent.round.notice_version)
    )
    holder, task = term.student("学生00")
    with pytest.raises(StepRefused, match="不参加"):
        answering.save_answer(holder.actor, task, Answer("phq9", 3, 1, 9))
    term.follow("学生00")
    assert (term.task("学生00").state, term.task("学生00").reason_code) == ("declined", "no_consent")
    scoring.destroy_answers(SYSTEM, term.task("学生00"), None)
    assert {one.sealed for one in term.all(ScaleResponse)} == {None}


def test_the_help_button_calls_without_a_reason_and_raises_no_alert(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    holder, task = term.student("学生00")
    answering.call_for_help(holder.actor, task, None)
    (call,) = term.all(HelpCall)
    alerts.answer_help(term.cast.actor("school_counselor"), call, None)
    assert call.answered_at is not None and term.all(CriticalAlert) == []


def test_an_exempt_student_has_a_coded_reason_that_teachers_do_not_see(term: Term) -> None:
    campaign = term.opened()
    with pytest.raises(Invalid):
        tasks.exempt_student(
            term.cast.actor("school_counselor"), term.task("学生00"), ExemptIn("", "学生正在住院治疗，暂不参加")
        )
    tasks.exempt_student(
        term.cast.actor("school_counselor"), term.task("学生00"), ExemptIn("hospital", "学生正在住院治疗，暂不参加")
    )
    teacher = term.cast.actor("homeroom_teacher")
    use_context(teacher.context())
    (row,) = queries.by_class(teacher, campaign)
    assert (row.tasks, row.outside, row.unasked) == (3, 1, 2)
    with pytest.raises(NotFound):
        queries.task_for(teacher, term.task("学生00").ref)


def test_the_whole_class_gets_its_tasks_by_one_entry(term: Term) -> None:
    term.opened()
    use_context(SYSTEM.context())
    rows = db.session.execute(
        text("select body from audit.access_log where step = 'screening_campaign.schedule'")
    ).all()
    assert [row.body["rows"] for row in rows] == [3]


def test_by_the_pages_a_student_answers_without_a_script_and_everybody_ends_alike(
    term: Term, client: FlaskClient
) -> None:
    term.opened()
    term.agree("学生00")
    assert door(client, term.slips["学生00", "student"], BORN).status_code == 303
    task = term.task("学生00").ref
    address = f"/code/questions/{task}"
    home = client.get("/code/home", base_url="https://localhost").text
    assert address in home
    assert "12356" in client.get(address, base_url="https://localhost").text
    assert send(client, f"{address}/begin", {}, address).status_code == 303
    number = 1
    for scale, values in CRISIS.items():
        for item, value in enumerate(values, 1):
            given = {
                "scale": scale,
                "item": item,
                "value": value,
                "sequence": number,
                "milliseconds": 2500,
                "next": number,
            }
            assert send(client, address, given).status_code == 303
            number += 1
    page = client.get(address, base_url="https://localhost").text
    assert "都答完了" in page and "我想找人谈谈" in page
    assert send(client, f"{address}/submit", {}, address).status_code == 303
    end = client.get(address, base_url="https://localhost").text
    assert "谢谢你" in end and "12356" in end and not any(word in end for word in ("风险", "危急", "红", "分数"))


@pytest.mark.parametrize("key", ["school_counselor", "homeroom_teacher", "principal", "psych_center_lead"])
def test_the_pages_of_a_campaign_open_for_those_who_work_with_it(term: Term, client: FlaskClient, key: str) -> None:
    campaign = term.opened()
    browser = sign_in(client, term.cast[key])
    page = browser.get(campaign.address, base_url="https://localhost")
    assert page.status_code == 200 and campaign.name in page.text
    assert ("七年级1班" in page.text) == (key in ("school_counselor", "homeroom_teacher"))
