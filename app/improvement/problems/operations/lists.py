"""Beginning a problem list, submitting, approving, issuing and archiving it; its lines are drafted in `drafting`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.casework.opening import note_opened
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.problems.models import ProblemList
from app.improvement.problems.models.reopenings import two_years_after
from app.improvement.problems.operations.drafting import ConversionIn as ConversionIn
from app.improvement.problems.operations.drafting import ItemIn as ItemIn
from app.improvement.problems.operations.drafting import Submission, must_be_open
from app.improvement.problems.operations.drafting import add_item as add_item
from app.improvement.problems.operations.drafting import convert_finding as convert_finding
from app.improvement.problems.operations.drafting import edit_item as edit_item
from app.improvement.problems.operations.freezing import freeze
from app.improvement.problems.operations.numbers import next_number as next_number
from workflows import engine
from workflows.improvement.problem_list import PROBLEM_LIST


@dataclass(frozen=True)
class ListIn:
    """What starts a list. `level` is county or school; the keeping unit is the place."""

    title: str
    level: str = "county"
    cycle_id: uuid.UUID | None = None
    requirements: str = ""
    previous_id: uuid.UUID | None = None
    version: int | None = None


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
class IssueIn:
    """Issuing: the document number under which the list goes out."""

    document_number: str
    version: int | None = None


@dataclass(frozen=True)
class ArchiveIn:
    """Archiving: the closing summary."""

    summary: str
    version: int | None = None


@operation(PROBLEM_LIST, "draft")
def draft_list(actor: Actor, place: ListPlace, given: ListIn) -> ProblemList:
    """Begin a list of the county or of a school; a later edition takes over the open items of the one before at issue."""
    if not given.title.strip():
        raise Invalid("title", Sentence("请写清单的名称", "Give the list a title"))
    if given.previous_id is not None:
        number, edition = _next_edition(actor, given.previous_id)
    else:
        number, edition = next_number(place.county_id, "XQ" if place.is_school_level else "QD"), 1
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
        requirements=given.requirements.strip(),
        previous_id=given.previous_id,
        items=[],
    )


def _next_edition(actor: Actor, previous_id: uuid.UUID) -> tuple[str, int]:
    before = db.session.scalar(select(ProblemList).where(ProblemList.id == previous_id).with_for_update())
    if before is None or before.state not in ("issued", "in_progress"):
        raise Invalid("", Sentence("只有已交办的清单才有下一版", "Only an issued list has a next edition"))
    decide.require(actor, PROBLEM_LIST.step("draft").right_for(before) or "", before)
    begun = db.session.scalar(
        select(ProblemList.edition).where(ProblemList.previous_id == before.id, ProblemList.state != "withdrawn")
    )
    if begun is not None:
        raise Invalid("", Sentence(f"第 {begun} 版已经在起草", f"Edition {begun} is being drafted already"))
    last = db.session.scalar(
        select(ProblemList.edition)
        .where(ProblemList.county_id == before.county_id, ProblemList.number == before.number)
        .order_by(ProblemList.edition.desc())
        .limit(1)
    )
    return before.number, (last or before.edition) + 1


@operation(right="problems.edit_list", name="problem_list.edit")
def edit_list(actor: Actor, problem_list: ProblemList, given: ListIn) -> None:
    """Change title, round or requirements of a draft."""
    must_be_open(actor, problem_list)
    if not given.title.strip():
        raise Invalid("title", Sentence("请写清单的名称", "Give the list a title"))
    problem_list.title, problem_list.requirements = given.title.strip(), given.requirements.strip()
    problem_list.cycle_id = given.cycle_id


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
def withdraw_list(actor: Actor, problem_list: ProblemList, given: Submission) -> Iterator[None]:
    """Give the draft up; its lines are taken off, so that their findings may be cited elsewhere."""
    yield
    for item in list(problem_list.items):
        if item.state == "draft":
            follow(item, "drop", "所在清单不再送审")
    db.session.expire(problem_list, ["items"])


@operation(PROBLEM_LIST, "issue")
def issue_list(actor: Actor, problem_list: ProblemList, given: IssueIn) -> Iterator[None]:
    """Freeze what was approved, sign it, and hand every line to its unit; a new edition takes the place of the old one."""
    if problem_list.state != "approved":  # a second click: refused in words before anything is frozen again
        engine.landing(PROBLEM_LIST, problem_list.state, PROBLEM_LIST.step("issue"), problem_list)
    problem_list.document_number, problem_list.issued_on = given.document_number.strip(), clock.today()
    _take_over_open_items(problem_list)
    freeze(actor, problem_list)
    yield
    for item in problem_list.items:
        if item.state == "draft":
            item.issued_on = clock.today()
            follow(item, "issue")
    _supersede_previous(problem_list)
    if any(item.was_accepted for item in problem_list.items):
        follow(problem_list, "start")
    _start_improving(problem_list)
    post("list_issued", problem_list, queue="heavy")


def _take_over_open_items(problem_list: ProblemList) -> None:
    """What is still open on the edition before stands behind the new lines."""
    if problem_list.previous_id is None:
        return
    before = db.session.get_one(ProblemList, problem_list.previous_id, with_for_update={"of": ProblemList})
    last = max((one.position for one in problem_list.items), default=0)
    for item in [one for one in before.items if not one.is_settled]:
        last += 1
        item.problem_list, item.position = problem_list, last
    db.session.flush()
    db.session.refresh(problem_list, ["items"])


def _supersede_previous(problem_list: ProblemList) -> None:
    if problem_list.previous_id is None:
        return
    before = db.session.get_one(ProblemList, problem_list.previous_id)
    if before.state in ("issued", "in_progress"):
        follow(before, "supersede")


def _start_improving(problem_list: ProblemList) -> None:
    """The first issued list of a round begins its improvement period: 24 months from its release (A1)."""
    if problem_list.cycle_id is None or problem_list.is_school_level:
        return
    cycle = db.session.get_one(MonitoringCycle, problem_list.cycle_id)
    if cycle.state == "released":
        cycle.improve_until = cycle.improve_until or two_years_after(cycle.released_on or clock.today())
        follow(cycle, "begin_improving")


@operation(PROBLEM_LIST, "archive")
def archive_list(actor: Actor, problem_list: ProblemList, given: ArchiveIn) -> Iterator[None]:
    """Put a finished list away with its summary; the plans of its items go with it."""
    problem_list.summary = given.summary.strip()
    yield
    post("list_archived.plans", problem_list)


@operation(right="problems.open_list", name="problem_list.open")
def mark_opened(actor: Actor, problem_list: ProblemList, given: None = None) -> None:
    """The approver has opened what was submitted: from now on it cannot be taken back (G6)."""
    decide.require(actor, PROBLEM_LIST.step("approve").right_for(problem_list) or "", problem_list)
    if problem_list.state == "under_review":
        note_opened(problem_list)
