"""What openings, answers and the account of who looked put into the application: pages, menu, jobs, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.care.access import letters
from app.care.access.models import EmergencyOpening, IdentityGrant
from app.care.access.operations import emergencies, identities
from app.care.access.routes import bp, looked
from app.care.consent.routes import door
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import navigation

ENTRIES = (
    navigation.Entry("care", "马上要安排的帮助", "access.urgent", "urgent", ("access.view_urgent",), order=12),
    navigation.Entry("care", "紧急查看", "access.openings", "key", ("access.view_openings",), order=60),
    navigation.Entry("care", "身份查看", "access.identity_requests", "users", ("access.view_identity",), order=61),
)


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(EmergencyOpening, IdentityGrant)
    navigation.add(*ENTRIES)
    WORDS.update({"case.assign_expert": ("安排专家", "gave the case to an expert")})
    daily.add(emergencies.lapse_all)
    daily.add(identities.lapse_all)
    handles("case_given", letters.case_given)
    door.offer(looked.links)
