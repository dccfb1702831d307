"""What the guards of an accountability or commendation record read, and the sentences people see while one does not hold."""

from collections.abc import Sized
from datetime import date
from typing import Protocol

from workflows.vocabulary import guard


class AccountabilityRecordFacts(Protocol):
    """What the guards read of a record."""

    @property
    def facts(self) -> Sized:
        """Records of the system that it rests on."""

    @property
    def is_written(self) -> bool:
        """What happened, the rule it rests on, and the measure that is considered are there."""

    @property
    def is_accountability(self) -> bool:
        """It holds somebody to account; a commendation praises."""

    @property
    def statement_until(self) -> date | None:
        """Last day of the window in which the party speaks, or others object."""

    @property
    def window_is_open(self) -> bool:
        """Today is not later than the last day of the window."""

    @property
    def window_is_over(self) -> bool:
        """The window was opened, and its last day is past."""

    @property
    def names_body_and_reasons(self) -> bool:
        """The body that decides, the day it met and its reasons are there."""

    @property
    def has_weighed_what_was_said(self) -> bool:
        """It says how the statements were dealt with, or that the window ended without one."""

    @property
    def has_quorum(self) -> bool:
        """So many persons of the body were present as the county's rules ask for, the chair among them."""

    @property
    def nobody_concerned_sits(self) -> bool:
        """Nobody present drew up the facts, gave notice of them or is concerned."""

    @property
    def leaves_a_chair_for_the_appeal(self) -> bool:
        """Somebody of the leading group was not present and may hear an appeal."""

    @property
    def is_to_be_disclosed(self) -> bool:
        """The decision says that it is made known, and how far."""

    @property
    def is_anonymous(self) -> bool:
        """What others will read points at no person."""

    @property
    def may_be_appealed(self) -> bool:
        """It holds somebody to account, was not appealed before, and the time for it runs."""

    @property
    def appeal_runs_until(self) -> date | None:
        """Last day on which the party may appeal, as long as it may."""

    @property
    def is_final(self) -> bool:
        """The time to appeal is over, or an appeal was answered."""

    @property
    def is_heard_by_others(self) -> bool:
        """Enough persons heard the appeal, none of whom decided before."""

    @property
    def names_appeal_reasons(self) -> bool:
        """The reasons of the answer to the appeal are there."""

    @property
    def lapses_on(self) -> date | None:
        """The day on which it lapses."""

    @property
    def period_is_over(self) -> bool:
        """The day on which it lapses is here."""


@guard("至少引用一条系统里的记录作为事实", en="Cite at least one record of the system as a fact")
def has_facts(record: AccountabilityRecordFacts) -> bool:
    return len(record.facts) > 0


@guard("写明事实、依据和拟作出的处理", en="Write what happened, the rule it rests on and the measure considered")
def is_written(record: AccountabilityRecordFacts) -> bool:
    return record.is_written


@guard("公示内容里不出现人名、电话和证件号码", en="The notice names no person, telephone or identity number")
def notice_is_anonymous(record: AccountabilityRecordFacts) -> bool:
    return record.is_accountability or record.is_anonymous


@guard("陈述申辩期已经结束", en="The time to make a statement is over")
def window_is_open(record: AccountabilityRecordFacts) -> bool:
    return record.window_is_open


@guard("陈述申辩期（公示期）还没有结束", en="The time for statements or objections is not over")
def window_is_over(record: AccountabilityRecordFacts) -> bool:
    return record.window_is_over


@guard("写明作出决定的机构、会议日期和理由", en="Name the body, the day it met and its reasons", asked=True)
def names_body_and_reasons(record: AccountabilityRecordFacts) -> bool:
    return record.names_body_and_reasons


@guard("写明陈述（异议）采纳了没有、为什么", en="Say whether what was said was accepted, and why", asked=True)
def has_weighed_what_was_said(record: AccountabilityRecordFacts) -> bool:
    return record.has_weighed_what_was_said


@guard("到会人数没有达到规定，或者主持人没有到会", en="Too few were present, or the chair was not", asked=True)
def has_quorum(record: AccountabilityRecordFacts) -> bool:
    return record.has_quorum


@guard(
    "到会的人里有起草、送达这份材料的人或者当事人，应当回避",
    en="Somebody present drew up the facts, gave notice or is concerned, and must stay away",
    asked=True,
)
def nobody_concerned_sits(record: AccountabilityRecordFacts) -> bool:
    return record.nobody_concerned_sits


@guard(
    "至少留一名领导小组成员不到会，有申诉时由他主持",
    en="Leave one member of the leading group out, to hear an appeal",
    asked=True,
)
def leaves_a_chair_for_the_appeal(record: AccountabilityRecordFacts) -> bool:
    return record.leaves_a_chair_for_the_appeal


@guard("决定里写的是不公开", en="The decision says that it is not made known")
def is_to_be_disclosed(record: AccountabilityRecordFacts) -> bool:
    return record.is_to_be_disclosed


@guard("公开的文字里不出现人名、电话和证件号码", en="Leave out names of persons, telephone and identity numbers")
def is_anonymous(record: AccountabilityRecordFacts) -> bool:
    return record.is_anonymous


@guard("申诉期已过，或者已经申诉过一次", en="The time to appeal is over, or there was an appeal already")
def may_be_appealed(record: AccountabilityRecordFacts) -> bool:
    return record.may_be_appealed


@guard(
    "申诉要由没有参加决定的人复核，人数要够",
    en="An appeal is heard by enough persons who took no part in the decision",
    asked=True,
)
def is_heard_by_others(record: AccountabilityRecordFacts) -> bool:
    return record.is_heard_by_others


@guard("写明复核的理由", en="Write the reasons of the answer", asked=True)
def names_appeal_reasons(record: AccountabilityRecordFacts) -> bool:
    return record.names_appeal_reasons


@guard("还没有到失效的日期", en="The day on which it lapses is not here yet")
def period_is_over(record: AccountabilityRecordFacts) -> bool:
    return record.period_is_over
