"""What consent puts into the application: pages, menu, the job of each day, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.care.consent import letters
from app.care.consent.models import Consent
from app.care.consent.operations import leaving, rounds
from app.care.consent.paper_import import CONSENTS
from app.care.consent.routes import BLUEPRINTS, door
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.imports.registry import imports_as
from app.core.limits import known_by
from app.core.outbox.handlers import handles
from app.core.web import navigation

DEEDS = {
    "consent_round.send": ("发出知情征询", "asked for consent"),
    "access_code.issue": ("制作个人码", "made personal codes"),
    "access_code.enter": ("凭个人码进入", "came in by a personal code"),
    "access_code.wrong": ("个人码核对不符", "gave what does not fit a personal code"),
    "access_code.over": ("用了作废的个人码", "used a personal code that is over"),
    "access_code.unknown": ("输入了不存在的个人码", "typed a code that does not exist"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    movable(Consent)
    navigation.add(navigation.Entry("care", "知情同意", "consents.index", "checks", ("consent.view_rounds",), order=10))
    WORDS.update(DEEDS)
    handles("consent_changed", letters.consent_changed)
    imports_as(CONSENTS)
    known_by(door.code_inside)
    rounds.register()
    leaving.register()
