"""What the conditions of an effect evaluation read of it, and the sentences people see while they do not hold."""

from collections.abc import Sized
from datetime import date
from typing import Protocol

from workflows.improvement.levels import Graded
from workflows.vocabulary import guard

KINDNESS = {
    "worsened": 0,
    "no_change": 1,
    "insufficient_evidence": 1,
    "partly_improved": 2,
    "improved": 3,
    "achieved": 4,
}
"""How kind an outcome is; between no change and insufficient evidence there is no better or worse: both leave the item open."""
OUTCOMES = frozenset(KINDNESS)
UNSAID_BY_DATA = "insufficient_evidence"
MIN_REASON = 10
MIN_QUALITATIVE = 2
POOLED_ROUNDS = 2


class EffectEvaluationFacts(Graded, Protocol):
    """What the guards read of an effect evaluation."""

    @property
    def item_due_on(self) -> date | None:
        """Due date of the problem item."""

    @property
    def design(self) -> str | None:
        """indicator, criterion or small_n."""

    @property
    def design_as_planned(self) -> bool:
        """The design is the one fixed in the plan in force."""

    @property
    def follow_up_verified(self) -> bool:
        """The cycle that holds the follow-up result has been verified."""

    @property
    def follow_up_after_plan(self) -> bool:
        """The follow-up was measured after the plan took effect, and after a reopening."""

    @property
    def cells_stand(self) -> bool:
        """No cell it compares is disputed between two sources, or was decided against."""

    @property
    def comparability_answered(self) -> bool:
        """Every point of the comparability checklist has an answer (domain §7.4)."""

    @property
    def unverified_criterion_count(self) -> int:
        """Criteria that nobody but the doers has verified on site."""

    @property
    def pooled_round_count(self) -> int:
        """Rounds of data pooled for a small group."""

    @property
    def result_stored(self) -> bool:
        """Estimate, standard error, interval and model, or the answers to the criteria, are stored."""

    @property
    def input_digests_stored(self) -> bool:
        """The digests of the inputs and the version of the code are stored."""

    @property
    def computed_outcome(self) -> str | None:
        """The outcome by rule."""

    @property
    def outcome(self) -> str | None:
        """The outcome that a person proposes or decides."""

    @property
    def judgement(self) -> str:
        """The written judgement."""

    @property
    def difference_reason(self) -> str:
        """Why the outcome differs from the computed one."""

    @property
    def qualitative_evidence_count(self) -> int:
        """Accepted pieces of qualitative evidence that support the difference."""

    @property
    def has_proposal(self) -> bool:
        """An outcome was proposed since the last computation."""

    @property
    def is_unadjusted(self) -> bool:
        """Too few units for the guard against regression to the mean (domain §7.4)."""

    @property
    def effect_not_measurable(self) -> bool:
        """Small group, two rounds pooled, still no answer."""

    @property
    def object_code(self) -> str:
        """What is evaluated: school, teacher or student."""

    @property
    def whom_and_who_stored(self) -> bool:
        """Whose effect it is and who evaluates it are on record."""

    @property
    def what_stored(self) -> bool:
        """The indicator, or the criteria, by which it is evaluated are on record."""

    @property
    def how_stored(self) -> bool:
        """Data, model, rules and code by which it was computed are on record."""

    @property
    def uses(self) -> Sized:
        """What the result is used for."""

    @property
    def opinion_is_answered(self) -> bool:
        """Decided against an opinion from outside, it says why; or nobody from outside disagrees with it."""

    @property
    def item_is_evaluating(self) -> bool:
        """The problem item is in evaluation: its measures have ended, nobody has asked for its closure."""

    @property
    def item_is_void(self) -> bool:
        """The problem item is void."""


@guard(
    "第三方评估员不同意这个结论，仍这样定论要写明为什么没有采纳",
    en="An outside evaluator does not agree with this outcome; say why it is decided so all the same",
    asked=True,
)
def opinion_is_answered(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.opinion_is_answered


def needs_the_group_head(evaluation: EffectEvaluationFacts) -> bool:
    """Severe problems, unadjusted results and effects that cannot be measured are decided by the group head."""
    return evaluation.is_severe or evaluation.is_unadjusted or evaluation.effect_not_measurable


@guard("评价方式与已批准的方案不一致", en="The design is not the one fixed in the approved plan")
def design_is_fixed(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.design_as_planned


@guard("复测数据还没有核验", en="The follow-up data are not verified yet")
def follow_up_is_verified(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.design == "criterion" or evaluation.follow_up_verified


@guard(
    "复测要在方案生效（或重新打开）以后进行",
    en="The follow-up has to be measured after the plan took effect, or after the reopening",
)
def follow_up_is_after_the_plan(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.design == "criterion" or evaluation.follow_up_after_plan


@guard(
    "用到的数据格有来源不一致，还没有裁定或已裁定不采用：等裁定，或退回重算",
    en="A cell it compares is disputed or was decided against: wait for the decision, or return it to be computed anew",
)
def compared_cells_stand(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.cells_stand


@guard("用到的数据格都没有被裁定不采用", en="None of the cells it compares was set aside")
def a_compared_cell_fell(evaluation: EffectEvaluationFacts) -> bool:
    return not evaluation.cells_stand


@guard("可比性核对还没有答完", en="The comparability checklist is not complete")
def comparability_is_checked(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.design == "criterion" or evaluation.comparability_answered


@guard(
    "还有标准没有由执行人以外的人现场核验",
    en="Some criteria were not verified on site by somebody other than the doers",
)
def criteria_are_verified_on_site(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.design != "criterion" or evaluation.unverified_criterion_count == 0


@guard("人数不足 30，需合并两轮数据", en="Fewer than 30 pupils: two rounds of data have to be pooled")
def small_groups_are_pooled(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.design != "small_n" or evaluation.pooled_round_count >= POOLED_ROUNDS


@guard("还没有计算结果", en="There is no computed result yet")
def result_is_stored(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.result_stored and evaluation.computed_outcome in OUTCOMES


@guard("计算结果没有留下数据摘要和程序版本", en="The result lacks the digests of its inputs or the version of the code")
def result_is_traceable(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.input_digests_stored


@guard("请选择结论并写明判断", en="Choose an outcome and write down your judgement", asked=True)
def has_a_judgement(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.outcome in OUTCOMES and bool(evaluation.judgement.strip())


@guard(
    "结论与计算结果不同，要写明理由（至少 10 个字）并附两份质性佐证",
    en="An outcome other than the computed one needs a reason (10 characters or more) and two qualitative proofs",
    asked=True,
)
def another_outcome_is_supported(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.outcome == evaluation.computed_outcome or (
        len(evaluation.difference_reason.strip()) >= MIN_REASON
        and evaluation.qualitative_evidence_count >= MIN_QUALITATIVE
    )


def may_be_judged(computed: str | None, judged: str | None) -> bool:
    """No kinder than the data (domain §7.4); where they say nothing, proofs may speak for partly improved (A8, A3b)."""
    reach = KINDNESS["partly_improved"] if computed == UNSAID_BY_DATA else KINDNESS.get(computed or "", -1)
    return KINDNESS.get(judged or "", -1) <= reach


@guard(
    "结论可以比数据算出的更严，不能更好：过程佐证不能代替数据；只有算出“证据不足”时，才可凭佐证改定为“部分改进”",
    en="A verdict may be stricter than the data, not kinder: evidence of the process is no substitute. Only where the data"
    " are insufficient may proofs make it partly improved",
    asked=True,
)
def no_kinder_than_the_data(evaluation: EffectEvaluationFacts) -> bool:
    return may_be_judged(evaluation.computed_outcome, evaluation.outcome)


@guard("评价员还没有提出结论", en="The evaluator has not proposed an outcome yet")
def outcome_is_proposed(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.has_proposal


@guard(
    "问题项还没有进入评价：措施都完成或取消后，由经办人转入评价",
    en="The item is not in evaluation yet: once its measures have ended, its handler moves it there",
)
def work_has_ended(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.item_is_evaluating


@guard(
    "评价对象是教师或学生，只留数据，不作定论",
    en="It is about teachers or students: data are kept, no verdict is given",
)
def judges_a_school(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.object_code == "school"


@guard("没有记下评谁、由谁评", en="It is not on record who is evaluated and who evaluates", asked=True)
def whom_and_who_are_stored(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.whom_and_who_stored


@guard(
    "没有记下评什么：既没有指标，也没有标准", en="It is not on record what is evaluated: no indicator and no criterion"
)
def what_is_stored(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.what_stored


@guard(
    "没有记下怎么评：缺数据、模型或程序版本",
    en="It is not on record how: data, model or version of the code is missing",
)
def how_is_stored(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.how_stored


@guard("请选择结果怎么用，至少一项", en="Choose what the result is used for, at least one", asked=True)
def use_is_stored(evaluation: EffectEvaluationFacts) -> bool:
    return len(evaluation.uses) > 0


FOUR_PARTS = (whom_and_who_are_stored, what_is_stored, how_is_stored, use_is_stored)
"""Whom and who, what, how, use of the result: without one of them there is no verdict."""


@guard("问题项没有作废", en="The item is not void")
def item_is_void(evaluation: EffectEvaluationFacts) -> bool:
    return evaluation.item_is_void
