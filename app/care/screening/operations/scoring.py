"""What follows a submitted form: scores, validity, results for the rule engine, and the task's verdict."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.care.consent.models import age_on
from app.care.retention.classes import emptied_answers
from app.care.screening.models import CriticalAlert, PaperSheet, ScaleResponse, ScaleResult, ScreeningTask
from app.care.screening.operations.answering import scales_of, sheets_of
from app.care.screening.operations.tasks import follow_consent, results_of
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.scoring import Person, score
from app.care.screening.scales.validity import judge
from app.care.screening.sheets import opened
from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, use_context, uuid7
from app.core.erasure import Part, erase, table_of
from app.core.outbox.deliver import first_time
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor

SHARED_WITHIN = timedelta(seconds=30)
"""Another student's form ended on the same device so shortly before this one began (domain §5.4 V6)."""
GATHERED = timedelta(minutes=10)
"""Results of a school are computed together, once in this time."""
MARGIN = timedelta(minutes=1)
"""What was scored in the last moment of a span is kept by then."""
WORST = ("valid", "flagged", "needs_retest", "invalid")


@operation(right="system", name="screening_task.score_answers")
def score_answers(actor: Actor, task: ScreeningTask, given: None = None) -> None:
    """Score every sheet of the present try, write the results, and settle what the task comes to; safe to run twice."""
    if task.state != "submitted":
        return
    if not task.consent_covers_answers:
        task.reason_code = "no_consent"
        follow(task, "decline_for_consent")
        return
    scales = {(one.code, one.version): one for one in scales_of(task)}
    found = [
        _scored(task, one, scales[key])
        for one in sheets_of(task)
        if (key := (one.scale_code, one.scale_version)) in scales
    ]
    task.verdict = max((read.verdict for read in found), key=WORST.index, default="invalid")
    task.scored_on = clock.today()
    follow(task, "score")
    follow(task, _next(task))
    if any(read.asks for read in found):
        post("answers_ask", task, queue="letters")
    _have_computed(task)


def _have_computed(task: ScreeningTask) -> None:
    """The rules read what was found without being asked: the school once for all results of a span of ten minutes."""
    span = int(clock.now().timestamp() // GATHERED.total_seconds())
    if task.answers_hold and first_time(f"results:{task.school_id}:{span}"):
        due_at = datetime.fromtimestamp((span + 1) * GATHERED.total_seconds(), UTC) + MARGIN
        post("results_in", task, queue="heavy", due_at=due_at)


def _next(task: ScreeningTask) -> str:
    if task.answers_hold:
        return "accept_answers"
    return "ask_retest" if task.answers_are_doubted else "give_up"


class _Read(NamedTuple):
    """What a sheet came to: its verdict, and whether it asks for a talk (a critical question left open, or one of worry)."""

    verdict: str
    asks: bool


def _scored(task: ScreeningTask, response: ScaleResponse, scale: Scale) -> _Read:
    sheet, student = opened(response, scale), task.student
    answers = sheet.answers(scale)
    on = response.answered_on or clock.local(response.submitted_at or response.saved_at).date()
    sex = {"1": "male", "2": "female"}.get(student.gender)
    result = score(scale, answers, Person(sex, age_on(student.birth_date, on), int(student.grade[1:])))
    seconds = response.seconds / len(scale.items) if response.source == "phone" else None
    judgement = judge(scale, answers, result, seconds=seconds, shared_device=_shared(response))
    row: dict[str, Any] = {
        "county_id": task.county_id, "school_id": task.school_id, "student_id": task.student_id,
        "scale_code": scale.code, "scale_version": scale.version, "construct": scale.construct_code,
        "answered_on": on, "band": result.band, "scores": dict(result.scores), "verdict": judgement.verdict,
        "usable": judgement.verdict in ("valid", "flagged") and result.band is not None,
        "worry": any(hit.override == "O7" for hit in result.hits),
    }  # fmt: skip
    db.session.add(ScaleResult(id=uuid7(), **row))
    return _Read(judgement.verdict, response.blank_critical or row["worry"])


def _shared(response: ScaleResponse) -> bool:
    """Somebody else's form was worked on by the same device less than half a minute before this one was begun."""
    other = aliased(ScaleResponse)
    found = exists().where(
        other.device == response.device, other.student_id != response.student_id,
        other.saved_at > response.created_at - SHARED_WITHIN, other.created_at <= response.created_at,
    )  # fmt: skip
    return response.device is not None and bool(db.session.scalar(select(found)))


@operation(right="system", name="screening_task.destroy_answers")
def destroy_answers(actor: Actor, task: ScreeningTask, given: None = None) -> None:
    """Fifteen working days after a withdrawal: the sealed arrays go with their keys, and the results with them.

    What belongs to an alert that is not cleared is locked instead (domain B1): whoever clears it has it tried again.
    """
    if task.state == "declined" and not _is_locked(task):
        _destroy(task)


@operation(right="system", name="screening_task.erase_on_request")
def erase_on_request(actor: Actor, task: ScreeningTask, given: None = None) -> bool:
    """The same at once, for a request to erase (security 43); False where the agreement runs or an alert needs them."""
    if task.state != "declined" or _is_locked(task):
        return False
    _destroy(task)
    return True


def _destroy(task: ScreeningTask) -> None:
    erase(parts_of_task(task))


def parts_of_task(task: ScreeningTask) -> list[Part]:
    """What the answers of a task are: results go, sheets and responses stay as an empty trace."""
    return [
        Part(table_of("scale_results"), results_of(task)),
        *(Part(table, table.c.task_id == task.id, emptied) for table, emptied in emptied_answers()),
    ]


def papers_to_score(campaign_id: uuid.UUID, school_id: uuid.UUID) -> list[ScreeningTask]:
    """Tasks of a school whose forms on paper were taken in and wait for their scores."""
    use_context(SYSTEM.context())
    on_paper = select(ScaleResponse.task_id).where(
        ScaleResponse.source == "paper", ScaleResponse.school_id == school_id
    )
    found = select(ScreeningTask).where(
        ScreeningTask.campaign_id == campaign_id,
        ScreeningTask.school_id == school_id,
        ScreeningTask.state == "submitted",
        ScreeningTask.id.in_(on_paper),
    )
    return list(db.session.scalars(found))


def _is_locked(task: ScreeningTask) -> bool:
    """Sheets of the task raised an alert, and one of the student is not cleared."""
    sheets = select(ScaleResponse.id).where(ScaleResponse.task_id == task.id, ScaleResponse.alerted_at.is_not(None))
    typed = select(PaperSheet.id).where(PaperSheet.task_id == task.id, PaperSheet.alerted_at.is_not(None))
    raised = select(CriticalAlert.id).where(
        CriticalAlert.student_id == task.student_id, CriticalAlert.cleared_on.is_(None)
    )
    return bool(db.session.scalar(select(exists(sheets.union_all(typed)) & exists(raised))))


def task_of(identity: uuid.UUID) -> ScreeningTask | None:
    """The task behind a posted row, in the worker."""
    use_context(SYSTEM.context())
    return db.session.scalar(select(ScreeningTask).where(ScreeningTask.id == identity))


def tasks_of_student(student_id: uuid.UUID) -> list[ScreeningTask]:
    """The student's tasks that a changed consent moves."""
    use_context(SYSTEM.context())
    found = select(ScreeningTask).where(
        ScreeningTask.student_id == student_id, ScreeningTask.state.not_in(("declined", "exempt", "missed"))
    )
    return list(db.session.scalars(found))


def follow_consent_of(student_id: uuid.UUID) -> list[ScreeningTask]:
    """Let every task of the student follow what the consent says now."""
    found = tasks_of_student(student_id)
    for task in found:
        follow_consent(SYSTEM, task, None)
    return found
