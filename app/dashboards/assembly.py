"""First pages, put in by the factory: pages, menu, and the to-do count that stands on every page."""

from __future__ import annotations

from flask import Flask

from app.core.casework.waiting import count_for
from app.core.web import navigation
from app.dashboards.routes import bp

ENTRIES = (
    navigation.Entry("now", "工作台", "dashboards.home", "home", (), order=1, tab=True),
    navigation.Entry("now", "待办", "dashboards.todo", "list-check", (), order=2, tab=True),
    navigation.Entry("now", "消息", "dashboards.inbox", "mail", (), order=3),
)


def assemble(app: Flask) -> None:
    """Register the first pages."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    navigation.add(*ENTRIES)
    if count_for not in navigation.COUNTERS:
        navigation.COUNTERS.append(count_for)
