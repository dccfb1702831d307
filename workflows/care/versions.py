"""B13: the way of a version that is tested, agreed to by two experts and put in force; rule sets and scales go it alike."""

from typing import Any, Protocol

from workflows.vocabulary import NEW, Guard, State, Step, guard


class VersionFacts(Protocol):
    """What the guards read of any version."""

    @property
    def vectors_pass(self) -> bool:
        """Every worked case in the file came out as it says."""

    @property
    def is_agreed_once(self) -> bool:
        """A first expert, or a named one from outside where the county has too few, has agreed."""

    @property
    def has_few_experts(self) -> bool:
        """The county has fewer than two psychological experts."""

    @property
    def has_outside_expert(self) -> bool:
        """Name and paper of the outside expert are written down."""


DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
UNDER_REVIEW = State("under_review", "审核中", "Under review", waits_for="qualified", family="wait")
APPROVED = State("approved", "已批准", "Approved", waits_for="drafter", family="done")
ACTIVE = State("active", "生效中", "Active", settled=True)
RETIRED = State("retired", "已停用", "Retired", family="idle", final=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
STATES = (DRAFT, UNDER_REVIEW, APPROVED, ACTIVE, RETIRED, RETURNED, WITHDRAWN)


@guard("文件里的用例没有全部通过", en="Not every worked case of the file passes")
def vectors_pass(version: VersionFacts) -> bool:
    return version.vectors_pass


@guard("要先有一名专家同意", en="One expert has to agree before")
def is_agreed_once(version: VersionFacts) -> bool:
    return version.is_agreed_once


@guard("本县已有两名专家，由他们同意", en="The county has two experts; it is for them to agree")
def has_few_experts(version: VersionFacts) -> bool:
    return version.has_few_experts


@guard(
    "请写明外请专家的姓名和意见书编号", en="Give the outside expert's name and the number of the opinion", asked=True
)
def has_outside_expert(version: VersionFacts) -> bool:
    return version.has_outside_expert


AUTHORS = ("draft", "submit")


def steps(
    *, drafts: str, agrees: str, activates: str, returns: str, ready: tuple[Guard, ...], begins: tuple[Guard, ...] = ()
) -> tuple[Step, ...]:
    """Every step from the file to the newer version.

    `ready`: what must hold besides the cases before anybody agrees; `begins`: what else before it is put in force.
    """
    tested: Any = (vectors_pass, *ready)
    return (
        Step("draft", "导入草稿", "Bring in as a draft", source=(NEW,), target=DRAFT, needs=drafts,
             guards=(vectors_pass,)),
        Step("replace", "换文件", "Replace the file", source=(DRAFT, RETURNED), target=DRAFT, needs=drafts,
             guards=(vectors_pass,)),
        Step("submit", "提交审核", "Submit", source=(DRAFT,), target=UNDER_REVIEW, needs=drafts, guards=tested),
        Step("agree", "第一名专家同意", "Agree as the first expert", source=(UNDER_REVIEW,), target=UNDER_REVIEW,
             needs=agrees, four_eyes=AUTHORS),
        Step("note_outside", "登记外请专家意见", "Note the outside expert", source=(UNDER_REVIEW,), target=UNDER_REVIEW,
             needs=activates, guards=(has_few_experts, has_outside_expert)),
        Step("approve", "批准", "Approve", source=(UNDER_REVIEW,), target=APPROVED, needs=agrees,
             guards=(*tested, is_agreed_once), four_eyes=(*AUTHORS, "agree", "note_outside"), star=True),
        Step(returns, "退回修改", "Return", source=(UNDER_REVIEW,), target=RETURNED, needs=agrees, reason=True,
             four_eyes=AUTHORS),
        Step("activate", "启用", "Put in force", source=(APPROVED,), target=ACTIVE, needs=activates,
             guards=(*tested, *begins),
             star=True),
        Step("withdraw", "撤回", "Withdraw", source=(DRAFT, RETURNED, APPROVED), target=WITHDRAWN, needs=drafts),
        Step("retire", "由新版本代替", "Replaced by a newer one", source=(ACTIVE,), target=RETIRED, system=True),
    )  # fmt: skip
