"""问题项: one problem of one responsible unit, from its issue over its repair to its closure, and back."""

from workflows.improvement.levels import by_level
from workflows.improvement.problem_item_facts import (
    ProblemItemFacts,
    actions_are_ended,
    causes_are_complete,
    closure_is_approved,
    closure_is_rejected,
    effect_allows_closure,
    effect_asks_for_a_new_plan,
    effect_is_unclear,
    grounds_are_given,
    has_a_chain_without_gaps,
    has_a_new_data_date,
    has_a_new_unit,
    has_a_plan_in_force,
    has_an_approved_reopening,
    has_two_causes,
    is_of_an_issued_list,
    is_of_withdrawn_data,
    names_a_new_handler,
    names_its_handler,
    resumes_within_limit,
    severe_was_seen_on_site,
    was_not_extended_before,
)
from workflows.vocabulary import ANY, DATED, NEW, PREVIOUS, QUIET, FromField, State, Step, Workflow, WorkingDays

SIGN_FOR = WorkingDays(
    code="sign_for", zh="签收问题项", en="Sign for the item", days=3, escalate_to=("leading_group_head",)
)
CONTEST = WorkingDays(code="contest", zh="提出异议", en="Raise objections", days=5, ladder=QUIET)
ANSWER_OBJECTION = WorkingDays(
    code="answer_objection",
    zh="答复异议",
    en="Answer the objection",
    days=5,
    escalate_to=("leading_group_head",),
)
DIAGNOSE = FromField(
    code="diagnose",
    zh="完成归因诊断",
    en="Finish the cause analysis",
    field="accepted_on",
    day=("签收", "the sign-for"),
    working_days=10,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
PLAN = FromField(
    code="plan",
    zh="方案获批并开始整改",
    en="Have a plan approved and begin",
    field="accepted_on",
    day=("签收", "the sign-for"),
    working_days=30,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
FINISH_WORK = FromField(
    code="finish_work",
    zh="完成整改，进入评价",
    en="Finish the work and begin the evaluation",
    field="due_on",
    day=("完成期限", "the due date"),
    days=-30,
    ladder=DATED,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
ASK_FOR_CLOSURE = FromField(
    code="ask_for_closure",
    zh="定论后提出销号",
    en="Ask for closure once the effect is decided",
    field="closable_on",
    day=("定论", "the decision"),
    working_days=10,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
GO_ON = FromField(
    code="go_on",
    zh="决定重订方案或延长",
    en="Decide on a new plan or an extension",
    field="unresolved_on",
    day=("定论", "the decision"),
    working_days=5,
    escalate_to=("office_director", "leading_group_head"),
)
DUE = FromField(
    code="due",
    zh="问题项销号",
    en="Close the item",
    field="due_on",
    day=("完成期限", "the due date"),
    ladder=DATED,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
NEW_HANDLER = WorkingDays(
    code="new_handler",
    zh="新经办人接手",
    en="A new handler takes over",
    days=3,
    escalate_to=(("dept_head", "principal"), "office_director"),
)
RESUME = FromField(
    code="resume",
    zh="恢复整改",
    en="Resume the work",
    field="resume_on",
    day=("恢复日期", "the day of resumption"),
    ladder=DATED,
    escalate_to=("office_director",),
)
DECIDE_AFTER_WITHDRAWAL = FromField(
    code="decide_after_withdrawal",
    zh="数据撤回后决定恢复或作废",
    en="Decide after the data were withdrawn: resume or void",
    field="source_withdrawn_on",
    day=("数据撤回", "the withdrawal of the data"),
    days=30,
    escalate_to=("office_director",),
)

DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
ISSUED = State("issued", "已交办", "Issued", waits_for="unit_head", deadlines=(SIGN_FOR, CONTEST))
ACCEPTED = State("accepted", "已签收", "Signed for", waits_for="handler", family="done", deadlines=(DIAGNOSE, PLAN))
DIAGNOSING = State("diagnosing", "诊断中", "Diagnosing", waits_for="handler", deadlines=(DIAGNOSE, PLAN))
PLANNING = State("planning", "方案制定", "Planning", waits_for="handler", deadlines=(PLAN,))
IMPLEMENTING = State("implementing", "整改中", "Under repair", waits_for="handler", deadlines=(FINISH_WORK,))
EVALUATING = State("evaluating", "评价中", "Evaluating", waits_for="handler", deadlines=(ASK_FOR_CLOSURE, GO_ON, DUE))
PENDING_CLOSURE = State(
    "pending_closure", "待销号", "Closure pending", waits_for="verifier", family="wait", deadlines=(DUE,)
)
CLOSED = State("closed", "已销号", "Closed", family="done", settled=True)
CONTESTED = State(
    "contested",
    "有异议",
    "Contested",
    waits_for="office",
    family="return",
    side=True,
    deadlines=(ANSWER_OBJECTION,),
)
SUSPENDED = State(
    "suspended",
    "挂起",
    "Suspended",
    waits_for="group_head",
    family="wait",
    side=True,
    pauses=True,
    deadlines=(RESUME, DECIDE_AFTER_WITHDRAWAL),
)
REOPENED = State(
    "reopened", "重新打开", "Reopened", waits_for="handler", family="return", side=True, deadlines=(NEW_HANDLER,)
)
VOID = State("void", "作废", "Void", family="idle", side=True, final=True)

AT_WORK = (
    ISSUED,
    CONTESTED,
    ACCEPTED,
    DIAGNOSING,
    PLANNING,
    IMPLEMENTING,
    EVALUATING,
    PENDING_CLOSURE,
    REOPENED,
)
DRAFTING = by_level("problems.draft_list", school="problems.draft_school_list")

PROBLEM_ITEM = Workflow(
    "problem_item",
    "问题项",
    "Problem item",
    facts=ProblemItemFacts,
    initial=DRAFT,
    states=(
        DRAFT,
        ISSUED,
        ACCEPTED,
        DIAGNOSING,
        PLANNING,
        IMPLEMENTING,
        EVALUATING,
        PENDING_CLOSURE,
        CLOSED,
        CONTESTED,
        SUSPENDED,
        REOPENED,
        VOID,
    ),
    steps=(
        Step("draft", "列入问题项", "Draft an item", source=(NEW,), target=DRAFT, needs=DRAFTING),
        Step("drop", "移出草稿", "Drop the draft", source=(DRAFT,), target=VOID, needs=DRAFTING, reason=True),
        Step(
            "issue",
            "随清单交办",
            "Issued with its list",
            source=(DRAFT,),
            target=ISSUED,
            system=True,
            guards=(is_of_an_issued_list,),
        ),
        Step(
            "accept",
            "签收问题项",
            "Sign for the item",
            source=(ISSUED,),
            target=ACCEPTED,
            needs="problems.accept_item",
            guards=(names_its_handler,),
        ),
        Step(
            "contest",
            "提出异议",
            "Contest the item",
            source=(ISSUED,),
            target=CONTESTED,
            needs="problems.contest_item",
            guards=(grounds_are_given,),
            tells=("office_director",),
        ),
        Step(
            "uphold",
            "维持交办",
            "Uphold the assignment",
            source=(CONTESTED,),
            target=ISSUED,
            needs="problems.decide_objection",
            reason=True,
            star=True,
            tells=("dept_head", "principal"),
        ),
        Step(
            "reassign",
            "改派单位",
            "Assign another unit",
            source=(CONTESTED,),
            target=ISSUED,
            needs="problems.decide_objection",
            reason=True,
            star=True,
            guards=(has_a_new_unit,),
            tells=("dept_head", "principal"),
        ),
        Step(
            "start_diagnosis",
            "开始诊断",
            "Begin the diagnosis",
            source=(ACCEPTED,),
            target=DIAGNOSING,
            needs="problems.diagnose_item",
        ),
        Step(
            "finish_diagnosis",
            "完成诊断",
            "Finish the diagnosis",
            source=(DIAGNOSING,),
            target=PLANNING,
            needs="problems.diagnose_item",
            guards=(has_two_causes, causes_are_complete),
        ),
        Step(
            "start_work",
            "开始整改",
            "Work begins",
            source=(PLANNING,),
            target=IMPLEMENTING,
            system=True,
            guards=(has_a_plan_in_force,),
        ),
        Step(
            "start_evaluation",
            "进入评价",
            "Begin the evaluation",
            source=(IMPLEMENTING,),
            target=EVALUATING,
            needs="problems.handle_item",
            guards=(actions_are_ended, severe_was_seen_on_site),
        ),
        Step(
            "ask_for_closure",
            "提出销号",
            "Ask for closure",
            source=(EVALUATING,),
            target=PENDING_CLOSURE,
            needs="problems.handle_item",
            guards=(effect_allows_closure,),
        ),
        Step(
            "plan_again",
            "重订方案",
            "Plan again",
            source=(EVALUATING,),
            target=PLANNING,
            needs="problems.decide_after_evaluation",
            guards=(effect_asks_for_a_new_plan,),
        ),
        Step(
            "extend",
            "延长一次",
            "Extend once",
            source=(EVALUATING,),
            target=EVALUATING,
            needs="problems.decide_after_evaluation",
            guards=(effect_is_unclear, was_not_extended_before, has_a_new_data_date),
        ),
        Step(
            "close",
            "销号",
            "Close the item",
            source=(PENDING_CLOSURE,),
            target=CLOSED,
            system=True,
            star=True,
            guards=(closure_is_approved, has_a_chain_without_gaps),
        ),
        Step(
            "resume_work",
            "销号未通过，继续整改",
            "Closure rejected, work goes on",
            source=(PENDING_CLOSURE,),
            target=IMPLEMENTING,
            system=True,
            star=True,
            guards=(closure_is_rejected,),
        ),
        Step(
            "reopen",
            "重新打开",
            "Reopen the item",
            source=(CLOSED,),
            target=REOPENED,
            system=True,
            star=True,
            guards=(has_an_approved_reopening,),
            tells=("dept_head", "principal"),
        ),
        Step(
            "diagnose_again",
            "重新诊断",
            "Diagnose again",
            source=(REOPENED,),
            target=DIAGNOSING,
            needs="problems.diagnose_item",
            star=True,
            guards=(names_a_new_handler,),
        ),
        Step(
            "suspend",
            "挂起",
            "Suspend the item",
            source=AT_WORK,
            target=SUSPENDED,
            needs="problems.suspend_item",
            reason=True,
            guards=(resumes_within_limit,),
            tells=("dept_head", "principal"),
        ),
        Step(
            "suspend_for_withdrawal",
            "数据撤回，挂起",
            "Suspended, its data were withdrawn",
            source=AT_WORK,
            target=SUSPENDED,
            system=True,
            guards=(is_of_withdrawn_data,),
            tells=("dept_head", "principal"),
        ),
        Step(
            "resume",
            "恢复整改",
            "Resume the item",
            source=(SUSPENDED,),
            target=PREVIOUS,
            needs="problems.suspend_item",
            tells=("dept_head", "principal"),
        ),
        Step(
            "void",
            "作废问题项",
            "Void the item",
            source=ANY,
            target=VOID,
            needs="problems.void_item",
            reason=True,
            star=True,
            tells=("dept_head", "principal"),
        ),
    ),
)
