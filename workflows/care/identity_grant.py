"""身份查看 (decision 53): the county knows a case by its code number until the school's custodian opens the name for seven days."""

from datetime import date
from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard


class GrantFacts(Protocol):
    """What the guards read of a grant."""

    @property
    def until_on(self) -> date | None:
        """The last day on which the name is shown; none before it is granted."""

    @property
    def days_are_over(self) -> bool:
        """That day has passed."""


@guard("七天还没有到", en="The seven days are not over yet")
def days_are_over(grant: GrantFacts) -> bool:
    return grant.days_are_over


REQUESTED = State(
    "requested",
    "待学校决定",
    "Waiting for the school",
    waits_for="custodian",
    family="wait",
    deadlines=(WorkingDays(code="decide", zh="决定", en="Decide", days=2, escalate_to=("dpo",)),),
)
GRANTED = State("granted", "已同意", "Granted", waits_for="submitter", family="done")
DENIED = State("denied", "未同意", "Denied", family="return", side=True, final=True)
ENDED = State(
    "ended",
    "待核对",
    "To be reviewed",
    waits_for="protection",
    family="wait",
    deadlines=(WorkingDays(code="review", zh="核对", en="Review", days=5, escalate_to=("security_admin",)),),
)
REVIEWED = State("reviewed", "已核对", "Reviewed", family="done", final=True)

IDENTITY_GRANT = Workflow(
    "identity_grant",
    "身份查看",
    "Opening of an identity",
    facts=GrantFacts,
    initial=REQUESTED,
    states=(REQUESTED, GRANTED, ENDED, REVIEWED, DENIED),
    steps=(
        Step("ask", "申请查看身份", "Ask for the identity", source=(NEW,), target=REQUESTED, reason=True,
             needs="access.ask_identity"),
        Step("grant", "同意查看 7 天", "Grant for 7 days", source=(REQUESTED,), target=GRANTED,
             needs="access.grant_identity", four_eyes=("ask",), star=True, tells=("dpo",)),
        Step("deny", "不同意", "Deny", source=(REQUESTED,), target=DENIED, needs="access.grant_identity", reason=True),
        Step("end", "提前结束", "End it early", source=(GRANTED,), target=ENDED, needs="access.end_identity"),
        Step("lapse", "到期结束", "End with its days", source=(GRANTED,), target=ENDED, system=True,
             guards=(days_are_over,)),
        Step("review", "核对", "Review", source=(ENDED,), target=REVIEWED, needs="access.review_identity", reason=True,
             four_eyes=("ask", "grant"), star=True),
    ),
)  # fmt: skip
