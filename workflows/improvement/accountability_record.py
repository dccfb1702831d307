"""问责与表彰: facts, notice, a window to be heard, a decision by a named body, disclosure, appeal, lapse; nothing by itself.

Both kinds go on the same rails. The system only ends windows and periods; it never decides.
"""

from workflows.improvement.accountability_record_facts import (
    AccountabilityRecordFacts,
    has_facts,
    has_quorum,
    has_weighed_what_was_said,
    is_anonymous,
    is_heard_by_others,
    is_to_be_disclosed,
    is_written,
    leaves_a_chair_for_the_appeal,
    may_be_appealed,
    names_appeal_reasons,
    names_body_and_reasons,
    nobody_concerned_sits,
    notice_is_anonymous,
    period_is_over,
    window_is_open,
    window_is_over,
)
from workflows.vocabulary import (
    DATED,
    NEW,
    PREVIOUS,
    QUIET,
    Days,
    FromField,
    Ladder,
    State,
    Step,
    Workflow,
    WorkingDays,
)

LAPSE = FromField(
    code="lapse",
    zh="期满失效",
    en="Lapse",
    field="lapses_on",
    day=("失效日期", "the day on which it lapses"),
    ladder=QUIET,
)
APPEAL = FromField(
    code="appeal",
    zh="提出申诉",
    en="Appeal",
    field="appeal_runs_until",
    day=("申诉期最后一天", "the last day to appeal"),
    met_by="is_final",
    ladder=Ladder(percents=(100,)),
)

DRAFT = State(
    "draft",
    "草稿",
    "Draft",
    waits_for="drafter",
    family="idle",
    deadlines=(
        Days(
            code="establish",
            zh="查清事实并告知",
            en="Establish the facts",
            days=60,
            escalate_to=("leading_group_head",),
        ),
    ),
)
HEARING = State(
    "hearing",
    "听取意见",
    "Being heard",
    waits_for="party",
    deadlines=(
        FromField(
            code="state_case",
            zh="陈述申辩、提出异议",
            en="Make a statement or object",
            field="statement_until",
            day=("期限最后一天", "the last day of the window"),
            ladder=DATED,
        ),
    ),
)
READY = State(
    "ready",
    "待决定",
    "To be decided",
    waits_for="leading_group",
    family="wait",
    deadlines=(
        WorkingDays(code="decide", zh="集体研究决定", en="Decide", days=15, escalate_to=("leading_group_head",)),
    ),
)
DECIDED = State("decided", "已决定", "Decided", family="done", settled=True, deadlines=(APPEAL, LAPSE))
DISCLOSED = State("disclosed", "已公开", "Disclosed", family="done", settled=True, deadlines=(APPEAL, LAPSE))
APPEALED = State(
    "appealed",
    "申诉复核",
    "Under appeal",
    waits_for="appeal_panel",
    family="return",
    side=True,
    deadlines=(
        WorkingDays(
            code="settle_appeal", zh="答复申诉", en="Answer the appeal", days=20, escalate_to=("leading_group_head",)
        ),
    ),
)
LAPSED = State("lapsed", "期满失效", "Lapsed", family="idle", side=True, final=True)
REVOKED = State("revoked", "已撤销", "Revoked", family="idle", side=True, final=True)
DISMISSED = State("dismissed", "不作处理", "Not pursued", family="late", side=True, final=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)

BODY = (
    window_is_over,
    names_body_and_reasons,
    has_weighed_what_was_said,
    has_quorum,
    nobody_concerned_sits,
)
DREW_UP = ("draft", "notify")
"""Steps whose takers drew up the facts or gave notice of them."""

ANSWERS_TO_AN_APPEAL = (
    ("uphold", "维持决定", "Uphold the decision", PREVIOUS),
    ("change", "变更决定", "Change the decision", PREVIOUS),
    ("revoke_on_appeal", "撤销决定", "Revoke on appeal", REVOKED),
)

ACCOUNTABILITY_RECORD = Workflow(
    "accountability_record",
    "问责与表彰",
    "Accountability and commendation",
    facts=AccountabilityRecordFacts,
    initial=DRAFT,
    states=(DRAFT, HEARING, READY, DECIDED, DISCLOSED, APPEALED, LAPSED, REVOKED, DISMISSED, CANCELLED),
    steps=(
        Step("draft", "登记", "Register", source=(NEW,), target=DRAFT, needs="accountability.draft_record"),
        Step(
            "notify",
            "送达告知、开始听取意见",
            "Give notice",
            source=(DRAFT,),
            target=HEARING,
            needs="accountability.notify_party",
            guards=(has_facts, is_written, notice_is_anonymous),
            star=True,
            tells=("principal", "dept_head"),
        ),
        Step(
            "state_case",
            "提交陈述申辩",
            "Make a statement",
            source=(HEARING,),
            target=HEARING,
            needs="accountability.make_statement",
            guards=(window_is_open,),
            tells=("office_director",),
        ),
        Step(
            "end_hearing",
            "听取意见期满",
            "End of the window",
            source=(HEARING,),
            target=READY,
            system=True,
            guards=(window_is_over,),
        ),
        Step(
            "decide",
            "作出决定",
            "Decide",
            source=(READY,),
            target=DECIDED,
            needs="accountability.decide_record",
            guards=(*BODY, leaves_a_chair_for_the_appeal),
            reason=True,
            four_eyes=DREW_UP,
            star=True,
            tells=("principal", "dept_head", "office_director"),
        ),
        Step(
            "dismiss",
            "决定不作处理",
            "Decide not to pursue it",
            source=(READY,),
            target=DISMISSED,
            needs="accountability.decide_record",
            guards=BODY,
            reason=True,
            four_eyes=DREW_UP,
            star=True,
            tells=("principal", "dept_head", "office_director"),
        ),
        Step(
            "disclose",
            "公开决定",
            "Disclose the decision",
            source=(DECIDED,),
            target=DISCLOSED,
            needs="accountability.disclose_record",
            guards=(is_to_be_disclosed, is_anonymous),
            star=True,
        ),
        Step(
            "appeal",
            "提出申诉",
            "Appeal",
            source=(DECIDED, DISCLOSED),
            target=APPEALED,
            needs="accountability.appeal_decision",
            guards=(may_be_appealed,),
            tells=("office_director",),
        ),
        *(
            Step(
                code,
                zh,
                en,
                source=(APPEALED,),
                target=target,
                needs="accountability.settle_appeal",
                guards=(is_heard_by_others, names_appeal_reasons),
                reason=True,
                four_eyes=(*DREW_UP, "decide"),
                star=True,
                tells=("principal", "dept_head", "office_director"),
            )
            for code, zh, en, target in ANSWERS_TO_AN_APPEAL
        ),
        Step(
            "revoke",
            "收回决定",
            "Take the decision back",
            source=(DECIDED, DISCLOSED),
            target=REVOKED,
            needs="accountability.revoke_record",
            reason=True,
            aside=True,
            star=True,
            tells=("principal", "dept_head", "office_director"),
        ),
        Step(
            "lapse",
            "期满失效",
            "Lapse",
            source=(DECIDED, DISCLOSED),
            target=LAPSED,
            guards=(period_is_over,),
            system=True,
        ),
        Step(
            "cancel",
            "取消",
            "Cancel the draft",
            source=(DRAFT,),
            target=CANCELLED,
            needs="accountability.draft_record",
            reason=True,
        ),
    ),
)
