"""视导: a visit to a school that starts from its open problems and ends when everything found is settled."""

from workflows.improvement import supervision_visit_facts as facts
from workflows.vocabulary import DATED, NEW, Days, FromField, State, Step, Workflow, WorkingDays

OBJECT = WorkingDays(code="object", zh="对反馈稿提出意见", en="Answer the draft", days=3, met_by="draft_is_answered")
DECIDE = WorkingDays(
    code="decide",
    zh="答复申辩",
    en="Decide on the objection",
    days=5,
    met_by="objection_is_decided",
    escalate_to=("leading_group_head",),
)
RESPOND = WorkingDays(
    code="respond", zh="回应视导反馈", en="Respond to the feedback", days=15, escalate_to=("office_director",)
)
RECTIFY = Days(
    code="rectify",
    zh="交书面整改报告",
    en="Hand in the written report",
    days=30,
    met_by="is_rectification_reported",
    escalate_to=("office_director",),
)

DRAFT = State("draft", "草稿", "Draft", waits_for="inspector", family="idle")
NOTIFIED = State(
    "notified",
    "已通知",
    "Notified",
    waits_for="school",
    family="wait",
    deadlines=(
        FromField(
            code="self_report",
            zh="交自查表",
            en="Hand in the self-report",
            field="visit_on",
            day=("视导日期", "the day of the visit"),
            working_days=-2,
            escalate_to=("inspector",),
        ),
    ),
)
SELF_REPORTED = State(
    "self_reported",
    "自查已交",
    "Self-reported",
    waits_for="inspector",
    family="wait",
    deadlines=(
        FromField(
            code="go",
            zh="到校视导",
            en="Visit the school",
            field="visit_on",
            day=("视导日期", "the day of the visit"),
            ladder=DATED,
            escalate_to=("office_director",),
        ),
    ),
)
ON_SITE = State(
    "on_site",
    "现场视导",
    "On site",
    waits_for="inspector",
    deadlines=(
        WorkingDays(
            code="feedback", zh="印发反馈单", en="Issue the feedback", days=10, escalate_to=("office_director",)
        ),
    ),
)
FEEDBACK_ISSUED = State(
    "feedback_issued", "已反馈", "Feedback issued", waits_for="school", family="wait", deadlines=(RESPOND,)
)
RESPONDED = State("responded", "已回应", "Responded", family="wait")
FOLLOW_UP = State("follow_up", "追踪中", "Follow-up", waits_for="inspector", deadlines=(RECTIFY,))
CLOSED = State("closed", "已结束", "Closed", family="done", final=True)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)

PREPARED = (
    facts.is_described,
    facts.is_listed,
    facts.has_a_checklist,
    facts.is_led_by_an_inspector,
    facts.team_is_large_enough,
    facts.everybody_is_cleared,
    facts.nobody_has_an_interest,
    facts.lead_rotates,
)
LEADING, SCHOOL = "visits.lead_visit", "visits.respond_visit"

SUPERVISION_VISIT = Workflow(
    "supervision_visit",
    "视导",
    "Supervision visit",
    facts=facts.SupervisionVisitFacts,
    initial=DRAFT,
    states=(DRAFT, NOTIFIED, SELF_REPORTED, ON_SITE, FEEDBACK_ISSUED, RESPONDED, FOLLOW_UP, CLOSED, CANCELLED),
    steps=(
        Step("plan", "安排视导", "Plan a visit", source=(NEW,), target=DRAFT, needs="visits.plan_visit"),
        Step(
            "notify",
            "通知学校",
            "Notify the school",
            source=(DRAFT,),
            target=NOTIFIED,
            needs="visits.notify_visit",
            guards=(facts.is_announced, *PREPARED, facts.notice_is_long_enough),
            tells=("principal",),
        ),
        Step(
            "self_report",
            "提交自查表",
            "Hand in the self-report",
            source=(NOTIFIED,),
            target=SELF_REPORTED,
            needs=SCHOOL,
            guards=(facts.has_self_report,),
        ),
        Step(
            "arrive",
            "到校签到",
            "Sign in at the school",
            source=(NOTIFIED, SELF_REPORTED),
            target=ON_SITE,
            needs=LEADING,
            guards=(facts.day_has_come, facts.nobody_has_an_interest, facts.somebody_signed_in),
        ),
        Step(
            "arrive_unannounced",
            "到校签到（不打招呼）",
            "Sign in, unannounced",
            source=(DRAFT,),
            target=ON_SITE,
            needs=LEADING,
            guards=(facts.is_unannounced_routine, *PREPARED, facts.day_has_come, facts.somebody_signed_in),
        ),
        Step(
            "show_draft",
            "反馈稿给学校看",
            "Show the draft to the school",
            source=(ON_SITE,),
            target=ON_SITE,
            needs=LEADING,
            guards=(
                facts.everything_is_seen,
                facts.nothing_contradicts,
                facts.has_findings,
                facts.findings_are_ready,
            ),
            deadlines=(OBJECT,),
            tells=("principal",),
        ),
        Step(
            "agree",
            "对反馈稿没有意见",
            "Agree with the draft",
            source=(ON_SITE,),
            target=ON_SITE,
            needs=SCHOOL,
            guards=(facts.may_still_object,),
        ),
        Step(
            "object",
            "提出申辩",
            "Object to the draft",
            source=(ON_SITE,),
            target=ON_SITE,
            needs=SCHOOL,
            guards=(facts.may_still_object, facts.has_objection_grounds),
            deadlines=(DECIDE,),
            tells=("office_director",),
        ),
        Step(
            "accept_objection",
            "采纳申辩",
            "Accept the objection",
            source=(ON_SITE,),
            target=ON_SITE,
            needs="visits.decide_objection",
            guards=(facts.objection_is_open,),
            reason=True,
            four_eyes=("show_draft",),
            tells=("principal",),
        ),
        Step(
            "dismiss_objection",
            "不采纳申辩",
            "Dismiss the objection",
            source=(ON_SITE,),
            target=ON_SITE,
            needs="visits.decide_objection",
            guards=(facts.objection_is_open,),
            reason=True,
            four_eyes=("show_draft",),
            tells=("principal",),
        ),
        Step(
            "issue_feedback",
            "印发反馈单",
            "Issue the feedback",
            source=(ON_SITE,),
            target=FEEDBACK_ISSUED,
            needs=LEADING,
            guards=(facts.draft_is_shown, facts.draft_is_answered, facts.findings_are_ready),
            star=True,
            tells=("principal", "office_director"),
        ),
        Step(
            "respond",
            "回应反馈",
            "Respond to the feedback",
            source=(FEEDBACK_ISSUED,),
            target=RESPONDED,
            needs=SCHOOL,
            guards=(facts.everything_is_answered,),
        ),
        Step(
            "lapse",
            "到期没有回应",
            "No response in time",
            source=(FEEDBACK_ISSUED,),
            target=RESPONDED,
            system=True,
            guards=(facts.response_is_overdue,),
            tells=("principal", "office_director"),
        ),
        Step("follow", "进入追踪", "Follow up", source=(RESPONDED,), target=FOLLOW_UP, system=True),
        Step(
            "close",
            "办结视导",
            "Close the visit",
            source=(FOLLOW_UP,),
            target=CLOSED,
            needs=LEADING,
            guards=(facts.everything_is_settled, facts.rectification_is_reported),
            tells=("principal",),
        ),
        Step(
            "cancel",
            "取消视导",
            "Cancel the visit",
            source=(DRAFT, NOTIFIED),
            target=CANCELLED,
            needs="visits.notify_visit",
            reason=True,
        ),
    ),
)


def path_of(visit: facts.SupervisionVisitFacts) -> tuple[State, ...]:
    """The way this visit goes: one without notice never waits for the school's self-report."""
    by_notice = (NOTIFIED, SELF_REPORTED) if visit.is_unannounced else ()
    return tuple(state for state in SUPERVISION_VISIT.path if state not in by_notice)
