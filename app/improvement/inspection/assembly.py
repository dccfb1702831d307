"""What the tree of inspection indicators puts into the application: pages, a line of the menu."""

from __future__ import annotations

from flask import Flask

from app.core.web import navigation
from app.improvement.inspection.routes import bp

ENTRIES = (
    navigation.Entry(
        "loop", "督导指标", "inspection_trees.index", "list-details", ("inspection.view_trees",), order=52
    ),
)


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    navigation.add(*ENTRIES)
