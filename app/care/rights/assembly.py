"""What requests put into the application: pages, menu, the job of each minute, the link behind the door."""

from __future__ import annotations

from flask import Flask

from app.care.consent.routes import door
from app.care.rights.models import RightsRequest
from app.care.rights.operations.results import complete_all
from app.care.rights.routes import asking, bp
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.web import navigation

ENTRIES = (navigation.Entry("care", "权利请求", "rights.index", "file-text", ("rights.view_requests",), order=62),)


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(RightsRequest)
    navigation.add(*ENTRIES)
    daily.add(complete_all)
    door.offer(asking.links)
