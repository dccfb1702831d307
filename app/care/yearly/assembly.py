"""What the audits put into the application: pages, menu, the job of each day, the worker's part, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.care.yearly import at_a_glance, operations, queries
from app.care.yearly.models import YearlyAudit
from app.care.yearly.routes import bp
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import first_page, navigation

MENU = navigation.Entry("care", "年度审计", "yearly.index", "clipboard-check", (queries.VIEW,), order=66)
DEEDS = {
    "yearly_audit.count": ("汇总年度审计的数据", "counted the data of the audit"),
    "yearly_audit.recount": ("要求重新汇总", "asked for the data to be counted anew"),
    "yearly_audit.write": ("写了结论和整改安排", "wrote conclusion and measures"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(YearlyAudit)
    navigation.add(MENU)
    first_page.add_panel(at_a_glance.registers)
    first_page.add_panel(at_a_glance.agreements)
    WORDS.update(DEEDS)
    handles(operations.KIND, operations.carry_out)
    daily.add(operations.open_last_year)
