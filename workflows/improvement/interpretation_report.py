"""解读报告: what a release means, written by one person, signed, and published by another."""

from typing import Protocol

from workflows.vocabulary import NEW, State, Step, Workflow, guard


class InterpretationFacts(Protocol):
    """What the guards read of an interpretation report."""

    @property
    def data_are_out(self) -> bool:
        """The data that it explains are released and not taken back."""

    @property
    def is_written(self) -> bool:
        """Both comparisons and the limits are there."""

    @property
    def public_words_name_nobody(self) -> bool:
        """What everybody reads in front of the public version names no school, no person, no number of one."""


@guard("横向比较、纵向发展和数据的局限都要写", en="Write both comparisons and what the data cannot say")
def is_written(report: InterpretationFacts) -> bool:
    return report.is_written


@guard("所解读的数据已发布，没有撤回", en="The data that it explains are released and were not withdrawn")
def data_are_out(report: InterpretationFacts) -> bool:
    return report.data_are_out


@guard(
    "社会版的说明不写学校名称、人名、电话和证件号码",
    en="In the words for the public, leave out names of schools and persons, telephone and identity numbers",
)
def public_words_name_nobody(report: InterpretationFacts) -> bool:
    return report.public_words_name_nobody


DRAFT = State("draft", "草稿", "Draft", waits_for="drafter", family="idle")
SIGNED = State("signed", "已签名", "Signed", waits_for="office", family="wait")
PUBLISHED = State("published", "已公布", "Published", family="done", settled=True)
RETURNED = State("returned", "退回修改", "Returned", waits_for="drafter", family="return", side=True)
WITHDRAWN = State("withdrawn", "已撤回", "Withdrawn", family="idle", side=True, final=True)

INTERPRETATION_REPORT = Workflow(
    "interpretation_report",
    "解读报告",
    "Interpretation report",
    facts=InterpretationFacts,
    initial=DRAFT,
    states=(DRAFT, SIGNED, PUBLISHED, RETURNED, WITHDRAWN),
    steps=(
        Step(
            "draft",
            "起草解读报告",
            "Draft an interpretation report",
            source=(NEW,),
            target=DRAFT,
            needs="effects.write_interpretation",
        ),
        Step(
            "sign",
            "签名定稿",
            "Sign the report",
            source=(DRAFT, RETURNED),
            target=SIGNED,
            needs="effects.write_interpretation",
            guards=(is_written, data_are_out, public_words_name_nobody),
        ),
        Step(
            "return_report",
            "退回报告",
            "Return the report",
            source=(SIGNED,),
            target=RETURNED,
            needs="effects.publish_interpretation",
            reason=True,
            four_eyes=("sign",),
        ),
        Step(
            "publish",
            "发布报告",
            "Publish the report",
            source=(SIGNED,),
            target=PUBLISHED,
            needs="effects.publish_interpretation",
            guards=(data_are_out,),
            four_eyes=("sign",),
        ),
        Step(
            "withdraw",
            "撤回报告",
            "Withdraw the report",
            source=(PUBLISHED,),
            target=WITHDRAWN,
            needs="effects.publish_interpretation",
            reason=True,
        ),
    ),
)
