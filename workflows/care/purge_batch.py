"""到期清理 (security 73, PIPL 19, 47): what has reached its period is collected, proposed, approved by another person, erased."""

from typing import Protocol

from workflows.vocabulary import NEW, Case, Needs, State, Step, Workflow, WorkingDays, guard


class PurgeFacts(Protocol):
    """What the guards read of a batch."""

    @property
    def has_due_rows(self) -> bool:
        """At least one student's data of this class are due and not held."""

    @property
    def is_of_roll(self) -> bool:
        """It is about the school roll, not about psychological work."""


@guard("至少有一名学生的数据到期，而且没有保留", en="The data of at least one student are due and not held")
def has_due_rows(batch: PurgeFacts) -> bool:
    return batch.has_due_rows


@guard("已经没有到期的数据", en="Nothing is due any more")
def nothing_is_due(batch: PurgeFacts) -> bool:
    return not batch.has_due_rows


@guard("全部清理完", en="Everything is erased")
def all_is_erased(batch: PurgeFacts) -> bool:
    return not batch.has_due_rows


DUE = State(
    "due",
    "到期待提出",
    "Due, to be proposed",
    waits_for="protection",
    family="wait",
    deadlines=(
        WorkingDays(
            code="propose",
            zh="提出清理",
            en="Propose the erasure",
            days=15,
            escalate_to=("leading_group_head",),
        ),
    ),
)
PROPOSED = State(
    "proposed",
    "待批准",
    "To be approved",
    waits_for="approver",
    family="wait",
    deadlines=(WorkingDays(code="approve", zh="审批清理", en="Decide about the erasure", days=10),),
)
APPROVED = State("approved", "已批准", "Approved", waits_for="protection", family="done")
DONE = State("done", "已清理", "Erased", family="done", final=True)
LAPSED = State("lapsed", "不再到期", "No longer due", family="idle", side=True, final=True)
PROPOSE = "retention.propose_purge"
APPROVE = Needs(
    "retention.approve_care_purge",
    (Case("retention.approve_roll_purge", "学籍信息", "the school roll", lambda batch: batch.is_of_roll),),
)

PURGE_BATCH = Workflow(
    "purge_batch",
    "到期清理",
    "Erasure of what is due",
    facts=PurgeFacts,
    initial=DUE,
    states=(DUE, PROPOSED, APPROVED, DONE, LAPSED),
    steps=(
        Step("collect", "列出到期数据", "Collect what is due", source=(NEW,), target=DUE, system=True, tells=("dpo",)),
        Step("propose", "提出清理", "Propose the erasure", source=(DUE,), target=PROPOSED, needs=PROPOSE,
             guards=(has_due_rows,)),
        Step("approve", "批准清理", "Approve the erasure", source=(PROPOSED,), target=APPROVED, needs=APPROVE,
             guards=(has_due_rows,), four_eyes=("propose",), star=True),
        Step("return_purge", "退回", "Return it", source=(PROPOSED,), target=DUE, needs=APPROVE, reason=True,
             four_eyes=("propose",)),
        Step("take_back", "收回", "Take it back", source=(PROPOSED,), target=DUE, needs=PROPOSE, aside=True),
        Step("complete", "清理完成", "Complete the erasure", source=(APPROVED,), target=DONE, system=True,
             guards=(all_is_erased,), tells=("dpo", "psych_center_lead", "leading_group_head")),
        Step("lapse", "不再到期", "No longer due", source=(DUE, PROPOSED), target=LAPSED, system=True, guards=(nothing_is_due,)),
    ),
)  # fmt: skip
