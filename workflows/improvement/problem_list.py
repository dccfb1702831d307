"""问题清单: a numbered, frozen list of problem items that the county, or a school for itself, issues to be mended."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from workflows.improvement.levels import Levelled, Submittable, by_level
from workflows.vocabulary import NEW, State, Step, Workflow, WorkingDays, guard

CATEGORIES = frozenset({"management", "subject", "student_development", "teacher", "resource"})


class ListedItem(Protocol):
    """What the guards of a list read of each of its items."""

    @property
    def category(self) -> str | None:
        """management, subject, student_development, teacher or resource."""

    @property
    def source_type(self) -> str | None:
        """Where the problem became known."""

    @property
    def severity(self) -> str | None:
        """minor, moderate or severe."""

    @property
    def responsible_unit_id(self) -> object | None:
        """The one unit that answers for it."""

    @property
    def responsible_person_id(self) -> object | None:
        """The one person who answers for it."""

    @property
    def co_units_settled(self) -> bool:
        """The co-operating units are named, or it is said that there are none."""

    @property
    def has_target(self) -> bool:
        """A value to reach, or criteria to be met, are set."""

    @property
    def target_is_named(self) -> bool:
        """Where a value is to be reached: its indicator, or what is counted and in which unit, is named."""

    @property
    def due_on(self) -> date | None:
        """The day by which it has to be closed."""

    @property
    def was_accepted(self) -> bool:
        """Its unit has signed for it."""

    @property
    def is_settled(self) -> bool:
        """It is closed or void."""


class ProblemListFacts(Levelled, Submittable, Protocol):
    """What the guards read of a problem list."""

    @property
    def items(self) -> Sequence[ListedItem]:
        """Its problem items, void ones included."""

    @property
    def document_number(self) -> str:
        """The number under which it is issued."""

    @property
    def is_frozen(self) -> bool:
        """The snapshot that is issued is stored and signed with its digest."""

    @property
    def summary(self) -> str:
        """The closing summary."""

    @property
    def successor_issued(self) -> bool:
        """The next version of this list has been issued."""


ANSWER = WorkingDays(code="approve", zh="审批问题清单", en="Decide on the problem list", days=5)

DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
UNDER_REVIEW = State("under_review", "审核中", "Under review", waits_for="approver", family="wait", deadlines=(ANSWER,))
APPROVED = State("approved", "已批准", "Approved", waits_for="drafter", family="done")
ISSUED = State("issued", "已交办", "Issued", waits_for="unit_head")
IN_PROGRESS = State("in_progress", "进行中", "In progress", waits_for="unit_head")
COMPLETED = State("completed", "已完成", "Completed", waits_for="drafter", family="done")
ARCHIVED = State("archived", "已归档", "Archived", family="idle", final=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)


@guard("清单里还没有问题项", en="The list has no items yet")
def has_items(problem_list: ProblemListFacts) -> bool:
    return len(problem_list.items) > 0


@guard("还有问题项没有归入类别", en="Some items have no category")
def every_item_has_a_category(problem_list: ProblemListFacts) -> bool:
    return all(item.category in CATEGORIES for item in problem_list.items)


@guard("还有问题项没有写明来源或严重程度", en="Some items lack their source or severity")
def every_item_has_source_and_severity(problem_list: ProblemListFacts) -> bool:
    return all(item.source_type and item.severity for item in problem_list.items)


@guard("还有问题项没有定责任单位和责任人", en="Some items have no responsible unit or person")
def every_item_has_somebody_responsible(problem_list: ProblemListFacts) -> bool:
    return all(
        item.responsible_unit_id is not None and item.responsible_person_id is not None for item in problem_list.items
    )


@guard("还有问题项没有写明协同单位（没有也请注明）", en="Some items do not say which units help, or that none does")
def every_item_settles_its_co_units(problem_list: ProblemListFacts) -> bool:
    return all(item.co_units_settled for item in problem_list.items)


@guard("还有问题项没有目标值或整改标准", en="Some items have neither a target nor criteria")
def every_item_has_a_target(problem_list: ProblemListFacts) -> bool:
    return all(item.has_target for item in problem_list.items)


@guard(
    "还有问题项的目标值没有写明是什么指标",
    en="Some targets do not say what they are a value of",
)
def every_target_names_its_indicator(problem_list: ProblemListFacts) -> bool:
    return all(item.target_is_named for item in problem_list.items)


@guard("还有问题项没有完成期限", en="Some items have no due date")
def every_item_has_a_due_date(problem_list: ProblemListFacts) -> bool:
    return all(item.due_on is not None for item in problem_list.items)


@guard("审批人已经打开，不能再撤回", en="The approver has opened it, so it cannot be taken back")
def nobody_has_opened_it(problem_list: ProblemListFacts) -> bool:
    return not problem_list.was_opened


@guard("请填写文号", en="Enter the document number", asked=True)
def has_a_document_number(problem_list: ProblemListFacts) -> bool:
    return bool(problem_list.document_number)


@guard("清单还没有定稿封存", en="The list is not frozen yet", asked=True)
def is_frozen(problem_list: ProblemListFacts) -> bool:
    return problem_list.is_frozen


@guard("还没有单位签收", en="No unit has signed for an item yet")
def has_an_accepted_item(problem_list: ProblemListFacts) -> bool:
    return any(item.was_accepted for item in problem_list.items)


@guard("还有问题项没有销号或作废", en="Some items are neither closed nor void")
def every_item_is_settled(problem_list: ProblemListFacts) -> bool:
    return all(item.is_settled for item in problem_list.items)


@guard("请附上总结", en="Attach the summary", asked=True)
def has_a_summary(problem_list: ProblemListFacts) -> bool:
    return bool(problem_list.summary)


@guard("新版清单还没有交办", en="The next version has not been issued")
def successor_is_issued(problem_list: ProblemListFacts) -> bool:
    return problem_list.successor_issued


COMPLETE_ITEMS = (
    every_item_has_source_and_severity,
    every_item_has_somebody_responsible,
    every_item_settles_its_co_units,
    every_item_has_a_target,
    every_target_names_its_indicator,
    every_item_has_a_due_date,
)
DRAFTING = by_level("problems.draft_list", school="problems.draft_school_list")
SUBMITTING = by_level("problems.submit_list", school="problems.submit_school_list")
APPROVING = by_level("problems.approve_list", school="problems.approve_school_list")
ISSUING = by_level("problems.issue_list", school="problems.issue_school_list")

PROBLEM_LIST = Workflow(
    "problem_list",
    "问题清单",
    "Problem list",
    facts=ProblemListFacts,
    initial=DRAFT,
    states=(
        DRAFT,
        UNDER_REVIEW,
        APPROVED,
        ISSUED,
        IN_PROGRESS,
        COMPLETED,
        ARCHIVED,
        RETURNED,
        SUPERSEDED,
        WITHDRAWN,
    ),
    steps=(
        Step("draft", "起草清单", "Draft a list", source=(NEW,), target=DRAFT, needs=DRAFTING),
        Step(
            "submit",
            "送审清单",
            "Submit the list",
            source=(DRAFT, RETURNED),
            target=UNDER_REVIEW,
            needs=SUBMITTING,
            guards=(has_items, every_item_has_a_category, *COMPLETE_ITEMS),
            tells=("leading_group_head",),
        ),
        Step(
            "take_back",
            "撤回送审",
            "Take it back",
            source=(UNDER_REVIEW,),
            target=DRAFT,
            needs=SUBMITTING,
            guards=(nobody_has_opened_it,),
        ),
        Step(
            "approve",
            "批准清单",
            "Approve the list",
            source=(UNDER_REVIEW,),
            target=APPROVED,
            needs=APPROVING,
            guards=COMPLETE_ITEMS,
            four_eyes=("submit",),
        ),
        Step(
            "return_list",
            "退回清单",
            "Return the list",
            source=(UNDER_REVIEW,),
            target=RETURNED,
            needs=APPROVING,
            reason=True,
        ),
        Step(
            "return_approved",
            "发现差错退回",
            "Return for a mistake",
            source=(APPROVED,),
            target=RETURNED,
            needs=ISSUING,
            reason=True,
        ),
        Step(
            "issue",
            "交办清单",
            "Issue the list",
            source=(APPROVED,),
            target=ISSUED,
            needs=ISSUING,
            guards=(has_a_document_number, is_frozen),
            star=True,
            tells=("dept_head", "principal"),
        ),
        Step(
            "start",
            "开始整改",
            "Work begins",
            source=(ISSUED,),
            target=IN_PROGRESS,
            system=True,
            guards=(has_an_accepted_item,),
        ),
        Step(
            "complete",
            "全部办结",
            "All items are done",
            source=(ISSUED, IN_PROGRESS),
            target=COMPLETED,
            system=True,
            guards=(every_item_is_settled,),
        ),
        Step(
            "archive",
            "归档清单",
            "Archive the list",
            source=(COMPLETED,),
            target=ARCHIVED,
            needs=ISSUING,
            guards=(every_item_is_settled, has_a_summary),
        ),
        Step(
            "supersede",
            "由新版替代",
            "Superseded by a new version",
            source=(ISSUED, IN_PROGRESS),
            target=SUPERSEDED,
            system=True,
            guards=(successor_is_issued,),
        ),
        Step(
            "withdraw",
            "不再送审",
            "Withdraw the list",
            source=(DRAFT, RETURNED),
            target=WITHDRAWN,
            needs=SUBMITTING,
        ),
    ),
)
