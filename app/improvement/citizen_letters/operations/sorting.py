"""What the office does with a letter: to an inspector, to a department, not accepted, merged, or to another person again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.casework.deadlines import work_calendar
from app.core.casework.door import follow, operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.numbers import letter_numbers
from app.improvement.citizen_letters.operations.answering import answer_merged
from app.people.directory.models import RoleAssignment, Unit
from app.people.identity.terms import running
from workflows.improvement.citizen_letter import CITIZEN_LETTER

NOT_IN_OFFICE = Sentence("请选择在岗的督学或评价员", "Choose an inspector or evaluator in office")
NO_DEPARTMENT = Sentence("请选择本县的科室", "Choose a department of the county")
ANSWERERS = ("inspector", "evaluator")


@dataclass(frozen=True)
class AssignIn:
    """Who answers."""

    person_id: uuid.UUID | None
    version: int | None = None


@dataclass(frozen=True)
class PassIn:
    """Which department answers."""

    unit_id: uuid.UUID | None
    version: int | None = None


@dataclass(frozen=True)
class RefuseIn:
    """Why not, from the list, and where the writer is to turn (the reason)."""

    ground: str
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class MergeIn:
    """The letter that carries on what this one says."""

    first_id: uuid.UUID | None
    version: int | None = None


@operation(CITIZEN_LETTER, "assign")
def assign_letter(actor: Actor, letter: CitizenLetter, given: AssignIn) -> None:
    """Give it to an inspector: the school's own, who must not belong to the school."""
    _to_person(letter, given.person_id, ("inspector",), letter_numbers().answer_days)


@operation(CITIZEN_LETTER, "assign_again")
def assign_again(actor: Actor, letter: CitizenLetter, given: AssignIn) -> None:
    """After a bad rating another person answers."""
    _to_person(letter, given.person_id, ANSWERERS, letter_numbers().second_answer_days)


@operation(CITIZEN_LETTER, "pass_on")
def pass_letter_on(actor: Actor, letter: CitizenLetter, given: PassIn) -> None:
    """Give it to the department whose matter it is."""
    unit = db.session.get(Unit, given.unit_id) if given.unit_id else None
    if unit is None or unit.kind != "department" or unit.county_id != letter.county_id:
        raise Invalid("unit", NO_DEPARTMENT)
    letter.unit_id, letter.owner_id = unit.id, None
    _due(letter, letter_numbers().answer_days)


@operation(CITIZEN_LETTER, "refuse")
def refuse_letter(actor: Actor, letter: CitizenLetter, given: RefuseIn) -> None:
    """Say why it is not accepted and where to turn."""
    letter.refusal, letter.refusal_note = given.ground, given.reason.strip()[:300]


@operation(CITIZEN_LETTER, "merge")
def merge_letter(actor: Actor, letter: CitizenLetter, given: MergeIn) -> Iterator[None]:
    """Let another letter carry on what this one says; its answer is given to this writer too."""
    first = db.session.get(CitizenLetter, given.first_id) if given.first_id else None
    letter.merged_into, letter.merged_into_id = first, first.id if first else None
    yield
    if letter.first_is_answered and first is not None:
        answer_merged(first, [letter])
        follow(letter, "answer_with_first")


def _to_person(letter: CitizenLetter, person_id: uuid.UUID | None, roles: tuple[str, ...], days: int) -> None:
    in_office = select(RoleAssignment.id).where(
        RoleAssignment.person_id == person_id,
        RoleAssignment.county_id == letter.county_id,
        RoleAssignment.role.in_(roles),
        running(RoleAssignment, clock.today()),
    )
    if person_id is None or db.session.scalar(in_office.limit(1)) is None:
        raise Invalid("person", NOT_IN_OFFICE)
    letter.owner_id, letter.unit_id = person_id, None
    _due(letter, days)


def _due(letter: CitizenLetter, days: int) -> None:
    letter.answer_by = add_working_days(clock.today(), days, work_calendar().overrides)
