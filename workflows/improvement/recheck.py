"""复核: half a year after its closure somebody other than the verifier looks whether a problem stayed away."""

from datetime import date
from typing import Protocol

from workflows.vocabulary import DATED, NEW, FromField, State, Step, Workflow, guard


class RecheckFacts(Protocol):
    """What the guards read of a recheck."""

    @property
    def due_on(self) -> date | None:
        """The day of the recheck: 180 days after the closure."""

    @property
    def note(self) -> str:
        """What was seen at the recheck."""

    @property
    def item_is_closed(self) -> bool:
        """The problem item is still closed."""


DUE = State(
    "due",
    "待复核",
    "Recheck due",
    waits_for="inspector",
    family="wait",
    deadlines=(
        FromField(
            code="recheck",
            zh="复核已销号的问题",
            en="Recheck the closed problem",
            field="due_on",
            day=("复核日期", "the day of the recheck"),
            ladder=DATED,
            escalate_to=("office_director", "leading_group_head"),
        ),
    ),
)
PASSED = State("passed", "复核通过", "Passed", family="done", final=True)
FAILED = State("failed", "复核未通过", "Failed", family="late", side=True, final=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)


@guard("请写明复核时看到的情况", en="Write down what you saw", asked=True)
def has_a_note(recheck: RecheckFacts) -> bool:
    return bool(recheck.note.strip())


@guard("问题项仍是已销号", en="The item is still closed")
def item_is_open_again(recheck: RecheckFacts) -> bool:
    return not recheck.item_is_closed


RECHECK = Workflow(
    "recheck",
    "复核",
    "Recheck",
    facts=RecheckFacts,
    initial=DUE,
    states=(DUE, PASSED, FAILED, CANCELLED),
    steps=(
        Step("plan", "列入复核", "Plan a recheck", source=(NEW,), target=DUE, system=True, tells=("inspector",)),
        Step(
            "pass_item",
            "复核通过",
            "The item passes",
            source=(DUE,),
            target=PASSED,
            needs="effects.recheck_item",
            guards=(has_a_note,),
            four_eyes=("closure_request.verify",),
        ),
        Step(
            "fail_item",
            "复核不通过",
            "The item fails",
            source=(DUE,),
            target=FAILED,
            needs="effects.recheck_item",
            reason=True,
            guards=(has_a_note,),
            four_eyes=("closure_request.verify",),
            star=True,
            tells=("office_director", "dept_head", "principal"),
        ),
        Step(
            "cancel",
            "已重新打开，取消复核",
            "Cancelled, the item is open again",
            source=(DUE,),
            target=CANCELLED,
            system=True,
            guards=(item_is_open_again,),
        ),
    ),
)
