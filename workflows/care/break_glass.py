"""紧急查看: answers of one child opened in an emergency: told at once, closed after an hour, reviewed by another person."""

from datetime import datetime
from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Within, Workflow, guard


class OpeningFacts(Protocol):
    """What the guards read of an opening."""

    @property
    def until_at(self) -> datetime:
        """The moment at which it closes by itself."""

    @property
    def hour_is_over(self) -> bool:
        """That moment has come."""


@guard("一小时还没有到", en="The hour is not over yet")
def hour_is_over(opening: OpeningFacts) -> bool:
    return opening.hour_is_over


OPEN = State("open", "查看中", "Open", waits_for="counselor")
ENDED = State(
    "ended",
    "待核对",
    "To be reviewed",
    waits_for="protection",
    family="wait",
    deadlines=(Within(code="review", zh="核对", en="Review", hours=24, escalate_to=("security_admin",)),),
)
REVIEWED = State("reviewed", "已核对", "Reviewed", family="done", final=True)

BREAK_GLASS = Workflow(
    "break_glass",
    "紧急查看",
    "Emergency opening",
    facts=OpeningFacts,
    initial=OPEN,
    states=(OPEN, ENDED, REVIEWED),
    steps=(
        Step("open", "紧急打开", "Open in an emergency", source=(NEW,), target=OPEN, reason=True, star=True,
             needs="access.open_in_emergency", tells=("school_psych_lead", "dpo", "security_admin")),
        Step("end", "提前结束", "End it early", source=(OPEN,), target=ENDED, needs="access.end_opening"),
        Step("lapse", "到时结束", "End with the hour", source=(OPEN,), target=ENDED, system=True, guards=(hour_is_over,)),
        Step("review", "核对", "Review", source=(ENDED,), target=REVIEWED, needs="access.review_opening", reason=True,
             four_eyes=("open",), star=True),
    ),
)  # fmt: skip
