"""个人信息保护影响评估 (PIPL 55, 56; security 87): one file per purpose and per recipient, in versions that never overwrite."""

from datetime import date
from typing import Protocol

from workflows.deadlines import DATED
from workflows.vocabulary import NEW, FromField, State, Step, Workflow, WorkingDays, guard


class AssessmentFacts(Protocol):
    """What the guards read of an assessment."""

    @property
    def is_written(self) -> bool:
        """Necessity, risks, measures and conclusion are there."""

    @property
    def has_signed_file(self) -> bool:
        """The signed paper lies on the shelf under the digest of its content."""

    @property
    def risk_is_bearable(self) -> bool:
        """What is left of the risk after the measures is not high."""

    @property
    def review_lies_ahead(self) -> bool:
        """The day on which it is looked at again has not passed."""

    @property
    def review_on(self) -> date:
        """The last day on which it holds."""

    @property
    def review_is_over(self) -> bool:
        """That day has passed."""


class AssessedFacts(Protocol):
    """What the guard reads of anything that begins under an assessment."""

    @property
    def has_impact_assessment(self) -> bool:
        """An impact assessment of its purpose is in force."""


@guard("这个目的的个人信息保护影响评估正在生效", en="An impact assessment of this purpose is in force")
def has_impact_assessment(record: AssessedFacts) -> bool:
    return record.has_impact_assessment


@guard("写全必要性、风险、措施和结论", en="Write necessity, risks, measures and conclusion")
def is_written(assessment: AssessmentFacts) -> bool:
    return assessment.is_written


@guard("附上签字的评估报告", en="The signed report is attached")
def has_signed_file(assessment: AssessmentFacts) -> bool:
    return assessment.has_signed_file


@guard("采取措施后风险仍高，不能批准", en="The risk that is left is high: it cannot be approved")
def risk_is_bearable(assessment: AssessmentFacts) -> bool:
    return assessment.risk_is_bearable


@guard("复评日期已经过了，请改一个以后的日期", en="The day of review has passed; choose a later one")
def review_lies_ahead(assessment: AssessmentFacts) -> bool:
    return assessment.review_lies_ahead


@guard("复评日期还没有过", en="The day of review has not passed yet")
def review_is_over(assessment: AssessmentFacts) -> bool:
    return assessment.review_is_over


DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="approver",
    family="wait",
    deadlines=(WorkingDays(code="approve", zh="审批影响评估", en="Decide about the assessment", days=10),),
)
ACTIVE = State(
    "active",
    "生效中",
    "Active",
    waits_for="protection",
    settled=True,
    deadlines=(
        FromField(
            code="review",
            zh="复评",
            en="Review it",
            field="review_on",
            day=("复评日期", "the day of review"),
            ladder=DATED,
            escalate_to=("leading_group_head",),
        ),
    ),
)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
EXPIRED = State("expired", "已过期", "Expired", family="idle", side=True, final=True)
RETIRED = State("retired", "已停用", "Retired", family="idle", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
WRITE, APPROVE = "protection.draft_assessment", "protection.approve_assessment"
AUTHORS = ("draft", "submit")

IMPACT_ASSESSMENT = Workflow(
    "impact_assessment",
    "影响评估",
    "Impact assessment",
    facts=AssessmentFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, ACTIVE, RETURNED, SUPERSEDED, EXPIRED, RETIRED, WITHDRAWN),
    steps=(
        Step("draft", "起草影响评估", "Draft an assessment", source=(NEW,), target=DRAFT, needs=WRITE),
        Step("submit", "提交审批", "Submit for approval", source=(DRAFT, RETURNED), target=SUBMITTED, needs=WRITE,
             guards=(is_written, has_signed_file, review_lies_ahead)),
        Step("approve", "批准", "Approve", source=(SUBMITTED,), target=ACTIVE, needs=APPROVE,
             guards=(has_signed_file, risk_is_bearable, review_lies_ahead), four_eyes=AUTHORS, star=True),
        Step("return_assessment", "退回修改", "Return it", source=(SUBMITTED,), target=RETURNED, needs=APPROVE,
             reason=True, four_eyes=AUTHORS),
        Step("withdraw", "撤回", "Withdraw", source=(DRAFT, RETURNED), target=WITHDRAWN, needs=WRITE, aside=True),
        Step("stop", "停用", "Stop it", source=(ACTIVE,), target=RETIRED, needs=APPROVE, reason=True, star=True,
             aside=True),
        Step("supersede", "由新版代替", "Replaced by a newer one", source=(ACTIVE,), target=SUPERSEDED, system=True),
        Step("expire", "到期", "Run out", source=(ACTIVE,), target=EXPIRED, system=True, guards=(review_is_over,)),
    ),
)  # fmt: skip
