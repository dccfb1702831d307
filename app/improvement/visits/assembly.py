"""What visits put into the application: pages, menu, parts of the item's page, letters, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.core.casework import deadlines
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import first_page, navigation
from app.improvement.problems import panels as item_page
from app.improvement.visits import at_a_glance, letters, panels
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import teams
from app.improvement.visits.routes import BLUEPRINTS
from app.people.directory.operations.hand_over import TAKEN_OVER

ENTRIES = (
    navigation.Entry(
        "now", "今天", "visits.today", "walk", ("visits.observe_visit",), order=2, tab=True, roles=("inspector",)
    ),
    navigation.Entry(
        "loop", "视导", "visits.index", "school", ("visits.view_visits", "visits.read_feedback"), order=50
    ),
    navigation.Entry(
        "loop", "年度督导清单", "visit_programme.index", "calendar-event", ("visits.view_list",), order=51
    ),
)
DEEDS = {
    "supervision_entry.add": ("列入年度督导清单", "put a visit on the yearly list"),
    "supervision_entry.edit": ("改了年度督导清单", "changed the yearly list"),
    "supervision_entry.withdraw": ("从年度督导清单撤下", "took a visit off the yearly list"),
    "supervision_visit.add_line": ("加了一项检查内容", "added a line to the checklist"),
    "supervision_visit.add_member": ("加入视导组成员", "named a member of the team"),
    "supervision_visit.add_photo": ("拍了照片", "took a photo"),
    "supervision_visit.declare_interest": ("申请回避", "declared an interest"),
    "supervision_visit.edit": ("改了视导安排", "changed the plan of the visit"),
    "supervision_visit.grant_exception": ("批准例外", "granted the exception"),
    "supervision_visit.name_lead": ("换了组长", "named another lead"),
    "supervision_visit.observe": ("上传了检查记录", "sent what was seen"),
    "supervision_visit.refuse_exception": ("没有批准例外", "refused the exception"),
    "supervision_visit.remove_finding": ("删了一条发现", "removed a finding"),
    "supervision_visit.remove_member": ("移出视导组成员", "took a member off the team"),
    "supervision_visit.report_rectification": ("交了书面整改报告", "handed in the written report"),
    "supervision_visit.save_self_report": ("填了自查表", "filled in the self-report"),
    "supervision_visit.settle_conflict": ("选定了检查记录", "chose between two records"),
    "supervision_visit.settle_finding": ("核实了一条问题", "settled a problem"),
    "supervision_visit.sheet_made": ("生成视导反馈单", "made the feedback sheet"),
    "supervision_visit.write_finding": ("写了一条发现", "wrote a finding"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    navigation.add(*ENTRIES)
    first_page.add_panel(at_a_glance.panel_of)
    item_page.add(panels=[panels.visits_panel])
    WORDS.update(DEEDS)
    deadlines.RUN_OUT["supervision_visits", "feedback_issued.respond"] = "visit_unanswered"
    TAKEN_OVER[SupervisionVisit] = teams.handed_over
    handles("visit_unanswered", letters.visit_unanswered)
    handles("visit_sheet", letters.visit_sheet)
