"""Two sources disagree: the owner of the data is asked, answers, and the office settles which one counts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult, SourceConflict
from app.improvement.monitoring.models.rulings import ONE, OUTCOMES, SET_ASIDE, standing_of
from app.improvement.monitoring.operations.detection import detect

SHORTEST = 10
SAME_CELL = Sentence("请选两个不同来源的数据格", "Choose two cells of different sources")
NOT_SAME_THING = Sentence("这两个数据格说的不是同一件事", "These two cells are not about the same thing")
TOO_SHORT = Sentence("至少写 10 个字", "Write at least 10 characters")
NO_SIDE = Sentence("请选以哪一个来源为准", "Choose the source that counts")
SAME_THING = ("unit_id", "indicator_id", "scope_level", "grade", "class_no", "value_type")
UNCONFIRMED = ("candidate", "watch")
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
    """Which source counts, and why; none is chosen where both are right or neither is to be used."""

    chosen_id: uuid.UUID | None
    settlement: str
    version: int | None = None
    outcome: str = ONE


@operation(right="monitoring.ask_data_owner", name="source_conflict.ask")
def ask_data_owner(actor: Actor, place: SourceConflict, given: QuestionIn) -> SourceConflict:
    """Put two cells side by side and ask; `place` names both cells, the county and the school."""
    first = db.session.get(MonitoringResult, place.first_id)
    second = db.session.get(MonitoringResult, place.second_id)
    if first is None or second is None or first.id == second.id:
        raise Invalid("second", SAME_CELL)
    if any(getattr(first, name) != getattr(second, name) for name in SAME_THING):
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
    """The office decides: one source counts, both do, or neither. What was set aside makes no finding any more.

    Candidates on it that nobody confirmed are withdrawn; the rules run again on both rounds, so that the cell that
    counts is judged at last. What was built on it already is told to the office, where a person decides.
    """
    _open(conflict)
    if given.outcome not in OUTCOMES or (given.outcome == ONE) != (
        given.chosen_id in (conflict.first_id, conflict.second_id)
    ):
        raise Invalid("chosen", NO_SIDE)
    conflict.settlement = _written("settlement", given.settlement)
    conflict.outcome, conflict.chosen_id = given.outcome, given.chosen_id if given.outcome == ONE else None
    conflict.settled_by, conflict.settled_at = actor.person_id, clock.now()
    conflict.version += 1
    db.session.flush()
    sides = (conflict.first_id, conflict.second_id)
    _withdraw_unconfirmed([one for one in sides if standing_of(one) == SET_ASIDE])
    _judge_again(sides)
    for kind in ("conflict_settled", *(f"conflict_settled.{feature}" for feature in ("problems", "plans", "effects"))):
        post(kind, conflict)


def _withdraw_unconfirmed(result_ids: list[uuid.UUID]) -> None:
    resting = (DataFinding.result_id.in_(result_ids), DataFinding.state.in_(UNCONFIRMED))
    for finding in db.session.scalars(select(DataFinding).where(*resting).order_by(DataFinding.id)).all():
        follow(finding, "set_aside")


def _judge_again(result_ids: tuple[uuid.UUID, uuid.UUID]) -> None:
    rounds = select(MonitoringCycle).join(MonitoringResult, MonitoringResult.cycle_id == MonitoringCycle.id)
    wanted = rounds.where(MonitoringResult.id.in_(result_ids)).order_by(MonitoringCycle.ends_on, MonitoringCycle.id)
    for cycle in db.session.scalars(wanted).unique().all():
        if cycle.is_out:
            detect(cycle)


def _open(conflict: SourceConflict) -> None:
    if conflict.settled_at is not None:
        raise StepRefused((SETTLED,))


def _written(field: str, words: str) -> str:
    if len(words.strip()) < SHORTEST:
        raise Invalid(field, TOO_SHORT)
    return words.strip()
