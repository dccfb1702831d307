"""转码: a change of level that people ask for: down one step on evidence, upward at once (domain B5 with its correction).

As with assessments, no name of a state, step or clock says which level it is about or which way it goes.
"""

from datetime import datetime
from typing import Protocol

from workflows.vocabulary import NEW, FromField, Needs, State, Step, Workflow, guard
from workflows.vocabulary import Case as When


class ChangeFacts(Protocol):
    """What guards and rights read of a request."""

    @property
    def asks_for_two(self) -> bool:
        """One of the two levels is one that two qualified persons decide about."""

    @property
    def goes_up(self) -> bool:
        """The level asked for lies above the one in force."""

    @property
    def is_one_step_down(self) -> bool:
        """The level asked for is the next one below."""

    @property
    def is_signed_once(self) -> bool:
        """A first qualified person has signed."""

    @property
    def level_is_unchanged(self) -> bool:
        """The level in force is still the one that it began with."""

    @property
    def is_a_relapse(self) -> bool:
        """Back to a level that was left within the days of the watch, by one person's decision."""

    @property
    def lasted(self) -> bool:
        """In the level for the days that the rules ask for."""

    @property
    def rules_suggest_it(self) -> bool:
        """The newest computation suggests this step: points, floors, agreement over time (§4.3, decision 62)."""

    @property
    def no_crisis(self) -> bool:
        """No crisis event is open."""

    @property
    def interviews_agree(self) -> bool:
        """Two persons found no present intent, far enough apart; or the step does not ask for it."""

    @property
    def guardian_was_told(self) -> bool:
        """A guardian was reached lately; or the step does not ask for it."""

    @property
    def referral_came_back(self) -> bool:
        """Feedback lies there where the student was referred; or the step does not ask for it."""

    @property
    def sessions_held(self) -> bool:
        """Enough sessions were signed; or the step does not ask for it."""

    @property
    def was_assessed(self) -> bool:
        """A professional assessment of late found little; or the step does not ask for it."""

    @property
    def goals_met(self) -> bool:
        """Enough of the plan's goals are met; or the step does not ask for it."""

    @property
    def checked_in(self) -> bool:
        """The class teacher checked in often enough; or the step does not ask for it."""

    @property
    def no_recent_event(self) -> bool:
        """No event of late; or the step does not ask for it."""

    @property
    def decide_by_at(self) -> datetime | None:
        """The moment until which one person decides."""

    @property
    def together_by_at(self) -> datetime | None:
        """The moment until which two persons decide."""


CLOCKS = (
    FromField(
        code="decide",
        zh="决定是否转码",
        en="Decide about the change",
        field="decide_by_at",
        day=("申请的办理期限", "the time given to the request"),
        exact=True,
        escalate_to=("school_psych_lead",),
    ),
    FromField(
        code="decide_together",
        zh="两人决定是否转码",
        en="Two persons decide about the change",
        field="together_by_at",
        day=("申请的办理期限", "the time given to the request"),
        exact=True,
        escalate_to=("psych_center_lead",),
    ),
)
DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
SUBMITTED = State("submitted", "已提交", "Submitted", waits_for="qualified", family="wait", deadlines=CLOCKS)
UNDER_REVIEW = State("under_review", "审核中", "Under review", waits_for="qualified", family="wait", deadlines=CLOCKS)
APPROVED = State("approved", "已批准", "Approved", family="done")
EFFECTIVE = State("effective", "已生效", "In effect", family="done", final=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
REJECTED = State("rejected", "不通过", "Rejected", family="late", side=True, final=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)


@guard("只能降到下一级，一次一级", en="Down only to the next level, one step at a time", asked=True)
def is_one_step_down(change: ChangeFacts) -> bool:
    return change.is_one_step_down


@guard("要高于现在的层级", en="It has to lie above the level in force", asked=True)
def goes_up(change: ChangeFacts) -> bool:
    return change.goes_up


@guard("现在的层级已经变了，请撤回后重新申请", en="The level in force has changed; withdraw and ask anew")
def level_is_unchanged(change: ChangeFacts) -> bool:
    return change.level_is_unchanged


@guard(
    "只有降级后的追踪期内、回到原来的层级、且不需要两人决定的，才能直接恢复",
    en="Only back to the former level, during the watch after a step down, where one person decides",
    asked=True,
)
def is_a_relapse(change: ChangeFacts) -> bool:
    return change.is_a_relapse


@guard(
    "这一条要两名专业人员先后签名，请先办第一人签名",
    en="Two qualified persons sign this one; the first has to sign before",
)
def is_signed_once(change: ChangeFacts) -> bool:
    return not change.asks_for_two or change.is_signed_once


@guard("在现在的层级还没有满规定的天数", en="The days that the present level has to last are not over")
def lasted(change: ChangeFacts) -> bool:
    return change.goes_up or change.lasted


@guard(
    "最近一次计算还不支持下调：分数、下限或两次计算的间隔未达到",
    en="The newest computation does not support it yet: points, floors, or the time between two computations",
)
def rules_suggest_it(change: ChangeFacts) -> bool:
    return change.goes_up or change.rules_suggest_it


@guard("还有未结束的危机事件", en="A crisis event is still open")
def no_crisis(change: ChangeFacts) -> bool:
    return change.goes_up or change.no_crisis


@guard(
    "要有两次风险访谈：两人分别做、隔够天数、都未见当前意图",
    en="Two risk interviews by two persons, far enough apart, both without present intent",
)
def interviews_agree(change: ChangeFacts) -> bool:
    return change.goes_up or change.interviews_agree


@guard("近期没有与监护人联系的记录", en="No contact with a guardian of late is written down")
def guardian_was_told(change: ChangeFacts) -> bool:
    return change.goes_up or change.guardian_was_told


@guard("已转介，但还没有收到反馈", en="Referred, and no feedback has come back")
def referral_came_back(change: ChangeFacts) -> bool:
    return change.goes_up or change.referral_came_back


@guard("辅导记录不够", en="Too few sessions are signed")
def sessions_held(change: ChangeFacts) -> bool:
    return change.goes_up or change.sessions_held


@guard("近期没有结论为轻或以下的专业评估", en="No professional assessment of late found mild or less")
def was_assessed(change: ChangeFacts) -> bool:
    return change.goes_up or change.was_assessed


@guard("支持计划的目标还没有达到规定比例", en="Too few goals of the plan are met")
def goals_met(change: ChangeFacts) -> bool:
    return change.goes_up or change.goals_met


@guard("班主任谈心的次数不够", en="The class teacher has not checked in often enough")
def checked_in(change: ChangeFacts) -> bool:
    return change.goes_up or change.checked_in


@guard("近期有新的事件记录", en="A new event is on record")
def no_recent_event(change: ChangeFacts) -> bool:
    return change.goes_up or change.no_recent_event


EVIDENCE = (
    lasted, rules_suggest_it, no_crisis, interviews_agree, guardian_was_told, referral_came_back, sessions_held,
    was_assessed, goals_met, checked_in, no_recent_event,
)  # fmt: skip
"""What a step down rests on; a step up asks for none of it."""
FILERS = ("draft", "submit", "escalate")


def _two(change: ChangeFacts) -> bool:
    return change.asks_for_two


def _up(change: ChangeFacts) -> bool:
    return change.goes_up


DECIDING = Needs("rainbow.decide_change", (When("rainbow.confirm_second", "需两人决定", "two persons decide", _two),))
FILING = Needs("rainbow.ask_step_down", (When("rainbow.escalate_student", "上调申请", "a step up", _up),))

CODE_CHANGE_REQUEST = Workflow(
    "code_change_request",
    "转码申请",
    "Change of level",
    facts=ChangeFacts,
    initial=DRAFT,
    states=(DRAFT, SUBMITTED, UNDER_REVIEW, APPROVED, EFFECTIVE, RETURNED, REJECTED, WITHDRAWN),
    steps=(
        Step("draft", "起草申请", "Draft", source=(NEW,), target=DRAFT, needs="rainbow.ask_step_down",
             guards=(is_one_step_down, level_is_unchanged)),
        Step("escalate", "申请上调", "Ask for more support", source=(NEW,), target=SUBMITTED,
             needs="rainbow.escalate_student", reason=True, guards=(goes_up,), star=True),
        Step("restore", "直接恢复", "Restore at once", source=(NEW,), target=APPROVED, needs="rainbow.ask_step_down",
             reason=True, guards=(goes_up, is_a_relapse), star=True),
        Step("submit", "提交", "Submit", source=(DRAFT, RETURNED), target=SUBMITTED, needs=FILING,
             guards=(level_is_unchanged, *EVIDENCE)),
        Step("take_up", "开始审核", "Take up", source=(SUBMITTED,), target=UNDER_REVIEW,
             needs="rainbow.decide_change"),
        Step("sign_first", "第一人签名", "Sign as the first person", source=(UNDER_REVIEW,), target=UNDER_REVIEW,
             needs="rainbow.decide_change", four_eyes=FILERS),
        Step("approve", "批准", "Approve", source=(UNDER_REVIEW,), target=APPROVED, needs=DECIDING,
             guards=(level_is_unchanged, is_signed_once, *EVIDENCE), four_eyes=(*FILERS, "sign_first"), star=True),
        Step("return_change", "退回补充", "Return", source=(UNDER_REVIEW,), target=RETURNED,
             needs="rainbow.decide_change", reason=True, four_eyes=FILERS),
        Step("reject", "不通过", "Reject", source=(UNDER_REVIEW,), target=REJECTED, needs="rainbow.decide_change",
             reason=True, four_eyes=FILERS, star=True),
        Step("withdraw", "撤回", "Withdraw", source=(DRAFT, SUBMITTED, RETURNED), target=WITHDRAWN, needs=FILING),
        Step("overtake", "由新的层级代替", "Overtaken by another level",
             source=(DRAFT, SUBMITTED, UNDER_REVIEW, RETURNED), target=WITHDRAWN, system=True),
        Step("take_effect", "生效", "Take effect", source=(APPROVED,), target=EFFECTIVE, system=True),
    ),
)  # fmt: skip
