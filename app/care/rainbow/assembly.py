"""What the rainbow code puts into the application: pages, menu, jobs, words of the trail."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, url_for
from flask_babel import gettext as _

from app.care.rainbow import letters
from app.care.rainbow.models import CareDuty, CodeChangeRequest, RainbowAssessment, RuleSetVersion
from app.care.rainbow.operations import changing, following, proposing, rule_sets
from app.care.rainbow.queries import proposals, unclear
from app.care.rainbow.routes import bp
from app.core import clock
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.casework.waiting import FOR
from app.core.outbox.handlers import handles, listens
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import navigation
from app.core.web.first_page import Heap, add_heap

ENTRIES = (
    navigation.Entry(
        "care", "待确认的建议", "support.index", "checks", ("rainbow.view_proposals",), order=10, tab=True
    ),
    navigation.Entry("care", "要了解的学生", "support.unclear", "zoom-question", ("rainbow.view_unclear",), order=15),
    navigation.Entry(
        "care", "支持任务", "support.duties", "heart-handshake", ("rainbow.view_duties",), order=20, tab=True
    ),
    navigation.Entry("care", "层级调整", "support.changes", "arrows-exchange", ("rainbow.view_changes",), order=25),
    navigation.Entry("care", "本班观察", "support.own_class", "eye", ("rainbow.view_own_class",), order=30),
    navigation.Entry("care", "规则集", "support.rules", "adjustments-horizontal", ("rainbow.view_rules",), order=60),
    navigation.Entry("care", "生活帮扶", "support.aid", "home", ("rainbow.view_aid",), order=45),
    navigation.Entry("care", "本校支持情况", "support.levels", "leaf", ("rainbow.view_school_levels",), order=40),
)
DEEDS = {
    "teacher_rating.record": ("填了观察", "recorded a rating"),
    "professional_assessment.record": ("记下了评估结论", "recorded an assessment"),
    "rainbow.compute": ("按规则计算", "computed by the rules"),
    "rainbow.follow_alert": ("因提醒重新计算", "had it computed because of an alert"),
    "rainbow.follow_cleared": ("结束不再需要的保护任务", "ended protection that is not needed any more"),
    "rainbow.follow_withdrawn": ("结束随答卷撤回的任务", "ended tasks of answers that were taken back"),
    "change_evidence.record": ("补记了一次工作", "wrote down what was done"),
    "care_duty.go_along": ("把任务随学生转到新班级", "took tasks along into another class"),
    "care_duty.follow_answers": ("因测评派出任务", "opened a task after the survey"),
    "code_change_request.protect": ("派出不能等的任务", "opened what cannot wait"),
    "code_change_request.end_protection": ("结束随申请派出的任务", "ended what began with the request"),
    "rule_set.try": ("试算规则集", "made a dry run"),
    "rainbow.ask": ("要求重新计算", "asked for a new computation"),
}


def _cannot_wait(actor: Actor, assessment: RainbowAssessment) -> bool:
    """Hundreds of proposals of everyday support stand in the queue; the to-do list names those that cannot wait."""
    return assessment.priority <= 1


def _to_be_confirmed(actor: Actor) -> Heap | None:
    """How many proposals wait, of whatever level: the first page is seen by whoever looks over a shoulder (domain §10.1)."""
    groups = proposals.waiting(actor) if decide.holds(actor, proposals.VIEW) else []
    if not groups:
        return None
    nearest = min((one.nearest for one in groups if one.nearest is not None), default=None)
    until = (
        None if nearest is None else clock.local(nearest - timedelta(seconds=1)).date()
    )  # over at the midnight after it
    return Heap(_("待确认的建议"), sum(one.n for one in groups), url_for("support.index"), until)


def _to_find_out(actor: Actor) -> Heap | None:
    rows = unclear.unclear(actor)
    if not rows:
        return None
    nearest = min(one.due_at for one in rows)
    return Heap(
        _("要了解的学生"), len(rows), url_for("support.unclear"), clock.local(nearest - timedelta(seconds=1)).date()
    )


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(RainbowAssessment, CareDuty, CodeChangeRequest, RuleSetVersion)
    FOR["rainbow_assessments", "proposed"] = _cannot_wait
    navigation.add(*ENTRIES)
    add_heap(_to_be_confirmed)
    add_heap(_to_find_out)
    WORDS.update(DEEDS)
    handles("rainbow_compute", proposing.compute_asked)
    handles("rainbow_asked_up", changing.protect_asked)
    handles("rainbow_dry_run", rule_sets.try_asked)
    handles("rainbow_taken_back", changing.taken_back)
    handles("answers_withdrawn", proposing.follow_withdrawn)
    handles("support_changed", letters.support_changed)
    handles("results_in", proposing.follow_results)
    handles("alert_cleared", proposing.follow_cleared)
    handles("answers_ask", following.follow_answers)
    listens("alert_waits", proposing.follow_alert)
    daily.add(proposing.expire_where_due)
    daily.add(proposing.compute_where_due)
    daily.add(following.go_with_children)
