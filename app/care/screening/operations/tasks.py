"""Tasks of a campaign, written for all students by one statement chain; what consents, days and counsellors change."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, text, update

from app.care.consent.models import Consent
from app.care.screening.meant import ENDED_BY_LEAVING, MEANT, values_of
from app.care.screening.models import ScaleResponse, ScaleResult, ScreeningCampaign, ScreeningTask
from app.care.screening.models.campaigns import A_DAY, OVER, RETEST
from app.core import clock
from app.core.audit import trail
from app.core.casework.daily import take_each
from app.core.casework.door import follow, operation
from app.core.copying import allow_long_statements
from app.core.database import db, use_context
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import Student
from workflows.care.screening_task import SCREENING_TASK

OPEN = ("assigned", "consent_pending", "ready", "in_progress", "needs_retest")
REASONS = ("hospital", "disability", "language", "other")
UNKNOWN = Sentence("请选免测的原因", "Choose why the student is exempt")

ASSIGN = text(
    f"""{MEANT}
       insert into screening_tasks (county_id, school_id, student_id, class_id, campaign_id, group_no, state,
                                    previous_state, state_since, reason_code)
       select m.county_id, m.school_id, m.id, m.class_id, :campaign, (m.class_no - 1) % :groups + 1,
              case m.consent when 'granted' then 'ready' when 'refused' then 'declined' when 'withdrawn' then 'declined'
                   else 'consent_pending' end,
              'assigned', :now, case when m.consent in ('refused', 'withdrawn') then 'no_consent' end
       from asked m
       on conflict (campaign_id, student_id) do nothing
       returning student_id"""
)
BACK = text(
    f"""{MEANT}
       select t.id, m.consent, m.class_id, (m.class_no - 1) % :groups + 1 as group_no
       from asked m join screening_tasks t on t.campaign_id = :campaign and t.student_id = m.id
       where {ENDED_BY_LEAVING} order by t.id"""
)
SETTLE = text(
    """update screening_tasks set previous_state = state, state = 'missed', state_since = :now, version = version + 1,
           reason_code = case when student_id in (select id from students where left_on <= :today) then 'left_school'
                              when :cancelled then 'cancelled'
                              when state in ('assigned', 'consent_pending') then 'no_answer'
                              when state = 'ready' then 'not_begun' else 'not_finished' end
       where campaign_id = :campaign and (tries = 0 or :cancelled) and state = any(:states) returning id"""
)


@dataclass(frozen=True)
class ExemptIn:
    """Why a student need not take part: code and words, both read by the counsellor alone."""

    code: str
    reason: str
    version: int | None = None


def assign_all(campaign: ScreeningCampaign, school: uuid.UUID | None = None) -> int:
    """Write the tasks that are not there yet, inside the open act; how many. One entry tells count and digest.

    Whose task ended with the roll, and who is on it again, gets the same one again, with an entry of its own.
    school: of this one alone, where the campaign is the county's own.
    """
    allow_long_statements()
    values = values_of(campaign, school) | {"groups": campaign.groups}
    back = [_assign_again(row) for row in db.session.execute(BACK, values).all()]
    made = db.session.scalars(ASSIGN, values | {"now": clock.now()}).all()
    return _told([*made, *back])


def _assign_again(row: Any) -> uuid.UUID:
    """In the class where the student is now, as far as the consent has come; the student it is."""
    task = db.session.get_one(ScreeningTask, row.id)
    follow(task, "assign_again")
    task.class_id, task.group_no, task.reason_code, task.complete = row.class_id, row.group_no, None, False
    if row.consent == "granted":
        follow(task, "make_ready")
    elif row.consent in ("refused", "withdrawn"):
        task.reason_code = "no_consent"
        follow(task, "decline_for_consent")
    else:
        follow(task, "await_consent")
    return task.student_id


def settle_all(campaign: ScreeningCampaign) -> int:
    """The days are over: who did not answer is missed, with a coded reason; second tries go on until their window ends.

    With a campaign that was cancelled they end too: nobody is reminded of what cannot be answered any more.
    """
    cancelled = campaign.state == "cancelled"
    states = [state for state in OPEN if cancelled or state != "needs_retest"]
    values = {
        "campaign": campaign.id, "now": clock.now(), "today": clock.today(), "states": states, "cancelled": cancelled,
    }  # fmt: skip
    found = db.session.scalars(SETTLE, values)
    return _told(found)


def _told(found: Iterable[object]) -> int:
    rows = sorted(str(one) for one in found)
    deed = trail.current()
    assert deed is not None
    deed.main.extra.update(rows=len(rows), digest=hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return len(rows)


@operation(SCREENING_TASK, "exempt")
def exempt_student(actor: Actor, task: ScreeningTask, given: ExemptIn) -> None:
    """A stay in hospital, a disability that the form does not allow for: no task, and no mark. Raises Invalid."""
    if given.code not in REASONS:
        raise Invalid("code", UNKNOWN)
    task.reason_code = given.code


@operation(right="system", name="screening_task.follow_consent")
def follow_consent(actor: Actor, task: ScreeningTask, given: None = None) -> None:
    """The consent changed: an agreement makes ready, a refusal or withdrawal ends the task (decisions §2 B3).

    What was scored is used no more from now on, though it is deleted fifteen working days later (domain B1).
    """
    if task.consent_is_granted:
        if task.state in ("assigned", "consent_pending"):
            follow(task, "make_ready")
    elif task.state not in ("assigned", "consent_pending", "declined", "exempt", "missed") or _refused(task):
        task.reason_code = "no_consent"
        follow(task, "decline_for_consent")
        unused = update(ScaleResult).where(results_of(task), ScaleResult.usable).values(usable=False)
        db.session.execute(unused.execution_options(synchronize_session=False))


def results_of(task: ScreeningTask) -> ColumnElement[bool]:
    """Which results came of a task: those of its scales since its campaign opened."""
    codes = select(ScaleResponse.scale_code).where(ScaleResponse.task_id == task.id)
    return and_(
        ScaleResult.student_id == task.student_id,
        ScaleResult.scale_code.in_(codes),
        ScaleResult.answered_on >= task.campaign.opens_on,
    )


def _refused(task: ScreeningTask) -> bool:
    said = select(Consent.state).where(
        Consent.student_id == task.student_id,
        Consent.purpose == "screening",
        Consent.school_year == task.campaign.school_year,
    )
    states = set(db.session.scalars(said))
    return task.standing.open and bool(states & {"refused", "withdrawn"}) and "requested" not in states


@operation(right="system", name="screening_task.keep_time")
def keep_time_of(actor: Actor, task: ScreeningTask, given: None = None) -> None:
    """A second try opens after a week and ends after a month; what was begun ends after a day, and all with the roll."""
    if task.state == "needs_retest" and task.second_try_is_due and not task.student_left:
        task.tries, task.complete = 1, False
        follow(task, "try_again")
    elif task.time_is_over and task.state in OPEN:
        task.reason_code = _why(task)
        follow(task, "miss")


def _why(task: ScreeningTask) -> str:
    if task.student_left:
        return "left_school"
    if task.campaign.state == "cancelled":
        return "cancelled"
    return "not_finished" if task.state == "in_progress" else "no_second_try"


def keep_time_of_tasks() -> int:
    """The tasks that the clock moves now; how many. Asked by the sweep."""
    use_context(SYSTEM.context())
    due = select(ScreeningTask).where(_moved_by_the_clock()).order_by(ScreeningTask.state_since, ScreeningTask.id)
    return take_each(due, ScreeningTask, lambda one: keep_time_of(SYSTEM, one, None))


def _moved_by_the_clock() -> ColumnElement[bool]:
    """`time_is_over` and `second_try_is_due` as a question: what the clock leaves alone is not read each minute."""
    first, last = (clock.today() - timedelta(days=days) for days in RETEST)
    task = ScreeningTask
    left = select(Student.id).where(Student.left_on <= clock.today())
    over = select(ScreeningCampaign.id).where(ScreeningCampaign.state.in_(OVER))
    given_up = select(ScreeningCampaign.id).where(ScreeningCampaign.state == "cancelled")
    return or_(
        and_(task.state.in_(OPEN), task.campaign_id.in_(given_up)),
        and_(task.state.in_(OPEN), task.student_id.in_(left)),
        and_(task.state == "needs_retest", task.scored_on <= first),
        and_(task.state == "ready", task.tries > 0, task.scored_on < last),
        and_(
            task.state == "in_progress",
            or_(
                task.state_since <= clock.now() - A_DAY,
                and_(task.tries > 0, task.scored_on < last),
                and_(task.tries == 0, task.campaign_id.in_(over)),
            ),
        ),
    )
