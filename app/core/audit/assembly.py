"""The auditor's pages and menu, and the worker's part of a verification; put in by the factory."""

from __future__ import annotations

from flask import Flask

from app.core.audit import at_a_glance, operations
from app.core.audit.incident_routes import bp as incidents
from app.core.audit.routes import bp
from app.core.outbox.handlers import handles
from app.core.web import first_page, navigation
from app.core.web.navigation import Entry

MENU = (
    Entry("care_of_system", "审计日志", "audit.entries", "history", ("audit.read",), 10, tab=True),
    Entry("care_of_system", "链条校验", "audit.chain", "link", ("audit.verify",), 20, tab=True),
    Entry("care_of_system", "异常查阅", "audit.unusual", "zoom-question", ("audit.read",), 30, tab=True),
    Entry("care_of_system", "谁看过", "incidents.index", "eye", ("audit.read",), 40, tab=True),
)


def assemble(app: Flask) -> None:
    """Put everything in; safe to call for each application of a process."""
    app.register_blueprint(bp)
    app.register_blueprint(incidents)
    first_page.add_panel(at_a_glance.panel_of)
    handles("audit_verify", operations.carry_out)
    navigation.ENTRIES.extend(entry for entry in MENU if entry not in navigation.ENTRIES)
