"""Taking up a closed item again: proposed by a person or by the system, decided by the office or the group head."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from app.core import clock
from app.core.casework.door import begin, follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.operations.drafting import Submission
from workflows.improvement.reopening import REOPENING

GAP_LEFT = Sentence(
    "佐证判定失实后，它的证据链已经断开，不能维持销号。请同意重新打开",
    "After evidence was judged false its chain is broken, so it cannot stay closed. Approve the reopening",
)
PROPOSED_ALREADY = Sentence(
    "已经有人提议重新打开，等待决定", "A reopening is proposed already and waits for its decision"
)


@dataclass(frozen=True)
class ReopeningIn:
    """Why a closed item should be taken up again."""

    trigger: str
    reason: str
    finding_id: uuid.UUID | None = None
    version: int | None = None


@dataclass(frozen=True)
class DecisionIn(Submission):
    """Approving: with the new due date where the old one has passed."""

    due_on: date | None = None


def new_reopening(item: ProblemItem, given: ReopeningIn, proposed_by: uuid.UUID | None) -> Reopening:
    """The record itself, not yet kept."""
    return Reopening(
        id=uuid7(),
        item_id=item.id,
        item=item,
        unit_id=item.unit_id,
        trigger=given.trigger,
        grounds=given.reason.strip(),
        finding_id=given.finding_id,
        proposed_by=proposed_by,
        county_id=item.county_id,
        school_id=item.school_id,
    )


def is_proposed(item_id: uuid.UUID) -> bool:
    """Whether a proposal for the item waits for its decision."""
    open_one = exists().where(Reopening.item_id == item_id, Reopening.state == "proposed")
    with db.session.no_autoflush:
        return bool(db.session.scalar(select(open_one)))


@operation(REOPENING, "propose")
def propose_reopening(actor: Actor, item: ProblemItem, given: ReopeningIn) -> Reopening:
    """A person proposes it."""
    if is_proposed(item.id):
        raise Invalid("", PROPOSED_ALREADY)
    return new_reopening(item, given, actor.person_id)


def propose_by_system(item: ProblemItem, given: ReopeningIn) -> None:
    """The system proposes it inside an act that is open already: evidence was judged false, a recheck failed.

    Nothing happens when the item is not closed (it is being worked on anyway) or a proposal waits already.
    """
    if item.state != "closed" or is_proposed(item.id):
        return
    found = new_reopening(item, given, None)
    if found.is_within_window:
        begin(found, "raise")


@operation(right="system", name="problem_item.recurred")
def propose_for_finding(actor: Actor, finding: DataFinding, given: tuple[uuid.UUID, ...]) -> None:
    """A newer round shows the same unit and indicator again: the system proposes each closed item, once per finding."""
    told = set(db.session.scalars(select(Reopening.item_id).where(Reopening.finding_id == finding.id)))
    for item in db.session.scalars(select(ProblemItem).where(ProblemItem.id.in_(given)).order_by(ProblemItem.id)):
        if item.id not in told:
            words = f"{finding.number} {finding.title}：同一单位、同一指标再次出现"
            propose_by_system(item, ReopeningIn("next_cycle", words, finding.id))


@operation(REOPENING, "approve")
def approve_reopening(actor: Actor, reopening: Reopening, given: Submission) -> Iterator[None]:
    """The item is open again; its next round is tied to this one, and has a due date that lies ahead."""
    due_on = given.due_on if isinstance(given, DecisionIn) else None
    item = reopening.item
    due_on = due_on or item.due_on
    if due_on is None or due_on <= clock.today():
        raise Invalid("due_on", Sentence("请写新的完成期限，要晚于今天", "Enter a new due date after today"))
    yield
    item.due_on, item.recurrence_count = due_on, item.recurrence_count + 1
    follow(item, "reopen")
    post("item_reopened.effects", item)


@operation(REOPENING, "dismiss")
def dismiss_reopening(actor: Actor, reopening: Reopening, given: Submission) -> None:
    """The item stays closed; not where false evidence left a gap in its chain."""
    if reopening.item.chain_gaps:
        raise StepRefused((GAP_LEFT,))
