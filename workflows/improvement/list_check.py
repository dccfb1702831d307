"""清单抽查: a list that a school keeps for itself was drawn, and an inspector says whether it holds (decision 49)."""

from datetime import date
from typing import Protocol

from workflows.vocabulary import DATED, NEW, FromField, State, Step, Workflow, guard


class ListCheckFacts(Protocol):
    """What the guards read of a check."""

    @property
    def due_on(self) -> date | None:
        """The day by which the inspector has looked."""

    @property
    def has_checker(self) -> bool:
        """An inspector was named."""

    @property
    def checker_is_free(self) -> bool:
        """The inspector neither drew the list nor has an interest in the school or a part in the list."""

    @property
    def says_what_was_looked_at(self) -> bool:
        """What was looked at, and what was found."""

    @property
    def every_item_is_answered(self) -> bool:
        """Each item holds, does not hold, or was left out; at least one was looked at."""

    @property
    def failures_are_told(self) -> bool:
        """Each item that does not hold has its sentence."""

    @property
    def failed_item_count(self) -> int:
        """Items that do not hold."""


DRAWN = State(
    "drawn",
    "待抽查",
    "To be checked",
    waits_for="inspector",
    family="wait",
    deadlines=(
        FromField(
            code="check",
            zh="抽查学校清单",
            en="Check the school's list",
            field="due_on",
            day=("抽查期限", "the day set for the check"),
            ladder=DATED,
            escalate_to=("office_director", "leading_group_head"),
        ),
    ),
)
HOLDS = State("holds", "抽查属实", "Holds", family="done", final=True)
FAILING = State("failing", "抽查不属实", "Does not hold", family="late", side=True, final=True)


@guard("请先指定督学", en="Name an inspector first")
def has_a_checker(check: ListCheckFacts) -> bool:
    return check.has_checker


@guard(
    "抽取清单的人、在这所学校任职或近年任过职的人、办过这份清单的人不能抽查它",
    en="Who drew the list, works or lately worked at the school, or took part in the list does not check it",
)
def checker_is_free(check: ListCheckFacts) -> bool:
    return check.checker_is_free


@guard("请写明看了什么、看到什么", en="Say what was looked at and what was found", asked=True)
def says_what_was_looked_at(check: ListCheckFacts) -> bool:
    return check.says_what_was_looked_at


@guard(
    "每个问题项都要选一个结论，至少看过一项",
    en="Choose a finding for every item; at least one has to be looked at",
    asked=True,
)
def every_item_is_answered(check: ListCheckFacts) -> bool:
    return check.every_item_is_answered


@guard("不属实的问题项要写明看到了什么", en="Say what was seen of each item that does not hold", asked=True)
def failures_are_told(check: ListCheckFacts) -> bool:
    return check.failures_are_told


@guard("有问题项不属实，整份清单不能判属实", en="An item does not hold, so the list cannot hold", asked=True)
def no_item_failed(check: ListCheckFacts) -> bool:
    return check.failed_item_count == 0


WRITTEN = (has_a_checker, checker_is_free, says_what_was_looked_at, every_item_is_answered, failures_are_told)

LIST_CHECK = Workflow(
    "list_check",
    "清单抽查",
    "List check",
    facts=ListCheckFacts,
    initial=DRAWN,
    states=(DRAWN, HOLDS, FAILING),
    steps=(
        Step("draw", "抽中清单", "The list is drawn", source=(NEW,), target=DRAWN, system=True),
        Step(
            "confirm",
            "判定属实",
            "The list holds",
            source=(DRAWN,),
            target=HOLDS,
            needs="sampling.check_list",
            guards=(*WRITTEN, no_item_failed),
            tells=("principal", "school_coordinator", "office_director"),
        ),
        Step(
            "refute",
            "判定不属实",
            "The list does not hold",
            source=(DRAWN,),
            target=FAILING,
            needs="sampling.check_list",
            reason=True,
            guards=WRITTEN,
            star=True,
            tells=("principal", "school_coordinator", "office_director"),
        ),
    ),
)
