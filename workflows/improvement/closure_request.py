"""销号申请: the unit asks to close a problem; one who took no part verifies, another approves."""

from collections.abc import Sized
from typing import Protocol

from workflows.improvement.levels import Graded, Submittable, at_school, by_level
from workflows.vocabulary import NEW, Case, Needs, State, Step, Workflow, WorkingDays, guard


class ClosureRequestFacts(Graded, Submittable, Protocol):
    """What the guards read of a closure request."""

    @property
    def item_awaits_closure(self) -> bool:
        """The problem item is in `pending_closure`."""

    @property
    def item_is_void(self) -> bool:
        """The problem item is void."""

    @property
    def item_is_closed(self) -> bool:
        """The problem item is closed."""

    @property
    def self_summary(self) -> str:
        """What the unit did and what came of it."""

    @property
    def has_before_and_after(self) -> bool:
        """The data before and after, or the criteria checked, are attached."""

    @property
    def listed_evidence_count(self) -> int:
        """Pieces of evidence in the list."""

    @property
    def open_action_count(self) -> int:
        """Measures of the item that are neither completed nor cancelled."""

    @property
    def undecided_evidence_count(self) -> int:
        """Submitted evidence of the item that nobody has judged yet."""

    @property
    def effect_decided(self) -> bool:
        """The effect of the plan in force is decided with an outcome that allows closure."""

    @property
    def effect_not_measurable(self) -> bool:
        """Decided as not measurable, so the group head approves."""

    @property
    def chain_gaps(self) -> Sized:
        """Links that are missing between the data cell and this request."""

    @property
    def verified_on_site(self) -> bool:
        """The person who verifies has been on site."""

    @property
    def verifier_opinion(self) -> str:
        """What the person who verifies found."""


VERIFY = WorkingDays(
    code="verify",
    zh="核验销号申请",
    en="Verify the request",
    days=10,
    escalate_to=("office_director", "leading_group_head"),
)
APPROVE = WorkingDays(
    code="approve", zh="审批销号申请", en="Decide on the request", days=5, escalate_to=("leading_group_head",)
)

DRAFT = State("draft", "草稿", "Draft", waits_for="submitter", family="idle")
SUBMITTED = State("submitted", "已提交", "Submitted", waits_for="verifier", family="wait", deadlines=(VERIFY,))
VERIFIED = State("verified", "已核验", "Verified", waits_for="approver", family="wait", deadlines=(APPROVE,))
APPROVED = State("approved", "已批准", "Approved", family="done")
CLOSED = State("closed", "已结束", "Closed", family="done", final=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="submitter", family="return", side=True)
REJECTED = State("rejected", "不通过", "Rejected", family="late", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)


@guard("问题项还没有到待销号", en="The item is not waiting for closure")
def item_awaits_closure(request: ClosureRequestFacts) -> bool:
    return request.item_awaits_closure


@guard("请写自评总结", en="Write the self-summary")
def has_a_self_summary(request: ClosureRequestFacts) -> bool:
    return bool(request.self_summary.strip())


@guard("请附整改前后的数据", en="Attach the data before and after")
def has_before_and_after(request: ClosureRequestFacts) -> bool:
    return request.has_before_and_after


@guard("佐证清单还是空的", en="The list of evidence is empty")
def lists_its_evidence(request: ClosureRequestFacts) -> bool:
    return request.listed_evidence_count > 0


@guard("还有措施没有完成或取消", en="Some measures are neither completed nor cancelled")
def actions_are_ended(request: ClosureRequestFacts) -> bool:
    return request.open_action_count == 0


@guard("还有佐证没有审核", en="Some evidence has not been judged yet")
def evidence_is_judged(request: ClosureRequestFacts) -> bool:
    return request.undecided_evidence_count == 0


@guard("成效评价还没有可以销号的定论", en="The effect is not decided in a way that allows closure")
def effect_is_decided(request: ClosureRequestFacts) -> bool:
    return request.effect_decided


@guard("从数据到销号的证据链还不完整", en="The chain from the data to the closure has gaps")
def chain_has_no_gaps(request: ClosureRequestFacts) -> bool:
    return len(request.chain_gaps) == 0


@guard("严重问题要先到现场核验", en="A severe problem has to be verified on site")
def severe_was_verified_on_site(request: ClosureRequestFacts) -> bool:
    return not request.is_severe or request.verified_on_site


@guard("请写核验意见", en="Write down what you found", asked=True)
def has_the_verifiers_opinion(request: ClosureRequestFacts) -> bool:
    return bool(request.verifier_opinion.strip())


@guard("核验人已经打开，不能再撤回", en="The person who verifies has opened it, so it cannot be taken back")
def nobody_has_opened_it(request: ClosureRequestFacts) -> bool:
    return not request.was_opened


@guard("问题项还没有销号", en="The item is not closed yet")
def item_is_closed(request: ClosureRequestFacts) -> bool:
    return request.item_is_closed


@guard("问题项没有作废", en="The item is not void")
def item_is_void(request: ClosureRequestFacts) -> bool:
    return request.item_is_void


def _needs_the_group_head(request: ClosureRequestFacts) -> bool:
    return request.is_severe or request.effect_not_measurable


GATE = (item_awaits_closure, actions_are_ended, evidence_is_judged, effect_is_decided, chain_has_no_gaps)
SUBMITTING = by_level("effects.submit_closure", school="effects.submit_school_closure")
VERIFYING = by_level("effects.verify_closure", school="effects.verify_school_closure")
APPROVING = Needs(
    "effects.approve_closure",
    (
        at_school("effects.approve_school_closure"),
        Case(
            "effects.approve_severe_closure",
            "严重问题或效果无法测量",
            "severe problem, or effect not measurable",
            _needs_the_group_head,
        ),
    ),
)
DOERS = (
    "draft",
    "submit",
    "remediation_plan.draft",
    "remediation_plan.submit",
    "remediation_action.submit_evidence",
    "evidence.submit",
    "evidence.resubmit",
)

CLOSURE_REQUEST = Workflow(
    "closure_request",
    "销号申请",
    "Closure request",
    facts=ClosureRequestFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, VERIFIED, APPROVED, CLOSED, RETURNED, REJECTED, WITHDRAWN),
    steps=(
        Step("draft", "起草销号申请", "Draft a request", source=(NEW,), target=DRAFT, needs="effects.draft_closure"),
        Step(
            "submit",
            "提交销号申请",
            "Submit the request",
            source=(DRAFT, RETURNED),
            target=SUBMITTED,
            needs=SUBMITTING,
            guards=(has_a_self_summary, has_before_and_after, lists_its_evidence, *GATE),
            tells=("inspector", "evaluator"),
        ),
        Step(
            "take_back",
            "撤回申请",
            "Take it back",
            source=(SUBMITTED,),
            target=DRAFT,
            needs=SUBMITTING,
            guards=(nobody_has_opened_it,),
        ),
        Step(
            "verify",
            "核验通过",
            "Verify the request",
            source=(SUBMITTED,),
            target=VERIFIED,
            needs=VERIFYING,
            guards=(severe_was_verified_on_site, has_the_verifiers_opinion),
            four_eyes=(*DOERS, "remediation_plan.open_review"),
        ),
        Step(
            "return_request",
            "退回申请",
            "Return the request",
            source=(SUBMITTED,),
            target=RETURNED,
            needs=VERIFYING,
            reason=True,
            four_eyes=(*DOERS, "remediation_plan.open_review"),
            tells=("dept_head", "principal"),
        ),
        Step(
            "approve",
            "批准销号",
            "Approve the closure",
            source=(VERIFIED,),
            target=APPROVED,
            needs=APPROVING,
            guards=GATE,
            four_eyes=(*DOERS, "verify"),
            star=True,
            tells=("dept_head", "principal"),
        ),
        Step(
            "return_verified",
            "退回补正",
            "Return for correction",
            source=(VERIFIED,),
            target=RETURNED,
            needs=APPROVING,
            reason=True,
            four_eyes=(*DOERS, "verify"),
            tells=("dept_head", "principal", "inspector"),
        ),
        Step(
            "reject",
            "否决销号",
            "Reject the closure",
            source=(VERIFIED,),
            target=REJECTED,
            needs=APPROVING,
            reason=True,
            four_eyes=(*DOERS, "verify"),
            star=True,
            tells=("dept_head", "principal", "inspector"),
        ),
        Step(
            "close",
            "随问题项办结",
            "Closed with its item",
            source=(APPROVED,),
            target=CLOSED,
            system=True,
            guards=(item_is_closed,),
        ),
        Step(
            "withdraw",
            "不再申请",
            "Withdraw the request",
            source=(DRAFT, RETURNED),
            target=WITHDRAWN,
            needs=SUBMITTING,
        ),
        Step(
            "withdraw_with_item",
            "随问题项作废",
            "Withdrawn with its item",
            source=(DRAFT, SUBMITTED, VERIFIED, APPROVED, RETURNED),
            target=WITHDRAWN,
            system=True,
            guards=(item_is_void,),
        ),
    ),
)
