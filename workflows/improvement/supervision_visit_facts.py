"""What the conditions of a supervision visit read of it, and the sentences people see while they do not hold."""

from datetime import date
from typing import Protocol

from workflows.vocabulary import guard

KINDS = frozenset({"routine", "special", "project"})


class SupervisionVisitFacts(Protocol):
    """What the guards read of a visit."""

    @property
    def kind(self) -> str | None:
        """routine, special or project."""

    @property
    def visit_on(self) -> date | None:
        """The day of the visit."""

    @property
    def scope(self) -> str:
        """What the visit looks at, in words."""

    @property
    def is_unannounced(self) -> bool:
        """The school is not told before."""

    @property
    def is_listed(self) -> bool:
        """An entry of the yearly list in force covers kind, day and school."""

    @property
    def has_exception(self) -> bool:
        """The head of the leading group has logged an exception for it."""

    @property
    def days_of_notice(self) -> int:
        """Calendar days from today to the day of the visit."""

    @property
    def notice_wanted(self) -> int:
        """Calendar days of notice that its kind asks for."""

    @property
    def line_count(self) -> int:
        """Lines of its checklist."""

    @property
    def team_size(self) -> int:
        """Members who count towards the size: inspectors, and members of the guidance group who fill places."""

    @property
    def team_wanted(self) -> int:
        """The smallest team that its kind asks for."""

    @property
    def is_led_by_an_inspector(self) -> bool:
        """Its lead is an inspector and a member of the team."""

    @property
    def conflicted_count(self) -> int:
        """Members who belong to the school, answered for its problems, or declared an interest."""

    @property
    def uncleared_count(self) -> int:
        """Members for whom nobody has said that there is no interest."""

    @property
    def lead_must_rotate(self) -> bool:
        """The lead led the last visits of this school as often in a row as is allowed."""

    @property
    def has_self_report(self) -> bool:
        """The school has said of every linked item where it stands."""

    @property
    def day_has_come(self) -> bool:
        """Today is the day of the visit or later."""

    @property
    def signed_in_count(self) -> int:
        """Members of the team who signed in at the school."""

    @property
    def unseen_count(self) -> int:
        """Lines of the checklist without an observation."""

    @property
    def conflict_count(self) -> int:
        """Lines on which two observations contradict each other until somebody chooses."""

    @property
    def finding_count(self) -> int:
        """What is written down as found."""

    @property
    def unready_finding_count(self) -> int:
        """Findings that still lack evidence, severity, due day or the item they are about."""

    @property
    def draft_is_shown(self) -> bool:
        """The school has been shown the draft as it stands."""

    @property
    def draft_is_answered(self) -> bool:
        """The school agreed, its objection is decided, or its three working days are over."""

    @property
    def may_still_object(self) -> bool:
        """The draft is shown, not answered, and the three working days are not over."""

    @property
    def objection_is_open(self) -> bool:
        """An objection waits for its decision."""

    @property
    def objection_is_decided(self) -> bool:
        """No objection waits for its decision."""

    @property
    def objection_grounds(self) -> str:
        """What the school objects to, and why."""

    @property
    def unanswered_count(self) -> int:
        """Problem findings that the school has not answered."""

    @property
    def response_is_overdue(self) -> bool:
        """The time for the response has run out."""

    @property
    def is_rectification_reported(self) -> bool:
        """The school has handed in its written report on what was put right."""

    @property
    def unsettled_count(self) -> int:
        """Problem findings neither verified as done, nor carried into an item, nor withdrawn."""


@guard("请选视导类型，写明日期和视导范围", en="Choose the kind of visit and enter its day and scope")
def is_described(visit: SupervisionVisitFacts) -> bool:
    return visit.kind in KINDS and visit.visit_on is not None and bool(visit.scope.strip())


@guard(
    "年度督导清单里没有这次视导：请列入清单，或请领导小组组长批准例外",
    en="The yearly list has no entry for this visit: add one, or ask the head of the leading group for an exception",
)
def is_listed(visit: SupervisionVisitFacts) -> bool:
    return visit.is_listed or visit.has_exception


@guard(
    "离视导日期太近，提前通知的天数不够：请改日期，或请领导小组组长批准例外",
    en="The day is too near for the notice it needs: move it, or ask the head of the leading group for an exception",
)
def notice_is_long_enough(visit: SupervisionVisitFacts) -> bool:
    return visit.has_exception or visit.days_of_notice >= visit.notice_wanted


@guard("检查清单还是空的，请选择要看的问题项", en="The checklist is empty; choose the items to look at")
def has_a_checklist(visit: SupervisionVisitFacts) -> bool:
    return visit.line_count > 0


@guard("视导组人数不够", en="The team is too small")
def team_is_large_enough(visit: SupervisionVisitFacts) -> bool:
    return visit.team_size >= visit.team_wanted


@guard("请由一名督学任组长", en="Name an inspector as lead of the team")
def is_led_by_an_inspector(visit: SupervisionVisitFacts) -> bool:
    return visit.is_led_by_an_inspector


@guard(
    "视导组里有人要回避这所学校，请换人", en="Somebody on the team has an interest in this school; name another person"
)
def nobody_has_an_interest(visit: SupervisionVisitFacts) -> bool:
    return visit.conflicted_count == 0


@guard("请逐人确认没有需要回避的情形", en="Confirm for each member that there is no interest to declare")
def everybody_is_cleared(visit: SupervisionVisitFacts) -> bool:
    return visit.uncleared_count == 0


@guard(
    "这位组长已连续多次带队到这所学校，请轮换", en="This lead has led the school's last visits; let another take a turn"
)
def lead_rotates(visit: SupervisionVisitFacts) -> bool:
    return not visit.lead_must_rotate


@guard("这次视导不通知学校，请直接到校", en="This visit is unannounced; go to the school without a notice")
def is_announced(visit: SupervisionVisitFacts) -> bool:
    return not visit.is_unannounced


@guard("只有常规视导可以不打招呼", en="Only a routine visit may be unannounced")
def is_unannounced_routine(visit: SupervisionVisitFacts) -> bool:
    return visit.is_unannounced and visit.kind == "routine"


@guard("请对每个问题项说明自查情况", en="Say for each item where it stands", asked=True)
def has_self_report(visit: SupervisionVisitFacts) -> bool:
    return visit.has_self_report


@guard("还没有到视导那天", en="The day of the visit has not come")
def day_has_come(visit: SupervisionVisitFacts) -> bool:
    return visit.day_has_come


@guard("请至少一名成员签到", en="At least one member signs in", asked=True)
def somebody_signed_in(visit: SupervisionVisitFacts) -> bool:
    return visit.signed_in_count > 0


@guard("检查清单还有没看的", en="Some lines of the checklist have not been looked at")
def everything_is_seen(visit: SupervisionVisitFacts) -> bool:
    return visit.unseen_count == 0


@guard("有两份不一样的记录，请先选定", en="Two records contradict each other; choose first")
def nothing_contradicts(visit: SupervisionVisitFacts) -> bool:
    return visit.conflict_count == 0


@guard("请写下视导发现，亮点也算", en="Write down what was found; strengths count too")
def has_findings(visit: SupervisionVisitFacts) -> bool:
    return visit.finding_count > 0


@guard("有的发现还缺依据、级别、期限或对应的问题项", en="Some findings lack evidence, severity, due day or their item")
def findings_are_ready(visit: SupervisionVisitFacts) -> bool:
    return visit.unready_finding_count == 0


@guard("请先把反馈稿给学校看", en="Show the draft to the school first")
def draft_is_shown(visit: SupervisionVisitFacts) -> bool:
    return visit.draft_is_shown


@guard(
    "学校还在看反馈稿（3 个工作日），或申辩还没有答复",
    en="The school is still reading the draft, or its objection is not decided",
)
def draft_is_answered(visit: SupervisionVisitFacts) -> bool:
    return visit.draft_is_answered


@guard(
    "现在不能申辩：反馈稿还没有给学校，或 3 个工作日已过",
    en="No objection now: the draft is not shown, or the three working days are over",
)
def may_still_object(visit: SupervisionVisitFacts) -> bool:
    return visit.may_still_object


@guard("请写明对哪一条有不同意见、依据是什么", en="Say what you object to, and on what grounds", asked=True)
def has_objection_grounds(visit: SupervisionVisitFacts) -> bool:
    return bool(visit.objection_grounds.strip())


@guard("没有等待答复的申辩", en="No objection waits for a decision")
def objection_is_open(visit: SupervisionVisitFacts) -> bool:
    return visit.objection_is_open


@guard("请对每条问题作出回应", en="Answer every problem that was found", asked=True)
def everything_is_answered(visit: SupervisionVisitFacts) -> bool:
    return visit.unanswered_count == 0


@guard("回应的期限还没有到", en="The time to respond is not over")
def response_is_overdue(visit: SupervisionVisitFacts) -> bool:
    return visit.response_is_overdue


@guard("学校还没有交书面整改报告", en="The school has not handed in its written report")
def rectification_is_reported(visit: SupervisionVisitFacts) -> bool:
    return visit.is_rectification_reported


@guard("有的问题还没有核实，也没有转入问题项", en="Some problems are neither verified as done nor carried into an item")
def everything_is_settled(visit: SupervisionVisitFacts) -> bool:
    return visit.unsettled_count == 0
