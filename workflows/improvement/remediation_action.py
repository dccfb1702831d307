"""整改措施: one measure of a remediation plan, from its start to accepted evidence."""

from datetime import date
from typing import Protocol

from workflows.improvement.levels import Graded, by_level, by_severity
from workflows.vocabulary import ANY, DATED, NEW, FromField, State, Step, Workflow, WorkingDays, guard

CANCELLATION_GROUNDS = frozenset({"replaced", "not_needed"})


class RemediationActionFacts(Graded, Protocol):
    """What the guards read of a remediation action."""

    @property
    def plan_in_force(self) -> bool:
        """Its plan is active."""

    @property
    def planned_start(self) -> date | None:
        """First planned day."""

    @property
    def planned_end(self) -> date | None:
        """Last planned day."""

    @property
    def start_reached(self) -> bool:
        """The first planned day has come."""

    @property
    def early_start_reason(self) -> str:
        """Why it begins before its day."""

    @property
    def has_submitted_evidence(self) -> bool:
        """At least one piece of evidence is submitted or accepted."""

    @property
    def progress(self) -> int:
        """Percent done, 0–100."""

    @property
    def result(self) -> str:
        """What came of it, in words."""

    @property
    def undecided_evidence_count(self) -> int:
        """Submitted evidence that nobody has judged yet."""

    @property
    def criteria_short_of_evidence_count(self) -> int:
        """Criteria with less accepted evidence than they ask for."""

    @property
    def checklist_complete(self) -> bool:
        """Authentic, dated in the period, shows effect and not only activity: all three are ticked."""

    @property
    def cancellation_ground(self) -> str | None:
        """replaced or not_needed."""

    @property
    def replaced_by(self) -> object | None:
        """The measure that takes its place."""

    @property
    def has_rejected_evidence(self) -> bool:
        """Evidence that had been accepted was later judged false."""

    @property
    def plan_is_over(self) -> bool:
        """Its plan is superseded or cancelled, or its item void."""


START = FromField(
    code="start",
    zh="开始措施",
    en="Start the measure",
    field="planned_start",
    day=("计划开始日期", "the planned start"),
    ladder=DATED,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
END = FromField(
    code="finish",
    zh="提交佐证",
    en="Submit the evidence",
    field="planned_end",
    day=("计划结束日期", "the planned end"),
    ladder=DATED,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
JUDGE = WorkingDays(
    code="judge", zh="核验佐证", en="Judge the evidence", days=5, escalate_to=("office_director", "leading_group_head")
)

NOT_STARTED = State("not_started", "未开始", "Not started", waits_for="owner", family="idle", deadlines=(START,))
IN_PROGRESS = State("in_progress", "进行中", "In progress", waits_for="owner", deadlines=(END,))
EVIDENCE_SUBMITTED = State(
    "evidence_submitted", "已报佐证", "Evidence submitted", waits_for="verifier", family="wait", deadlines=(JUDGE,)
)
COMPLETED = State("completed", "已完成", "Completed", family="done", settled=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="owner", family="return", side=True, deadlines=(END,))
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)


@guard("所在方案还没有生效", en="Its plan is not in force yet")
def plan_is_in_force(action: RemediationActionFacts) -> bool:
    return action.plan_in_force


@guard(
    "还没到计划开始日期，提前开始请写明原因",
    en="The planned start has not come; give a reason to begin early",
    asked=True,
)
def start_has_come(action: RemediationActionFacts) -> bool:
    return action.start_reached or bool(action.early_start_reason.strip())


@guard("至少提交一份佐证材料", en="At least one piece of evidence is needed")
def has_evidence(action: RemediationActionFacts) -> bool:
    return action.has_submitted_evidence


@guard("进度还没有到 100%", en="The progress is not 100% yet")
def is_fully_done(action: RemediationActionFacts) -> bool:
    return action.progress == 100


@guard("请写明这项措施的结果", en="Write down what came of the measure", asked=True)
def has_a_result(action: RemediationActionFacts) -> bool:
    return bool(action.result.strip())


@guard("还有佐证没有审核", en="Some evidence has not been judged yet")
def evidence_is_judged(action: RemediationActionFacts) -> bool:
    return action.undecided_evidence_count == 0


@guard("有的标准还缺合格的佐证", en="Some criteria still lack accepted evidence")
def criteria_are_covered(action: RemediationActionFacts) -> bool:
    return action.criteria_short_of_evidence_count == 0


@guard(
    "请逐项核对：材料真实、日期在整改期内、反映成效而不只是活动",
    en="Check each point: authentic, dated in the period, showing effect and not only activity",
    asked=True,
)
def checklist_is_complete(action: RemediationActionFacts) -> bool:
    return action.checklist_complete


@guard(
    "请选择取消的情形；由其他措施替代的，请写明是哪一项",
    en="Say why it is cancelled; if replaced, by which measure",
    asked=True,
)
def cancellation_is_grounded(action: RemediationActionFacts) -> bool:
    if action.cancellation_ground == "replaced":
        return action.replaced_by is not None
    return action.cancellation_ground in CANCELLATION_GROUNDS


@guard("没有被判定失实的佐证", en="No accepted evidence was judged false")
def lost_its_evidence(action: RemediationActionFacts) -> bool:
    return action.has_rejected_evidence


@guard("所在方案仍在执行", en="Its plan is still being carried out")
def plan_is_over(action: RemediationActionFacts) -> bool:
    return action.plan_is_over


VERIFYING = by_level("plans.verify_action", school="plans.verify_school_action")
CANCELLING = by_severity("plans.approve_plan", severe="plans.approve_severe_plan", school="plans.approve_school_plan")

REMEDIATION_ACTION = Workflow(
    "remediation_action",
    "整改措施",
    "Remediation action",
    facts=RemediationActionFacts,
    initial=NOT_STARTED,
    states=(NOT_STARTED, IN_PROGRESS, EVIDENCE_SUBMITTED, COMPLETED, RETURNED, CANCELLED),
    steps=(
        Step("plan", "列入措施", "Plan a measure", source=(NEW,), target=NOT_STARTED, needs="plans.draft_plan"),
        Step(
            "add_from_visit",
            "随视导列入",
            "Added after a visit",
            source=(NEW,),
            target=NOT_STARTED,
            system=True,
            guards=(plan_is_in_force,),
            tells=("dept_head", "principal"),
        ),
        Step(
            "start",
            "开始措施",
            "Start the measure",
            source=(NOT_STARTED,),
            target=IN_PROGRESS,
            needs="plans.work_on_action",
            guards=(plan_is_in_force, start_has_come),
        ),
        Step(
            "submit_evidence",
            "提交佐证",
            "Submit the evidence",
            source=(IN_PROGRESS, RETURNED),
            target=EVIDENCE_SUBMITTED,
            needs="plans.work_on_action",
            guards=(has_evidence, is_fully_done, has_a_result),
        ),
        Step(
            "verify",
            "核验通过",
            "Accept the measure",
            source=(EVIDENCE_SUBMITTED,),
            target=COMPLETED,
            needs=VERIFYING,
            guards=(evidence_is_judged, criteria_are_covered, checklist_is_complete),
            four_eyes=("submit_evidence", "evidence.submit", "evidence.resubmit"),
            tells=("dept_head", "principal"),
        ),
        Step(
            "return_action",
            "退回措施",
            "Return the measure",
            source=(EVIDENCE_SUBMITTED,),
            target=RETURNED,
            needs=VERIFYING,
            reason=True,
            four_eyes=("submit_evidence", "evidence.submit", "evidence.resubmit"),
            tells=("dept_head", "principal"),
        ),
        Step(
            "reopen",
            "佐证失实，重新整改",
            "Evidence was false, work again",
            source=(COMPLETED,),
            target=IN_PROGRESS,
            system=True,
            guards=(lost_its_evidence,),
            tells=("dept_head", "principal"),
        ),
        Step(
            "cancel",
            "取消措施",
            "Cancel the measure",
            source=ANY,
            target=CANCELLED,
            needs=CANCELLING,
            reason=True,
            guards=(cancellation_is_grounded,),
        ),
        Step(
            "cancel_with_plan",
            "随方案终止",
            "Ended with its plan",
            source=ANY,
            target=CANCELLED,
            system=True,
            guards=(plan_is_over,),
        ),
    ),
)
