"""发布的数据: figures of the psychological work, frozen by one person and let out by another (decisions 54, 71)."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard


class ReleaseFacts(Protocol):
    """What the guards read of a release."""

    @property
    def is_unchanged(self) -> bool:
        """What was frozen still has the digest that was written down."""

    @property
    def replaced_is_out(self) -> bool:
        """The version that this one corrects was not withdrawn; true for a first version."""


@guard("冻结的数字没有被改动", en="The frozen numbers are as they were written down")
def is_unchanged(release: ReleaseFacts) -> bool:
    return release.is_unchanged


@guard("要更正的那一版没有撤回", en="The version that it corrects was not withdrawn")
def replaced_is_out(release: ReleaseFacts) -> bool:
    return release.replaced_is_out


SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="second_reader",
    family="wait",
    deadlines=(WorkingDays(code="approve", zh="核对并发布", en="Check and publish", days=5),),
)
PUBLISHED = State("published", "已发布", "Published", family="done", settled=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)
PREPARE, APPROVE = "figures.prepare_release", "figures.approve_release"

FIGURE_RELEASE = Workflow(
    "figure_release",
    "发布的数据",
    "Released figures",
    facts=ReleaseFacts,
    initial=SUBMITTED,
    states=(SUBMITTED, PUBLISHED, RETURNED, SUPERSEDED, WITHDRAWN, CANCELLED),
    steps=(
        Step("prepare", "冻结并送审", "Freeze and submit", source=(NEW,), target=SUBMITTED, needs=PREPARE),
        Step("resubmit", "改好再送审", "Submit again", source=(RETURNED,), target=SUBMITTED, needs=PREPARE),
        Step("approve", "核对并发布", "Check and publish", source=(SUBMITTED,), target=PUBLISHED, needs=APPROVE,
             guards=(is_unchanged, replaced_is_out), four_eyes=("prepare", "resubmit")),
        Step("return_release", "退回修改", "Return it", source=(SUBMITTED,), target=RETURNED, needs=APPROVE, reason=True,
             four_eyes=("prepare", "resubmit")),
        Step("cancel", "不发布了", "Do not publish", source=(SUBMITTED, RETURNED), target=CANCELLED, needs=PREPARE,
             reason=True),
        Step("withdraw", "撤回", "Withdraw", source=(PUBLISHED,), target=WITHDRAWN, needs=APPROVE, reason=True),
        Step("supersede", "由新版替代", "Superseded by a new version", source=(PUBLISHED,), target=SUPERSEDED,
             system=True),
    ),
)  # fmt: skip
