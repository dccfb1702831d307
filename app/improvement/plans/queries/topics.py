"""Training topics: the list for a form, how often each was taken and by whom, and the trainings of one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.plans.models import RemediationAction, TrainingTopic
from app.improvement.plans.queries.actions import VIEW as VIEW_ACTIONS
from app.people.directory.models import Person, Unit

VIEW, MANAGE = "plans.view_topics", "plans.manage_topics"
TAKEN = ("in_progress", "evidence_submitted", "completed", "returned")
"""A training that has begun counts as taken; one that was only planned or was cancelled does not."""


@dataclass(frozen=True)
class Training:
    """A measure that named a topic: whose it is, when, with what result."""

    ref: str
    title: str
    unit: str
    owner: str
    from_on: date | None
    to_on: date | None
    state: Any
    result: str
    topic_id: uuid.UUID | None
    unit_id: uuid.UUID


def listed(actor: Actor) -> Sequence[TrainingTopic]:
    """The topics that a measure may name today, in the order of the list."""
    wanted = select(TrainingTopic).where(TrainingTopic.county_id == actor.county_id, TrainingTopic.is_listed)
    return db.session.scalars(wanted.order_by(TrainingTopic.position)).all()


def topics(actor: Actor, theme: str = "", taken: str = "") -> list[tuple[TrainingTopic, list[Training]]]:
    """Topics with the trainings that the actor may see, in the order of the list; those off the list only where one was held."""
    wanted = decide.visible(actor, select(TrainingTopic), TrainingTopic, VIEW)
    if theme:
        wanted = wanted.where(TrainingTopic.theme == theme)
    found = db.session.scalars(wanted.order_by(TrainingTopic.is_listed.desc(), TrainingTopic.position)).all()
    held = trainings(actor, [one.id for one in found])
    rows = [(one, [each for each in held if each.topic_id == one.id]) for one in found]
    rows = [(one, mine) for one, mine in rows if one.is_listed or mine]
    return [(one, mine) for one, mine in rows if not taken or bool(mine) == (taken == "yes")]


def trainings(actor: Actor, topic_ids: Sequence[uuid.UUID]) -> list[Training]:
    """Trainings on these topics that have begun, the newest first, by the units that the actor may see."""
    wanted = (
        select(RemediationAction, Unit.short_name, Person.name)
        .join(Unit, Unit.id == RemediationAction.unit_id)
        .outerjoin(Person, Person.id == RemediationAction.owner_id)
        .where(RemediationAction.topic_id.in_(topic_ids), RemediationAction.state.in_(TAKEN))
        .order_by(RemediationAction.planned_start.desc().nulls_last(), RemediationAction.id)
    )
    rows = db.session.execute(decide.visible(actor, wanted, RemediationAction, VIEW_ACTIONS)).unique()
    return [
        Training(
            one.ref, one.title, unit, name or "", one.started_on or one.planned_start, one.planned_end, one.standing,
            one.result, one.topic_id, one.unit_id,
        )
        for one, unit, name in rows
    ]  # fmt: skip


def topic_for(actor: Actor, ref: str) -> TrainingTopic:
    """One topic. Raises NotFound."""
    wanted = select(TrainingTopic).where(TrainingTopic.ref == ref)
    found: TrainingTopic | None = db.session.scalar(decide.visible(actor, wanted, TrainingTopic, VIEW))
    if found is None:
        raise NotFound("training_topic", ref)
    return found
