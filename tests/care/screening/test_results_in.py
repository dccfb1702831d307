"""What follows from scores without anybody asking: the rules read them, cleared alerts free what they locked, shared devices are seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.care.consent.operations import answers as consents
from app.care.consent.operations.answers import PaperIn
from app.care.rainbow.models import RainbowComputation
from app.care.rainbow.operations import proposing
from app.care.screening import letters
from app.care.screening.models import CriticalAlert, ScaleResponse, ScaleResult, ScreeningCampaign
from app.care.screening.operations import alerts, answering, campaigns, scoring
from app.care.screening.operations.alerts import AlertStep, InterviewIn
from app.care.screening.operations.answering import Answer, TaskStep
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.outbox.handlers import HANDLERS
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from tests.care.terms import CRISIS, GOOD, STEP, Term, at


def posted(kind: str) -> list[OutboxRow]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def computed() -> int:
    use_context(SYSTEM.context())
    return db.session.scalar(select(func.count()).select_from(RainbowComputation)) or 0


def clear(term: Term, alert: CriticalAlert) -> None:
    """Taken on, talked with, read by a second person, closed."""
    counsellor, expert = term.cast.actor("school_counselor"), term.cast.actor("psych_expert")
    with trail.act(SYSTEM, "system", "test.assign"):
        db.session.add(
            CaseAssignment(
                county_id=alert.county_id, school_id=alert.school_id, entity="students", record_id=alert.student_id,
                person_id=term.cast["psych_expert"].person_id, part="expert", from_on=date(2020, 1, 1),
            )
        )  # fmt: skip
    alerts.accept_alert(counsellor, alert, AlertStep())
    alerts.record_interview(counsellor, alert, InterviewIn(core_clock.today(), "clear"))
    alerts.read_second(expert, alert, AlertStep())
    alerts.close_alert(counsellor, alert, AlertStep())


def test_scores_of_a_school_are_computed_by_themselves_once_for_all_of_ten_minutes(term: Term) -> None:
    term.opened()
    for name in ("学生00", "学生01"):
        term.agree(name)
        term.answer(name, GOOD)
    (row,) = posted("results_in")
    assert timedelta(0) < row.due_at - core_clock.now() <= timedelta(minutes=11)
    HANDLERS["results_in"](row)
    assert computed() == 3
    HANDLERS["results_in"](row)
    assert computed() == 3
    term.clock.advance(minutes=15)
    term.agree("学生02")
    term.answer("学生02", GOOD)
    assert len(posted("results_in")) == 2


def test_a_screening_that_is_scored_has_its_school_computed_at_once(term: Term) -> None:
    found = term.opened()
    term.agree("学生00")
    term.answer("学生00", GOOD)
    term.clock.set(at(found.closes_on + timedelta(days=3), 9))
    before = len(posted("results_in"))
    campaigns.keep_time_of_all()
    row = posted("results_in")[before:][0]
    assert (row.entity, row.record_id, row.queue) == ("screening_campaigns", found.id, "heavy")
    assert row.due_at <= core_clock.now()
    proposing.follow_results(row)
    assert computed() == 3


def test_a_cleared_alert_is_read_by_the_rules_at_once(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    task = term.answer("学生00", CRISIS)
    alerts.raise_all()
    (alert,) = term.all(CriticalAlert)
    proposing.follow_results(posted("results_in")[0])
    newest = select(RainbowComputation.hard_floor).where(RainbowComputation.student_id == task.student_id)
    newest = newest.order_by(RainbowComputation.number.desc()).limit(1)
    use_context(SYSTEM.context())
    assert db.session.scalar(newest) == "red"
    clear(term, alert)
    (row,) = posted("alert_cleared")
    assert row.queue == "urgent"
    HANDLERS["alert_cleared"](row)
    use_context(SYSTEM.context())
    assert db.session.scalar(newest) == "yellow"


def test_what_an_alert_kept_from_deletion_is_deleted_once_it_is_cleared(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS)
    alerts.raise_all()
    given = PaperIn("guardian1", "withdraw", reason="父亲来电话，不再参加测评")
    consents.record_withdrawal(term.cast.actor("school_counselor"), term.family.consent("学生00"), given)
    for row in posted("consent_changed"):
        letters.follow_consent(row)
    (due,) = posted("screening_destroy")
    term.clock.set(due.due_at + timedelta(hours=9))
    letters.destroy(due)
    assert None not in {one.sealed for one in term.all(ScaleResponse)}
    clear(term, term.all(CriticalAlert)[0])
    _first, again = posted("screening_destroy")
    letters.destroy(again)
    assert {one.sealed for one in term.all(ScaleResponse)} == {None} and term.all(ScaleResult) == []


def test_an_alert_that_is_cleared_before_the_day_of_the_deletion_does_not_hurry_it(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS)
    alerts.raise_all()
    given = PaperIn("guardian1", "withdraw", reason="父亲来电话，不再参加测评")
    consents.record_withdrawal(term.cast.actor("school_counselor"), term.family.consent("学生00"), given)
    for row in posted("consent_changed"):
        letters.follow_consent(row)
    clear(term, term.all(CriticalAlert)[0])
    assert len(posted("screening_destroy")) == 1


@pytest.mark.parametrize(
    ("device", "seconds", "verdict"),
    [("aaaaaaaaaaaaaaaa", 20, "flagged"), ("aaaaaaaaaaaaaaaa", 40, "valid"), ("bbbbbbbbbbbbbbbb", 20, "valid"), ("", 20, "valid")],
)  # fmt: skip
def test_two_students_at_one_device_within_half_a_minute_are_a_doubt(
    term: Term, device: str, seconds: int, verdict: str
) -> None:
    term.opened()
    for name, mark in (("学生00", "aaaaaaaaaaaaaaaa" if device else ""), ("学生01", device)):
        term.agree(name)
        holder, task = term.student(name)
        answering.begin_answering(holder.actor, task, TaskStep(device=mark))
        pairs = [(scale, item, value) for scale, values in GOOD.items() for item, value in enumerate(values, 1)]
        for number, (scale, item, value) in enumerate(pairs, 1):
            answering.save_answer(holder.actor, task, Answer(scale, item, value, number, 3000))
        db.session.refresh(task)
        answering.submit_answers(holder.actor, task, TaskStep())
        term.clock.advance(seconds=seconds)
        handed = scoring.task_of(task.id)
        assert handed is not None
        scoring.score_answers(SYSTEM, handed, None)
    assert term.task("学生01").verdict == verdict and term.task("学生00").verdict == "valid"


def test_a_campaign_is_not_reviewed_before_every_alert_came_to_its_end(term: Term) -> None:
    found = term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS)
    alerts.raise_all()
    term.clock.set(at(found.closes_on + timedelta(days=1), 9))
    campaigns.keep_time_of_all()
    counsellor = term.cast.actor("school_counselor")

    def review() -> None:
        campaigns.review_campaign(counsellor, term.all(ScreeningCampaign)[0], STEP)

    with pytest.raises(StepRefused, match="警报"):
        review()
    (alert,) = term.all(CriticalAlert)
    alerts.accept_alert(counsellor, alert, AlertStep())
    with pytest.raises(StepRefused, match="警报"):
        review()
    alerts.record_interview(counsellor, alert, InterviewIn(core_clock.today(), "case"))
    alerts.close_alert(counsellor, alert, AlertStep())
    review()
