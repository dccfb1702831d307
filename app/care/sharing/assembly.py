"""What handovers put into the application: pages, menu, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.care.emergencies.routes import beside
from app.care.sharing import queries
from app.care.sharing.models import Handover
from app.care.sharing.routes import bp
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.web import navigation


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(Handover)
    beside(queries.handovers_of)
    navigation.add(navigation.Entry("care", "信息提供", "sharing.index", "file-export", (queries.VIEW,), order=63))
    WORDS.update({"handover.write": ("修改要提供的信息", "changed what is to be given")})
