"""What monitoring puts into the application: its pages, its lines of the menu, its kind of import, its letters."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from app.core.casework import daily, waiting
from app.core.casework.timeline import WORDS
from app.core.errors import Sentence
from app.core.imports.registry import imports_as
from app.core.outbox.handlers import handles
from app.core.web import first_page, navigation
from app.improvement.monitoring import at_a_glance, letters
from app.improvement.monitoring.dictionary_import import INDICATORS
from app.improvement.monitoring.findings_import import FINDINGS
from app.improvement.monitoring.models import facts
from app.improvement.monitoring.operations import reminders
from app.improvement.monitoring.results_import import RESULTS
from app.improvement.monitoring.routes import bp

ENTRIES = (
    navigation.Entry("loop", "监测数据", "monitoring.cycles", "database-import", ("monitoring.view_cycles",), order=10),
    navigation.Entry("loop", "数据发现", "monitoring.findings", "zoom-question", ("monitoring.view_findings",), order=20),
    navigation.Entry(
        "loop",
        "本校结果",
        "monitoring.school_results",
        "chart-dots-3",
        ("monitoring.view_release", "monitoring.view_results"),
        order=15,
        tab=True,
        roles=("principal", "school_coordinator", "school_data_adviser"),
    ),
    navigation.Entry(
        "loop", "班级结果", "monitoring.class_results", "chart-dots-3", ("monitoring.view_class_results",), order=15,
        tab=True, roles=("homeroom_teacher", "subject_teacher"),
    ),
    navigation.Entry(
        "loop", "年级结果", "monitoring.class_results", "chart-dots-3", ("monitoring.view_class_results",), order=15,
        tab=True, roles=("grade_leader",),
    ),
    navigation.Entry(
        "loop", "收到的数据", "monitoring.school_results", "chart-dots-3", ("monitoring.view_release",), order=15,
        roles=("dept_head", "dept_officer"),
    ),
    navigation.Entry(
        "loop", "学校结果", "monitoring.school_results", "chart-dots-3", ("monitoring.view_results",), order=15,
        roles=("inspector",),
    ),
    navigation.Entry(
        "loop", "数据不一致", "monitoring.conflicts", "arrows-exchange", ("monitoring.view_conflicts",), order=25,
        roles=("office_director", "evaluator", "assessment_member", "subject_researcher", "principal", "dept_head"),
    ),
)  # fmt: skip
DEEDS = {
    "monitoring_cycle.describe": ("改了周期内容", "changed the round"),
    "monitoring_cycle.choose_indicators": ("选定指标", "chose the indicators"),
    "monitoring_cycle.prepare_release": ("准备四个发布版本", "prepared the four versions"),
    "monitoring_cycle.remind_units": ("提醒没有签收的单位", "reminded units that have not signed"),
    "monitoring_cycle.detect_findings": ("运行发现规则", "ran the rules of findings"),
    "monitoring_cycle.record_briefing": ("记下专题听取汇报", "recorded a briefing"),
    "monitoring_cycle.record_meeting": ("记下反馈会议", "recorded a feedback meeting"),
    "monitoring_cycle.finish_follow_up": ("记下后续事项办结", "marked a follow-up as done"),
    "monitoring_cycle.remind_of_follow_up": ("提醒后续事项到期", "reminded of a follow-up"),
    "data_finding.support": ("补充佐证", "added evidence"),
    "data_finding.tag": ("归到应用场景", "set the application scenarios"),
    "data_finding.comment": ("写了意见", "commented"),
    "source_conflict.ask": ("就数据不一致提问", "asked about data that disagree"),
    "source_conflict.answer": ("回答数据不一致", "answered about data that disagree"),
    "source_conflict.settle": ("裁定数据不一致", "settled data that disagree"),
}


def _which(test: Callable[[facts.ToDo], bool]) -> waiting.Which:
    """Rounds of which `test` holds, all asked about in one question."""

    def found(cycles: Sequence[Any]) -> set[uuid.UUID]:
        return {one for one, todo in facts.still_to_do([cycle.id for cycle in cycles]).items() if test(todo)}

    return found


BESIDES = {
    ("monitoring_cycles", "verified"): (
        "monitoring.prepare_release", Sentence("准备发布版本", "Prepare the versions"),
        _which(lambda todo: bool(todo.unreleased)),
    ),
    **dict.fromkeys(
        (("monitoring_cycles", "released"), ("monitoring_cycles", "improving")),
        (
            "monitoring.record_meeting", Sentence("记下专题听取汇报", "Record the briefing"),
            _which(lambda todo: not todo.briefed),
        ),
    ),
}  # fmt: skip
"""What is to be done about a round that is no step of it: right, words, and for which rounds it is still to be done."""
READY = {
    ("monitoring_cycles", "verified"): _which(lambda todo: not todo.unreleased),
    ("monitoring_cycles", "improving"): _which(lambda todo: not todo.open_lists),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    navigation.add(*ENTRIES)
    first_page.add_panel(at_a_glance.panel_of)
    imports_as(RESULTS)
    imports_as(FINDINGS)
    imports_as(INDICATORS)
    WORDS.update(DEEDS)
    for key, (right, words, still) in BESIDES.items():
        waiting.BESIDES.setdefault(key, (right, words))
        waiting.RECOVERED.setdefault(key, still)
    waiting.READY.update(READY)
    handles("collecting_started", letters.collecting_started)
    handles("results_open", letters.results_open)
    handles("follow_up_due", letters.follow_up_due)
    daily.add(reminders.remind_of_follow_ups)
    handles("findings_detected", letters.findings_detected)
    handles("conflict_asked", letters.conflict_asked)
    handles("conflict_settled", letters.conflict_settled)
    handles("cycle_withdrawn_told", letters.cycle_withdrawn)
