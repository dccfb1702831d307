"""What emergencies put into the application: pages, menu, the job of each minute."""

from __future__ import annotations

from flask import Flask

from app.care.emergencies import queries
from app.care.emergencies.models import EmergencyNotice
from app.care.emergencies.operations import mark_all
from app.care.emergencies.routes import bp
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.web import navigation


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(EmergencyNotice)
    navigation.add(navigation.Entry("care", "紧急情况告知", "emergencies.index", "phone", (queries.VIEW,), order=61))
    daily.add(mark_all)
