"""Students who leave the roll."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.casework.door import SHORTEST_REASON, operation
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.people.directory.models import Student

REASON_WANTED = Sentence("请写明离校的原因，至少 10 个字", "Say why the student leaves, in at least 10 characters.")
DATES = Sentence("离校日期不能早于入校日期", "The student cannot leave before having come.")


@dataclass(frozen=True)
class EnrolmentEnd:
    """The first day away, and why."""

    left_on: date
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
