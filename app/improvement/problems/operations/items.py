"""What happens to an issued item: signing, objection, diagnosis, evaluation, suspension, voiding."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, text

from app.core import calendar, clock
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.casework.door import follow, operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.diagnosis import CauseIn as CauseIn
from app.improvement.problems.operations.diagnosis import add_cause as add_cause
from app.improvement.problems.operations.diagnosis import change_cause as change_cause
from app.improvement.problems.operations.diagnosis import remove_cause as remove_cause
from app.improvement.problems.operations.drafting import Submission, school_of
from app.improvement.problems.operations.due_dates import due_for_another_round
from app.improvement.problems.operations.hand_offs import end_help, hand, holder_of
from app.improvement.problems.operations.handlers import AcceptIn as AcceptIn
from app.improvement.problems.operations.handlers import name_handler as name_handler
from app.improvement.problems.operations.handlers import name_handlers
from workflows.improvement.problem_item import EVALUATING, PROBLEM_ITEM


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
class PlanAgainIn(Submission):
    """Asking for a new plan: with the new due date where the old one leaves no room for it."""

    due_on: date | None = None


@dataclass(frozen=True)
class VoidIn:
    """Voiding: why, and the number typed once more, so that the right item ends."""

    number: str
    reason: str = ""
    version: int | None = None


@operation(PROBLEM_ITEM, "accept")
def accept_item(actor: Actor, item: ProblemItem, given: AcceptIn) -> Iterator[None]:
    """The unit signs for the item and names a handler and a deputy; the list is in progress from the first signature on."""
    name_handlers(item, given)
    item.accepted_on = clock.today()
    yield
    _wait_for_others(item)
    if item.problem_list.state == "issued":
        follow(item.problem_list, "start")


def _wait_for_others(item: ProblemItem) -> None:
    """Items of one list that move at the same moment go on one after the other, each seeing what the last one did."""
    held = item.problem_list
    db.session.flush()
    db.session.execute(text("select pg_advisory_xact_lock(hashtext(:key))"), {"key": f"problem_list:{held.id}"})
    db.session.refresh(held, ["state", "version"])


@operation(PROBLEM_ITEM, "contest")
def contest_item(actor: Actor, item: ProblemItem, given: ContestIn) -> None:
    """The unit objects, with its grounds and what shows them."""
    item.objection_grounds, item.objection_files = given.grounds.strip(), list(given.files)
    item.contested_unit_id = item.unit_id
    hand(actor, item, holder_of(item), item.problem_list.unit_id, "contested", given.grounds)


@operation(PROBLEM_ITEM, "uphold")
def uphold_item(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The office keeps the item where it is."""
    hand(actor, item, item.problem_list.unit_id, item.unit_id, "upheld", given.reason or "")


@operation(PROBLEM_ITEM, "reassign")
def reassign_item(actor: Actor, item: ProblemItem, given: ReassignIn) -> Iterator[None]:
    """The office gives the item to another unit and person; the unit that objected is told, for it no longer sees it."""
    if given.responsible_person_id is None:
        raise Invalid("responsible_person_id", Sentence("请选择新的责任人", "Choose the responsible person"))
    if item.is_school_level:
        raise Invalid("unit_id", Sentence("校级清单的问题项由本校负责", "Items of a school list are the school's own"))
    former = item.unit_id
    item.unit_id, item.responsible_person_id = given.unit_id, given.responsible_person_id
    item.school_id = school_of(given.unit_id)
    item.accepted_on = None
    hand(actor, item, item.problem_list.unit_id, given.unit_id, "reassigned", given.reason)
    yield
    post("item_reassigned", item, former=former)


@operation(PROBLEM_ITEM, "start_diagnosis")
def start_diagnosis(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The handler begins to look for causes."""


@operation(PROBLEM_ITEM, "finish_diagnosis")
def finish_diagnosis(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The causes are complete; a plan is next."""


@operation(PROBLEM_ITEM, "diagnose_again")
def diagnose_again(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """A reopened item begins its next round with a new analysis, tied to the rounds before."""
    item.iteration += 1
    item.accepted_on, item.closed_on = clock.today(), None
    _forget_outcome(item)


@operation(PROBLEM_ITEM, "start_evaluation")
def start_evaluation(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """All measures have ended; the effect is evaluated."""
    post("item_moved.effects", item)


@operation(PROBLEM_ITEM, "ask_for_closure")
def ask_for_closure(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """The decided effect allows closing; the request itself is drawn up in the effects feature."""
    post("item_moved.effects", item)


@operation(PROBLEM_ITEM, "plan_again")
def plan_again(actor: Actor, item: ProblemItem, given: Submission) -> Iterator[None]:
    """No change, worse, or not enough: the next plan is linked to this one and has time to work, nothing is closed."""
    item.due_on = due_for_another_round(item, given.due_on if isinstance(given, PlanAgainIn) else None)
    yield
    _forget_outcome(item)
    post("item_moved.effects", item)


@operation(PROBLEM_ITEM, "extend")
def extend_item(actor: Actor, item: ProblemItem, given: ExtendIn) -> Iterator[None]:
    """Evidence is insufficient: wait once for newer data, which are then judged afresh."""
    if given.new_data_on is not None and given.new_data_on <= clock.today():
        raise Invalid("new_data_on", Sentence("新数据的日期要晚于今天", "The new data must come after today"))
    if given.due_on is not None and given.new_data_on is not None and given.due_on < given.new_data_on:
        raise Invalid("due_on", Sentence("完成期限不能早于新数据的日期", "The due date lies before the new data"))
    item.new_data_on = given.new_data_on
    item.due_on = given.due_on or item.due_on
    yield
    _forget_outcome(item)
    renew_clocks(item)
    post("item_extended.effects", item)


def _forget_outcome(item: ProblemItem) -> None:
    """What was decided led on from here; the next evaluation is decided by itself."""
    item.outcome, item.rationale_accepted, item.effect_not_measurable = None, False, False
    item.closable_on, item.unresolved_on = None, None


def renew_clocks(item: ProblemItem) -> None:
    """Start the clocks of the present state again from the dates the item carries now; inside an act.

    For dates that come while the item stays where it is: the decided outcome, a new due date.
    """
    db.session.flush()
    days, now = deadlines.work_calendar(), clock.now()
    running = select(Deadline).where(Deadline.record_id == item.id, Deadline.closed_at.is_(None))
    held = {row.name: row for row in db.session.scalars(running)}
    for declared in item.standing.deadlines:
        due_at, name = calendar.due_at(declared, now, item, days), f"{item.state}.{declared.code}"
        before = held.get(name)
        if before is not None and before.due_at == due_at:
            continue
        if before is not None:
            before.closed_at = now
        if due_at is not None:
            deadlines.start(item, name, due_at, calendar.rungs(declared, now, due_at, days), declared.met_by)


@operation(PROBLEM_ITEM, "suspend")
def suspend_item(actor: Actor, item: ProblemItem, given: SuspendIn) -> None:
    """Stop the clock until a day within 180 days."""
    item.resume_on = given.resume_on
    if item.state == EVALUATING.code:
        post("item_moved.effects", item)


@operation(PROBLEM_ITEM, "resume")
def resume_item(actor: Actor, item: ProblemItem, given: Submission) -> None:
    """Go on where the item was before it was suspended."""
    item.resume_on, item.source_withdrawn_on = None, None
    if item.previous_state == EVALUATING.code:
        post("item_moved.effects", item)


@operation(PROBLEM_ITEM, "void")
def void_item(actor: Actor, item: ProblemItem, given: VoidIn | Submission) -> Iterator[None]:
    """Wrong or twice on the list: the item ends here with its plans and evaluations, and its list may be complete."""
    if isinstance(given, VoidIn) and given.number.strip().upper() != item.number:
        raise Invalid("number", Sentence(f"请输入编号 {item.number}", f"Type the number {item.number}"))
    yield
    post("item_voided.plans", item)
    post("item_voided.effects", item)
    complete_if_settled(item)


def complete_if_settled(item: ProblemItem) -> None:
    """Nobody helps with what is closed or void, and the list is complete with its last such item; inside an act."""
    held = item.problem_list
    end_help(item.id)
    _wait_for_others(item)
    lines = select(ProblemItem).where(ProblemItem.list_id == held.id).execution_options(populate_existing=True)
    db.session.scalars(lines).all()
    db.session.refresh(held, ["items"])
    if held.state in ("issued", "in_progress") and held.items and all(one.is_settled for one in held.items):
        follow(held, "complete")


@operation(right="system", name="problem_item.source_withdrawn")
def suspend_for_withdrawal(actor: Actor, cycle: Any, given: list[uuid.UUID]) -> None:
    """The data of a round were withdrawn: its open items are suspended until a person decides; taken by SYSTEM."""
    at_work = PROBLEM_ITEM.step("suspend_for_withdrawal").sources
    for item in db.session.scalars(select(ProblemItem).where(ProblemItem.id.in_(given)).order_by(ProblemItem.id)):
        if item.source_withdrawn_on is None and not item.is_settled:
            item.source_withdrawn_on = clock.today()
            if item.standing in at_work:
                if item.state == EVALUATING.code:
                    post("item_moved.effects", item)
                follow(item, "suspend_for_withdrawal")
