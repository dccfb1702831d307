"""What waits for an actor: every movable record whose state leads on by a step that this role may take on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, text

from app.core import clock
from app.core.casework import deadlines
from app.core.casework.choices import is_main
from app.core.casework.records import MOVABLES, Movable
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from workflows import engine
from workflows.vocabulary import Sentence, Step, Workflow

MOST = 200
KEEP_SECONDS = 20
Key = tuple[str, str]
"""Table and state."""
BESIDES: dict[Key, tuple[str | Step, Sentence]] = {}
"""Right (or the step that has it) and words where what is to be done does not lead on from here by itself: an item in
planning waits for a plan, a computed effect for somebody's proposal."""
RECOVERED: dict[Key, Callable[[Any], bool]] = {}
"""Whether a record that stands in BESIDES really waits (its plan is not drawn up yet)."""
READY: dict[Key, Callable[[Any], bool]] = {}
"""Whether the step out of this state can be awaited already, where others have to do their part before."""
FOR: dict[Key, Callable[[Actor, Any], bool]] = {}
"""Whom a record of this state is for, among those who might take the step too."""


@dataclass(frozen=True)
class Waiting:
    """One thing to do: which record, what is to be done, until when."""

    record: Any
    verb: Sentence
    deadline: deadlines.Deadline | None

    @property
    def overdue(self) -> bool:
        """Whether the clock ran out and is not paused."""
        return self.deadline is not None and self.deadline.paused_at is None and self.deadline.due_at <= clock.now()


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


def waiting_for(actor: Actor, most: int = MOST) -> list[Waiting]:
    """What waits for this actor, the most urgent first; at most `most` records of each kind."""
    records: list[Any] = []
    for model in MOVABLES.values():
        condition = _condition(actor, model)
        if condition is None:
            continue
        records += db.session.scalars(select(model).where(condition).order_by(model.state_since).limit(most))
    done = _taken_by(actor, records)
    found = [(record, words) for record in records if (words := _verb(actor, record, done)) is not None]
    clocks = deadlines.running([record for record, _ in found])
    things = [Waiting(record, words, clocks.get(record.id)) for record, words in found]
    far = clock.now().replace(year=9999)
    return sorted(things, key=lambda thing: thing.deadline.due_at if thing.deadline else far)


def _taken_by(actor: Actor, records: Sequence[Any]) -> frozenset[tuple[uuid.UUID, str]]:
    """(record, step) of every part that this person had in records where another has to take the next one."""
    guarded = [r for r in records if any(step.four_eyes for step in main_steps(r.workflow).get(r.state, ()))]
    if not guarded:
        return frozenset()
    rows = db.session.execute(
        text("select record_id, step from audit.transition_log where record_id = any(:ids) and person_id = :person"),
        {"ids": [one for r in guarded for one in (r.id, *r.forebears)], "person": actor.person_id},
    )
    return frozenset((row.record_id, row.step) for row in rows)


def _is_for_another(step: Step, record: Any, done: frozenset[tuple[uuid.UUID, str]]) -> bool:
    if not step.four_eyes or not done:
        return False
    names = {name if "." in name else f"{record.workflow.name}.{name}" for name in step.others_than(record)}
    mine = {name for identity, name in done if identity in (record.id, *record.forebears)}
    return bool(names & mine)


def _verb(actor: Actor, record: Any, done: frozenset[tuple[uuid.UUID, str]]) -> Sentence | None:
    key = (record.__tablename__, record.state)
    if key in FOR and not FOR[key](actor, record):
        return None
    ready = key not in READY or READY[key](record)
    for step in main_steps(record.workflow).get(record.state, ()) if ready else ():
        right = step.right_for(record)
        allowed = right is not None and decide.may(actor, right, record)
        if allowed and not _is_for_another(step, record, done):
            return Sentence(step.zh, step.en)
    return _beside(actor, record, key)


def _beside(actor: Actor, record: Any, key: Key) -> Sentence | None:
    if key not in BESIDES:
        return None
    what, words = BESIDES[key]
    right = what if isinstance(what, str) else what.right_for(record)
    still = RECOVERED.get(key, lambda record: True)
    return words if right is not None and decide.may(actor, right, record) and still(record) else None


_counted: dict[uuid.UUID, tuple[float, int]] = {}


def count_for(actor: Actor) -> int:
    """How many things wait, remembered for a few seconds per acting role: it stands on every page."""
    if actor.assignment_id is None:
        return 0
    kept = _counted.get(actor.assignment_id)
    if kept is not None and clock.monotonic() - kept[0] < KEEP_SECONDS:
        return kept[1]
    number = len(waiting_for(actor))
    if len(_counted) > 5000:
        _counted.clear()
    _counted[actor.assignment_id] = (clock.monotonic(), number)
    return number


def forget_counts() -> None:
    """After a step was taken in this process the counts are read anew."""
    _counted.clear()
