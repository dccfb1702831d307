"""Students who leave the roll, and who come back to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select, text

from app.core import clock
from app.core.casework.door import SHORTEST_REASON, operation
from app.core.database import db, use_context, widen
from app.core.errors import Invalid, Sentence
from app.core.imports.grades import school_year
from app.core.policy.actor import Actor
from app.people.directory.models import SchoolClass, Student, Unit

REASON_WANTED = Sentence("请写明离校的原因，至少 10 个字", "Say why the student leaves, in at least 10 characters.")
DATES = Sentence("离校日期不能早于入校日期", "The student cannot leave before having come.")
WHY_BACK = Sentence(
    "请写明为什么重新在籍，至少 10 个字", "Say why the student is on the roll again, in at least 10 characters."
)
NOT_AWAY = Sentence("这名学生在籍，没有离校登记", "This student is on the roll; no leaving is recorded.")
AHEAD = Sentence(
    "还没到这一天：请等到学生回来的那天再登记", "That day has not come: enter it when the student is back."
)
NO_SUCH_CLASS = Sentence("请选本校本学年的班级", "Choose a class of your school and of this school year.")
ELSEWHERE = Sentence(
    "这个学籍号现在在本县另一所学校在籍。请先由那所学校登记离校；要直接转过来，请县教育局导入全县名册",
    "This student number is on the roll of another school of the county. That school records the leaving first; "
    "to move the student directly, the bureau imports the list of the whole county.",
)
LIST_RUNS = Sentence(
    "县里正在导入名册，请过几分钟再登记",
    "A list of students is being imported in the county; try again in a few minutes.",
)
NO_LIST_RUNS = text("select pg_try_advisory_xact_lock_shared(hashtextextended(:what, 0))")
"""Beside the lock that a list takes alone (`roster.ONE_AT_A_TIME`): a list runs for as long as nobody waits before a page."""
ONE_CHILD_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


@dataclass(frozen=True)
class EnrolmentEnd:
    """The first day away, and why."""

    left_on: date
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class EnrolmentAgain:
    """The first day back, the class, and why."""

    back_on: date
    class_id: uuid.UUID | None
    reason: str
    version: int | None = None


@operation(right="people.manage_students", name="student.leave")
def end_enrolment(actor: Actor, student: Student, given: EnrolmentEnd) -> Student:
    """Take a child off the roll as of a day; the row stays, access of the class ends with it."""
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    if given.left_on < student.from_on:
        raise Invalid("left_on", DATES)
    student.left_on = given.left_on
    return student


@operation(right="people.manage_students", name="student.return")
def enrol_again(actor: Actor, student: Student, given: EnrolmentAgain) -> Student:
    """Put a child that left back on the roll of the same school, in a class of the running year.

    `from_on` becomes the day of return: a roll of the days between does not count the child. Back on the very day of leaving,
    the child was never away, and `from_on` stays. What ended with the roll stays ended. Raises Invalid.
    """
    if student.left_on is None:
        raise Invalid("back_on", NOT_AWAY)
    group = _class_of(student, given.class_id)
    faults = _day_faults(student.left_on, given.back_on)
    if group is None:
        faults["class_id"] = NO_SUCH_CLASS
    if len(given.reason.strip()) < SHORTEST_REASON:
        faults["reason"] = WHY_BACK
    if (held := _held_elsewhere(student)) is not None:
        faults["student_no"] = held
    if faults or group is None:
        raise Invalid(faults)
    if given.back_on > student.left_on:
        student.from_on = given.back_on
    student.left_on, student.class_id, student.grade = None, group.id, group.grade
    return student


def _day_faults(left_on: date, back_on: date) -> dict[str, Sentence]:
    """Not before the child left, not ahead; a leaving that is still ahead is called off for its own day alone."""
    today = clock.today()
    if back_on > today and back_on != left_on:
        return {"back_on": AHEAD if left_on <= today else _called_off(left_on)}
    if back_on < left_on:
        return {"back_on": _called_off(left_on) if left_on > today else _too_early(left_on)}
    return {}


def _too_early(left_on: date) -> Sentence:
    return Sentence(
        f"不能早于离校的那天（{left_on}）；如果离校登记错了，就写这一天",
        f"Not before the day of leaving ({left_on}); if the leaving was recorded by mistake, write that day.",
    )


def _called_off(left_on: date) -> Sentence:
    return Sentence(
        f"登记的离校日期是 {left_on}，还没到；要取消这次离校，就写这一天",
        f"The leaving is recorded for {left_on}, which is still ahead; to call it off, write that day.",
    )


def _class_of(student: Student, class_id: uuid.UUID | None) -> SchoolClass | None:
    today = clock.today()
    found: SchoolClass | None = db.session.scalar(
        select(SchoolClass).where(
            SchoolClass.id == class_id,
            SchoolClass.school_id == student.school_id,
            SchoolClass.school_year == school_year(today.year, today.month),
        )
    )
    return found


def _held_elsewhere(student: Student) -> Sentence | None:
    """What stands against it at another school of the county, looked at while no list and nobody else moves the child.

    Only whether, not where: the context is widened to the rolls of the county for this one question.
    """
    roll = f"roll:{student.county_id}"
    if not db.session.scalar(NO_LIST_RUNS, {"what": roll}):
        return LIST_RUNS
    db.session.execute(ONE_CHILD_AT_A_TIME, {"what": f"{roll}:{student.student_no}"})
    schools = select(Unit.id).where(Unit.county_id == student.county_id, Unit.kind == "school")
    there = exists().where(
        Student.county_id == student.county_id,
        Student.student_no == student.student_no,
        Student.school_id != student.school_id,
        Student.left_on.is_(None),
    )
    before = widen(schools=tuple(db.session.scalars(schools)))
    found = db.session.scalar(select(there))
    use_context(before)
    return ELSEWHERE if found else None
