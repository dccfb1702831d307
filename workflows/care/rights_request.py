"""权利请求 (security 43): a guardian or student asks for sight, a copy, a correction, an erasure or an explanation."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard


class RequestFacts(Protocol):
    """What the guards read of a request."""

    @property
    def identity_is_proven(self) -> bool:
        """Whoever asked came in by a personal code, with the child's birth date and the end of a telephone number."""


@guard("请求人的身份已经核实", en="Whoever asks has proven who they are")
def identity_is_proven(request: RequestFacts) -> bool:
    return request.identity_is_proven


RECEIVED = State(
    "received",
    "待答复",
    "To be answered",
    waits_for="protection",
    family="wait",
    deadlines=(WorkingDays(code="answer", zh="答复", en="Answer", days=15, escalate_to=("security_admin",)),),
)
PREPARING = State(
    "preparing", "办理结果生成中", "The result is being put together", waits_for="protection", family="wait"
)
FULFILLED = State("fulfilled", "已答复", "Answered", family="done", final=True)
REFUSED = State("refused", "不予办理", "Refused", family="late", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Taken back", family="idle", side=True, final=True)

RIGHTS_REQUEST = Workflow(
    "rights_request",
    "个人信息权利请求",
    "Rights request",
    facts=RequestFacts,
    initial=RECEIVED,
    states=(RECEIVED, PREPARING, FULFILLED, REFUSED, WITHDRAWN),
    steps=(
        Step("ask", "提出请求", "Ask", source=(NEW,), target=RECEIVED, needs="rights.ask_request", tells=("dpo",)),
        Step("answer", "答复", "Answer", source=(RECEIVED,), target=PREPARING, needs="rights.answer_request", reason=True,
             guards=(identity_is_proven,), star=True),
        Step("refuse", "不予办理", "Refuse", source=(RECEIVED,), target=REFUSED, needs="rights.answer_request",
             reason=True, star=True),
        Step("take_back", "撤回请求", "Take it back", source=(RECEIVED,), target=WITHDRAWN, needs="rights.ask_request"),
        Step("complete", "生成结果", "Put the result together", source=(PREPARING,), target=FULFILLED, system=True),
    ),
)  # fmt: skip
