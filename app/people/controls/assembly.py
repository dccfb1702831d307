"""Pages, menu and the worker's part of the evidence of controls; put in by the people's assembly."""

from __future__ import annotations

from flask import Flask

from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import navigation
from app.people.controls import measures, operations, queries
from app.people.controls.routes import bp

MENU = navigation.Entry("care_of_system", "等保证据", "controls.index", "shield-check", (queries.VIEW,), 45)
DEEDS = {
    "controls.ask": ("要求测量等保控制点", "asked for the controls to be measured"),
    "controls.take": ("测量了等保控制点", "measured the controls"),
}

__all__ = ["assemble", "measures"]


def assemble(app: Flask) -> None:
    """Put everything in; safe to call for each application of a process."""
    app.register_blueprint(bp)
    handles(operations.KIND, operations.carry_out)
    navigation.add(MENU)
    WORDS.update(DEEDS)
