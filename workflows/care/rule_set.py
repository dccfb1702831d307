"""规则集: the numbers of the rainbow code as a version that people test, try out, agree to and put in force (domain B13)."""

from typing import Protocol

from workflows.care.impact_assessment import has_impact_assessment
from workflows.care.versions import DRAFT, STATES, VersionFacts, steps
from workflows.vocabulary import Workflow, guard


class RuleSetFacts(VersionFacts, Protocol):
    """What the guards read of a version."""

    @property
    def was_tried(self) -> bool:
        """A dry run of this very content is there."""

    @property
    def has_impact_assessment(self) -> bool:
        """An impact assessment of levels is in force."""


@guard("还没有试算", en="There is no dry run yet")
def was_tried(version: RuleSetFacts) -> bool:
    return version.was_tried


RULE_SET = Workflow(
    "rule_set",
    "规则集",
    "Rule set",
    facts=RuleSetFacts,
    initial=DRAFT,
    states=STATES,
    steps=steps(
        drafts="rainbow.draft_rules",
        agrees="rainbow.agree_rules",
        activates="rainbow.activate_rules",
        returns="return_rules",
        ready=(was_tried,),
        begins=(has_impact_assessment,),
    ),
)
