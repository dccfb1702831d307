"""What waits for an actor: every movable record whose state leads on by a step that this role may take on it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Uuid, and_, false, literal, or_, select, text, union_all

from app.core import clock
from app.core.casework import deadlines, shaped
from app.core.casework.choices import is_main
from app.core.casework.records import MOVABLES, Movable
from app.core.database import db
from app.core.hanging import collections_later
from app.core.policy import decide
from app.core.policy.actor import Actor
from workflows import engine
from workflows.vocabulary import Sentence, Step, Workflow

MOST = 200
KEEP_SECONDS = 20
Key = tuple[str, str]
"""Table and state."""
Which = Callable[[Sequence[Any]], Set[uuid.UUID]]
"""Of many records of one kind, the ids of those for which something holds: asked once for all of them."""
BESIDES: dict[Key, tuple[str | Step, Sentence]] = {}
"""Right (or the step that has it) and words where what is to be done does not lead on from here by itself: an item in
planning waits for a plan, a computed effect for somebody's proposal."""
RECOVERED: dict[Key, Which] = {}
"""Which records that stand in BESIDES really wait (their plan is not drawn up yet)."""
READY: dict[Key, Which] = {}
"""Out of this state, which records can await their step already, where others have to do their part before."""
DECISIONS: dict[Key, Sentence] = {}
"""What is to be done where the step ahead has one of several outcomes: its own name would tell the outcome beforehand."""
FOR: dict[Key, Callable[[Actor, Any], bool]] = {}
"""Whom a record of this state is for, among those who might take the step too."""


@dataclass(frozen=True)
class Waiting:
    """One thing to do: which record, what is to be done, until when."""

    record: Any
    verb: Sentence
    deadline: deadlines.Running | None

    @property
    def due_at(self) -> datetime | None:
        """When the clock runs out; None where there is none, or while it is paused."""
        return self.deadline.due_at if self.deadline is not None and self.deadline.paused_at is None else None

    @property
    def overdue(self) -> bool:
        """Whether the clock ran out and is not paused."""
        return self.due_at is not None and self.due_at <= clock.now()


def each(test: Callable[[Any], bool]) -> Which:
    """For what a record says by itself, without a question to the database."""
    return lambda records: {record.id for record in records if test(record)}


@cache
def main_steps(workflow: Workflow) -> dict[str, tuple[Step, ...]]:
    """State code → the steps that lead on from it along the normal path, taken by people."""
    found = {}
    for state in workflow.states:
        steps = tuple(s for s in engine.steps_from(workflow, state.code) if is_main(workflow, s, state) and s.rights)
        resting = state.side and state.family == "idle"
        if steps and state.open and not resting:
            found[state.code] = steps
    return found


def _condition(actor: Actor, model: type[Movable]) -> ColumnElement[bool] | None:
    parts = []
    for code, steps in main_steps(model.workflow).items():
        scopes = {s for step in steps for right in step.rights for s in decide.scopes_of(actor, right)}
        if scopes:
            parts.append(and_(model.state == code, or_(*(scope.where(actor, model) for scope in scopes))))
    for (table, code), (what, _words) in BESIDES.items():
        rights = (what,) if isinstance(what, str) else what.rights
        scopes = {scope for right in rights for scope in decide.scopes_of(actor, right)}
        if table == model.__tablename__ and scopes:
            parts.append(and_(model.state == code, or_(*(scope.where(actor, model) for scope in scopes))))
    return or_(*parts) if parts else None


@dataclass(frozen=True)
class Desk:
    """What waits for an actor, the most urgent first, and the tables of which there is more than the listed `MOST`."""

    things: list[Waiting]
    cut: Set[str]

    @property
    def verbs(self) -> tuple[Sentence, ...]:
        """What is to be done with those of which there is more; never the kind, which may tell what it is about (G8)."""
        return tuple(dict.fromkeys(one.verb for one in self.things if one.record.__tablename__ in self.cut))


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for this actor, the most urgent first."""
    return desk_of(actor).things


def desk_of(actor: Actor) -> Desk:
    """What waits for this actor; of each kind those that wait longest, and which kinds that does not tell in full."""
    records, cut = _standing(actor)
    words = _words(actor, records)
    found = [record for record in records if record.id in words]
    clocks = deadlines.running(found)
    things = [Waiting(record, words[record.id], clocks.get(record.id)) for record in found]
    _remember(actor, len(things))
    far = clock.now().replace(year=9999)
    return Desk(sorted(things, key=lambda thing: thing.due_at or far), cut)


@cache
def _question(most: int) -> shaped.Builder:
    """Table and id of the records of every kind that may wait, at most `most` of each."""

    def build(actor: Any) -> Any:
        parts: list[Any] = []
        for model in MOVABLES.values():
            condition = _condition(actor, model)
            if condition is not None:
                found = select(literal(model.__tablename__).label("entity"), model.id.label("id")).where(condition)
                parts.append(select(found.order_by(model.state_since).limit(most).subquery()))
        nothing = select(literal("").label("entity"), literal(None, Uuid()).label("id")).where(false())
        return union_all(*parts) if parts else nothing

    return build


def _standing(actor: Actor) -> tuple[list[Any], Set[str]]:
    """Records that may wait for this actor: one question finds them, one more reads each kind that has any."""
    ids: dict[str, list[uuid.UUID]] = defaultdict(list)
    for row in shaped.ask(_question(MOST + 1), actor):
        ids[row.entity].append(row.id)
    records: list[Any] = []
    for entity, some in ids.items():
        model = MOVABLES[entity]
        wanted = select(model).where(model.id.in_(some)).options(*collections_later(model))
        records += db.session.scalars(wanted.order_by(model.state_since).limit(MOST))
    return records, {entity for entity, some in ids.items() if len(some) > MOST}


def _taken_by(actor: Actor, guarded: Mapping[uuid.UUID, Sequence[uuid.UUID]]) -> Set[tuple[uuid.UUID, str]]:
    """(record, step) of every part that this person had in records with their forebears."""
    if not guarded:
        return frozenset()
    rows = db.session.execute(
        text("select record_id, step from audit.transition_log where record_id = any(:ids) and person_id = :person"),
        {"ids": [one for record, others in guarded.items() for one in (record, *others)], "person": actor.person_id},
    )
    return frozenset((row.record_id, row.step) for row in rows)


class _Parts:
    """What the actor did already in records where another has to take the next step."""

    def __init__(self, actor: Actor, records: Iterable[Any]) -> None:
        guarded = [r for r in records if any(step.four_eyes for step in main_steps(r.workflow).get(r.state, ()))]
        self.forebears: dict[uuid.UUID, Sequence[uuid.UUID]] = {record.id: () for record in guarded}
        for kind in {type(record) for record in guarded}:
            self.forebears |= kind.forebears_of([record for record in guarded if type(record) is kind])
        self.done = _taken_by(actor, self.forebears)

    def forbid(self, step: Step, record: Any) -> bool:
        """Whether the step is for another person than the actor."""
        if not step.four_eyes or not self.done:
            return False
        names = {name if "." in name else f"{record.workflow.name}.{name}" for name in step.others_than(record)}
        ids = (record.id, *self.forebears.get(record.id, ()))
        return any(identity in ids and name in names for identity, name in self.done)


def _words(actor: Actor, records: Sequence[Any]) -> dict[uuid.UUID, Sentence]:
    """Record → what this actor is to do with it; records that do not wait for them are left out."""
    groups: dict[Key, list[Any]] = defaultdict(list)
    for record in records:
        groups[record.__tablename__, record.state].append(record)
    parts, found = _Parts(actor, records), {}
    for key, group in groups.items():
        mine = [record for record in group if key not in FOR or FOR[key](actor, record)]
        found.update(_verbs(actor, key, mine, parts))
        found.update(_beside(actor, key, [record for record in mine if record.id not in found]))
    return found


def _verbs(actor: Actor, key: Key, group: Sequence[Any], parts: _Parts) -> dict[uuid.UUID, Sentence]:
    ready = READY[key](group) if group and key in READY else {record.id for record in group}
    found: dict[uuid.UUID, Sentence] = {}
    for step in main_steps(MOVABLES[key[0]].workflow).get(key[1], ()):
        left = [record for record in group if record.id in ready and record.id not in found]
        allowed = _allowed(actor, step, left)
        found |= {
            record.id: DECISIONS.get(key) or Sentence(step.zh, step.en)
            for record in left
            if record.id in allowed and not parts.forbid(step, record)
        }
    return found


def _beside(actor: Actor, key: Key, group: Sequence[Any]) -> dict[uuid.UUID, Sentence]:
    if key not in BESIDES or not group:
        return {}
    what, words = BESIDES[key]
    allowed = _allowed(actor, what, group)
    left = [record for record in group if record.id in allowed]
    still = RECOVERED[key](left) if left and key in RECOVERED else allowed
    return {record.id: words for record in left if record.id in still}


def _allowed(actor: Actor, what: str | Step, records: Sequence[Any]) -> Set[uuid.UUID]:
    by_right: dict[str | None, list[Any]] = defaultdict(list)
    for record in records:
        by_right[what if isinstance(what, str) else what.right_for(record)].append(record)
    found: set[uuid.UUID] = set()
    for right, some in by_right.items():
        if right is not None:
            found |= decide.among(actor, right, some)
    return found


_counted: dict[uuid.UUID, tuple[float, int]] = {}


def count_for(actor: Actor) -> int:
    """How many things wait, remembered for a few seconds per acting role: it stands on every page."""
    if actor.assignment_id is None:
        return 0
    kept = _counted.get(actor.assignment_id)
    if kept is not None and clock.monotonic() - kept[0] < KEEP_SECONDS:
        return kept[1]
    return len(waiting_for(actor))


def _remember(actor: Actor, number: int) -> None:
    if actor.assignment_id is None:
        return
    if len(_counted) > 5000:
        _counted.clear()
    _counted[actor.assignment_id] = (clock.monotonic(), number)


def forget_counts() -> None:
    """After a step was taken in this process the counts are read anew."""
    _counted.clear()
