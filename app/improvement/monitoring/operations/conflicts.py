"""Two sources disagree: the owner of the data is asked, answers, and the office settles which one counts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import MonitoringResult, SourceConflict

SHORTEST = 10
SAME_CELL = Sentence("请选两个不同来源的数据格", "Choose two cells of different sources")
NOT_SAME_THING = Sentence("这两个数据格说的不是同一件事", "These two cells are not about the same thing")
TOO_SHORT = Sentence("至少写 10 个字", "Write at least 10 characters")
NO_SIDE = Sentence("请选以哪一个来源为准", "Choose the source that counts")
SETTLED = Sentence("这处不一致已经裁定", "This has been settled already")


@dataclass(frozen=True)
class QuestionIn:
    """What is asked of the unit that owns the data."""

    question: str
    asked_unit_id: uuid.UUID | None


@dataclass(frozen=True)
class AnswerIn:
    """What the owner of the data says."""

    answer: str
    version: int | None = None


@dataclass(frozen=True)
class SettlementIn:
    """Which source counts, and why."""

    chosen_id: uuid.UUID | None
    settlement: str
    version: int | None = None


@operation(right="monitoring.ask_data_owner", name="source_conflict.ask")
def ask_data_owner(actor: Actor, place: SourceConflict, given: QuestionIn) -> SourceConflict:
    """Put two cells side by side and ask; `place` names both cells, the county and the school."""
    first = db.session.get(MonitoringResult, place.first_id)
    second = db.session.get(MonitoringResult, place.second_id)
    if first is None or second is None or first.id == second.id:
        raise Invalid("second", SAME_CELL)
    if (first.unit_id, first.indicator_id) != (second.unit_id, second.indicator_id):
        raise Invalid("second", NOT_SAME_THING)
    assert actor.person_id is not None
    place.question = _written("question", given.question)
    place.id, place.asked_by, place.asked_unit_id = uuid7(), actor.person_id, given.asked_unit_id
    db.session.add(place)
    db.session.flush()
    post("conflict_asked", place)
    return place


@operation(right="monitoring.answer_conflict", name="source_conflict.answer")
def answer_conflict(actor: Actor, conflict: SourceConflict, given: AnswerIn) -> None:
    """The owner of the data answers."""
    _open(conflict)
    conflict.answer = _written("answer", given.answer)
    conflict.answered_by, conflict.answered_at = actor.person_id, clock.now()
    conflict.version += 1


@operation(right="monitoring.settle_conflict", name="source_conflict.settle")
def settle_conflict(actor: Actor, conflict: SourceConflict, given: SettlementIn) -> None:
    """The office decides which source counts; both stay as they are, the decision stands beside them."""
    _open(conflict)
    if given.chosen_id not in (conflict.first_id, conflict.second_id):
        raise Invalid("chosen", NO_SIDE)
    conflict.settlement = _written("settlement", given.settlement)
    conflict.chosen_id, conflict.settled_by, conflict.settled_at = given.chosen_id, actor.person_id, clock.now()
    conflict.version += 1


def _open(conflict: SourceConflict) -> None:
    if conflict.settled_at is not None:
        raise StepRefused((SETTLED,))


def _written(field: str, words: str) -> str:
    if len(words.strip()) < SHORTEST:
        raise Invalid(field, TOO_SHORT)
    return words.strip()
