"""What the boards put into the application: pages, menu, the daily job, the weekly report."""

from __future__ import annotations

from flask import Flask

from app.core.casework import daily
from app.core.outbox.handlers import handles
from app.core.web import first_page, navigation
from app.improvement.boards import at_a_glance, letters
from app.improvement.boards.operations import freeze_where_due
from app.improvement.boards.routes import bp
from app.improvement.boards.tally import tally_large_counties

ENTRIES = (
    navigation.Entry("loop", "一本账", "boards.board", "list-check", ("boards.view_boards",), order=70),
    navigation.Entry("loop", "学科与学校效应", "boards.effects", "scale", ("monitoring.view_results",), order=71),
)


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    navigation.add(*ENTRIES)
    first_page.add_panel(at_a_glance.calendar_of)
    daily.add(freeze_where_due)
    daily.add(tally_large_counties)
    handles("weekly_report", letters.weekly_report)
