"""What happens to an issued item: signing, objection, diagnosis, evaluation, suspension, voiding."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.assignments import CaseAssignment
from app.improvement.problems.models import Cause, ItemRemark, OnsiteCheck, ProblemItem
from app.improvement.problems.operations.lists import Submission, school_of
from workflows.improvement.problem_item import PROBLEM_ITEM


@dataclass(frozen=True)
class AcceptIn:
    """Signing for an item: who does the daily work, and who stands in."""

    handler_id: uuid.UUID | None
    deputy_id: uuid.UUID | None
    version: int | None = None


@dataclass(frozen=True)
class ContestIn:
    """Objecting: why, and what shows it (links or stored files)."""

    grounds: str
    files: tuple[dict[str, Any], ...] = field(default=())
    version: int | None = None


@dataclass(frozen=True)
class ReassignIn:
    """Deciding an objection by giving the item to another unit and person."""

    unit_id: uuid.UUID | None
    responsible_person_id: uuid.UUID | None
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True)
class CauseIn:
    """One cause of the analysis."""

    category: str
    statement: str
    controllable: bool | None
    evidence_note: str = ""
    five_whys: str = ""


@dataclass(frozen=True)
class SuspendIn:
    """Suspending: why, and when the work goes on."""

    resume_on: date | None
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True)
class ExtendIn:
    """Waiting once for data that come later."""

    new_data_on: date | None
    due_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class RemarkIn:
    """A message on an item."""

    text: str
    part: str = "comment"


@dataclass(frozen=True)
class OnsiteIn:
    """What was seen on the spot."""

    checked_on: date
    place: str
    seen: str
    remarks: str


@operation(PROBLEM_ITEM, "accept")
def accept_item(actor: Actor, item: ProblemItem, given: AcceptIn) -> Iterator[None]:
    """The unit signs for the item and names a handler and a deputy; the list is in progress from the first signature on."""
    _name_handler(item, given.handler_id, given.deputy_id)
    item.accepted_on = item.accepted_on or clock.today()
    yield
    if item.problem_list.state == "issued":
        follow(item.problem_list, "start")


def _name_handler(item: ProblemItem, handler_id: uuid.UUID | None, deputy_id: uuid.UUID | None) -> None:
    today = clock.today()
    for open_duty in db.session.scalars(
        select(CaseAssignment).where(
            CaseAssignment.record_id == item.id,
            CaseAssignment.part.in_(("handler", "deputy")),
            CaseAssignment.to_on.is_(None),
        )
    ):
        open_duty.to_on = today
    item.owner_id, item.deputy_id, item.handler_named_at = handler_id, deputy_id, clock.now()
    for part, person in (("handler", handler_id), ("deputy", deputy_id)):
        if person is not None:
            db.session.add(
                CaseAssignment(
                    entity=ProblemItem.__tablename__,
                    record_id=item.id,
                    person_id=person,
                    part=part,
                    from_on=today,
                    county_id=item.county_id,
                    school_id=item.school_id,
                )
            )


@operation(right="problems.name_handler", name="problem_item.name_handler")
def name_handler(actor: Actor, item: ProblemItem, given: AcceptIn) -> None:
    """Name another handler or deputy: somebody left, or the item was taken up again."""
    if given.handler_id is None or given.handler_id == given.deputy_id:
        raise Invalid(
            "handler_id",
            Sentence("请指定经办人和一名替补，两人不能相同", "Name a handler and a deputy, two different persons"),
        )
    _name_handler(item, given.handler_id, given.deputy_id)


@operation(PROBLEM_ITEM, "contest")
def contest_item(actor: Actor, item: ProblemItem, given: ContestIn) -> None:
    """The unit objects, with its grounds and what shows them."""
    item.objection_grounds, item.objection_files = given.grounds.strip(), list(given.files)
    item.contested_unit_id = item.unit_id


@operation(PROBLEM_ITEM, "uphold")
def uphold_item(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The office keeps the item where it is."""


@operation(PROBLEM_ITEM, "reassign")
def reassign_item(actor: Actor, item: ProblemItem, given: ReassignIn) -> None:
    """The office gives the item to another unit."""
    item.unit_id, item.responsible_person_id = given.unit_id, given.responsible_person_id
    item.school_id = school_of(given.unit_id)
    item.accepted_on = None


@operation(PROBLEM_ITEM, "start_diagnosis")
def start_diagnosis(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The handler begins to look for causes."""


@operation(right="problems.diagnose_item", name="problem_item.add_cause")
def add_cause(actor: Actor, item: ProblemItem, given: CauseIn) -> None:
    """Write down one cause of the present analysis."""
    if item.state not in ("accepted", "diagnosing", "planning"):
        raise Invalid("", Sentence("这一步不再改归因诊断", "The cause analysis is closed at this step"))
    if not given.statement.strip():
        raise Invalid("statement", Sentence("请写明原因", "State the cause"))
    db.session.add(
        Cause(
            item_id=item.id,
            iteration=item.iteration,
            category=given.category,
            statement=given.statement.strip(),
            controllable=given.controllable,
            evidence_note=given.evidence_note.strip(),
            five_whys=given.five_whys.strip(),
            added_by=actor.person_id,
            county_id=item.county_id,
            school_id=item.school_id,
        )
    )


@operation(right="problems.diagnose_item", name="problem_item.remove_cause")
def remove_cause(actor: Actor, item: ProblemItem, given: uuid.UUID) -> None:
    """Take a cause of the present analysis away again while it is being written."""
    cause = next((c for c in item.causes if c.id == given), None)
    if cause is None or item.state not in ("accepted", "diagnosing"):
        raise Invalid("", Sentence("这条原因已经定下，不能删除", "This cause is settled and cannot be removed"))
    item.all_causes.remove(cause)
    db.session.delete(cause)


@operation(PROBLEM_ITEM, "finish_diagnosis")
def finish_diagnosis(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The causes are complete; a plan is next."""


@operation(PROBLEM_ITEM, "diagnose_again")
def diagnose_again(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """A reopened item begins its next round with a new analysis, tied to the rounds before."""
    item.iteration += 1
    item.outcome, item.rationale_accepted, item.effect_not_measurable = None, False, False
    item.accepted_on, item.closed_on = clock.today(), None


@operation(PROBLEM_ITEM, "start_evaluation")
def start_evaluation(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """All measures have ended; the effect is evaluated."""


@operation(PROBLEM_ITEM, "ask_for_closure")
def ask_for_closure(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The decided effect allows closing; the request itself is drawn up in the effects feature."""


@operation(PROBLEM_ITEM, "plan_again")
def plan_again(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """No change, or worse: the next plan is linked to this one, nothing is closed."""
    item.outcome, item.rationale_accepted = None, False


@operation(PROBLEM_ITEM, "extend")
def extend_item(actor: Actor, item: ProblemItem, given: ExtendIn) -> None:
    """Evidence is insufficient: wait once for newer data."""
    item.new_data_on = given.new_data_on
    item.due_on = given.due_on or item.due_on


@operation(PROBLEM_ITEM, "suspend")
def suspend_item(actor: Actor, item: ProblemItem, given: SuspendIn) -> None:
    """Stop the clock until a day within 180 days."""
    item.resume_on = given.resume_on


@operation(PROBLEM_ITEM, "resume")
def resume_item(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """Go on where the item was before it was suspended."""
    item.resume_on, item.source_withdrawn_on = None, None


@operation(PROBLEM_ITEM, "void")
def void_item(actor: Actor, item: ProblemItem, given: Submission) -> Iterator[None]:
    """Wrong or twice on the list: the item ends here, and its list may be complete."""
    yield
    complete_if_settled(item)


def complete_if_settled(item: ProblemItem) -> None:
    """The list is complete once its last item is closed or void; inside an act."""
    held = item.problem_list
    db.session.refresh(held, ["items"])
    if held.state in ("issued", "in_progress") and all(one.is_settled for one in held.items):
        follow(held, "complete")


@operation(right="problems.comment_item", name="problem_item.remark")
def remark(actor: Actor, item: ProblemItem, given: RemarkIn) -> None:
    """Leave a message on the item."""
    if not given.text.strip():
        raise Invalid("text", Sentence("请写留言", "Write a message"))
    db.session.add(
        ItemRemark(
            item_id=item.id,
            part=given.part,
            text=given.text.strip()[:1000],
            written_by=actor.person_id,
            county_id=item.county_id,
            school_id=item.school_id,
        )
    )


@operation(right="problems.check_onsite", name="problem_item.check_onsite")
def check_onsite(actor: Actor, item: ProblemItem, given: OnsiteIn) -> None:
    """Record what somebody who does not do the work saw on the spot."""
    if actor.person_id in (item.owner_id, item.deputy_id, item.responsible_person_id):
        raise Invalid("", Sentence("经办人不能核查自己的问题项", "The handler cannot check the item on site"))
    if given.checked_on > clock.today():
        raise Invalid("checked_on", Sentence("核查日期不能晚于今天", "The day of the check cannot be in the future"))
    db.session.add(
        OnsiteCheck(
            item_id=item.id,
            checked_on=given.checked_on,
            place=given.place.strip(),
            seen=given.seen,
            remarks=given.remarks.strip(),
            checked_by=actor.person_id,
            county_id=item.county_id,
            school_id=item.school_id,
        )
    )


@operation(right="system", name="problem_item.source_withdrawn")
def suspend_for_withdrawal(actor: Actor, cycle: Any, given: list[uuid.UUID]) -> None:
    """The data of a round were withdrawn: its open items are suspended until a person decides; taken by SYSTEM."""
    assert actor is SYSTEM
    for item in db.session.scalars(select(ProblemItem).where(ProblemItem.id.in_(given))):
        item.source_withdrawn_on = clock.today()
        follow(item, "suspend_for_withdrawal")
