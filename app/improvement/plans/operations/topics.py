"""The list of training topics is brought in as a whole: known numbers corrected, new ones added, the others taken off the list."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.audit import trail
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.policy.actor import Actor
from app.improvement.plans.models import TrainingTopic
from app.improvement.plans.topic_sheet import TopicRow


@dataclass(frozen=True)
class TopicPlace:
    """Whose list: the county, and the unit that keeps it."""

    county_id: uuid.UUID
    unit_id: uuid.UUID


@dataclass(frozen=True)
class TopicsIn:
    """The rows of a table."""

    rows: Sequence[TopicRow]
    version: int | None = None


@operation(right="plans.manage_topics", name="training_topics.import")
def take_topics(actor: Actor, place: TopicPlace, given: TopicsIn) -> int:
    """Put the table in the place of the list; topics left out stay with the measures that named them. How many there are."""
    held = db.session.scalars(select(TrainingTopic).where(TrainingTopic.county_id == place.county_id))
    known = {one.number: one for one in held}
    for one in known.values():
        one.is_listed = False
    for position, row in enumerate(given.rows, 1):
        topic = known.get(row.number)
        if topic is None:
            topic = TrainingTopic(id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, number=row.number)
            db.session.add(topic)
        topic.theme, topic.title, topic.position, topic.is_listed = row.theme, row.title, position, True
    deed = trail.current()
    if deed is not None:
        deed.main.extra["topics"] = len(given.rows)
    return len(given.rows)
