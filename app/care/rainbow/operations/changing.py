"""转码: people ask for another level, write down what speaks for a step down, and others decide (domain B5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.evidence import below
from app.care.rainbow.models import (
    FINDINGS,
    KINDS,
    OPEN,
    ChangeEvidence,
    CodeChangeRequest,
    RainbowAssessment,
    RainbowTier,
    place,
    rules_for,
)
from app.care.rainbow.operations.deciding import give_to_an_expert, overtake, qualified, sealed
from app.care.rainbow.operations.duties import end_protection, protect, renew_duties
from app.care.rainbow.rule_set import TIERS
from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.calendar.hours import end_of_day
from app.core.casework.deadlines import work_calendar
from app.core.casework.door import follow, operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import Person, RoleAssignment, Student
from workflows.care.code_change_request import CODE_CHANGE_REQUEST

TOGETHER = timedelta(hours=24)
ALREADY = Sentence("这名学生已有一份没办完的下调申请", "A request to step down is open for this student already")
NOTHING_BELOW = Sentence("现在没有可以下调的层级", "There is no level to step down from")
A_LEVEL = Sentence("请选择层级", "Choose a level")
NOT_YOURS = Sentence("只有申请人可以撤回", "Only who asked may withdraw it")
A_KIND = Sentence("请选择记录的类型", "Choose what it is")
A_FINDING = Sentence("请选择访谈结论", "Choose what the interview found")
A_SHARE = Sentence("请写目标达成的百分比，0 到 100", "Give the share of goals met, 0 to 100")
NOT_AHEAD = Sentence("日期不能晚于今天", "The day cannot lie ahead")
NOTE_WANTED = Sentence("请写几句，至少 4 个字", "Write at least a few words")
SIGN_NOT_WANTED = Sentence(
    "这一条不用第一人签名，或已有人签过", "No first signature is wanted here, or somebody has signed already"
)
COUNSELLOR_FIRST = Sentence("请由学校心理教师作第一人签名", "The school's counsellor signs first")
SHORTEST = 4


@dataclass(frozen=True)
class DraftIn:
    """Why a step down is asked for."""

    note: str


@dataclass(frozen=True)
class UpIn:
    """The level asked for, and what was seen."""

    tier: str | None
    reason: str


@dataclass(frozen=True)
class ChangeStep:
    """A step with the version that the page showed, and a reason where one is asked for."""

    version: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class EvidenceIn:
    """What was done, when, what it found (of an interview), share of goals (of a review), and words."""

    kind: str
    happened_on: date
    note: str
    finding: str | None = None
    percent: int | None = None


@operation(right="rainbow.ask_step_down", name="change_evidence.record")
def record_evidence(actor: Actor, student: Student, given: EvidenceIn) -> ChangeEvidence:
    """Write down what one did oneself; a review of the plan has the student computed anew, as it is a look like an interview's.

    Raises Invalid, StepRefused without a qualification.
    """
    qualified(actor)
    _check(given)
    assert actor.person_id is not None
    made = ChangeEvidence(
        id=uuid7(), county_id=student.county_id, school_id=student.school_id, student_id=student.id, kind=given.kind,
        happened_on=given.happened_on, recorded_by=actor.person_id,
        finding=given.finding if given.kind == "interview" else None,
        percent=given.percent if given.kind == "plan_review" else None,
    )  # fmt: skip
    made.note_sealed = sealed(made, "note_sealed", given.note)
    db.session.add(made)
    if made.kind == "plan_review":
        post("rainbow_compute", student, queue="urgent")
    return made


def _check(given: EvidenceIn) -> None:
    if given.kind not in KINDS:
        raise Invalid("kind", A_KIND)
    if given.happened_on > clock.today():
        raise Invalid("happened_on", NOT_AHEAD)
    if given.kind == "interview" and given.finding not in FINDINGS:
        raise Invalid("finding", A_FINDING)
    if given.kind == "plan_review" and (given.percent is None or not 0 <= given.percent <= 100):
        raise Invalid("percent", A_SHARE)
    if len(given.note.strip()) < SHORTEST:
        raise Invalid("note", NOTE_WANTED)


def _held(student: Student) -> RainbowTier | None:
    found: RainbowTier | None = db.session.scalar(select(RainbowTier).where(RainbowTier.student_id == student.id))
    return found


def _request(actor: Actor, student: Student, to: str, upward: bool, words: str) -> CodeChangeRequest:
    assert actor.person_id is not None
    held = _held(student)
    made = CodeChangeRequest(
        id=uuid7(), county_id=student.county_id, school_id=student.school_id, unit_id=student.school_id,
        student_id=student.id, student=student, owner_id=actor.person_id, to_tier=to, upward=upward,
        from_tier=held.tier if held else None, rule_set=rules_for(student.county_id).version,
    )  # fmt: skip
    set_committed_value(made, "in_force", held)
    made.note_sealed = sealed(made, "note_sealed", words)
    return made


@operation(CODE_CHANGE_REQUEST, "draft", sealed=True)
def draft(actor: Actor, student: Student, given: DraftIn) -> CodeChangeRequest:
    """Begin a step down from the level in force. Raises StepRefused where there is none, or one is open already."""
    qualified(actor)
    held = _held(student)
    target = below(held.tier) if held else None
    if target is None:
        raise StepRefused((NOTHING_BELOW,))
    is_open = select(CodeChangeRequest.id).where(
        CodeChangeRequest.student_id == student.id, CodeChangeRequest.state.in_(OPEN), ~CodeChangeRequest.upward
    )
    if db.session.scalar(is_open.limit(1)) is not None:
        raise StepRefused((ALREADY,))
    if len(given.note.strip()) < SHORTEST:
        raise Invalid("note", NOTE_WANTED)
    return _request(actor, student, target, False, given.note)


@operation(CODE_CHANGE_REQUEST, "escalate", sealed=True)
def escalate(actor: Actor, student: Student, given: UpIn) -> CodeChangeRequest:
    """Ask for more support, by any number of levels; protection begins at once (`protect_asked`). Raises Invalid."""
    if given.tier not in TIERS:
        raise Invalid("tier", A_LEVEL)
    made = _request(actor, student, str(given.tier), True, given.reason)
    _sign_as_filer(actor, made)
    _set_clock(made)
    post("rainbow_asked_up", made, queue="urgent")
    return made


@operation(CODE_CHANGE_REQUEST, "restore", sealed=True)
def restore(actor: Actor, student: Student, given: UpIn) -> Iterator[CodeChangeRequest]:
    """A relapse during the watch: back at once, by one qualified person. Raises Invalid, StepRefused."""
    qualified(actor)
    if given.tier not in TIERS:
        raise Invalid("tier", A_LEVEL)
    made = _request(actor, student, str(given.tier), True, given.reason)
    made.left_tier, made.left_on = _left(student)
    yield made
    put_in_force(made)


def _left(student: Student) -> tuple[str | None, date | None]:
    """The level that the newest step down left, and the day."""
    newest = (
        select(CodeChangeRequest.from_tier, CodeChangeRequest.decided_on)
        .where(CodeChangeRequest.student_id == student.id, CodeChangeRequest.state == "effective")
        .where(~CodeChangeRequest.upward)
        .order_by(CodeChangeRequest.decided_on.desc(), CodeChangeRequest.id.desc())
    )
    row = db.session.execute(newest.limit(1)).one_or_none()
    return (row.from_tier, row.decided_on) if row else (None, None)


@operation(CODE_CHANGE_REQUEST, "submit")
def submit(actor: Actor, change: CodeChangeRequest, given: ChangeStep) -> None:
    """Hand it in. A step down with all evidence; raises StepRefused naming what is missing."""
    change.look_again()
    if not change.upward:
        qualified(actor)
    _sign_as_filer(actor, change)
    _set_clock(change)
    if not change.upward and (change.asks_for_two or not _other_counsellor(change)):
        give_to_an_expert(change.county_id, change.school_id, change.student_id)


def _sign_as_filer(actor: Actor, change: CodeChangeRequest) -> None:
    """A qualified person who asks is the first of two; anybody else's request waits for the counsellor's signature."""
    if change.asks_for_two and actor.role == "school_counselor" and _is_qualified(actor.person_id):
        change.first_signer_id = actor.person_id


def _valid() -> Any:
    return Person.qualification_type.is_not(None) & (
        Person.qualification_expiry.is_(None) | (Person.qualification_expiry >= clock.today())
    )


def _is_qualified(person: uuid.UUID | None) -> bool:
    return db.session.scalar(select(Person.id).where(Person.id == person, _valid())) is not None


def _other_counsellor(change: CodeChangeRequest, besides: uuid.UUID | None = None) -> bool:
    """Whether the school has a qualified counsellor besides who asks (decision 39)."""
    day = clock.today()
    wanted = (
        select(func.count())
        .select_from(RoleAssignment)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.role == "school_counselor", RoleAssignment.unit_id == change.unit_id,
            RoleAssignment.person_id != (besides or change.owner_id), RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day), _valid(),
        )
    )  # fmt: skip
    return bool(db.session.scalar(wanted))


def _set_clock(change: CodeChangeRequest) -> None:
    now: datetime = clock.now()
    if change.upward and change.asks_for_two:
        change.together_by_at = now + TOGETHER
        return
    days = duty_plan().days_to_decide(str(change.from_tier), upward=change.upward)
    due = end_of_day(add_working_days(clock.local(now).date(), days, work_calendar().overrides))
    change.decide_by_at, change.together_by_at = (None, due) if change.asks_for_two else (due, None)


@operation(CODE_CHANGE_REQUEST, "take_up")
def take_up(actor: Actor, change: CodeChangeRequest, given: ChangeStep) -> None:
    """Somebody qualified looks at it: from now on it is no longer withdrawn."""
    qualified(actor)


@operation(CODE_CHANGE_REQUEST, "sign_first")
def sign_first(actor: Actor, change: CodeChangeRequest, given: ChangeStep) -> None:
    """The first of two persons signs: the counsellor, or an expert where the school has none left. Raises StepRefused."""
    qualified(actor)
    if change.is_signed_once or not change.asks_for_two:
        raise StepRefused((SIGN_NOT_WANTED,))
    if actor.role != "school_counselor" and _other_counsellor(change):
        raise StepRefused((COUNSELLOR_FIRST,))
    change.first_signer_id = actor.person_id


@operation(CODE_CHANGE_REQUEST, "approve")
def approve(actor: Actor, change: CodeChangeRequest, given: ChangeStep) -> Iterator[None]:
    """Decide for it; it is in force in the same act. Raises StepRefused naming what is missing."""
    qualified(actor)
    change.look_again()
    yield
    put_in_force(change)


@operation(CODE_CHANGE_REQUEST, "return_change", sealed=True)
def return_change(actor: Actor, change: CodeChangeRequest, given: ChangeStep) -> None:
    """Back to who asked, with what is missing."""
    qualified(actor)
    change.note_sealed = sealed(change, "note_sealed", given.reason)


@operation(CODE_CHANGE_REQUEST, "reject", sealed=True)
def reject(actor: Actor, change: CodeChangeRequest, given: ChangeStep) -> None:
    """Decide against it, with a reason that stays sealed."""
    qualified(actor)
    change.decided_on = clock.today()
    change.note_sealed = sealed(change, "note_sealed", given.reason)
    if change.upward:
        end_protection(change.student_id, change.id)


@operation(CODE_CHANGE_REQUEST, "withdraw")
def withdraw(actor: Actor, change: CodeChangeRequest, given: ChangeStep) -> None:
    """Take it back before somebody has taken it up; what began with it ends. Raises StepRefused for anybody but who asked."""
    if actor.person_id != change.owner_id:
        raise StepRefused((NOT_YOURS,))
    if change.upward:
        post("rainbow_taken_back", change, queue="urgent")


def put_in_force(change: CodeChangeRequest) -> None:
    """The level is changed, its duties change with it, and what has become pointless ends."""
    today = clock.today()
    held = db.session.scalar(select(RainbowTier).where(RainbowTier.student_id == change.student_id))
    if held is None:
        held = RainbowTier(county_id=change.county_id, school_id=change.school_id, student_id=change.student_id)
        db.session.add(held)
    held.tier, held.since, change.decided_on = change.to_tier, today, today
    follow(change, "take_effect")
    renew_duties(change, change.to_tier, () if change.upward else duty_plan().stepped_down)
    overtake(change.student_id, change.to_tier, change.id)
    open_ones = select(RainbowAssessment).where(
        RainbowAssessment.student_id == change.student_id, RainbowAssessment.state == "proposed"
    )
    for proposal in db.session.scalars(open_ones).all():
        if place(proposal.proposed) <= place(change.to_tier):
            follow(proposal, "supersede")
    post("support_changed", change)


@operation(right="system", name="code_change_request.protect")
def protect_now(actor: Actor, change: CodeChangeRequest, given: None = None) -> None:
    """What does not wait for a decision: tasks, an expert where two persons decide, and an open step down ends."""
    if change.state not in OPEN:
        return
    protect(change)
    if change.asks_for_two or not _other_counsellor(change):
        give_to_an_expert(change.county_id, change.school_id, change.student_id)
    down = select(CodeChangeRequest).where(
        CodeChangeRequest.student_id == change.student_id, CodeChangeRequest.state.in_(OPEN), ~CodeChangeRequest.upward
    )
    for one in db.session.scalars(down).all():
        follow(one, "overtake")


def protect_asked(row: OutboxRow) -> None:
    """The job behind `rainbow_asked_up`. Safe twice: what is due already is not opened again."""
    use_context(SYSTEM.context())
    change = db.session.scalar(select(CodeChangeRequest).where(CodeChangeRequest.id == row.record_id))
    if change is not None:
        protect_now(SYSTEM, change, None)


@operation(right="system", name="code_change_request.end_protection")
def end_asked(actor: Actor, change: CodeChangeRequest, given: None = None) -> None:
    """The tasks that began with a request end with it: whoever asked may be one who does not see them."""
    if change.state == "withdrawn":
        end_protection(change.student_id, change.id)


def taken_back(row: OutboxRow) -> None:
    """The job behind `rainbow_taken_back`. Safe twice: what has ended is due no more."""
    use_context(SYSTEM.context())
    change = db.session.scalar(select(CodeChangeRequest).where(CodeChangeRequest.id == row.record_id))
    if change is not None:
        end_asked(SYSTEM, change, None)
