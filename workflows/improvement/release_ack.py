"""数据签收: one unit signs for the monitoring data that were released to it."""

from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays

PENDING = State(
    "pending",
    "待签收",
    "To be signed for",
    waits_for="receiver",
    family="wait",
    deadlines=(
        WorkingDays(
            code="sign_for",
            zh="签收监测数据",
            en="Sign for the monitoring data",
            days=5,
            escalate_to=("dept_head", "leading_group_head"),
        ),
    ),
)
ACKNOWLEDGED = State("acknowledged", "已签收", "Signed for", family="done", final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)

RELEASE_ACK = Workflow(
    "release_ack",
    "数据签收",
    "Sign-for of released data",
    initial=PENDING,
    states=(PENDING, ACKNOWLEDGED, WITHDRAWN),
    steps=(
        Step("ask", "请单位签收", "Ask to sign for", source=(NEW,), target=PENDING, system=True, tells=("principal",)),
        Step(
            "acknowledge",
            "签收数据",
            "Sign for the data",
            source=(PENDING,),
            target=ACKNOWLEDGED,
            needs="monitoring.acknowledge_release",
        ),
        Step(
            "withdraw",
            "随周期撤回",
            "Withdraw with the cycle",
            source=(PENDING,),
            target=WITHDRAWN,
            system=True,
        ),
    ),
)
