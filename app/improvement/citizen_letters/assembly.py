"""What citizens' letters put into the application: pages, menu, letters, the jobs of each sweep, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.core.casework import daily
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import navigation
from app.improvement.citizen_letters import letters
from app.improvement.citizen_letters.operations.boxes import keep_boxes_true
from app.improvement.citizen_letters.operations.ending import end_unrated, erase_contacts
from app.improvement.citizen_letters.queries import letters as queries
from app.improvement.citizen_letters.routes import BLUEPRINTS

ENTRIES = (
    navigation.Entry("loop", "群众来信", "citizen_letters.index", "mail", (queries.VIEW,), order=55),
    navigation.Entry("loop", "来信好差评", "citizen_letters.figures", "chart-bar", (queries.FIGURES,), order=56),
    navigation.Entry("loop", "督学信箱", "citizen_letters.boxes", "qrcode", (queries.OPEN_BOX,), order=57),
)
DEEDS = {
    "citizen_letter.carry": ("登记为数据发现", "registered a data finding from it"),
    "citizen_letter.ask_at_visit": ("带到视导里看", "put it on the checklist of a visit"),
    "citizen_letter.erase_contact": ("删除了联系方式", "erased the contact"),
    "citizen_letter.publish": ("公开了问答", "showed question and answer to everybody"),
    "letter_box.change": ("改了信箱", "changed the box"),
    "letter_box.keep_true": ("信箱上换了督学", "put another inspector on the box"),
    "letter_box.open_all": ("开通了各校信箱", "opened the boxes of the schools"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    handles("citizen_letter_urgent", letters.urgent)
    daily.add(keep_boxes_true)
    daily.add(end_unrated)
    daily.add(erase_contacts)
