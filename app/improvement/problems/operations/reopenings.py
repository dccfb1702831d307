"""Taking up a closed item again: proposed by a person or by the system, decided by the office or the group head."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.casework.door import begin, follow, operation
from app.core.database import uuid7
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.operations.lists import Submission
from workflows.improvement.reopening import REOPENING


@dataclass(frozen=True)
class ReopeningIn:
    """Why a closed item should be taken up again."""

    trigger: str
    reason: str
    finding_id: uuid.UUID | None = None


def new_reopening(item: ProblemItem, given: ReopeningIn, proposed_by: uuid.UUID | None) -> Reopening:
    """The record itself, not yet kept."""
    return Reopening(
        id=uuid7(),
        item_id=item.id,
        item=item,
        trigger=given.trigger,
        grounds=given.reason.strip(),
        finding_id=given.finding_id,
        proposed_by=proposed_by,
        county_id=item.county_id,
        school_id=item.school_id,
    )


@operation(REOPENING, "propose")
def propose_reopening(actor: Actor, item: ProblemItem, given: ReopeningIn) -> Reopening:
    """A person proposes it."""
    return new_reopening(item, given, actor.person_id)


def propose_by_system(item: ProblemItem, given: ReopeningIn) -> None:
    """The system proposes it inside an act that is open already: evidence was judged false, a recheck failed."""
    begin(new_reopening(item, given, None), "raise")


@operation(REOPENING, "approve")
def approve_reopening(actor: Actor, reopening: Reopening, given: Submission) -> Iterator[None]:
    """The item is open again; its next round is tied to this one."""
    yield
    reopening.item.recurrence_count += 1
    follow(reopening.item, "reopen")


@operation(REOPENING, "dismiss")
def dismiss_reopening(actor: Actor, reopening: Reopening, given: Submission) -> None:
    """The item stays closed."""
