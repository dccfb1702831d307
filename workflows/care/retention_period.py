"""保存期限 (security 73): how long one class of data is kept, proposed by one person and put in force by another."""

from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays

PROPOSED = State(
    "proposed",
    "待批准",
    "To be approved",
    waits_for="approver",
    family="wait",
    deadlines=(WorkingDays(code="approve", zh="审批保存期限", en="Decide about the period", days=10),),
)
ACTIVE = State("active", "生效中", "Active", waits_for="protection", settled=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
REFUSED = State("refused", "未批准", "Refused", family="late", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
PROPOSE, APPROVE = "retention.propose_period", "retention.approve_period"

RETENTION_PERIOD = Workflow(
    "retention_period",
    "保存期限",
    "Retention period",
    initial=PROPOSED,
    states=(PROPOSED, ACTIVE, SUPERSEDED, REFUSED, WITHDRAWN),
    steps=(
        Step("propose", "提出新期限", "Propose a period", source=(NEW,), target=PROPOSED, needs=PROPOSE, reason=True),
        Step("approve", "批准", "Approve", source=(PROPOSED,), target=ACTIVE, needs=APPROVE, four_eyes=("propose",),
             star=True),
        Step("refuse", "不批准", "Refuse", source=(PROPOSED,), target=REFUSED, needs=APPROVE, reason=True,
             four_eyes=("propose",)),
        Step("withdraw", "撤回", "Withdraw", source=(PROPOSED,), target=WITHDRAWN, needs=PROPOSE, aside=True),
        Step("supersede", "由新期限代替", "Replaced by a newer one", source=(ACTIVE,), target=SUPERSEDED, system=True),
    ),
)  # fmt: skip
