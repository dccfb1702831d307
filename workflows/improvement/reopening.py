"""重新打开: a proposal to take up a closed problem again, decided by somebody else than the person who made it."""

from typing import Protocol

from workflows.improvement.levels import Graded, by_severity
from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard

TRIGGERS = frozenset({"next_cycle", "recurrence", "evidence_false", "failed_recheck", "failed_sample"})


class ReopeningFacts(Graded, Protocol):
    """What the guards read of a reopening."""

    @property
    def trigger(self) -> str | None:
        """next_cycle, recurrence, evidence_false, failed_recheck or failed_sample."""

    @property
    def item_is_closed(self) -> bool:
        """The problem item it is about is closed."""

    @property
    def is_within_window(self) -> bool:
        """The closure is not more than 24 months old."""


PROPOSED = State(
    "proposed",
    "已提议",
    "Proposed",
    waits_for="approver",
    family="wait",
    deadlines=(
        WorkingDays(
            code="decide",
            zh="决定是否重新打开",
            en="Decide on the reopening",
            days=5,
            escalate_to=("leading_group_head",),
        ),
    ),
)
APPROVED = State("approved", "已批准", "Approved", family="done", final=True)
DISMISSED = State("dismissed", "不予重开", "Dismissed", family="late", side=True, final=True)


@guard("请写明因为什么重新打开", en="Say what the reopening rests on", asked=True)
def names_its_trigger(reopening: ReopeningFacts) -> bool:
    return reopening.trigger in TRIGGERS


@guard("这个问题项还没有销号", en="This item is not closed")
def item_is_closed(reopening: ReopeningFacts) -> bool:
    return reopening.item_is_closed


@guard("销号已超过 24 个月，请作为新发现登记", en="It was closed more than 24 months ago; register a new finding")
def is_within_window(reopening: ReopeningFacts) -> bool:
    return reopening.is_within_window


DECIDING = by_severity("effects.decide_reopening", severe="effects.decide_severe_reopening")

REOPENING = Workflow(
    "reopening",
    "重新打开",
    "Reopening",
    facts=ReopeningFacts,
    initial=PROPOSED,
    states=(PROPOSED, APPROVED, DISMISSED),
    steps=(
        Step(
            "propose",
            "提议重新打开",
            "Propose a reopening",
            source=(NEW,),
            target=PROPOSED,
            needs="effects.propose_reopening",
            reason=True,
            guards=(item_is_closed, is_within_window, names_its_trigger),
            tells=("office_director",),
        ),
        Step(
            "raise",
            "自动提议",
            "Raised by the system",
            source=(NEW,),
            target=PROPOSED,
            system=True,
            guards=(item_is_closed, is_within_window, names_its_trigger),
            tells=("office_director",),
        ),
        Step(
            "approve",
            "同意重新打开",
            "Approve the reopening",
            source=(PROPOSED,),
            target=APPROVED,
            needs=DECIDING,
            reason=True,
            star=True,
            guards=(item_is_closed,),
            four_eyes=("propose",),
            tells=("dept_head", "principal", "inspector"),
        ),
        Step(
            "dismiss",
            "不予重开",
            "Dismiss the proposal",
            source=(PROPOSED,),
            target=DISMISSED,
            needs=DECIDING,
            reason=True,
            four_eyes=("propose",),
            tells=("inspector",),
        ),
    ),
)
