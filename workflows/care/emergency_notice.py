"""紧急情况告知 (security 40): somebody acted at once without an agreement; the guardian hears of it within a day."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Within, Workflow


class NoticeFacts(Protocol):
    """The guards read nothing of a notice: nothing stands in the way of telling a guardian."""


DUE = State(
    "due",
    "待告知监护人",
    "Guardian to be told",
    waits_for="counselor",
    family="wait",
    deadlines=(
        Within(
            code="tell", zh="告知监护人", en="Tell the guardian", hours=24, escalate_to=("school_psych_lead", "dpo")
        ),
    ),
)
TOLD = State("told", "已告知", "Told", family="done", final=True)

EMERGENCY_NOTICE = Workflow(
    "emergency_notice",
    "紧急情况告知",
    "Notice after an emergency",
    facts=NoticeFacts,
    initial=DUE,
    states=(DUE, TOLD),
    steps=(
        Step("begin", "未经同意先行处置", "Acted without an agreement", source=(NEW,), target=DUE, system=True, star=True),
        Step("tell", "登记已告知监护人", "Write down that the guardian was told", source=(DUE,), target=TOLD,
             needs="emergencies.tell_guardian", reason=True, star=True),
    ),
)  # fmt: skip
