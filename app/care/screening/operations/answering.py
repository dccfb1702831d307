"""A student answers: begins, saves each answer, hands in, does not take part, calls for help.

Saves are plumbing: one statement each, no entry in the trail (decision 20); beginning and handing in are deeds.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update

from app.care.consent.models import age_on
from app.care.screening.models import HelpCall, ScaleResponse, ScreeningTask
from app.care.screening.scales.choosing import fits
from app.care.screening.scales.definition import Scale
from app.care.screening.sheets import RATHER_NOT, Sheet, graver, opened, override_of, packed, place_of, ring
from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, keep, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy import decide
from app.core.policy.actor import Actor
from workflows.care.screening_task import SCREENING_TASK

LONGEST_PAUSE, SHORTEST = 60.0, 0.0
"""Seconds that one answer counts for at most: whoever goes away for an hour did not think for an hour."""
NO_SUCH = Sentence("这道题没有这个答案，请再选一次", "This question has no such answer; choose again")
OTHER_VERSION = Sentence(
    "这一页是量表的另一个版本，这个答案没有收下；请刷新页面再答",
    "This page shows another version of the scale, so the answer was not taken; reload the page and answer again",
)
OVER = Sentence("作答已经结束，写过的都已保存", "Answering is over; what was written is kept")
LATE = ("in_progress", "missed", "submitted", "scored", "valid", "needs_retest", "invalid")
"""States in which an answer that waited on a phone may still arrive, though it is no answer any more."""
TAKEN_BACK = Sentence("已经不参加，回答不再保存", "You no longer take part; nothing more is kept")


@dataclass(frozen=True)
class TaskStep:
    """A step with the version that the page showed; `device`: the mark of the browser, where it keeps one."""

    version: int | None = None
    device: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer: scale, item number, value, the phone's own sequence, and milliseconds since the one before.

    Sequence and duration come from the phone's counters, never from its clock, which may be wrong. A page without a script
    counts nothing and keeps nothing back: its answer (sequence None) is the last one as it comes.
    """

    scale: str
    item: int
    value: int
    sequence: int | None
    milliseconds: int = 0
    version: str | None = None
    """The version of the scale that the phone showed; None where it does not say."""


@dataclass(frozen=True)
class Saved:
    """What a save came to: answered and asked questions of all scales, and whether a newer answer was there already.

    `sequence`: the highest that came so far from any window or device, so that each goes on from there.
    """

    answered: int
    asked: int
    stale: bool = False
    sequence: int = 0


def scales_of(task: ScreeningTask) -> list[Scale]:
    """What this student is asked, in order."""
    age = age_on(task.student.birth_date, task.campaign.opens_on)
    return [one for one in task.campaign.definitions if fits(one, int(task.student.grade[1:]), age)]


@operation(SCREENING_TASK, "begin")
def begin_answering(actor: Actor, task: ScreeningTask, given: TaskStep) -> None:
    """The student agrees on the first page and begins: one empty sheet for each scale."""
    rows = [
        {
            "id": uuid7(), "county_id": task.county_id, "school_id": task.school_id, "task_id": task.id,
            "student_id": task.student_id, "campaign_id": task.campaign_id, "scale_code": one.code,
            "scale_version": one.version, "attempt": task.tries, "saved_at": clock.now(), "created_at": clock.now(),
            "device": given.device[:16] or None,
        }
        for one in scales_of(task)
    ]  # fmt: skip
    db.session.execute(insert(ScaleResponse), rows)
    task.complete = False


@operation(SCREENING_TASK, "decline")
def decline(actor: Actor, task: ScreeningTask, given: TaskStep) -> None:
    """The student does not take part; nobody is told why, and nothing follows."""
    task.reason_code = "student_no"


def sheets_of(task: ScreeningTask) -> Sequence[ScaleResponse]:
    """The sheets of the present try."""
    found = select(ScaleResponse).where(ScaleResponse.task_id == task.id, ScaleResponse.attempt == task.tries)
    return db.session.scalars(found.order_by(ScaleResponse.id).execution_options(populate_existing=True)).all()


def save_answer(actor: Actor, task: ScreeningTask, given: Answer) -> Saved:
    """Keep one answer, at once. Raises StepRefused when it is over or taken back, Invalid for what is no answer.

    Two tabs, or answers that were queued without a network: the later sequence stays, whatever arrives last. What comes
    too late is heard where it calls for somebody, before it is refused (decision 59).
    """
    decide.require(actor, "screening.answer_questions", task)
    if task.state != "in_progress" or task.time_is_over:
        _hear_late(actor, task, given)
        raise StepRefused((OVER,))
    if not task.consent_is_granted:
        raise StepRefused((TAKEN_BACK,))
    sheets, scales = sheets_of(task), {one.code: one for one in scales_of(task)}
    response, scale = _meant(sheets, scales, given)
    reached = max(one.sequence for one in sheets)
    sequence = reached + 1 if given.sequence is None else given.sequence
    sheet = opened(response, scale)
    taken = _put(scale, sheet, given, sequence)
    asked = sum(len(one.items) for one in scales.values())
    answered = sheet.answered + sum(one.answered for one in sheets if one is not response)
    if taken:
        _keep(actor, response, _values(response, scale, sheet, given, sequence))
        if not task.complete and (answered == asked or _enough(sheets, scales, response, sheet)):
            _complete(actor, task)
    return Saved(answered, asked, not taken, max(sequence, reached))


def _enough(sheets: Sequence[ScaleResponse], scales: Mapping[str, Scale], saved: ScaleResponse, sheet: Sheet) -> bool:
    """Nothing is open but questions that may be left out; the other sheets are opened only where a scale has such."""
    if not any(scale.may_be_left_out for scale in scales.values()):
        return False
    return all(
        value is not None or not item.required
        for one in sheets
        if (scale := scales.get(one.scale_code)) is not None
        for item, value in zip(scale.items, (sheet if one is saved else opened(one, scale)).values, strict=True)
    )


def _hear_late(actor: Actor, task: ScreeningTask, given: Answer) -> None:
    """An answer that waited somewhere until the time was over: kept where nothing was handed in, and it calls somebody as
    any other would; of a form that was handed in only the call is kept.
    """
    sheets = sheets_of(task) if task.state in LATE and task.consent_is_granted else ()
    if not sheets:
        return
    response, scale = _meant(sheets, {one.code: one for one in scales_of(task)}, given)
    sheet, sequence = opened(response, scale), response.sequence + 1 if given.sequence is None else given.sequence
    if not _put(scale, sheet, given, sequence):
        return
    values = _values(response, scale, sheet, given, sequence)
    kept = ("override", "alerted_at") if response.submitted_at else values.keys() - {"saved_at"}
    if response.submitted_at is None or "alerted_at" in values:
        _keep(actor, response, {name: values[name] for name in kept if name in values})


def _meant(sheets: Sequence[ScaleResponse], scales: Mapping[str, Scale], given: Answer) -> tuple[ScaleResponse, Scale]:
    """The sheet and the scale that an answer belongs to. Raises Invalid."""
    response = next((one for one in sheets if one.scale_code == given.scale), None)
    scale = scales.get(given.scale)
    if response is None or scale is None:
        raise Invalid("value", NO_SUCH)
    if response.scale_version != scale.version or given.version not in (None, scale.version):
        raise Invalid("value", OTHER_VERSION)
    return response, scale


def _put(scale: Scale, sheet: Sheet, given: Answer, sequence: int) -> bool:
    places = {item.id: place for place, item in enumerate(scale.items)}
    item = scale.by_id.get(given.item)
    rather_not = item is not None and bool(item.critical) and given.value == RATHER_NOT
    if item is None or not (given.value in scale.values(item) or rather_not) or sequence < 0:
        raise Invalid("value", NO_SUCH)
    return sheet.put(places[given.item], given.value, sequence)


def _values(response: ScaleResponse, scale: Scale, sheet: Sheet, given: Answer, sequence: int) -> dict[str, Any]:
    now = clock.now()
    measured = given.milliseconds / 1000 if given.milliseconds > 0 else (now - response.saved_at).total_seconds()
    kind, blank = override_of(scale, sheet)
    again = {"alerted_at": None} if graver(response.override, kind)[1] else {}
    return again | {
        "sealed": ring().seal(place_of(response), packed(sheet)),
        "answered": sheet.answered,
        "seconds": response.seconds + min(max(measured, SHORTEST), LONGEST_PAUSE),
        "sequence": max(response.sequence, sequence),
        "override": kind,
        "blank_critical": blank,
        "saved_at": now,
    }


def _keep(actor: Actor, response: ScaleResponse, values: dict[str, Any]) -> None:
    """One statement in a context that may write; a save is no deed and has no entry."""
    use_context(replace(actor.context(), act=uuid7()))
    keep(update(ScaleResponse).where(ScaleResponse.id == response.id).values(**values))
    use_context(actor.context())


def _complete(actor: Actor, task: ScreeningTask) -> None:
    use_context(replace(actor.context(), act=uuid7()))
    keep(update(ScreeningTask).where(ScreeningTask.id == task.id).values(complete=True))
    use_context(actor.context())


@operation(SCREENING_TASK, "submit")
def submit_answers(actor: Actor, task: ScreeningTask, given: TaskStep) -> Generator[None]:
    """Hand in: the answers cannot be changed any more, and are scored by the job that follows."""
    now = clock.now()
    sheets = update(ScaleResponse).where(ScaleResponse.task_id == task.id, ScaleResponse.attempt == task.tries)
    db.session.execute(sheets.values(submitted_at=now).execution_options(synchronize_session=False))
    yield
    post("screening_score", task, queue="urgent")


@operation(right="screening.answer_questions", name="help_call.make")
def call_for_help(actor: Actor, task: ScreeningTask, given: None = None) -> HelpCall:
    """The help button: the counsellor hears that a student would like to talk, and nothing else is recorded."""
    made = HelpCall(
        id=uuid7(),
        county_id=task.county_id,
        school_id=task.school_id,
        student_id=task.student_id,
        called_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    post("help_called", made, queue="urgent", school=task.school_id or uuid.UUID(int=0))
    return made
