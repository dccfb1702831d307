"""What the worker does after a consent changed, and for the county's own campaign."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.care.consent.operations import answers as consents
from app.care.consent.operations.answers import PaperIn
from app.care.consent.operations.leaving import end_all_of_leavers
from app.care.screening import letters
from app.care.screening.models import (
    ScaleResponse,
    ScaleResult,
    ScreeningTask,
)
from app.care.screening.operations import alerts, answering, campaigns, scoring, tasks
from app.care.screening.operations.campaigns import CampaignPlace
from app.care.screening.queries import campaigns as queries
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import NotAllowed
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.people.directory.operations.students import EnrolmentEnd, end_enrolment
from tests.care.terms import CRISIS, GOOD, STEP, TASK, Term


def taken_back_on_paper(term: Term, reason: str) -> None:
    """The guardian of 学生00 takes the agreement back, and what follows from it has been done."""
    given = PaperIn("guardian2", "withdraw", reason=reason)
    consents.record_withdrawal(term.cast.actor("school_counselor"), term.family.consent("学生00"), given)
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "consent_changed")).all():
        letters.follow_consent(row)


def test_the_posted_change_of_a_consent_moves_the_task_and_puts_the_deletion_on_its_day(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", GOOD)
    taken_back_on_paper(term, "母亲来电话，不再参加测评")
    assert term.task("学生00").state == "declined"
    (due,) = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "screening_destroy")).all()
    assert timedelta(days=15) < due.due_at - core_clock.now() <= timedelta(days=25)
    letters.destroy(due)
    assert term.all(ScaleResult) == [] and {one.sealed for one in term.all(ScaleResponse)} == {None}


def test_answers_behind_an_open_alert_are_locked_and_not_deleted(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS)
    alerts.raise_all()
    consents.record_withdrawal(
        term.cast.actor("school_counselor"),
        term.family.consent("学生00"),
        PaperIn("guardian1", "withdraw", reason="父亲来电话，不再参加测评"),
    )
    term.follow("学生00")
    scoring.destroy_answers(SYSTEM, term.task("学生00"), None)
    assert None not in {one.sealed for one in term.all(ScaleResponse)}


def leaves(term: Term, name: str) -> None:
    """The school takes the child off the roll as of today; the sweep ends what was agreed there."""
    student = term.task(name).student
    end_enrolment(
        term.cast.actor("school_coordinator"),
        student,
        EnrolmentEnd(core_clock.today(), "随父母迁往外省，已办转学手续"),
    )
    assert end_all_of_leavers() == 1


def handed_in(term: Term, name: str, given: dict[str, list[int]]) -> None:
    """Handed in, and not yet scored."""
    term.answer(name, given, hand_in=False)
    holder, task = term.student(name)
    answering.submit_answers(holder.actor, task, TASK)


def test_what_was_handed_in_before_the_child_left_is_scored_and_calls_somebody(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    handed_in(term, "学生00", CRISIS)
    leaves(term, "学生00")
    assert term.family.consent("学生00").state == "expired"
    scoring.score_answers(SYSTEM, term.task("学生00"), None)
    assert term.task("学生00").state == "valid"
    assert alerts.raise_all() >= 1


def test_an_agreement_that_ran_out_before_covers_nothing_that_is_handed_in_later(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    handed_in(term, "学生00", GOOD)
    leaves(term, "学生00")
    with trail.act(SYSTEM, "system", "test.later"):
        later = core_clock.now() + timedelta(minutes=1)
        db.session.execute(update(ScreeningTask).where(ScreeningTask.state == "submitted").values(state_since=later))
    scoring.score_answers(SYSTEM, term.task("学生00"), None)
    assert term.task("学生00").state == "declined"


def test_who_left_without_an_answer_waits_for_nothing_and_the_others_go_on(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    leaves(term, "学生01")
    tasks.keep_time_of_tasks()
    states = {one.student.name: (one.state, one.reason_code) for one in term.all(ScreeningTask)}
    assert states["学生01"] == ("missed", "left_school")
    assert (states["学生00"][0], states["学生02"][0]) == ("ready", "consent_pending")


def test_what_is_taken_back_after_the_child_left_is_destroyed_on_its_day(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", GOOD)
    leaves(term, "学生00")
    assert [one.usable for one in term.all(ScaleResult)] == [True, True]
    taken_back_on_paper(term, "母亲来电话，不同意继续保存")
    assert [one.usable for one in term.all(ScaleResult)] == [False, False]
    (due,) = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "screening_destroy")).all()
    letters.destroy(due)
    assert term.all(ScaleResult) == [] and {one.sealed for one in term.all(ScaleResponse)} == {None}


def test_the_countys_own_campaign_is_approved_by_the_head_and_written_for_every_school_by_the_worker(
    term: Term,
) -> None:
    lead, head = term.cast.actor("psych_center_lead"), term.cast.actor("leading_group_head")
    place = CampaignPlace(term.cast.county.id, term.cast["psych_center_lead"].unit.id)
    found = campaigns.draft_campaign(lead, place, term.given())
    campaigns.submit_campaign(lead, found, STEP)
    with pytest.raises(NotAllowed):
        campaigns.approve_campaign(lead, found, STEP)
    campaigns.approve_campaign(head, found, STEP)
    campaigns.schedule_campaign(lead, found, STEP)
    assert term.all(ScreeningTask) == []
    (row,) = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "screening_assign")).all()
    letters.assign(row)
    assert len(term.all(ScreeningTask)) == 3
    use_context(term.cast.actor("school_counselor").context())
    assert queries.campaign_for(term.cast.actor("school_counselor"), found.ref).id == found.id
    use_context(lead.context())
    assert db.session.scalars(select(ScreeningTask)).all() == []
