"""量表: a scale with its texts as a version that passes its own vectors, is agreed to by two and put in force (domain B13, §5)."""

from typing import Protocol

from workflows.care.versions import ACTIVE, DRAFT, RETIRED, STATES, VersionFacts, steps
from workflows.vocabulary import Step, Workflow, guard


class ScaleFacts(VersionFacts, Protocol):
    """What the guards read of a version."""

    @property
    def is_worded(self) -> bool:
        """Every item and every option has its text."""

    @property
    def licence_holds(self) -> bool:
        """Free to use, or holder, number, document and a last day that has not passed are written down."""


@guard("还有题目或选项没有文字", en="Some item or option has no text yet")
def is_worded(version: ScaleFacts) -> bool:
    return version.is_worded


@guard(
    "请登记授权：授权方、编号、没有过期的截止日期和授权文件",
    en="Record the licence: holder, number, a last day that has not passed, and the document",
)
def licence_holds(version: ScaleFacts) -> bool:
    return version.licence_holds


SCALE_DEFINITION = Workflow(
    "scale_definition",
    "量表版本",
    "Scale version",
    facts=ScaleFacts,
    initial=DRAFT,
    states=STATES,
    steps=(
        *steps(
            drafts="screening.draft_scale",
            agrees="screening.agree_scale",
            activates="screening.activate_scale",
            returns="return_scale",
            ready=(is_worded, licence_holds),
        ),
        Step("stop", "停用", "Stop", source=(ACTIVE,), target=RETIRED, needs="screening.activate_scale", reason=True),
    ),
)
