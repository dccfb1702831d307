"""整改方案: how a problem is to be mended, fixed with its target and its evaluation before the work begins."""

from workflows.improvement.levels import by_level, by_severity
from workflows.improvement.remediation_plan_facts import (
    RemediationPlanFacts,
    baseline_stands,
    budget_is_stated,
    design_fits,
    effect_can_be_measured_in_time,
    every_action_has_its_owner,
    every_cause_has_its_action,
    goal_is_set,
    has_one_accountable_person,
    has_risks,
    item_is_at_work,
    item_is_closed,
    item_is_void,
    list_is_archived,
    measured_design_has_its_cell,
    minimum_effect_is_meant,
    newer_version_is_approved,
    nobody_has_opened_it,
    problem_is_stated,
    severe_has_guidance,
    target_is_worth_it,
    target_lies_ahead,
    target_lies_in_the_cycle,
)
from workflows.vocabulary import NEW, Cadence, FromField, Repeat, State, Step, Workflow, WorkingDays

DRAW_UP = FromField(
    code="draw_up",
    zh="提交整改方案",
    en="Submit the plan",
    field="planning_started_on",
    day=("进入方案制定", "the start of planning"),
    working_days=10,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
LOOK_AT = WorkingDays(
    code="look_at", zh="受理并审核方案", en="Take up the plan", days=3, escalate_to=("office_director",)
)
DECIDE = WorkingDays(
    code="decide", zh="批准或退回方案", en="Approve or return the plan", days=5, escalate_to=("leading_group_head",)
)
REVISE = WorkingDays(
    code="revise",
    zh="修改后再提交",
    en="Revise and submit again",
    days=5,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
REPORT = Cadence(
    code="progress_report",
    zh="整改月报",
    en="Monthly progress report",
    day_of_month=5,
    met_by="reports_are_in",
    escalate_to=(("dept_head", "principal"), "office_director"),
)

DRAFT = State("draft", "草稿", "Draft", waits_for="handler", family="idle", deadlines=(DRAW_UP,))
SUBMITTED = State("submitted", "已提交", "Submitted", waits_for="reviewer", family="wait", deadlines=(LOOK_AT,))
UNDER_REVIEW = State("under_review", "审核中", "Under review", waits_for="approver", family="wait", deadlines=(DECIDE,))
APPROVED = State("approved", "已批准", "Approved", family="done")
ACTIVE = State("active", "生效中", "In force", waits_for="handler", deadlines=(REPORT,))
COMPLETED = State("completed", "已完成", "Completed", family="done", settled=True)
ARCHIVED = State("archived", "已归档", "Archived", family="idle", final=True)
RETURNED = State(
    "returned", "退回修改", "Returned", waits_for="handler", family="return", side=True, deadlines=(REVISE,)
)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)

SUBMITTING = by_level("plans.submit_plan", school="plans.submit_school_plan")
REVIEWING = by_level("plans.review_plan", school="plans.review_school_plan")
APPROVING = by_severity("plans.approve_plan", severe="plans.approve_severe_plan", school="plans.approve_school_plan")

WHOLE = (
    problem_is_stated,
    goal_is_set,
    target_lies_ahead,
    target_lies_in_the_cycle,
    every_cause_has_its_action,
    every_action_has_its_owner,
    has_one_accountable_person,
    budget_is_stated,
    has_risks,
    design_fits,
    measured_design_has_its_cell,
    baseline_stands,
    minimum_effect_is_meant,
    effect_can_be_measured_in_time,
)

REMEDIATION_PLAN = Workflow(
    "remediation_plan",
    "整改方案",
    "Remediation plan",
    facts=RemediationPlanFacts,
    initial=DRAFT,
    states=(
        DRAFT,
        SUBMITTED,
        UNDER_REVIEW,
        APPROVED,
        ACTIVE,
        COMPLETED,
        ARCHIVED,
        RETURNED,
        SUPERSEDED,
        CANCELLED,
    ),
    steps=(
        Step("draft", "制定方案", "Draw up a plan", source=(NEW,), target=DRAFT, needs="plans.draft_plan"),
        Step(
            "submit",
            "提交方案",
            "Submit the plan",
            source=(DRAFT, RETURNED),
            target=SUBMITTED,
            needs=SUBMITTING,
            guards=WHOLE,
            tells=("evaluator",),
        ),
        Step(
            "take_back",
            "撤回方案",
            "Take it back",
            source=(SUBMITTED,),
            target=DRAFT,
            needs=SUBMITTING,
            guards=(nobody_has_opened_it,),
        ),
        Step(
            "open_review",
            "受理方案",
            "Take up the review",
            source=(SUBMITTED,),
            target=UNDER_REVIEW,
            needs=REVIEWING,
            guards=(severe_has_guidance,),
            four_eyes=("draft", "submit"),
        ),
        Step(
            "approve",
            "批准方案",
            "Approve the plan",
            source=(UNDER_REVIEW,),
            target=APPROVED,
            needs=APPROVING,
            guards=(measured_design_has_its_cell, baseline_stands, target_is_worth_it, target_lies_ahead),
            four_eyes=("draft", "submit", "open_review"),
            tells=("dept_head", "principal"),
        ),
        Step(
            "return_plan",
            "退回方案",
            "Return the plan",
            source=(UNDER_REVIEW,),
            target=RETURNED,
            needs=APPROVING,
            reason=True,
            four_eyes=("draft", "submit"),
            repeat=Repeat(3, "leading_group_head"),
            tells=("dept_head", "principal"),
        ),
        Step(
            "amend",
            "修改（批准作废）",
            "Amend, the approval is void",
            source=(APPROVED,),
            target=DRAFT,
            needs=SUBMITTING,
            reason=True,
            tells=("office_director",),
        ),
        Step(
            "activate",
            "方案生效",
            "The plan takes force",
            source=(APPROVED,),
            target=ACTIVE,
            system=True,
            guards=(item_is_at_work,),
        ),
        Step(
            "supersede",
            "由新版替代",
            "Superseded by a new version",
            source=(ACTIVE,),
            target=SUPERSEDED,
            system=True,
            guards=(newer_version_is_approved,),
        ),
        Step(
            "complete",
            "随销号完成",
            "Completed with the closure",
            source=(ACTIVE,),
            target=COMPLETED,
            system=True,
            guards=(item_is_closed,),
        ),
        Step(
            "archive",
            "随清单归档",
            "Archived with its list",
            source=(COMPLETED,),
            target=ARCHIVED,
            system=True,
            guards=(list_is_archived,),
        ),
        Step(
            "cancel",
            "取消方案",
            "Cancel the plan",
            source=(DRAFT, RETURNED),
            target=CANCELLED,
            needs=SUBMITTING,
            reason=True,
        ),
        Step(
            "cancel_approved",
            "取消已批准方案",
            "Cancel the approved plan",
            source=(APPROVED,),
            target=CANCELLED,
            needs=APPROVING,
            reason=True,
            tells=("dept_head", "principal"),
        ),
        Step(
            "cancel_with_item",
            "随问题项作废",
            "Cancelled with its item",
            source=(DRAFT, SUBMITTED, UNDER_REVIEW, RETURNED, APPROVED, ACTIVE),
            target=CANCELLED,
            system=True,
            guards=(item_is_void,),
        ),
    ),
)
