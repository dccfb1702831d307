"""What citizens' letters put into the application: pages, menu, letters, the jobs of each sweep, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.core.casework import daily
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.improvement.citizen_letters import letters
from app.improvement.citizen_letters.operations import answering, sending, sorting
from app.improvement.citizen_letters.operations.boxes import keep_boxes_true
from app.improvement.citizen_letters.operations.ending import end_unrated, erase_contacts

__all__ = ["answering", "register", "sending", "sorting"]

DEEDS = {
    "citizen_letter.carry": ("登记为数据发现", "registered a data finding from it"),
    "citizen_letter.erase_contact": ("删除了联系方式", "erased the contact"),
    "citizen_letter.publish": ("公开了问答", "showed question and answer to everybody"),
    "letter_box.change": ("改了信箱", "changed the box"),
    "letter_box.keep_true": ("信箱上换了督学", "put another inspector on the box"),
    "letter_box.open_all": ("开通了各校信箱", "opened the boxes of the schools"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    WORDS.update(DEEDS)
    handles("citizen_letter_urgent", letters.urgent)
    daily.add(keep_boxes_true)
    daily.add(end_unrated)
    daily.add(erase_contacts)
