"""支持任务: what has to be done for a student at a level of support, by whom and until when (domain B4, decision 65)."""

from datetime import datetime
from typing import Protocol

from workflows.vocabulary import NEW, FromField, Needs, State, Step, Workflow, guard
from workflows.vocabulary import Case as When


class DutyFacts(Protocol):
    """What guards and rights read of a duty."""

    @property
    def is_for_the_class(self) -> bool:
        """The class teacher does it."""

    @property
    def due_at(self) -> datetime:
        """The moment from which it is late."""

    @property
    def has_account(self) -> bool:
        """What was done is written down."""


def _of_class(duty: DutyFacts) -> bool:
    return duty.is_for_the_class


DOING = Needs("rainbow.do_duty", (When("rainbow.do_class_duty", "班主任的任务", "a class teacher's task", _of_class),))
DUE = State(
    "due",
    "待完成",
    "Due",
    waits_for="carer",
    family="wait",
    deadlines=(
        FromField(
            code="do",
            zh="完成任务并记下",
            en="Do it and write it down",
            field="due_at",
            day=("任务的期限", "the time given to the task"),
            exact=True,
            escalate_to=("school_psych_lead",),
        ),
    ),
)
DONE = State("done", "已完成", "Done", family="done", final=True)
DROPPED = State("dropped", "不再需要", "No longer needed", family="idle", side=True, final=True)


@guard("请写做了什么，至少 4 个字", en="Say in a few words what was done", asked=True)
def has_account(duty: DutyFacts) -> bool:
    return duty.has_account


CARE_DUTY = Workflow(
    "care_duty",
    "支持任务",
    "Support task",
    facts=DutyFacts,
    initial=DUE,
    states=(DUE, DONE, DROPPED),
    steps=(
        Step("open", "派任务", "Open", source=(NEW,), target=DUE, system=True),
        Step("finish", "记下并完成", "Write it down and finish", source=(DUE,), target=DONE, needs=DOING,
             guards=(has_account,)),
        Step("drop", "随层级变动结束", "Ended with the level", source=(DUE,), target=DROPPED, system=True),
    ),
)  # fmt: skip
