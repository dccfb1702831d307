"""Registering a record with the facts that it cites, changing the draft, giving it up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.core.casework.door import operation
from app.core.database import uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.accountability.models import AccountabilityFact, AccountabilityRecord
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.problems.operations.numbers import next_number
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD

NOTICED = Sentence("已经送达告知书，不能再改", "Notice was given; it cannot be changed")
NO_MEASURE = Sentence("请选择拟作出的处理", "Choose the measure that is considered")
MOST_FACTS = 30
TOO_MANY = Sentence("最多引用 30 条事实", "At most 30 facts can be cited")
PREFIXES = {"accountability": "WZ", "commendation": "BZ"}


@dataclass(frozen=True)
class RecordPlace:
    """The unit concerned: what the right is checked on."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: uuid.UUID | None
    owner_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Cited:
    """A record of the system: item, finding, evaluation or closure, its id, and what it says today."""

    kind: str
    record_id: uuid.UUID
    said: str


@dataclass(frozen=True)
class RecordIn:
    """What is registered: kind, subject, what happened, the rule, the measure considered, the person, the facts."""

    title: str
    account: str = ""
    basis: str = ""
    measure: str | None = None
    kind: str = "accountability"
    person_id: uuid.UUID | None = None
    facts: tuple[Cited, ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class RecordStep:
    """A step with version and reason."""

    version: int | None = None
    reason: str | None = None


@operation(ACCOUNTABILITY_RECORD, "draft")
def draft_record(actor: Actor, place: RecordPlace, given: RecordIn) -> AccountabilityRecord:
    """Register one about a unit. Raises Invalid for a measure of the other kind."""
    assert actor.person_id is not None
    record = AccountabilityRecord(
        id=uuid7(),
        county_id=place.county_id,
        school_id=place.school_id,
        unit_id=place.unit_id,
        owner_id=actor.person_id,
        kind=given.kind,
        number=next_number(place.county_id, PREFIXES[given.kind], "accountability_records"),
        facts=[],
        seats=[],
    )
    _write(record, given)
    return record


@operation(right="accountability.draft_record", name="accountability_record.write")
def write_record(actor: Actor, record: AccountabilityRecord, given: RecordIn) -> None:
    """Change the draft; its kind stays. Raises StepRefused once notice was given, Invalid."""
    if record.state != "draft":
        raise StepRefused((NOTICED,))
    _write(record, given)


@operation(ACCOUNTABILITY_RECORD, "cancel")
def cancel_record(actor: Actor, record: AccountabilityRecord, given: RecordStep) -> None:
    """Give the draft up; nobody was told of it."""


def _write(record: AccountabilityRecord, given: RecordIn) -> None:
    allowed = {one.code for one in accountability_numbers().measures_of(record.kind)}
    if given.measure and given.measure not in allowed:
        raise Invalid("measure", NO_MEASURE)
    if len(given.facts) > MOST_FACTS:
        raise Invalid("facts", TOO_MANY)
    record.title, record.account, record.basis = given.title.strip(), given.account.strip(), given.basis.strip()
    record.measure, record.person_id = given.measure or None, given.person_id
    _cite(record, given.facts)


def _cite(record: AccountabilityRecord, facts: tuple[Cited, ...]) -> None:
    """Keep what is cited already, with the words of that day; add what is new, drop what is left out."""
    there = {(fact.source_kind, getattr(fact, f"{fact.source_kind}_id")): fact for fact in record.facts}
    wanted = {(one.kind, one.record_id): one for one in facts}
    for key, fact in there.items():
        if key not in wanted:
            record.facts.remove(fact)
    for position, (key, one) in enumerate(wanted.items()):
        cited = there.get(key)
        if cited is None:
            cited = AccountabilityFact(
                county_id=record.county_id, school_id=record.school_id, said=one.said[:300], **{f"{one.kind}_id": one.record_id}
            )  # fmt: skip
            record.facts.append(cited)
        cited.position = position
