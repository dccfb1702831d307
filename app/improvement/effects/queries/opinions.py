"""Reads of opinions from outside: those of an evaluation with all their editions, the newest of an item."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Uuid, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from app.core.casework.together import Asking, question
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.effects.models import EffectEvaluation, OutsideOpinion
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Person

VIEW = "effects.view_opinions"
GIVE = "effects.give_opinion"


@dataclass(frozen=True)
class Voice:
    """What one evaluator says: the newest edition, those before it, and whether it is about the outcome as it stands."""

    newest: OutsideOpinion
    before: Sequence[OutsideOpinion]
    counts: bool


def voices(actor: Actor, evaluation: EffectEvaluation) -> list[Voice]:
    """The opinions on an evaluation that the actor may read, one a person, the newest first."""
    if not decide.holds(actor, VIEW):
        return []
    wanted = decide.visible(actor, select(OutsideOpinion), OutsideOpinion, VIEW)
    wanted = wanted.where(OutsideOpinion.evaluation_id == evaluation.id).order_by(OutsideOpinion.written_at.desc())
    by_person: dict[uuid.UUID, list[OutsideOpinion]] = {}
    for one in db.session.scalars(wanted):
        by_person.setdefault(one.owner_id, []).append(one)
    return [Voice(rows[0], rows[1:], _counts(rows[0], evaluation)) for rows in by_person.values()]


def _counts(one: OutsideOpinion, evaluation: EffectEvaluation) -> bool:
    return one.inputs_sha256 == evaluation.inputs_sha256


def newest_of_item(actor: Actor, item: ProblemItem) -> Asking[Sequence[Any]]:
    """The newest edition of each opinion on the evaluations of an item, as a part of its page: view, name, evaluation's ref."""
    if not decide.holds(actor, VIEW):
        return ()
    (rows,) = yield (question(_of_item, item=item.id),)
    return rows


def _of_item(actor: Any) -> Any:
    o, later = OutsideOpinion, aliased(OutsideOpinion)
    newer = later.evaluation_id == o.evaluation_id, later.owner_id == o.owner_id, later.edition > o.edition
    wanted = (
        select(o.view, o.written_at, Person.name, EffectEvaluation.ref)
        .join(EffectEvaluation, EffectEvaluation.id == o.evaluation_id)
        .join(Person, Person.id == o.owner_id)
        .where(EffectEvaluation.item_id == bindparam("item", None, type_=Uuid()), ~exists().where(*newer))
    )
    return decide.visible(actor, wanted, o, VIEW).order_by(o.written_at.desc())


def waiting(actor: Actor) -> int:
    """Outcomes that the actor may give an opinion on and has not."""
    mine = exists().where(
        OutsideOpinion.evaluation_id == EffectEvaluation.id, OutsideOpinion.owner_id == actor.person_id
    )
    open_ones = select(func.count(EffectEvaluation.id)).where(EffectEvaluation.state == "computed", ~mine)
    return int(db.session.scalar(decide.visible(actor, open_ones, EffectEvaluation, GIVE)) or 0)


def own(actor: Actor, evaluation: EffectEvaluation) -> OutsideOpinion | None:
    """The newest edition of the actor's own opinion."""
    wanted = select(OutsideOpinion).where(
        OutsideOpinion.evaluation_id == evaluation.id, OutsideOpinion.owner_id == actor.person_id
    )
    return db.session.scalar(wanted.order_by(OutsideOpinion.edition.desc()).limit(1))
