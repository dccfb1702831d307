"""成效评价: did the problem get better, computed from the re-measured data and decided by a person."""

from workflows.improvement.effect_evaluation_facts import (
    FOUR_PARTS,
    EffectEvaluationFacts,
    a_compared_cell_fell,
    another_outcome_is_supported,
    comparability_is_checked,
    compared_cells_stand,
    criteria_are_verified_on_site,
    design_is_fixed,
    follow_up_is_after_the_plan,
    follow_up_is_verified,
    has_a_judgement,
    item_is_void,
    judges_a_school,
    needs_the_group_head,
    no_kinder_than_the_data,
    opinion_is_answered,
    outcome_is_proposed,
    result_is_stored,
    result_is_traceable,
    small_groups_are_pooled,
    work_has_ended,
)
from workflows.improvement.levels import at_school, by_level
from workflows.vocabulary import DATED, NEW, Case, FromField, Needs, State, Step, Workflow, WorkingDays

GET_DATA = FromField(
    code="get_data",
    zh="备齐复测数据",
    en="Have the follow-up data ready",
    field="item_due_on",
    day=("问题项完成期限", "the due date of the item"),
    ladder=DATED,
    escalate_to=("office_director", "leading_group_head"),
)
DECIDE = WorkingDays(
    code="decide",
    zh="作出成效定论",
    en="Decide on the effect",
    days=10,
    escalate_to=("office_director", "leading_group_head"),
    stands_while=("问题项不在评价中", "the problem item is not in evaluation"),
)

DRAFT = State("draft", "草稿", "Draft", waits_for="assessment", family="idle", deadlines=(GET_DATA,))
DATA_READY = State("data_ready", "数据就绪", "Data ready")
COMPUTED = State("computed", "已计算", "Computed", waits_for="evaluator", family="wait", deadlines=(DECIDE,))
DECIDED = State("decided", "已定论", "Decided", family="done", final=True)
RETURNED = State(
    "returned", "退回修改", "Returned", waits_for="assessment", family="return", side=True, deadlines=(GET_DATA,)
)
CANCELLED = State("cancelled", "已取消", "Cancelled", family="idle", side=True, final=True)

PREPARING = by_level("effects.prepare_data", school="effects.prepare_school_data")
PROPOSING = by_level("effects.propose_outcome", school="effects.propose_school_outcome")
DECIDING = Needs(
    "effects.decide_evaluation",
    (
        at_school("effects.decide_school_evaluation"),
        Case(
            "effects.decide_severe_evaluation",
            "严重问题、未作回归校正或效果无法测量",
            "severe problem, result not adjusted, or effect not measurable",
            needs_the_group_head,
        ),
    ),
)

EFFECT_EVALUATION = Workflow(
    "effect_evaluation",
    "成效评价",
    "Effect evaluation",
    facts=EffectEvaluationFacts,
    initial=DRAFT,
    states=(DRAFT, DATA_READY, COMPUTED, DECIDED, RETURNED, CANCELLED),
    steps=(
        Step("plan", "列入评价", "Plan an evaluation", source=(NEW,), target=DRAFT, system=True),
        Step(
            "prepare",
            "备齐数据",
            "Data are ready",
            source=(DRAFT, RETURNED),
            target=DATA_READY,
            needs=PREPARING,
            guards=(
                design_is_fixed,
                follow_up_is_verified,
                follow_up_is_after_the_plan,
                comparability_is_checked,
                criteria_are_verified_on_site,
                small_groups_are_pooled,
            ),
        ),
        Step(
            "compute",
            "计算成效",
            "Compute the effect",
            source=(DATA_READY,),
            target=COMPUTED,
            system=True,
            guards=(result_is_stored, result_is_traceable),
            tells=("evaluator",),
        ),
        Step(
            "propose",
            "提出结论",
            "Propose an outcome",
            source=(COMPUTED,),
            target=COMPUTED,
            needs=PROPOSING,
            guards=(
                judges_a_school,
                compared_cells_stand,
                has_a_judgement,
                another_outcome_is_supported,
                no_kinder_than_the_data,
                *FOUR_PARTS,
            ),
        ),
        Step(
            "decide",
            "作出定论",
            "Decide the outcome",
            source=(COMPUTED,),
            target=DECIDED,
            needs=DECIDING,
            guards=(
                judges_a_school,
                compared_cells_stand,
                work_has_ended,
                outcome_is_proposed,
                has_a_judgement,
                another_outcome_is_supported,
                no_kinder_than_the_data,
                opinion_is_answered,
                *FOUR_PARTS,
            ),
            four_eyes=("propose",),
            star=True,
            tells=("dept_head", "principal"),
        ),
        Step(
            "return_evaluation",
            "退回评价",
            "Return the evaluation",
            source=(COMPUTED,),
            target=RETURNED,
            needs=DECIDING,
            reason=True,
            tells=("assessment_member",),
        ),
        Step(
            "recompute",
            "随裁定退回重算",
            "Back to be computed anew after a decision on its data",
            source=(COMPUTED,),
            target=RETURNED,
            system=True,
            guards=(a_compared_cell_fell,),
            tells=("assessment_member",),
        ),
        Step(
            "cancel_with_item",
            "随问题项作废",
            "Cancelled with its item",
            source=(DRAFT, DATA_READY, COMPUTED, RETURNED),
            target=CANCELLED,
            system=True,
            guards=(item_is_void,),
        ),
    ),
)
