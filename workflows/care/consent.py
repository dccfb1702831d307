"""知情同意 (B1): asked of guardians and the student for one purpose and one school year, answered, taken back, run out."""

from typing import Protocol

from workflows.vocabulary import NEW, PREVIOUS, State, Step, Workflow, guard


class ConsentFacts(Protocol):
    """What the guards read of a consent."""

    @property
    def everybody_agreed(self) -> bool:
        """All whose agreement the age asks for have agreed, and nobody has refused."""

    @property
    def somebody_refused(self) -> bool:
        """A guardian or the student has refused since it was asked last."""

    @property
    def may_be_asked_again(self) -> bool:
        """Thirty days have passed since the refusal (decision 66)."""

    @property
    def was_agreed(self) -> bool:
        """It is agreed to, or was when it ran out."""

    @property
    def left_since_asked(self) -> bool:
        """The student has left the roll of the school since it was asked, whether or not back by now."""

    @property
    def never_left(self) -> bool:
        """The leaving with which it ended was taken back: on the roll without a break since it was asked."""

    @property
    def year_is_over(self) -> bool:
        """The school year for which it was asked has ended."""


@guard("该同意的人都已同意，没有人不同意", en="Everybody whose agreement is needed has agreed, and nobody refused")
def everybody_agreed(consent: ConsentFacts) -> bool:
    return consent.everybody_agreed


@guard("有监护人或学生不同意", en="A guardian or the student has refused")
def somebody_refused(consent: ConsentFacts) -> bool:
    return consent.somebody_refused


@guard("距上次不同意满三十天才能再征询", en="Thirty days have passed since the refusal")
def may_be_asked_again(consent: ConsentFacts) -> bool:
    return consent.may_be_asked_again


@guard("当时是同意的", en="It was agreed to")
def was_agreed(consent: ConsentFacts) -> bool:
    return consent.was_agreed


@guard("征询之后学生离开过这所学校", en="The student has left this school since it was asked")
def left_since_asked(consent: ConsentFacts) -> bool:
    return consent.left_since_asked


@guard("离校登记已撤回，学生一直在这所学校", en="The leaving was taken back; the student was here all along")
def never_left(consent: ConsentFacts) -> bool:
    return consent.never_left


@guard("这个学年已经结束", en="The school year has ended")
def year_is_over(consent: ConsentFacts) -> bool:
    return consent.year_is_over


PENDING = State("pending", "待处理", "Not yet asked", waits_for="counselor", family="wait")
REQUESTED = State("requested", "已请求", "Asked", waits_for="guardian", family="wait")
GRANTED = State("granted", "已同意", "Agreed", family="done", settled=True)
REFUSED = State("refused", "不同意", "Not agreed", family="late", side=True, settled=True)
WITHDRAWN = State("withdrawn", "已撤回", "Taken back", family="idle", side=True, final=True)
EXPIRED = State("expired", "已过期", "Run out", family="idle", side=True, settled=True)

CONSENT = Workflow(
    "consent",
    "知情同意",
    "Consent",
    facts=ConsentFacts,
    initial=PENDING,
    states=(PENDING, REQUESTED, GRANTED, REFUSED, WITHDRAWN, EXPIRED),
    steps=(
        Step("prepare", "列入征询名单", "Put on the list", source=(NEW,), target=PENDING, system=True),
        Step(
            "request",
            "发出征询",
            "Ask",
            source=(PENDING,),
            target=REQUESTED,
            system=True,
        ),
        Step(
            "answer",
            "答复",
            "Answer",
            source=(REQUESTED,),
            target=REQUESTED,
            needs="consent.answer_consent",
        ),
        Step(
            "record_paper",
            "登记纸质回执",
            "Record a paper answer",
            source=(REQUESTED,),
            target=REQUESTED,
            needs="consent.record_paper",
        ),
        Step(
            "grant",
            "同意成立",
            "Agreement complete",
            source=(REQUESTED,),
            target=GRANTED,
            guards=(everybody_agreed,),
            system=True,
        ),
        Step(
            "refuse",
            "不同意成立",
            "Refusal complete",
            source=(REQUESTED,),
            target=REFUSED,
            guards=(somebody_refused,),
            system=True,
        ),
        Step(
            "ask_again",
            "再次征询",
            "Ask again",
            source=(REFUSED,),
            target=REQUESTED,
            needs="consent.ask_consent",
            guards=(may_be_asked_again,),
            aside=True,
        ),
        Step(
            "take_back",
            "撤回同意",
            "Take the agreement back",
            source=(GRANTED,),
            target=WITHDRAWN,
            needs="consent.answer_consent",
            star=True,
        ),
        Step(
            "record_withdrawal",
            "登记纸质撤回",
            "Record a withdrawal on paper",
            source=(GRANTED, EXPIRED),
            target=WITHDRAWN,
            needs="consent.record_paper",
            guards=(was_agreed,),
            reason=True,
            star=True,
        ),
        Step(
            "expire",
            "学年结束",
            "End of the school year",
            source=(REQUESTED, GRANTED),
            target=EXPIRED,
            guards=(year_is_over,),
            system=True,
        ),
        Step(
            "end_with_roll",
            "学生离校",
            "The student left",
            source=(REQUESTED, GRANTED),
            target=EXPIRED,
            guards=(left_since_asked,),
            system=True,
        ),
        Step(
            "stand_again",
            "恢复有效",
            "In force again",
            source=(EXPIRED,),
            target=PREVIOUS,
            guards=(never_left,),
            system=True,
        ),
    ),
)
