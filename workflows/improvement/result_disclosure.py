"""结果公开: a result shown to everybody, approved by another person, out on a day and for a time, taken back with a reason."""

from typing import Protocol

from workflows.vocabulary import NEW, Case, Needs, State, Step, Workflow, WorkingDays, guard


class DisclosureFacts(Protocol):
    """What the guards read of a disclosure."""

    @property
    def is_written(self) -> bool:
        """Title and text are there."""

    @property
    def has_a_period(self) -> bool:
        """The day it comes out, and a last day not before it and not past."""

    @property
    def source_is_out(self) -> bool:
        """What it shows is released or published itself, and was not withdrawn."""

    @property
    def is_anonymous(self) -> bool:
        """No name of a person, telephone or identity number stands in it."""

    @property
    def names_no_school(self) -> bool:
        """No other school stands beside figures of the county."""

    @property
    def day_has_come(self) -> bool:
        """Today is the first day of the period or later."""

    @property
    def period_is_over(self) -> bool:
        """The last day of the period is past."""

    @property
    def is_of_a_school(self) -> bool:
        """A school publishes it about itself."""


@guard("标题和正文都要写", en="Write the title and the text")
def is_written(disclosure: DisclosureFacts) -> bool:
    return disclosure.is_written


@guard(
    "写明哪天公开、公开到哪天，结束日期不能已经过去",
    en="Say from which day to which day; the last day must not be past",
)
def has_a_period(disclosure: DisclosureFacts) -> bool:
    return disclosure.has_a_period


@guard("所依据的结果已经发布，没有撤回", en="The result behind it is out and was not withdrawn")
def source_is_out(disclosure: DisclosureFacts) -> bool:
    return disclosure.source_is_out


@guard("文字里不出现人名、电话和证件号码", en="Leave out names of persons, telephone and identity numbers")
def is_anonymous(disclosure: DisclosureFacts) -> bool:
    return disclosure.is_anonymous


@guard(
    "监测结果和解读只说全县，不写学校名称",
    en="Results and interpretations tell of the county; leave out names of schools",
)
def names_no_school(disclosure: DisclosureFacts) -> bool:
    return disclosure.names_no_school


@guard("到了公开的日期", en="The day of publication has come")
def day_has_come(disclosure: DisclosureFacts) -> bool:
    return disclosure.day_has_come


@guard("公开期已满", en="The period is over")
def period_is_over(disclosure: DisclosureFacts) -> bool:
    return disclosure.period_is_over


@guard("所依据的结果已经撤回", en="The result behind it was withdrawn")
def source_was_withdrawn(disclosure: DisclosureFacts) -> bool:
    return not disclosure.source_is_out


DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="approver",
    family="wait",
    deadlines=(
        WorkingDays(
            code="approve", zh="审批公开", en="Decide about publication", days=5, escalate_to=("leading_group_head",)
        ),
    ),
)
APPROVED = State("approved", "已批准", "Approved", family="done", settled=True)
PUBLISHED = State("published", "已公布", "Published", family="done", settled=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
EXPIRED = State("expired", "已过期", "Period over", family="idle", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)

APPROVE = Needs(
    "disclosure.approve_disclosure",
    (
        Case(
            "disclosure.approve_school_disclosure",
            "学校自己公开的",
            "published by a school",
            lambda disclosure: disclosure.is_of_a_school,
        ),
    ),
)

RESULT_DISCLOSURE = Workflow(
    "result_disclosure",
    "结果公开",
    "Result disclosure",
    facts=DisclosureFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, APPROVED, PUBLISHED, RETURNED, EXPIRED, WITHDRAWN, CANCELLED),
    steps=(
        Step(
            "draft",
            "起草公开内容",
            "Draft a disclosure",
            source=(NEW,),
            target=DRAFT,
            needs="disclosure.draft_disclosure",
        ),
        Step(
            "submit",
            "提交审批",
            "Submit for approval",
            source=(DRAFT, RETURNED),
            target=SUBMITTED,
            needs="disclosure.submit_disclosure",
            guards=(is_written, has_a_period, source_is_out, is_anonymous, names_no_school),
        ),
        Step(
            "return_disclosure",
            "退回修改",
            "Return it",
            source=(SUBMITTED,),
            target=RETURNED,
            needs=APPROVE,
            reason=True,
            four_eyes=("draft", "submit"),
        ),
        Step(
            "approve",
            "批准公开",
            "Approve publication",
            source=(SUBMITTED,),
            target=APPROVED,
            needs=APPROVE,
            guards=(has_a_period, source_is_out),
            four_eyes=("draft", "submit"),
            star=True,
        ),
        Step(
            "publish",
            "公开",
            "Publish",
            source=(APPROVED,),
            target=PUBLISHED,
            guards=(source_is_out, day_has_come),
            system=True,
        ),
        Step(
            "expire",
            "公开期满",
            "End of the period",
            source=(PUBLISHED,),
            target=EXPIRED,
            guards=(period_is_over,),
            system=True,
        ),
        Step(
            "withdraw",
            "撤回公开",
            "Withdraw",
            source=(APPROVED, PUBLISHED),
            target=WITHDRAWN,
            needs="disclosure.withdraw_disclosure",
            reason=True,
            star=True,
        ),
        Step(
            "withdraw_with_source",
            "随结果撤回",
            "Withdraw with its source",
            source=(APPROVED, PUBLISHED),
            target=WITHDRAWN,
            guards=(source_was_withdrawn,),
            system=True,
            star=True,
        ),
        Step(
            "cancel",
            "取消公开",
            "Cancel the draft",
            source=(DRAFT, RETURNED),
            target=CANCELLED,
            needs="disclosure.draft_disclosure",
            reason=True,
        ),
    ),
)
