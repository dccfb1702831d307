"""督导指标体系: a version of the county's tree of inspection indicators, reviewed by another person, put in force, superseded."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, guard


class InspectionTreeFacts(Protocol):
    """What the guards read of a version."""

    @property
    def point_count(self) -> int:
        """Observation points of the tree."""

    @property
    def is_in_force(self) -> bool:
        """It is the one in force for at least one stage of schooling today."""


@guard("指标体系里还没有观测点", en="The tree has no observation points yet")
def has_points(tree: InspectionTreeFacts) -> bool:
    return tree.point_count > 0


@guard("还有学段在用这一版", en="A stage of schooling is still inspected by it")
def nothing_uses_it(tree: InspectionTreeFacts) -> bool:
    return not tree.is_in_force


DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
UNDER_REVIEW = State("under_review", "审核中", "Under review", waits_for="reviewer", family="wait")
APPROVED = State("approved", "已批准", "Approved", waits_for="group_head", family="done")
ACTIVE = State("active", "生效中", "Active", settled=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", final=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)
DRAFTS, REVIEWS, ACTIVATES = "inspection.draft_tree", "inspection.review_tree", "inspection.activate_tree"

INSPECTION_TREE = Workflow(
    "inspection_tree",
    "督导指标体系",
    "Inspection indicators",
    facts=InspectionTreeFacts,
    initial=DRAFT,
    states=(DRAFT, UNDER_REVIEW, APPROVED, ACTIVE, SUPERSEDED, RETURNED, WITHDRAWN),
    steps=(
        Step("draft", "导入草稿", "Bring in as a draft", source=(NEW,), target=DRAFT, needs=DRAFTS, guards=(has_points,)),
        Step("replace", "换文件", "Replace the file", source=(DRAFT, RETURNED), target=DRAFT, needs=DRAFTS,
             guards=(has_points,)),
        Step("submit", "提交审核", "Submit", source=(DRAFT,), target=UNDER_REVIEW, needs=DRAFTS, guards=(has_points,)),
        Step("approve", "批准", "Approve", source=(UNDER_REVIEW,), target=APPROVED, needs=REVIEWS, guards=(has_points,),
             four_eyes=("draft", "replace", "submit")),
        Step("return_tree", "退回修改", "Return", source=(UNDER_REVIEW,), target=RETURNED, needs=REVIEWS, reason=True,
             four_eyes=("draft", "replace", "submit")),
        Step("activate", "启用", "Put in force", source=(APPROVED,), target=ACTIVE, needs=ACTIVATES, guards=(has_points,),
             star=True),
        Step("withdraw", "撤回", "Withdraw", source=(DRAFT, RETURNED, APPROVED), target=WITHDRAWN, needs=DRAFTS),
        Step("supersede", "由新版本代替", "Replaced by a newer one", source=(ACTIVE,), target=SUPERSEDED,
             guards=(nothing_uses_it,), system=True),
    ),
)  # fmt: skip
