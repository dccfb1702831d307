"""未成年人个人信息保护合规审计 (security 88): counted from live data, signed by a second person, filed by the end of January."""

from datetime import date
from typing import Protocol

from workflows.deadlines import DATED
from workflows.vocabulary import NEW, FromField, State, Step, Workflow, WorkingDays, guard


class AuditFacts(Protocol):
    """What the guards read of an audit."""

    @property
    def is_counted(self) -> bool:
        """The worker has counted it from the live data."""

    @property
    def covers_the_year(self) -> bool:
        """It was counted when the year was over."""

    @property
    def has_conclusion(self) -> bool:
        """Conclusion and measures are written."""

    @property
    def is_unchanged(self) -> bool:
        """The digest fits what was counted and written."""

    @property
    def file_by(self) -> date:
        """The last day for filing it."""


@guard("数据已经汇总", en="The data are counted")
def is_counted(audit: AuditFacts) -> bool:
    return audit.is_counted


@guard("这一年过完以后再汇总一次，才能送审", en="Count it again once the year is over")
def covers_the_year(audit: AuditFacts) -> bool:
    return audit.covers_the_year


@guard("写好结论和整改安排", en="Conclusion and measures are written")
def has_conclusion(audit: AuditFacts) -> bool:
    return audit.has_conclusion


@guard("内容与指纹一致", en="The content fits its digest")
def is_unchanged(audit: AuditFacts) -> bool:
    return audit.is_unchanged


FILE = FromField(
    code="file", zh="报送", en="File it", field="file_by", day=("报送期限", "the last day for filing"), ladder=DATED,
    escalate_to=("leading_group_head",),
)  # fmt: skip
"""Runs on through every state until it is filed."""
DRAFT = State("draft", "草稿", "Draft", waits_for="protection", family="idle", deadlines=(FILE,))
SUBMITTED = State(
    "submitted",
    "已提交",
    "Submitted",
    waits_for="second_signer",
    family="wait",
    deadlines=(WorkingDays(code="sign", zh="核对签署", en="Check and sign it", days=5), FILE),
)
SIGNED = State(
    "signed", "已签署，待报送", "Signed, to be filed", waits_for="protection", family="wait", deadlines=(FILE,)
)
FILED = State("filed", "已报送", "Filed", family="done", settled=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="protection", family="return", side=True,
                 deadlines=(FILE,))  # fmt: skip
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
WRITE, SIGN, HAND_IN = "audit.draft_yearly", "audit.sign_yearly", "audit.file_yearly"
AUTHORS = ("begin", "submit")

YEARLY_AUDIT = Workflow(
    "yearly_audit",
    "未成年人保护审计",
    "Minors' data audit",
    facts=AuditFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, SIGNED, FILED, RETURNED, SUPERSEDED, WITHDRAWN),
    steps=(
        Step("begin", "开始年度审计", "Begin the audit", source=(NEW,), target=DRAFT, needs=WRITE),
        Step("submit", "送审", "Submit", source=(DRAFT, RETURNED), target=SUBMITTED, needs=WRITE,
             guards=(is_counted, covers_the_year, has_conclusion)),
        Step("sign", "核对签署", "Check and sign", source=(SUBMITTED,), target=SIGNED, needs=SIGN,
             guards=(is_unchanged,), four_eyes=AUTHORS, star=True),
        Step("return_audit", "退回修改", "Return it", source=(SUBMITTED,), target=RETURNED, needs=SIGN, reason=True,
             four_eyes=AUTHORS),
        Step("file", "登记已报送", "Note that it was filed", source=(SIGNED,), target=FILED, needs=HAND_IN,
             guards=(is_unchanged,), star=True),
        Step("withdraw", "撤回", "Withdraw", source=(DRAFT, RETURNED), target=WITHDRAWN, needs=WRITE, aside=True),
        Step("supersede", "由更正版代替", "Replaced by a correction", source=(SIGNED, FILED), target=SUPERSEDED,
             system=True),
    ),
)  # fmt: skip
