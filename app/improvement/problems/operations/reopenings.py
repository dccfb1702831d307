"""Taking up a closed item again: proposed by a person or by the system, decided by the office or the group head."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import exists, select, text

from app.core.casework.door import begin, follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.models import ItemFinding, ProblemItem, Reopening
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.due_dates import due_for_another_round
from workflows.improvement.reopening import REOPENING

GAP_LEFT = Sentence(
    "佐证判定失实后，它的证据链已经断开，不能维持销号。请同意重新打开",
    "After evidence was judged false its chain is broken, so it cannot stay closed. Approve the reopening",
)
PROPOSED_ALREADY = Sentence(
    "已经有人提议重新打开，等待决定", "A reopening is proposed already and waits for its decision"
)

NEWEST_FINDING = text(
    """select f.id from data_findings f join monitoring_cycles c on c.id = f.cycle_id
       join problem_items i on i.id = :item
       where f.county_id = i.county_id and f.unit_id = i.unit_id and f.state in ('candidate', 'confirmed', 'converted')
         and (f.indicator_id = i.indicator_id or exists (
               select 1 from item_findings l join data_findings d on d.id = l.finding_id
               where l.item_id = i.id and d.indicator_id = f.indicator_id))
         and not exists (
               select 1 from item_findings l join data_findings d on d.id = l.finding_id
               join monitoring_cycles held on held.id = d.cycle_id
               where l.item_id = i.id and held.ends_on >= c.ends_on)
       order by c.starts_on desc, f.effect limit 1"""
)
"""Of a round later than all that the item rests on: the same unit and indicator again."""


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
    """A person proposes it; for a newer round of data its finding goes with the proposal."""
    if is_proposed(item.id):
        raise Invalid("", PROPOSED_ALREADY)
    if given.trigger == "next_cycle" and given.finding_id is None:
        given = replace(given, finding_id=db.session.scalar(NEWEST_FINDING, {"item": item.id}))
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
    """The item is open again, with a due date that leaves room for a plan; it rests on the finding that brought it back as well."""
    item = reopening.item
    due_on = due_for_another_round(item, given.due_on if isinstance(given, DecisionIn) else None)
    yield
    item.due_on, item.recurrence_count = due_on, item.recurrence_count + 1
    _cite(item, reopening.finding_id)
    follow(item, "reopen")
    post("item_reopened.effects", item)


def _cite(item: ProblemItem, finding_id: uuid.UUID | None) -> None:
    """What brought the item back is what its next plan begins from; a confirmed finding is dealt with by that."""
    if finding_id is None or db.session.get(ItemFinding, (item.id, finding_id)) is not None:
        return
    finding = db.session.get_one(DataFinding, finding_id)
    db.session.add(ItemFinding(item_id=item.id, finding_id=finding.id))
    if finding.state == "confirmed":
        finding.problem_item_id = item.id
        follow(finding, "convert")


@operation(REOPENING, "dismiss")
def dismiss_reopening(actor: Actor, reopening: Reopening, given: Submission) -> None:
    """The item stays closed; not where false evidence left a gap in its chain."""
    if reopening.item.chain_gaps:
        raise StepRefused((GAP_LEFT,))
