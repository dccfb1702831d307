"""展示案例: how a closed problem was put right, agreed by its unit, published by the office, gone when it is open again."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard


class ShowcaseFacts(Protocol):
    """What the guards read of a showcase entry."""

    @property
    def is_written(self) -> bool:
        """Title, problem, practice and result are there."""

    @property
    def is_anonymous(self) -> bool:
        """No name of a person, telephone or identity number stands in it."""

    @property
    def item_is_closed(self) -> bool:
        """The item it tells of is closed."""

    @property
    def chain_gaps(self) -> tuple[str, ...]:
        """Links missing between the item's data and its closure."""


@guard("标题、问题、做法和成效都要写", en="Write title, problem, practice and result")
def is_written(entry: ShowcaseFacts) -> bool:
    return entry.is_written


@guard("文字里不出现人名、电话和证件号码", en="Leave out names of persons, telephone and identity numbers")
def is_anonymous(entry: ShowcaseFacts) -> bool:
    return entry.is_anonymous


@guard("问题项已销号", en="The item is closed")
def item_is_closed(entry: ShowcaseFacts) -> bool:
    return entry.item_is_closed


@guard("从数据到销号的证据链完整", en="The chain from the data to the closure is whole")
def chain_is_whole(entry: ShowcaseFacts) -> bool:
    return not entry.chain_gaps


@guard("问题项重新打开了", en="The item is open again")
def item_is_open_again(entry: ShowcaseFacts) -> bool:
    return not entry.item_is_closed


DRAFT = State("draft", "草稿", "Draft", waits_for="unit_head", family="idle")
AGREED = State(
    "agreed",
    "单位已同意",
    "Agreed by the unit",
    waits_for="office",
    family="wait",
    deadlines=(
        WorkingDays(
            code="publish", zh="审批展示", en="Decide about the entry", days=5, escalate_to=("leading_group_head",)
        ),
    ),
)
PUBLISHED = State("published", "已公布", "Published", family="done", settled=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="unit_head", family="return", side=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)

SHOWCASE_ENTRY = Workflow(
    "showcase_entry",
    "展示案例",
    "Showcase entry",
    facts=ShowcaseFacts,
    initial=DRAFT,
    states=(DRAFT, AGREED, PUBLISHED, RETURNED, WITHDRAWN, CANCELLED),
    steps=(
        Step(
            "draft",
            "写成展示案例",
            "Write a showcase entry",
            source=(NEW,),
            target=DRAFT,
            needs="disclosure.draft_showcase",
            guards=(item_is_closed, chain_is_whole),
        ),
        Step(
            "agree",
            "同意展示",
            "Agree to it",
            source=(DRAFT, RETURNED),
            target=AGREED,
            needs="disclosure.agree_showcase",
            guards=(is_written, is_anonymous, item_is_closed, chain_is_whole),
        ),
        Step(
            "return_entry",
            "退回修改",
            "Return it",
            source=(AGREED,),
            target=RETURNED,
            needs="disclosure.publish_showcase",
            reason=True,
            four_eyes=("agree",),
        ),
        Step(
            "publish",
            "公布案例",
            "Publish the entry",
            source=(AGREED,),
            target=PUBLISHED,
            needs="disclosure.publish_showcase",
            guards=(is_anonymous, item_is_closed, chain_is_whole),
            four_eyes=("draft", "agree"),
            star=True,
        ),
        Step(
            "withdraw",
            "撤回案例",
            "Withdraw the entry",
            source=(PUBLISHED,),
            target=WITHDRAWN,
            needs="disclosure.withdraw_showcase",
            reason=True,
            star=True,
        ),
        Step(
            "withdraw_with_item",
            "随问题项撤回",
            "Withdraw with the item",
            source=(AGREED, PUBLISHED),
            target=WITHDRAWN,
            guards=(item_is_open_again,),
            system=True,
            star=True,
        ),
        Step(
            "cancel",
            "取消案例",
            "Cancel the draft",
            source=(DRAFT, RETURNED),
            target=CANCELLED,
            needs="disclosure.draft_showcase",
            reason=True,
        ),
    ),
)
