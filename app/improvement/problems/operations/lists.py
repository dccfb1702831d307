"""Drafting, submitting, approving, issuing and archiving a problem list."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, text

from app.core import clock
from app.core.casework.door import begin, follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.problems.models import ItemFinding, ListSnapshot, ProblemItem, ProblemList
from workflows.improvement.data_finding import DATA_FINDING
from workflows.improvement.problem_item import PROBLEM_ITEM
from workflows.improvement.problem_list import PROBLEM_LIST

FOLLOW_UP_DAYS = 30
"""Days between the planned follow-up data and the due date of an item (decisions §2, A8)."""


@dataclass(frozen=True)
class ListIn:
    """What starts a list. `level` is county or school; the keeping unit is the place."""

    title: str
    level: str = "county"
    cycle_id: uuid.UUID | None = None
    requirements: str = ""
    previous_id: uuid.UUID | None = None


@dataclass(frozen=True)
class ListPlace:
    """Where a list is drafted: what the right is checked on."""

    county_id: uuid.UUID
    school_id: uuid.UUID | None
    unit_id: uuid.UUID
    level: str

    @property
    def is_school_level(self) -> bool:
        """A school's own list."""
        return self.level == "school"


@dataclass(frozen=True)
class ItemIn:
    """One line of a list: everything that the approver wants to see."""

    title: str
    category: str | None = None
    domain_code: str = "teaching"
    source_type: str | None = None
    severity: str | None = None
    unit_id: uuid.UUID | None = None
    responsible_person_id: uuid.UUID | None = None
    co_units: list[str] | None = None
    subject: str | None = None
    grade: str | None = None
    indicator_id: uuid.UUID | None = None
    scope_level: str | None = None
    baseline: float | None = None
    target: float | None = None
    criteria: str = ""
    due_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class Submission:
    """A step that carries only the version of the page, and a reason where one is wanted."""

    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class IssueIn:
    """Issuing: the document number under which the list goes out."""

    document_number: str
    version: int | None = None


@dataclass(frozen=True)
class ArchiveIn:
    """Archiving: the closing summary."""

    summary: str
    version: int | None = None


@dataclass(frozen=True)
class ConversionIn:
    """Turning confirmed findings into one item of a list."""

    list_id: uuid.UUID
    item: ItemIn
    others: tuple[uuid.UUID, ...] = field(default=())
    version: int | None = None


def next_number(county_id: uuid.UUID, prefix: str, table: str) -> str:
    """The next spoken number of a county (WT-0137), taken under a lock so that two drafters never get the same."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtext(:k))"), {"k": f"{table}:{county_id}"})
    query = f"select coalesce(max(substring(number from '[0-9]+$')::int), 0) + 1 from {table} where county_id = :c"  # noqa: S608
    number: int = db.session.execute(text(query), {"c": county_id}).scalar_one()
    return f"{prefix}-{number:04d}"


@operation(PROBLEM_LIST, "draft")
def draft_list(actor: Actor, place: ListPlace, given: ListIn) -> ProblemList:
    """Begin a list of the county or of a school; a later edition carries over the items that are still open."""
    if not given.title.strip():
        raise Invalid("title", Sentence("请写清单的名称", "Give the list a title"))
    edition = 1
    number = next_number(place.county_id, "QD", "problem_lists")
    if given.previous_id is not None:
        before = db.session.get_one(ProblemList, given.previous_id)
        number, edition = before.number, before.edition + 1
    return ProblemList(
        id=uuid7(),
        level=place.level,
        number=number,
        edition=edition,
        title=given.title.strip(),
        cycle_id=given.cycle_id,
        unit_id=place.unit_id,
        owner_id=actor.person_id,
        county_id=place.county_id,
        school_id=place.school_id,
        requirements=given.requirements,
        previous_id=given.previous_id,
    )


@operation(PROBLEM_ITEM, "draft")
def add_item(actor: Actor, problem_list: ProblemList, given: ItemIn) -> ProblemItem:
    """Put a line on a list that is a draft or was returned."""
    _can_be_edited(problem_list)
    return _new_item(problem_list, given)


def _can_be_edited(problem_list: ProblemList) -> None:
    if problem_list.state not in ("draft", "returned"):
        raise Invalid(
            "", Sentence("清单已经送审或交办，不能再改", "The list is under review or issued and cannot be changed")
        )


def _new_item(problem_list: ProblemList, given: ItemIn) -> ProblemItem:
    if not given.title.strip():
        raise Invalid("title", Sentence("请用一句话写明问题", "State the problem in one sentence"))
    item = ProblemItem(
        id=uuid7(),
        number=next_number(problem_list.county_id, "WT", "problem_items"),
        list_id=problem_list.id,
        level=problem_list.level,
        county_id=problem_list.county_id,
        position=len(problem_list.items) + 1,
        title=given.title.strip(),
    )
    _fill(item, given, problem_list)
    problem_list.items.append(item)
    return item


def _fill(item: ProblemItem, given: ItemIn, problem_list: ProblemList) -> None:
    for name in (
        "category",
        "domain_code",
        "source_type",
        "severity",
        "unit_id",
        "responsible_person_id",
        "co_units",
        "subject",
        "grade",
        "indicator_id",
        "scope_level",
        "baseline",
        "target",
        "criteria",
        "due_on",
    ):
        setattr(item, name, getattr(given, name))
    item.title = given.title.strip()
    item.school_id = school_of(given.unit_id) or problem_list.school_id


def school_of(unit_id: uuid.UUID | None) -> uuid.UUID | None:
    """The school whose private row this is: the unit itself when it is a school, nothing for a department."""
    if unit_id is None:
        return None
    row = db.session.execute(text("select id, kind, parent_id from units where id = :id"), {"id": unit_id}).one()
    if row.kind == "school":
        return uuid.UUID(str(row.id))
    return uuid.UUID(str(row.parent_id)) if row.kind in ("school_group", "school_monitoring_center") else None


@operation(right="problems.edit_item", name="problem_item.edit")
def edit_item(actor: Actor, item: ProblemItem, given: ItemIn) -> ProblemItem:
    """Change a line while its list is a draft or was returned."""
    _can_be_edited(item.problem_list)
    _fill(item, given, item.problem_list)
    return item


@operation(PROBLEM_ITEM, "drop")
def drop_item(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """Take a line off a draft; it stays on record as void."""
    _can_be_edited(item.problem_list)


@operation(DATA_FINDING, "convert")
def convert_finding(actor: Actor, finding: DataFinding, given: ConversionIn) -> None:
    """Make one item of a list from one or several confirmed findings; each of them is tied to it."""
    problem_list = db.session.get_one(ProblemList, given.list_id)
    _can_be_edited(problem_list)
    item = _new_item(problem_list, given.item)
    begin(item, "draft")
    finding.problem_item_id = item.id
    db.session.add(ItemFinding(item_id=item.id, finding_id=finding.id))
    for other in db.session.scalars(select(DataFinding).where(DataFinding.id.in_(given.others))):
        db.session.add(ItemFinding(item_id=item.id, finding_id=other.id))


@operation(PROBLEM_LIST, "submit")
def submit_list(actor: Actor, problem_list: ProblemList, given: Submission) -> None:
    """Hand the list to the group head (a school list: to the principal)."""
    problem_list.opened_at = None


@operation(PROBLEM_LIST, "take_back")
def take_back_list(actor: Actor, problem_list: ProblemList, given: Submission) -> None:
    """Take it back as long as nobody has opened it."""


@operation(PROBLEM_LIST, "approve")
def approve_list(actor: Actor, problem_list: ProblemList, given: Submission) -> None:
    """Approve every line of it."""


@operation(PROBLEM_LIST, "return_list")
def return_list(actor: Actor, problem_list: ProblemList, given: Submission) -> None:
    """Send it back with the reason."""


@operation(PROBLEM_LIST, "return_approved")
def return_approved_list(actor: Actor, problem_list: ProblemList, given: Submission) -> None:
    """The office found a mistake before it went out."""


@operation(PROBLEM_LIST, "withdraw")
def withdraw_list(actor: Actor, problem_list: ProblemList, given: Submission) -> None:
    """Give the draft up."""


@operation(PROBLEM_LIST, "issue")
def issue_list(actor: Actor, problem_list: ProblemList, given: IssueIn) -> Iterator[None]:
    """Freeze what was approved, sign it, and hand every line to its unit; a new edition takes the place of the old one."""
    today = clock.today()
    problem_list.document_number, problem_list.issued_on = given.document_number.strip(), today
    content = frozen(problem_list)
    db.session.add(
        ListSnapshot(
            list_id=problem_list.id,
            content=content,
            sha256=hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
            signed_by=actor.person_id,
            county_id=problem_list.county_id,
            school_id=problem_list.school_id,
        )
    )
    db.session.flush()
    yield
    for item in problem_list.items:
        if item.state == "draft":
            item.issued_on = today
            follow(item, "issue")
    _supersede_previous(problem_list)
    _start_improving(problem_list)


def _supersede_previous(problem_list: ProblemList) -> None:
    if problem_list.previous_id is not None:
        before = db.session.get_one(ProblemList, problem_list.previous_id)
        for item in before.items:
            if not item.is_settled:
                item.list_id = problem_list.id
        if before.state in ("issued", "in_progress"):
            follow(before, "supersede")


def _in_two_years(day: date) -> date:
    """24 months of improvement follow a release: 一年监测，两年改进."""
    return day.replace(year=day.year + 2, day=min(day.day, 28))


def _start_improving(problem_list: ProblemList) -> None:
    """The first issued list of a round begins its improvement period (A1)."""
    if problem_list.cycle_id is None:
        return
    cycle = db.session.get_one(MonitoringCycle, problem_list.cycle_id)
    if cycle.state == "released":
        cycle.improve_until = cycle.improve_until or _in_two_years(clock.today())
        follow(cycle, "begin_improving")


def frozen(problem_list: ProblemList) -> dict[str, Any]:
    """What is signed: the list and its lines as they stand."""
    names = (
        "number",
        "title",
        "category",
        "source_type",
        "severity",
        "subject",
        "grade",
        "baseline",
        "target",
        "criteria",
    )
    return {
        "list": [problem_list.number, problem_list.edition, problem_list.title, problem_list.document_number],
        "items": [
            {name: getattr(item, name) for name in names}
            | {"unit": str(item.unit_id), "person": str(item.responsible_person_id), "due": str(item.due_on)}
            for item in problem_list.items
            if item.state != "void"
        ],
    }


@operation(PROBLEM_LIST, "archive")
def archive_list(actor: Actor, problem_list: ProblemList, given: ArchiveIn) -> None:
    """Put a finished list away with its summary."""
    problem_list.summary = given.summary.strip()


@operation(right="problems.open_list", name="problem_list.open")
def mark_opened(actor: Actor, problem_list: ProblemList, given: None = None) -> None:
    """The approver has opened what was submitted: from now on it cannot be taken back (G6)."""
    problem_list.opened_at = problem_list.opened_at or clock.now()
