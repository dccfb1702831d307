"""The yearly list: entries put on it, changed, withdrawn."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import REASON_WANTED, SHORTEST_REASON, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.problems.operations.numbers import next_number
from app.improvement.visits.models import SupervisionEntry
from app.people.directory.models import Unit
from workflows.improvement.supervision_visit_facts import KINDS

WITHDRAWN = Sentence("这一条已经撤下，不能再改", "This entry is withdrawn and cannot be changed")


@dataclass(frozen=True)
class ListPlace:
    """Whose list it is: what the right is checked on."""

    county_id: uuid.UUID
    school_id: None = None


@dataclass(frozen=True)
class EntryIn:
    """One entry: kind, words, ground, days, schools (none means all), visits per school, branches and topics to inspect."""

    kind: str
    title: str
    basis: str
    from_on: date | None
    to_on: date | None
    schools: tuple[uuid.UUID, ...] = ()
    planned_count: int = 1
    branches: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class WithdrawIn:
    """Taking an entry off the list, with the reason."""

    reason: str
    version: int | None = None


@operation(right="visits.manage_list", name="supervision_entry.add")
def add_entry(actor: Actor, place: ListPlace, given: EntryIn) -> SupervisionEntry:
    """Put a visit on the year's list."""
    entry = SupervisionEntry(
        id=uuid7(),
        county_id=place.county_id,
        number=next_number(place.county_id, "DD", "supervision_entries"),
        written_by=actor.person_id,
    )
    _fill(entry, given)
    db.session.add(entry)
    db.session.flush()
    return entry


@operation(right="visits.manage_list", name="supervision_entry.edit")
def edit_entry(actor: Actor, entry: SupervisionEntry, given: EntryIn) -> None:
    """Change an entry; visits that cite it must still fit when they are announced."""
    if entry.withdrawn_on is not None:
        raise StepRefused((WITHDRAWN,))
    _fill(entry, given)


@operation(right="visits.manage_list", name="supervision_entry.withdraw")
def withdraw_entry(actor: Actor, entry: SupervisionEntry, given: WithdrawIn) -> None:
    """Take it off the list; visits that were announced under it go on."""
    if entry.withdrawn_on is not None:
        raise StepRefused((WITHDRAWN,))
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    entry.withdrawn_on, entry.withdrawn_reason = clock.today(), given.reason.strip()


def _fill(entry: SupervisionEntry, given: EntryIn) -> None:
    _check(entry, given)
    assert given.from_on is not None and given.to_on is not None
    entry.year = given.from_on.year
    entry.kind, entry.title, entry.basis = given.kind, given.title.strip(), given.basis.strip()
    entry.from_on, entry.to_on, entry.planned_count = given.from_on, given.to_on, given.planned_count
    entry.schools = [str(one) for one in given.schools]
    entry.branches, entry.topics = list(given.branches), list(given.topics)


def _check(entry: SupervisionEntry, given: EntryIn) -> None:
    faults: dict[str, Sentence] = {}
    if given.kind not in KINDS:
        faults["kind"] = Sentence("请选择视导类型", "Choose the kind of visit")
    if not given.title.strip():
        faults["title"] = Sentence("请写这一条叫什么", "Say what the entry is called")
    if given.kind in ("special", "project") and not given.basis.strip():
        faults["basis"] = Sentence(
            "专项和项目视导请写依据的文件", "Name the document a special or project visit rests on"
        )
    if given.from_on is None or given.to_on is None:
        faults["from_on"] = Sentence("请写从哪天到哪天", "Enter the first and the last day")
    elif given.to_on < given.from_on:
        faults["to_on"] = Sentence("结束日期早于开始日期", "The last day lies before the first")
    elif given.to_on.year != given.from_on.year:
        faults["to_on"] = Sentence("清单按年备案，请分成两条", "The list is filed by the year; make two entries of it")
    if not 1 <= given.planned_count <= 12:
        faults["planned_count"] = Sentence("每校次数在 1 到 12 之间", "Between 1 and 12 visits for each school")
    if given.schools and not _are_schools(entry, given.schools):
        faults["schools"] = Sentence("请从本县学校里选择", "Choose among the schools of the county")
    if faults:
        raise Invalid(faults)


def _are_schools(entry: SupervisionEntry, ids: tuple[uuid.UUID, ...]) -> bool:
    known = select(Unit.id).where(Unit.id.in_(ids), Unit.county_id == entry.county_id, Unit.kind == "school")
    return set(db.session.scalars(known)) == set(ids)
