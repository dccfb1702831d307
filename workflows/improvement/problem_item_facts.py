"""What the conditions of a problem item read of it, and the sentences people see while they do not hold."""

from collections.abc import Sequence, Sized
from datetime import date
from typing import Protocol

from workflows.improvement.levels import Graded
from workflows.vocabulary import guard

CAUSE_CATEGORIES = frozenset({"teaching", "management", "resource", "student", "family", "data"})
MIN_CAUSES = 2
MAX_SUSPENSION_DAYS = 180
HELP_WORKING_DAYS = 10
"""Until when a helping unit gives an item back, where no day was agreed."""


class CauseFacts(Protocol):
    """One cause of the analysis."""

    @property
    def category(self) -> str | None:
        """teaching, management, resource, student, family or data."""

    @property
    def controllable(self) -> bool | None:
        """Whether the unit can change it; None while nobody has answered."""

    @property
    def has_evidence_link(self) -> bool:
        """It points to what it was seen in."""

    @property
    def five_whys(self) -> str:
        """The chain of answers to "why"."""


class ProblemItemFacts(Graded, Protocol):
    """What the guards read of a problem item."""

    @property
    def accepted_on(self) -> date | None:
        """The day of the sign-for, or, once reopened, the day on which the new handler took over."""

    @property
    def due_on(self) -> date | None:
        """The day by which it has to be closed."""

    @property
    def closable_on(self) -> date | None:
        """The day of the decision, where the decided outcome allows closure."""

    @property
    def unresolved_on(self) -> date | None:
        """The day of the decision, where the decided outcome asks for a new plan or an extension."""

    @property
    def resume_on(self) -> date | None:
        """The day on which a suspended item goes on."""

    @property
    def source_withdrawn_on(self) -> date | None:
        """The day on which the data it rests on were withdrawn."""

    @property
    def list_is_issued(self) -> bool:
        """Its list has been issued."""

    @property
    def handler_id(self) -> object | None:
        """The person who does the daily work."""

    @property
    def deputy_id(self) -> object | None:
        """The person who stands in for the handler."""

    @property
    def handler_named_anew(self) -> bool:
        """A handler was named since the item was reopened."""

    @property
    def objection_grounds(self) -> str:
        """Why the unit contests the item."""

    @property
    def objection_has_evidence(self) -> bool:
        """The objection carries at least one file or link."""

    @property
    def has_new_unit(self) -> bool:
        """The responsible unit is another one than the unit that contested."""

    @property
    def causes(self) -> Sequence[CauseFacts]:
        """The causes of the present analysis."""

    @property
    def has_plan_in_force(self) -> bool:
        """A plan made since the present planning began is approved or active."""

    @property
    def action_counts(self) -> tuple[int, int]:
        """Measures of the plan in force, cancelled ones included, and those of them that are still open."""

    @property
    def has_onsite_check(self) -> bool:
        """At least one visit or on-site check of this item is recorded since its present work began."""

    @property
    def outcome(self) -> str | None:
        """The decided outcome of the present evaluation; None before the decision."""

    @property
    def plan_lacks_its_cell(self) -> bool:
        """The plan in force wants data compared and names no cell to begin from: nothing can ever be computed."""

    @property
    def rationale_accepted(self) -> bool:
        """The reasons why a partial improvement suffices were accepted with the decision."""

    @property
    def effect_not_measurable(self) -> bool:
        """Decided as not measurable: small group, two rounds pooled, still no answer (domain §7.4)."""

    @property
    def extension_count(self) -> int:
        """How often the step `extend` stands in the item's history for the present plan."""

    @property
    def new_data_on(self) -> date | None:
        """When the data of the extension will be there."""

    @property
    def closure_state(self) -> str | None:
        """The state of its latest closure request."""

    @property
    def chain_gaps(self) -> Sized:
        """Links that are missing between the data cell and the closure."""

    @property
    def has_approved_reopening(self) -> bool:
        """A reopening of the present closure was approved."""

    @property
    def suspended_for_days(self) -> int | None:
        """Calendar days from today to the chosen date of resumption; None while no date is chosen."""

    @property
    def source_is_withdrawn(self) -> bool:
        """The monitoring data it rests on were withdrawn."""


@guard("所在清单还没有交办", en="Its list has not been issued yet")
def is_of_an_issued_list(item: ProblemItemFacts) -> bool:
    return item.list_is_issued


@guard("请指定经办人和一名替补，两人不能相同", en="Name a handler and a deputy, two different persons", asked=True)
def names_its_handler(item: ProblemItemFacts) -> bool:
    return item.handler_id is not None and item.deputy_id is not None and item.handler_id != item.deputy_id


@guard("提出异议要写明理由并附上依据", en="An objection needs its grounds and something that shows them", asked=True)
def grounds_are_given(item: ProblemItemFacts) -> bool:
    return bool(item.objection_grounds.strip()) and item.objection_has_evidence


@guard("请选择另一个责任单位", en="Choose another responsible unit", asked=True)
def has_a_new_unit(item: ProblemItemFacts) -> bool:
    return item.has_new_unit


@guard("归因诊断至少写两条原因", en="The analysis needs at least two causes")
def has_two_causes(item: ProblemItemFacts) -> bool:
    return len(item.causes) >= MIN_CAUSES


@guard(
    "每条原因都要有类别、依据、是否可控和追问过程",
    en="Each cause needs its category, its evidence, whether it can be changed, and the chain of whys",
)
def causes_are_complete(item: ProblemItemFacts) -> bool:
    return all(
        cause.category in CAUSE_CATEGORIES
        and cause.controllable is not None
        and cause.has_evidence_link
        and bool(cause.five_whys.strip())
        for cause in item.causes
    )


@guard("整改方案还没有批准", en="The plan is not approved yet")
def has_a_plan_in_force(item: ProblemItemFacts) -> bool:
    return item.has_plan_in_force


@guard("还有措施没有完成或取消", en="Some measures are neither completed nor cancelled")
def actions_are_ended(item: ProblemItemFacts) -> bool:
    count, still_open = item.action_counts
    return count > 0 and still_open == 0


@guard(
    "严重问题差 1 次视导或现场核查，要在整改开始以后进行",
    en="A severe problem needs one visit or on-site check first, since the work began",
)
def severe_was_seen_on_site(item: ProblemItemFacts) -> bool:
    return not item.is_severe or item.has_onsite_check


@guard(
    "成效评价还没有定论为“达标”或“有改进”；“部分改进”须说明理由并获认可",
    en="The effect is not decided as achieved or improved, nor as partly improved with accepted reasons",
)
def effect_allows_closure(item: ProblemItemFacts) -> bool:
    if item.outcome == "partly_improved":
        return item.rationale_accepted
    return item.outcome in {"achieved", "improved"} or item.effect_not_measurable


@guard(
    "只有定论为“无变化”“退步”、“部分改进”而理由没有获认可，或延长后仍“证据不足”，或方案没有数据可比，才重订方案",
    en="A new plan follows no change, a worsening, a partial improvement whose reasons were not accepted, evidence that"
    " is still insufficient after the extension, or a plan without data to compare",
)
def effect_asks_for_a_new_plan(item: ProblemItemFacts) -> bool:
    if item.outcome == "insufficient_evidence":
        return item.extension_count > 0
    if item.outcome == "partly_improved":
        return not item.rationale_accepted
    if item.outcome is None:
        return item.plan_lacks_its_cell
    return item.outcome in {"no_change", "worsened"}


@guard("只有定论为“证据不足”才能延长", en="Only insufficient evidence allows an extension")
def effect_is_unclear(item: ProblemItemFacts) -> bool:
    return item.outcome == "insufficient_evidence"


@guard("已经延长过一次，请重订方案", en="It was extended once already; plan again")
def was_not_extended_before(item: ProblemItemFacts) -> bool:
    return item.extension_count == 0


@guard("请写明哪一天有新数据", en="Enter the day on which new data will be there", asked=True)
def has_a_new_data_date(item: ProblemItemFacts) -> bool:
    return item.new_data_on is not None


@guard("销号申请还没有批准", en="The closure request is not approved")
def closure_is_approved(item: ProblemItemFacts) -> bool:
    return item.closure_state in {"approved", "closed"}


@guard("从数据到销号的证据链还不完整", en="The chain from the data to the closure has gaps")
def has_a_chain_without_gaps(item: ProblemItemFacts) -> bool:
    return len(item.chain_gaps) == 0


@guard("销号申请没有被否决", en="The closure request has not been rejected")
def closure_is_rejected(item: ProblemItemFacts) -> bool:
    return item.closure_state in {"rejected", "withdrawn"}


@guard("重新打开还没有获批", en="The reopening is not approved")
def has_an_approved_reopening(item: ProblemItemFacts) -> bool:
    return item.has_approved_reopening


@guard("请责任单位先指定新的经办人", en="The unit has to name a new handler first")
def names_a_new_handler(item: ProblemItemFacts) -> bool:
    return item.handler_id is not None and item.handler_named_anew


@guard("请选择恢复日期，最迟 180 天之内", en="Choose the day of resumption, at most 180 days ahead", asked=True)
def resumes_within_limit(item: ProblemItemFacts) -> bool:
    return item.suspended_for_days is not None and 0 < item.suspended_for_days <= MAX_SUSPENSION_DAYS


@guard("所依据的监测数据没有撤回", en="The data it rests on were not withdrawn")
def is_of_withdrawn_data(item: ProblemItemFacts) -> bool:
    return item.source_is_withdrawn
