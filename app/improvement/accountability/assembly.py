"""What accountability puts into the application: pages, menu, the job of each sweep, letters, words of the trail."""

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
from app.core.web import navigation
from app.improvement.accountability import letters
from app.improvement.accountability.models import AccountabilitySaying
from app.improvement.accountability.operations.hearing import keep_time_of_all
from app.improvement.accountability.routes import BLUEPRINTS

ENTRIES = (
    navigation.Entry(
        "loop",
        "问责与表彰",
        "accountability.index",
        "gavel",
        ("accountability.view_records", "accountability.view_own_records"),
        order=77,
        roles=(
            "leading_group_head",
            "leading_group_member",
            "office_director",
            "evaluator",
            "inspector",
            "principal",
            "dept_head",
        ),
    ),
    navigation.Entry("loop", "通报与公示", "circulars.index", "bell", ("accountability.read_notices",), order=78),
)
DEEDS = {
    "accountability_record.write": ("改了材料", "changed the draft"),
    "accountability_record.keep_time": ("按日期处理", "kept the time"),
    "accountability_record.print": ("要求生成文书", "asked for the papers"),
    "accountability_record.paper_made": ("生成文书", "made the paper"),
    "accountability_saying.object": ("提出异议", "objected"),
}
SPEAK = Sentence("陈述申辩", "Make a statement")


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    for blueprint in BLUEPRINTS:
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    daily.add(keep_time_of_all)
    handles("accountability_notified", letters.notified)
    handles("accountability_paper", letters.paper)
    waiting.BESIDES["accountability_records", "hearing"] = ("accountability.make_statement", SPEAK)
    waiting.RECOVERED["accountability_records", "hearing"] = _not_heard_yet


def _not_heard_yet(records: Sequence[Any]) -> Set[uuid.UUID]:
    """Parties held to account that have said nothing yet, by one question."""
    ids = [record.id for record in records if record.is_accountability]
    heard = select(AccountabilitySaying.record_id).where(
        AccountabilitySaying.record_id.in_(ids), AccountabilitySaying.kind == "statement"
    )
    return set(ids) - set(db.session.scalars(heard))
