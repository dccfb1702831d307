"""What effects put into the application: pages, lines of the menu, parts of the item page, handlers."""

from __future__ import annotations

from flask import Flask

from app.core.casework import waiting
from app.core.casework.timeline import WORDS
from app.core.errors import Sentence
from app.core.imports.registry import imports_as
from app.core.outbox.handlers import handles
from app.core.web import first_page, navigation
from app.improvement.effects import following, letters
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.panels import effects_offers, effects_panel, opinions_heap, programme_effect, visit_effect
from app.improvement.effects.routes import bp, interpretations_bp, rechecks_bp, value_added_bp
from app.improvement.effects.scores_import import SCORES, clear_scores
from app.improvement.problems import panels
from app.improvement.visits import beside
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION

ENTRIES = (
    navigation.Entry("loop", "成效与销号", "effects.closures", "scale", ("effects.view_closures",), order=60),
    navigation.Entry("loop", "复核", "rechecks.index", "clipboard-check", ("effects.view_closures",), order=62),
    navigation.Entry("loop", "增值评价", "value_added.runs", "chart-line", ("effects.view_value_added",), order=16),
    navigation.Entry("loop", "本校增值", "value_added.own", "chart-line", ("effects.view_own_value_added",), order=16),
    navigation.Entry(
        "loop", "解读报告", "interpretations.index", "report-analytics", ("effects.view_interpretations",), order=18
    ),
)
DEEDS = {
    "closure_request.edit": ("改了销号申请", "changed the closure request"),
    "closure_request.form_made": ("生成销号审批表", "made the closure form"),
    "closure_request.open": ("打开了销号申请", "opened the closure request"),
    "closure_request.print": ("要求生成销号审批表", "asked for the closure form"),
    "effect_evaluation.check_criteria": ("现场核查了标准", "checked the criteria on site"),
    "effect_evaluation.follow_item": ("随问题项调整定论期限", "let the deadline follow the item"),
    "effect_evaluation.give_opinion": ("写了评估意见", "wrote an opinion on the outcome"),
    "effect_evaluation.follow_plan": ("随新方案调整评价", "followed the new plan"),
    "effect_evaluation.take_ruling": ("随数据不一致的裁定调整", "followed the decision on data that disagree"),
    "interpretation_report.write": ("改了解读报告", "changed the report"),
    "value_added.clear_scores": ("清除学生成绩", "erased the pupils' scores"),
    "value_added.run": ("计算增值", "reckoned value added"),
}


COMPUTED = ("effect_evaluations", "computed")


def _may_be_decided(evaluation: EffectEvaluation) -> bool:
    """Somebody proposed, and the work on the item has ended."""
    return evaluation.has_proposal and evaluation.item_is_evaluating


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in (bp, rechecks_bp, value_added_bp, interpretations_bp):
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    navigation.add(*ENTRIES)
    first_page.add_heap(opinions_heap)
    panels.add(panels=[effects_panel], offers=[effects_offers])
    beside.add(of_a_visit=[visit_effect], of_the_list=[programme_effect])
    imports_as(SCORES)
    WORDS.update(DEEDS)
    waiting.DECISIONS["rechecks", "due"] = Sentence("写复核结果", "Write the recheck result")
    propose = EFFECT_EVALUATION.step("propose")
    waiting.BESIDES.setdefault(COMPUTED, (propose, Sentence(propose.zh, propose.en)))
    waiting.RECOVERED.setdefault(COMPUTED, waiting.each(lambda evaluation: not evaluation.has_proposal))
    waiting.READY.setdefault(COMPUTED, waiting.each(_may_be_decided))
    handles("value_added_clear", clear_scores)
    handles("plan_in_force", following.plan_in_force)
    handles("item_extended.effects", following.item_extended)
    handles("conflict_settled.effects", following.conflict_settled)
    handles("item_moved.effects", following.item_moved)
    handles("item_voided.effects", following.item_voided)
    handles("item_reopened.effects", following.item_reopened)
    handles("closure_approved", letters.closure_approved)
    handles("opinion_given", following.opinion_given)
