"""What the evidence chain puts into the application: its pages, and the ring on the page of an item."""

from __future__ import annotations

from flask import Flask

from app.improvement.chain.panels import chain_panel
from app.improvement.chain.routes import bp
from app.improvement.problems import panels


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    panels.add(panels=[chain_panel])
