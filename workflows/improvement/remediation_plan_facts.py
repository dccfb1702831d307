"""What the conditions of a remediation plan read of it, and the sentences people see while they do not hold."""

from collections.abc import Sized
from datetime import date, timedelta
from typing import Protocol

from workflows.improvement.levels import Graded, Submittable
from workflows.vocabulary import guard

DESIGNS = frozenset({"indicator", "criterion", "small_n"})
MEASURED = frozenset({"indicator", "small_n"})
SMALLEST_EFFECT = 0.20
EVALUATION_LEAD = timedelta(days=30)


class RemediationPlanFacts(Graded, Submittable, Protocol):
    """What the guards read of a remediation plan."""

    @property
    def planning_started_on(self) -> date | None:
        """The day on which the item came to planning for this version."""

    @property
    def reports_are_in(self) -> bool:
        """Every progress report since it took force has been handed in, the one that is due next included."""

    @property
    def problem(self) -> str:
        """The problem in the unit's own words."""

    @property
    def design(self) -> str | None:
        """How the effect is judged: indicator, criterion or small_n."""

    @property
    def is_from_monitoring(self) -> bool:
        """The item rests on monitoring data."""

    @property
    def has_measured_cell(self) -> bool:
        """The cell behind the item can be compared with a later one: a mean with its spread, or a rate."""

    @property
    def baseline_stands(self) -> bool:
        """The cell of the baseline is neither disputed between two sources nor decided against."""

    @property
    def criteria(self) -> Sized:
        """The yes/no criteria of the criterion design."""

    @property
    def indicator(self) -> object | None:
        """The indicator that is measured again."""

    @property
    def baseline(self) -> float | None:
        """Its value before the work."""

    @property
    def target(self) -> float | None:
        """The value that is aimed at."""

    @property
    def target_on(self) -> date | None:
        """The day by which it is aimed at."""

    @property
    def target_is_ahead(self) -> bool:
        """That day lies after today."""

    @property
    def min_effect(self) -> float | None:
        """The smallest effect that counts, in standardised units, 0.20 or more (domain §7.4)."""

    @property
    def target_effect(self) -> float | None:
        """What the target stands for, in the same units, good direction positive."""

    @property
    def improve_until(self) -> date | None:
        """Last day of the cycle's improvement period, or of the time given by a reopening, an extension or a new plan;
        None for items without a cycle."""

    @property
    def follow_up_on(self) -> date | None:
        """When the data of the re-measurement, or the criteria check, will be there."""

    @property
    def item_due_on(self) -> date | None:
        """Due date of the problem item."""

    @property
    def action_count(self) -> int:
        """Measures that are not cancelled."""

    @property
    def causes_without_action_count(self) -> int:
        """Controllable causes that no measure answers."""

    @property
    def actions_without_owner_count(self) -> int:
        """Measures without exactly one owner."""

    @property
    def accountable_count(self) -> int:
        """Persons named as accountable for the plan."""

    @property
    def budget_stated(self) -> bool:
        """The funds planned are written down, even if they are 0."""

    @property
    def risks(self) -> str:
        """What may go wrong, and what is done then."""

    @property
    def guidance_comment_count(self) -> int:
        """Comments of guidance members on the version submitted."""

    @property
    def item_is_at_work(self) -> bool:
        """The problem item is being implemented."""

    @property
    def item_is_closed(self) -> bool:
        """The problem item is closed."""

    @property
    def item_is_void(self) -> bool:
        """The problem item is void."""

    @property
    def newer_version_approved(self) -> bool:
        """A later version of this plan has been approved."""

    @property
    def list_is_archived(self) -> bool:
        """The problem list of the item is archived."""


@guard("请写明要解决的问题", en="State the problem to be solved")
def problem_is_stated(plan: RemediationPlanFacts) -> bool:
    return bool(plan.problem.strip())


@guard(
    "目标还不完整：指标、基线、目标值、日期（或达标标准）",
    en="The goal needs indicator, baseline, target and date, or criteria",
)
def goal_is_set(plan: RemediationPlanFacts) -> bool:
    if plan.target_on is None:
        return False
    if plan.design == "criterion":
        return len(plan.criteria) > 0
    return plan.indicator is not None and plan.baseline is not None and plan.target is not None


@guard("目标日期已经过了，请写晚于今天的日期", en="The target date is over; choose a day after today")
def target_lies_ahead(plan: RemediationPlanFacts) -> bool:
    return plan.target_is_ahead


@guard(
    "目标日期晚于改进期的最后一天（重新打开、延长或重订以后，看新的完成期限）",
    en="The target date lies after the improvement period (after a reopening, an extension or a new plan: the new due date)",
)
def target_lies_in_the_cycle(plan: RemediationPlanFacts) -> bool:
    return plan.target_on is None or plan.improve_until is None or plan.target_on <= plan.improve_until


@guard("每条可控原因至少要有一项措施", en="Each cause that can be changed needs at least one measure")
def every_cause_has_its_action(plan: RemediationPlanFacts) -> bool:
    return plan.action_count > 0 and plan.causes_without_action_count == 0


@guard("还有措施没有负责人", en="Some measures have no owner")
def every_action_has_its_owner(plan: RemediationPlanFacts) -> bool:
    return plan.actions_without_owner_count == 0


@guard("方案要有一名、也只有一名总负责人", en="The plan needs one accountable person, and only one")
def has_one_accountable_person(plan: RemediationPlanFacts) -> bool:
    return plan.accountable_count == 1


@guard("请写明专项经费，没有就写 0", en="State the funds; write 0 if there are none")
def budget_is_stated(plan: RemediationPlanFacts) -> bool:
    return plan.budget_stated


@guard("请写明风险和应对", en="State the risks and what is done about them")
def has_risks(plan: RemediationPlanFacts) -> bool:
    return bool(plan.risks.strip())


@guard(
    "请现在选定评价方式；有监测数据可比的问题不能按标准核验",
    en="Choose the evaluation design now; a problem with monitoring data to compare cannot be judged by criteria",
)
def design_fits(plan: RemediationPlanFacts) -> bool:
    return plan.design in DESIGNS and (plan.design != "criterion" or may_be_judged_by_criteria(plan))


def may_be_judged_by_criteria(plan: RemediationPlanFacts) -> bool:
    """Not where monitoring data can be compared (decision 41)."""
    return not (plan.is_from_monitoring and plan.has_measured_cell)


@guard(
    "这个问题没有可以前后比较的监测数据，请选“按标准核验”",
    en="There are no monitoring data of this problem to compare; choose the design by criteria",
)
def measured_design_has_its_cell(plan: RemediationPlanFacts) -> bool:
    return plan.design not in MEASURED or plan.has_measured_cell


@guard(
    "基线数据格有来源不一致，还没有裁定或已裁定不采用：等裁定，或退回修改，改用裁定采用的数据",
    en="The baseline cell is disputed or was decided against: wait for the decision, or return the plan to take what counts",
)
def baseline_stands(plan: RemediationPlanFacts) -> bool:
    return plan.design not in MEASURED or plan.baseline_stands


@guard("最小效应不能低于 0.20", en="The minimum effect must be 0.20 or more")
def minimum_effect_is_meant(plan: RemediationPlanFacts) -> bool:
    return plan.design not in MEASURED or (plan.min_effect is not None and plan.min_effect >= SMALLEST_EFFECT)


@guard(
    "复测数据要比问题项的完成期限至少早 30 天",
    en="The follow-up data must be there at least 30 days before the item is due",
)
def effect_can_be_measured_in_time(plan: RemediationPlanFacts) -> bool:
    if plan.follow_up_on is None or plan.item_due_on is None:
        return False
    return plan.follow_up_on + EVALUATION_LEAD <= plan.item_due_on


@guard("指导组还没有提出意见，严重问题必须先有", en="A severe problem needs a comment of the guidance group first")
def severe_has_guidance(plan: RemediationPlanFacts) -> bool:
    return not plan.is_severe or plan.guidance_comment_count > 0


@guard("目标值达不到最小效应，请提高目标", en="The target is smaller than the minimum effect; aim higher")
def target_is_worth_it(plan: RemediationPlanFacts) -> bool:
    if plan.design not in MEASURED:
        return True
    return plan.target_effect is not None and plan.min_effect is not None and plan.target_effect >= plan.min_effect


@guard("审核人已经打开，不能再撤回", en="The reviewer has opened it, so it cannot be taken back")
def nobody_has_opened_it(plan: RemediationPlanFacts) -> bool:
    return not plan.was_opened


@guard("问题项还没有进入整改", en="The item is not being implemented yet")
def item_is_at_work(plan: RemediationPlanFacts) -> bool:
    return plan.item_is_at_work


@guard("新版方案还没有批准", en="No newer version has been approved")
def newer_version_is_approved(plan: RemediationPlanFacts) -> bool:
    return plan.newer_version_approved


@guard("问题项还没有销号", en="The item is not closed yet")
def item_is_closed(plan: RemediationPlanFacts) -> bool:
    return plan.item_is_closed


@guard("问题项没有作废", en="The item is not void")
def item_is_void(plan: RemediationPlanFacts) -> bool:
    return plan.item_is_void


@guard("所在清单还没有归档", en="Its list is not archived yet")
def list_is_archived(plan: RemediationPlanFacts) -> bool:
    return plan.list_is_archived
