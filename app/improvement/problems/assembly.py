"""What problem lists put into the application: their pages, their lines of the menu, their letters and jobs."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from app.core.casework import daily, waiting
from app.core.casework.timeline import WORDS
from app.core.errors import Sentence
from app.core.outbox.handlers import handles
from app.core.web import navigation
from app.improvement.monitoring import beside
from app.improvement.monitoring.queries import OPEN_FINDINGS
from app.improvement.problems import letters, words
from app.improvement.problems.operations.progress import freeze_progress
from app.improvement.problems.routes import items_bp, lists_bp
from workflows.improvement.problem_item import PROBLEM_ITEM

ENTRIES = (
    navigation.Entry(
        "loop",
        "问题清单",
        "problem_lists.index",
        "list-check",
        ("problems.view_lists",),
        order=30,
    ),
    navigation.Entry(
        "loop",
        "问题项",
        "problem_items.index",
        "list-details",
        ("problems.view_items",),
        order=31,
        tab=True,
        narrowed=(("flag", "open"),),
    ),
    navigation.Entry(
        "loop", "协办事项", "problem_items.errands", "arrows-exchange", ("problems.view_errands",), order=32
    ),
)
DEEDS = {
    "problem_list.edit": ("改了清单信息", "changed the list"),
    "problem_list.open": ("打开了送审的清单", "opened the list"),
    "problem_list.print": ("生成了清单公文", "drew the document"),
    "problem_item.pass": ("转给别的单位办", "passed it to another unit"),
    "item_hand_off.give_back": ("办完协办事项，交回责任单位", "gave it back to the responsible unit"),
    "problem_item.spread": ("按单位类型列入", "put it on the list for every unit of a type"),
    "problem_item.edit": ("改了问题项", "changed the item"),
    "problem_item.name_handler": ("指定了经办人", "named a handler"),
    "problem_item.name_evaluator": ("请了第三方评估", "asked an outside evaluator"),
    "problem_item.add_cause": ("写下一条原因", "wrote a cause"),
    "problem_item.change_cause": ("改了一条原因", "changed a cause"),
    "problem_item.remove_cause": ("删掉一条原因", "removed a cause"),
    "problem_item.remark": ("留言", "left a message"),
    "problem_item.check_onsite": ("现场核查", "checked on site"),
    "problem_item.source_withdrawn": ("数据撤回", "the data were withdrawn"),
    "problem_item.recurred": ("下一轮监测再次出现", "found again in a later round"),
}

EVALUATING = ("problem_items", "evaluating")


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for bp in (lists_bp, items_bp):
        if bp.name not in app.blueprints:
            app.register_blueprint(bp)
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.globals["spans"] = words.SPANS
    navigation.add(*ENTRIES)
    daily.add(freeze_progress)
    beside.add(
        beside.FindingAction(_("转为问题项"), "problem_lists.choose_list", "problems.convert_finding"),
        beside.FindingAction(_("列入本校清单"), "problem_lists.choose_list", "problems.cite_finding", OPEN_FINDINGS),
    )
    waiting.DECISIONS["problem_items", "contested"] = Sentence("答复异议", "Answer the objection")
    again = PROBLEM_ITEM.step("plan_again")
    waiting.BESIDES.setdefault(EVALUATING, (again, Sentence("决定重订方案或延长", "Decide: plan again or extend")))
    waiting.RECOVERED.setdefault(EVALUATING, waiting.each(lambda item: item.unresolved_on is not None))
    waiting.READY.setdefault(EVALUATING, waiting.each(lambda item: item.closable_on is not None))
    WORDS.update(DEEDS)
    handles("list_issued", letters.list_issued)
    handles("item_remark", letters.item_remark)
    handles("item_passed", letters.item_passed)
    handles("item_reassigned", letters.item_reassigned)
    handles("cycle_withdrawn", letters.cycle_withdrawn)
    handles("conflict_settled.problems", letters.conflict_settled)
    handles("finding_confirmed", letters.finding_recurred)
    handles("finding_detected", letters.finding_recurred)
