"""What accountability puts into the application: the job of each sweep, letters, words of the trail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence, Set
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.casework import daily, waiting
from app.core.casework.timeline import WORDS
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.handlers import handles
from app.improvement.accountability import letters
from app.improvement.accountability.models import AccountabilitySaying
from app.improvement.accountability.operations import appeals, deciding, drafting
from app.improvement.accountability.operations.hearing import keep_time_of_all

DEEDS = {
    "accountability_record.write": ("改了材料", "changed the draft"),
    "accountability_record.keep_time": ("按日期处理", "kept the time"),
    "accountability_saying.object": ("提出异议", "objected"),
}
DOORS = (appeals, deciding, drafting)
"""Modules whose operations the registry knows."""
SPEAK = Sentence("陈述申辩", "Make a statement")


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    WORDS.update(DEEDS)
    daily.add(keep_time_of_all)
    handles("accountability_notified", letters.notified)
    waiting.BESIDES["accountability_records", "hearing"] = ("accountability.make_statement", SPEAK)
    waiting.RECOVERED["accountability_records", "hearing"] = _not_heard_yet


def _not_heard_yet(records: Sequence[Any]) -> Set[uuid.UUID]:
    """Parties held to account that have said nothing yet, by one question."""
    ids = [record.id for record in records if record.is_accountability]
    heard = select(AccountabilitySaying.record_id).where(
        AccountabilitySaying.record_id.in_(ids), AccountabilitySaying.kind == "statement"
    )
    return set(ids) - set(db.session.scalars(heard))
