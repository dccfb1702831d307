"""What screening puts into the application: pages, menu, jobs, letters, words of the trail, the student's link."""

from __future__ import annotations

from flask import Flask

from app.care.consent.routes import door
from app.care.screening import commands, letters
from app.care.screening.models import CriticalAlert, ScaleVersion, ScreeningCampaign, ScreeningTask
from app.care.screening.operations.alerts import raise_all, tell_all
from app.care.screening.operations.campaigns import keep_time_of_all
from app.care.screening.operations.tasks import keep_time_of_tasks
from app.care.screening.paper_import import ANSWERS
from app.care.screening.routes import BLUEPRINTS, answering
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.imports.registry import imports_as
from app.core.outbox.handlers import handles, listens
from app.core.web import navigation

DEEDS = {
    "screening_campaign.write": ("改了筛查方案", "changed the screening"),
    "screening_campaign.keep_time": ("按日期开放或结束", "opened or closed it by its days"),
    "screening_task.follow_consent": ("按知情同意调整", "followed the consent"),
    "screening_task.keep_time": ("按时间调整任务", "moved the task by the clock"),
    "screening_task.score_answers": ("计分", "scored the answers"),
    "screening_task.destroy_answers": ("删除撤回的回答", "deleted answers that were taken back"),
    "critical_alert.raise_for": ("发出警报", "raised an alert"),
    "critical_alert.tell_next": ("告知上一级", "told the next level"),
    "scale_definition.license": ("登记了量表授权", "recorded the licence of a scale"),
    "screening_campaign.add_newcomers": ("给新来的学生派发任务", "assigned tasks to students who came later"),
    "screening_campaign.assign": ("派发测评任务", "assigned the tasks"),
    "paper_sheet.settle": ("核对纸质答卷", "settled a form on paper"),
    "help_call.make": ("想找人谈谈", "asked to talk"),
    "help_call.answer": ("已和学生谈过", "spoke with the student"),
}
ENTRIES = (
    navigation.Entry("care", "筛查", "screenings.index", "clipboard-check", ("screening.view_campaigns",), order=20),
    navigation.Entry("care", "量表", "scales.index", "list-check", ("screening.view_scales",), order=55),
    navigation.Entry("care", "当天要办", "alerts.index", "alert-circle", ("screening.view_alerts",), order=5),
)
MINUTELY = (keep_time_of_all, keep_time_of_tasks, raise_all, tell_all)
"""Asked by the sweep each minute; each does nothing where nothing is due (decision 59)."""


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    for command in commands.COMMANDS:
        app.cli.add_command(command)
    movable(ScreeningCampaign, ScreeningTask, CriticalAlert, ScaleVersion)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    for job in MINUTELY:
        daily.add(job)
    door.offer(answering.links)
    handles("alert_waits", letters.alert_waits)
    handles("help_called", letters.help_called)
    handles("screening_assign", letters.assign)
    handles("screening_score", letters.score)
    handles("paper_score", letters.score_paper)
    imports_as(ANSWERS)
    handles("screening_destroy", letters.destroy)
    listens("consent_changed", letters.follow_consent)
