"""What people see of a student: the class teacher's rating, the professional look, duties that were done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import current_app

from app.care.rainbow.models import CareDuty, ProfessionalAssessment, TeacherRating
from app.care.rainbow.operations.deciding import sealed
from app.care.rainbow.operations.duties import once_more
from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.vault import KeyRing, Place
from app.people.directory.models import Student
from workflows.care.care_duty import CARE_DUTY

LEVELS = ("none", "mild", "moderate", "high")
ITEMS = 8
ALL_ITEMS = Sentence("八项都要选", "Answer all eight")
NOT_AHEAD = Sentence("日期不能晚于今天", "The day cannot lie ahead")
A_LEVEL = Sentence("请选择评估结论", "Choose a result")
SHORTEST = 4


@dataclass(frozen=True)
class RatingIn:
    """Eight items 0–3 in their order, and a remark."""

    items: tuple[int, ...]
    comment: str = ""


@dataclass(frozen=True)
class LookIn:
    """The result of a structured interview and its day."""

    level: str
    assessed_on: date


@dataclass(frozen=True)
class DoneIn:
    """What was done."""

    account: str
    version: int | None = None


@operation(right="rainbow.rate_student", name="teacher_rating.record")
def rate(actor: Actor, student: Student, given: RatingIn) -> TeacherRating:
    """Keep a rating and have the student computed anew. Raises Invalid for items that are missing or out of range."""
    assert actor.person_id is not None
    if len(given.items) != ITEMS or not all(0 <= item <= 3 for item in given.items):
        raise Invalid("items", ALL_ITEMS)
    rating = TeacherRating(
        id=uuid7(), county_id=student.county_id, school_id=student.school_id, student_id=student.id,
        rated_by=actor.person_id, rated_on=clock.today(), items=list(given.items),
    )  # fmt: skip
    if given.comment.strip():
        ring: KeyRing = current_app.extensions["bihuan.vault"]
        place = Place(student.school_id, "teacher_ratings", rating.id, "comment_sealed")
        rating.comment_sealed = ring.seal(place, given.comment.strip())
    db.session.add(rating)
    _compute(student)
    return rating


@operation(right="rainbow.assess_student", name="professional_assessment.record")
def assess(actor: Actor, student: Student, given: LookIn) -> ProfessionalAssessment:
    """Keep a professional look and have the student computed anew. Raises Invalid for a day ahead or an unknown level."""
    assert actor.person_id is not None
    if given.level not in LEVELS:
        raise Invalid("level", A_LEVEL)
    if given.assessed_on > clock.today():
        raise Invalid("assessed_on", NOT_AHEAD)
    look = ProfessionalAssessment(
        id=uuid7(), county_id=student.county_id, school_id=student.school_id, student_id=student.id,
        assessed_by=actor.person_id, assessed_on=given.assessed_on, level=given.level,
    )  # fmt: skip
    db.session.add(look)
    _compute(student)
    return look


def _compute(student: Student) -> None:
    post("rainbow_compute", student, queue="urgent")


@operation(CARE_DUTY, "finish")
def finish(actor: Actor, duty: CareDuty, given: DoneIn) -> Iterator[None]:
    """Say what was done; sealed. What recurs is due anew. Raises StepRefused without words."""
    if len(given.account.strip()) >= SHORTEST:
        duty.account_sealed, duty.done_on = sealed(duty, "account_sealed", given.account), clock.today()
    yield
    once_more(duty)
