"""信息提供 (security 42): what one recipient gets of one child, field by field, with a basis and a second person."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard


class HandoverFacts(Protocol):
    """What the guards read of a handover."""

    @property
    def names_fields(self) -> bool:
        """At least one field is named, and what is written is written."""

    @property
    def recipient_is_assessed(self) -> bool:
        """An impact assessment of the recipient is in force."""

    @property
    def has_basis(self) -> bool:
        """Signed agreement of the guardian (and of the child from 14), or an exception with its reason."""

    @property
    def is_unchanged(self) -> bool:
        """What was approved still has its digest."""


@guard("勾选要提供的项目，并写全勾选的内容", en="Tick the fields that are given, and fill those that are ticked")
def names_fields(handover: HandoverFacts) -> bool:
    return handover.names_fields


@guard("接收方的影响评估正在生效", en="An impact assessment of the recipient is in force")
def recipient_is_assessed(handover: HandoverFacts) -> bool:
    return handover.recipient_is_assessed


@guard(
    "附上监护人（14 岁起还有本人）签字的同意书，或者写明例外的理由",
    en="The agreement signed by the guardian (from 14 by the child too) is attached, or an exception has its reason",
)
def has_basis(handover: HandoverFacts) -> bool:
    return handover.has_basis


@guard("内容和批准时一样", en="The content is as it was approved")
def is_unchanged(handover: HandoverFacts) -> bool:
    return handover.is_unchanged


DRAFT = State("draft", "草稿", "Draft", waits_for="counselor", family="idle")
SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="custodian",
    family="wait",
    deadlines=(WorkingDays(code="approve", zh="审批信息提供", en="Decide about it", days=2, escalate_to=("dpo",)),),
)
APPROVED = State("approved", "已批准", "Approved", waits_for="counselor", family="done")
HANDED = State("handed", "已交付", "Handed over", family="done", final=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="counselor", family="return", side=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
PREPARE, APPROVE = "sharing.prepare_handover", "sharing.approve_handover"
AUTHORS = ("prepare", "submit")

HANDOVER = Workflow(
    "handover",
    "信息提供",
    "Giving of data",
    facts=HandoverFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, APPROVED, HANDED, RETURNED, WITHDRAWN),
    steps=(
        Step("prepare", "准备提供信息", "Prepare", source=(NEW,), target=DRAFT, needs=PREPARE),
        Step("submit", "提交审批", "Submit for approval", source=(DRAFT, RETURNED), target=SUBMITTED, needs=PREPARE,
             guards=(names_fields, recipient_is_assessed, has_basis)),
        Step("approve", "批准提供", "Approve", source=(SUBMITTED,), target=APPROVED, needs=APPROVE,
             guards=(names_fields, recipient_is_assessed, has_basis), four_eyes=AUTHORS, star=True),
        Step("return_handover", "退回修改", "Return it", source=(SUBMITTED,), target=RETURNED, needs=APPROVE, reason=True,
             four_eyes=AUTHORS),
        Step("hand_over", "交付", "Hand over", source=(APPROVED,), target=HANDED, needs=PREPARE,
             guards=(recipient_is_assessed, has_basis, is_unchanged), star=True),
        Step("withdraw", "撤回", "Withdraw", source=(DRAFT, RETURNED, SUBMITTED, APPROVED), target=WITHDRAWN,
             needs=PREPARE, reason=True, aside=True),
    ),
)  # fmt: skip
