"""What the figures of care put into the application: pages, menu, the weekly freezing, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.care.figures.models import FigureRelease
from app.care.figures.operations import freeze_where_due
from app.care.figures.panels import panel_of
from app.care.figures.routes import bp
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.web import first_page, navigation

ENTRIES = (
    navigation.Entry(
        "care",
        "心理工作数据",
        "care_figures.index",
        "chart-bar",
        ("figures.view_county", "figures.view_school"),
        order=50,
    ),
    navigation.Entry(
        "care", "测评与支持进度", "care_figures.process", "clipboard-check", ("figures.view_process",), order=50
    ),
    navigation.Entry("care", "区县心理工作", "care_figures.of_region", "chart-bar", ("figures.view_region",), order=50),
    navigation.Entry(
        "care", "已发布的心理数据", "care_figures.releases", "report-analytics", ("figures.view_releases",), order=51
    ),
)


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(FigureRelease)
    navigation.add(*ENTRIES)
    first_page.add_panel(panel_of)
    WORDS["care_figures.freeze"] = ("冻结本周数据", "froze the week's figures")
    daily.add(freeze_where_due)
