"""彩虹码评定: the rules propose a level of support, people decide, and only then does it take effect (domain B4).

No name of a state, step or clock says which level it is about: names stand in the trail, in jobs and in letters.
"""

from datetime import datetime
from typing import Protocol

from workflows.vocabulary import NEW, FromField, Needs, State, Step, Workflow, guard
from workflows.vocabulary import Case as When


class AssessmentFacts(Protocol):
    """What guards and rights read of an assessment."""

    @property
    def asks_for_two(self) -> bool:
        """The proposal is one that two qualified persons confirm."""

    @property
    def is_signed_once(self) -> bool:
        """A first qualified person has signed."""

    @property
    def has_interview(self) -> bool:
        """The day of an interview with the student is written down."""

    @property
    def has_decision(self) -> bool:
        """The level that was decided is written down."""

    @property
    def lowers_two_steps(self) -> bool:
        """What is decided lies two or more levels under what was proposed."""

    @property
    def keeps_the_level_in_force(self) -> bool:
        """What is decided does not lie under the level in force (decision 61)."""

    @property
    def decide_by_at(self) -> datetime | None:
        """The moment until which one person decides."""

    @property
    def together_by_at(self) -> datetime | None:
        """The moment until which two persons decide."""

    @property
    def is_old(self) -> bool:
        """In force for 365 days without another assessment."""


PROPOSED = State(
    "proposed",
    "系统建议",
    "Proposed",
    waits_for="qualified",
    family="wait",
    deadlines=(
        FromField(
            code="decide",
            zh="确认、调整或退回建议",
            en="Confirm, change or send back the proposal",
            field="decide_by_at",
            day=("建议的办理期限", "the time given to the proposal"),
            exact=True,
            escalate_to=("school_psych_lead",),
        ),
        FromField(
            code="decide_together",
            zh="两人确认",
            en="Two persons confirm",
            field="together_by_at",
            day=("建议的办理期限", "the time given to the proposal"),
            exact=True,
            escalate_to=("psych_center_lead",),
        ),
    ),
)
CONFIRMED = State("confirmed", "已确认", "Confirmed", family="done")
ADJUSTED = State("adjusted", "人工调整", "Changed by a person", side=True)
EFFECTIVE = State("effective", "已生效", "In effect", family="done", settled=True)
REJECTED = State("rejected", "不通过", "Rejected", family="late", side=True, final=True)
SUPERSEDED = State("superseded", "已替代", "Superseded", family="idle", side=True, final=True)
EXPIRED = State("expired", "已过期", "Expired", family="idle", side=True, settled=True)


@guard(
    "这一条要两名专业人员先后确认，请先办第一人确认",
    en="Two qualified persons confirm this one; the first has to sign before",
)
def is_signed_once(assessment: AssessmentFacts) -> bool:
    return not assessment.asks_for_two or assessment.is_signed_once


@guard("请写明与学生面谈的日期", en="Give the day of the interview with the student", asked=True)
def has_interview(assessment: AssessmentFacts) -> bool:
    return not assessment.asks_for_two or assessment.has_interview


@guard("请选择调整后的层级", en="Choose the level", asked=True)
def has_decision(assessment: AssessmentFacts) -> bool:
    return assessment.has_decision


@guard(
    "不能低于现在生效的层级；要降级请走转码",
    en="Not under the level in force; to go down, ask for a change of level",
    asked=True,
)
def keeps_the_level_in_force(assessment: AssessmentFacts) -> bool:
    return assessment.keeps_the_level_in_force


@guard(
    "比建议低两级或以上，要由县心理专家调整",
    en="Two or more levels under the proposal: only a psychological expert may do so",
    asked=True,
)
def is_one_step(assessment: AssessmentFacts) -> bool:
    return not assessment.lowers_two_steps


@guard("生效还不满 365 天", en="It has not been in effect for 365 days")
def is_old(assessment: AssessmentFacts) -> bool:
    return assessment.is_old


def _two(assessment: AssessmentFacts) -> bool:
    return assessment.asks_for_two


CONFIRMING = Needs(
    "rainbow.confirm_proposal", (When("rainbow.confirm_second", "需两人确认", "two persons confirm", _two),)
)

RAINBOW_ASSESSMENT = Workflow(
    "rainbow_assessment",
    "彩虹码评定",
    "Assessment",
    facts=AssessmentFacts,
    initial=PROPOSED,
    states=(PROPOSED, CONFIRMED, EFFECTIVE, ADJUSTED, REJECTED, SUPERSEDED, EXPIRED),
    steps=(
        Step("propose", "系统建议", "Propose", source=(NEW,), target=PROPOSED, system=True),
        Step(
            "sign_first",
            "第一人确认",
            "Sign as the first person",
            source=(PROPOSED,),
            target=PROPOSED,
            needs="rainbow.confirm_proposal",
            guards=(has_interview,),
        ),
        Step(
            "confirm",
            "确认建议",
            "Confirm the proposal",
            source=(PROPOSED,),
            target=CONFIRMED,
            needs=CONFIRMING,
            guards=(is_signed_once,),
            four_eyes=("sign_first",),
            star=True,
        ),
        Step(
            "adjust",
            "调整层级",
            "Change the level",
            source=(PROPOSED,),
            target=ADJUSTED,
            needs=CONFIRMING,
            reason=True,
            guards=(is_signed_once, has_decision, keeps_the_level_in_force, is_one_step),
            four_eyes=("sign_first",),
            star=True,
        ),
        Step(
            "adjust_far",
            "下调两级以上",
            "Lower by two levels or more",
            source=(PROPOSED,),
            target=ADJUSTED,
            needs="rainbow.confirm_second",
            reason=True,
            guards=(is_signed_once, has_decision, keeps_the_level_in_force),
            four_eyes=("sign_first",),
            star=True,
        ),
        Step(
            "reject",
            "数据有误，退回重算",
            "Send back: the data are wrong",
            source=(PROPOSED,),
            target=REJECTED,
            needs="rainbow.confirm_proposal",
            reason=True,
        ),
        Step(
            "take_effect",
            "生效",
            "Take effect",
            source=(CONFIRMED, ADJUSTED),
            target=EFFECTIVE,
            system=True,
            guards=(has_decision,),
        ),
        Step(
            "supersede",
            "由新的代替",
            "Superseded by a newer one",
            source=(PROPOSED, EFFECTIVE, EXPIRED),
            target=SUPERSEDED,
            system=True,
        ),
        Step("expire", "满一年未重评", "A year without another", source=(EFFECTIVE,), target=EXPIRED, system=True,
             guards=(is_old,)),
    ),
)  # fmt: skip
