"""Hand-over: everything that is open in one person's hands goes to another in one act; what was done stays theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import SHORTEST_REASON, operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.people.directory.models import Person, TeachingDuty
from app.people.directory.queries import open_work, successors
from app.people.directory.queries.terms import not_over

REASON_WANTED = Sentence("请写明移交的原因，至少 10 个字", "Say why it is handed over, in at least 10 characters.")
NOT_A_SUCCESSOR = Sentence("请选择同单位或同校在任的人", "Choose somebody who holds a role at the same unit or school.")
TAKEN_OVER: dict[type[Any], Callable[[Actor, Any, Person], None]] = {}
"""Kinds of records that ask more of who takes them over than to be their owner; raises Invalid on `successor`."""


@dataclass(frozen=True)
class HandOverIn:
    """To whom, and why; `duties` takes the classes along."""

    successor: Person
    reason: str
    duties: bool = False
    version: int | None = None


@dataclass(frozen=True)
class HandedOver:
    """What went over."""

    records: int
    assignments: int
    duties: int


@operation(right="people.hand_over", name="person.hand_over")
def hand_over(actor: Actor, person: Person, given: HandOverIn) -> HandedOver:
    """Move open records, assignments and, where wanted, classes of `person` to the successor, as of today.

    Each record gets its own line in its story. Rights do not go over: the successor must hold a role of the place.
    """
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    if given.successor.id not in {each.id for each in successors(actor, person)}:
        raise Invalid("successor", NOT_A_SUCCESSOR)
    deed = trail.current()
    records, assignments, duties = open_work(actor, person)
    for record in records:
        _note(deed, record, person, given)
        TAKEN_OVER.get(type(record), _owned)(actor, record, given.successor)
    for assignment in assignments:
        _pass_on(assignment, given)
    for duty in duties if given.duties else ():
        _pass_on(duty, given)
    moved = HandedOver(len(records), len(assignments), len(duties) if given.duties else 0)
    if deed is not None:
        deed.main.record = person
        deed.main.extra.update(to=str(given.successor.id), **vars(moved))
    return moved


def _owned(actor: Actor, record: Any, successor: Person) -> None:
    record.owner_id = successor.id


def _note(deed: trail.Act | None, record: Any, person: Person, given: HandOverIn) -> None:
    if deed is not None:
        deed.note(trail.Entry("write", "person.hand_over", record=record, reason=given.reason))


def _pass_on(term: CaseAssignment | TeachingDuty, given: HandOverIn) -> None:
    """End a term today and begin the same for the successor; one that has not begun is simply the successor's."""
    today = clock.today()
    if term.from_on > today:
        term.person_id = given.successor.id
        return
    until = term.to_on
    term.to_on = today
    shared = {"county_id": term.county_id, "school_id": term.school_id, "person_id": given.successor.id}
    if isinstance(term, CaseAssignment):
        kept: Any = CaseAssignment(**shared, entity=term.entity, record_id=term.record_id, part=term.part)
    else:
        kept = TeachingDuty(**shared, class_id=term.class_id, duty=term.duty, subject=term.subject)
    kept.from_on, kept.to_on = today, until
    if not _has(kept):
        db.session.add(kept)


def _has(kept: CaseAssignment | TeachingDuty) -> bool:
    """The successor has it already: a visit that was taken over brought its duty along."""
    if isinstance(kept, TeachingDuty):
        return False
    same = select(CaseAssignment.id).where(
        CaseAssignment.entity == kept.entity,
        CaseAssignment.record_id == kept.record_id,
        CaseAssignment.person_id == kept.person_id,
        CaseAssignment.part == kept.part,
        not_over(CaseAssignment, kept.from_on),
    )
    return db.session.scalar(same.limit(1)) is not None
