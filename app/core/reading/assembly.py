"""The look before each child's page, the pages, the menu; put in by core's assembly."""

from __future__ import annotations

from flask import Flask

from app.core.audit import trail
from app.core.reading import at_a_glance, budgets, queries
from app.core.reading.routes import bp
from app.core.web import first_page, navigation
from app.core.web.navigation import Entry

MENU = Entry("care_of_system", "查阅提醒", "readings.index", "alert-triangle", (queries.VIEW,), 35, tab=True)


def assemble(app: Flask) -> None:
    """Put everything in; safe to call for each application of a process."""
    app.register_blueprint(bp)
    navigation.add(MENU)
    first_page.add_panel(at_a_glance.panel_of)
    if budgets.look not in trail.LOOKS:
        trail.LOOKS.append(budgets.look)
