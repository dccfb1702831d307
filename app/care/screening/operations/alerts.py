"""Alerts: raised at submission or after half an hour, told upward until somebody takes them on (decisions 58, 59)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, or_, select

from app.care.screening.models import (
    CriticalAlert,
    HelpCall,
    PaperSheet,
    ScaleResponse,
    ScreeningCampaign,
    ScreeningTask,
)
from app.core import calendar, clock
from app.core.casework.daily import take_each
from app.core.casework.deadlines import work_calendar
from app.core.casework.door import begin, operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from workflows.care.critical_alert import CRITICAL_ALERT

IDLE = timedelta(minutes=30)
IN_SCHOOL, ELSE, NEXT = timedelta(minutes=30), timedelta(hours=2), timedelta(minutes=30)
LEVELS = ("school_counselor", "school_psych_lead", "psych_center_lead")
"""Who is told: at once, when it is not taken on in time, and half an hour later (decision 58)."""
SEEN_BY, LATE, MORNING = time(18, 0), time(16, 0), time(10, 0)
DELETED_AFTER = 15
"""Working days from a withdrawal to the deletion of the answers (domain B1)."""
OUTCOMES = ("clear", "crisis", "case")
FUTURE = Sentence("访谈日期不能在今天以后", "The day of the interview cannot lie ahead")
CHOOSE = Sentence("请选访谈结论", "Choose the outcome of the interview")


@dataclass(frozen=True)
class AlertStep:
    """A step with the version that the page showed."""

    version: int | None = None


@dataclass(frozen=True)
class InterviewIn:
    """Day and outcome of the interview: clear, crisis or case."""

    interviewed_on: date
    outcome: str
    version: int | None = None


def accept_by(kind: str, moment: datetime) -> datetime:
    """Until when somebody has to take it on: thirty minutes in school hours, else two hours; the same day for O1b."""
    here = clock.local(moment)
    if kind == "O1a":
        return moment + (IN_SCHOOL if calendar.in_school_hours(moment, work_calendar()) else ELSE)
    if _is_school_day(here.date()) and here.time() < LATE:
        return here.replace(hour=SEEN_BY.hour, minute=0, second=0, microsecond=0)
    morning = _next_school_day(here.date())
    return datetime.combine(morning, MORNING, here.tzinfo)


def interview_by(kind: str) -> date:
    """Until which day somebody talks with the student: today, or three school days for what is not urgent (decision 58)."""
    return clock.today() if kind == "O1a" else _next_school_day(clock.today(), 3)


def _is_school_day(day: date) -> bool:
    return calendar.is_working_day(day, work_calendar().overrides)


def _next_school_day(day: date, steps: int = 1) -> date:
    while steps:
        day += timedelta(days=1)
        steps -= _is_school_day(day)
    return day


@operation(right="system", name="critical_alert.raise_for")
def raise_for(actor: Actor, response: ScaleResponse | PaperSheet, given: None = None) -> CriticalAlert | None:
    """One alert for what a sheet says by itself; an open one of the same student is made urgent instead of doubled."""
    if response.override is None or response.alerted_at is not None:
        return None
    now = clock.now()
    response.alerted_at = now
    standing = db.session.scalar(
        select(CriticalAlert).where(CriticalAlert.student_id == response.student_id, CriticalAlert.state == "pending")
    )
    if standing is not None and (standing.kind == "O1a" or response.override == "O1b"):
        return standing
    made = CriticalAlert(
        id=uuid7(), county_id=response.county_id, school_id=response.school_id, student_id=response.student_id,
        kind=response.override, raised_on=clock.today(), campaign_id=response.campaign_id,
        accept_by=accept_by(response.override, now), told=1,
        interview_by=interview_by(response.override),
    )  # fmt: skip
    begin(made, "raise_alert")
    post("alert_waits", made, queue="urgent", role=LEVELS[0])
    return made


def raise_all() -> int:
    """Sheets that call for somebody: handed in, left for half an hour, of a closed campaign, or on paper as soon as one
    person typed it, whatever the second one types. Asked each minute.
    """
    use_context(SYSTEM.context())
    closed = select(ScreeningCampaign.id).where(ScreeningCampaign.state.not_in(("open", "scheduled")))
    answered = (
        select(ScaleResponse)
        .where(
            ScaleResponse.override.is_not(None),
            ScaleResponse.alerted_at.is_(None),
            or_(
                ScaleResponse.submitted_at.is_not(None),
                ScaleResponse.saved_at <= clock.now() - IDLE,
                ScaleResponse.campaign_id.in_(closed),
            ),
        )
        .order_by(ScaleResponse.override, ScaleResponse.saved_at)
    )
    typed = (
        select(PaperSheet)
        .where(PaperSheet.override.is_not(None), PaperSheet.alerted_at.is_(None))
        .order_by(PaperSheet.override, PaperSheet.typed_at)
    )
    return sum(
        take_each(wanted, model, lambda one: raise_for(SYSTEM, one, None))
        for wanted, model in ((typed, PaperSheet), (answered, ScaleResponse))
    )


@operation(right="system", name="critical_alert.tell_next")
def tell_next(actor: Actor, alert: CriticalAlert, given: None = None) -> None:
    """Nobody took it on in time: one level above is told, once each half hour."""
    if alert.state == "pending" and alert.told < len(LEVELS):
        post("alert_waits", alert, queue="urgent", role=LEVELS[alert.told])
        alert.told += 1


def tell_all() -> int:
    """Alerts that wait too long; how many were told upward. Asked each minute."""
    use_context(SYSTEM.context())
    waiting = select(CriticalAlert).where(CriticalAlert.state == "pending", CriticalAlert.told < len(LEVELS))
    due = [one for one in db.session.scalars(waiting).all() if _is_late(one)]
    for one in due:
        tell_next(SYSTEM, one, None)
    return len(due)


def _is_late(alert: CriticalAlert) -> bool:
    return alert.accept_by is not None and clock.now() >= alert.accept_by + NEXT * (max(alert.told, 1) - 1)


@operation(CRITICAL_ALERT, "accept")
def accept_alert(actor: Actor, alert: CriticalAlert, given: AlertStep) -> None:
    """Take it on: nobody else is told any more."""
    alert.accepted_at = clock.now()


@operation(CRITICAL_ALERT, "record_interview")
def record_interview(actor: Actor, alert: CriticalAlert, given: InterviewIn) -> None:
    """Day and outcome of the interview with the student. Raises Invalid."""
    if given.interviewed_on > clock.today():
        raise Invalid("interviewed_on", FUTURE)
    if given.outcome not in OUTCOMES:
        raise Invalid("outcome", CHOOSE)
    alert.interviewed_on, alert.outcome, alert.read_second_on = given.interviewed_on, given.outcome, None


@operation(CRITICAL_ALERT, "read_second")
def read_second(actor: Actor, alert: CriticalAlert, given: AlertStep) -> None:
    """Another qualified person agrees with the outcome."""
    alert.read_second_on = clock.today()


@operation(CRITICAL_ALERT, "close")
def close_alert(actor: Actor, alert: CriticalAlert, given: AlertStep) -> None:
    """Done: "no current risk" clears it for the rule engine (decision 60), and for what was to be deleted meanwhile."""
    if alert.outcome == "clear":
        alert.cleared_on = clock.today()
        post("alert_cleared", alert, queue="urgent")
        for task in db.session.scalars(_taken_back(alert)):
            if deletion_due(clock.local(task.state_since).date()) <= clock.now():
                post("screening_destroy", task, queue="heavy")


def _taken_back(alert: CriticalAlert) -> Select[ScreeningTask]:
    return select(ScreeningTask).where(ScreeningTask.student_id == alert.student_id, ScreeningTask.state == "declined")


def deletion_due(ended_on: date) -> datetime:
    """When answers go that were taken back on a day: fifteen working days on, at the day's beginning (domain B1)."""
    last = calendar.add_working_days(ended_on, DELETED_AFTER - 1, work_calendar().overrides)
    return calendar.moment(last)


@operation(right="screening.handle_alert", name="help_call.answer")
def answer_help(actor: Actor, call: HelpCall, given: None = None) -> None:
    """Somebody spoke with the student who pressed the button."""
    if call.answered_at is None:
        call.answered_at, call.answered_by = clock.now(), actor.person_id
