"""What waits for an actor: every movable record whose state leads on by a step that this role may take on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

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
BESIDES: dict[tuple[str, str], tuple[str, Sentence]] = {}
"""(table, state) → right and words where the next step is taken on another record: an item in planning waits for a plan."""
RECOVERED: dict[tuple[str, str], Callable[[Any], bool]] = {}
"""(table, state) → whether a record that stands in BESIDES really waits (its plan is not drawn up yet)."""


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
        steps = tuple(s for s in engine.steps_from(workflow, state.code) if is_main(s, state) and s.rights)
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
    for (table, code), (right, _words) in BESIDES.items():
        scopes = set(decide.scopes_of(actor, right))
        if table == model.__tablename__ and scopes:
            parts.append(and_(model.state == code, or_(*(scope.where(actor, model) for scope in scopes))))
    return or_(*parts) if parts else None


def waiting_for(actor: Actor, most: int = MOST) -> list[Waiting]:
    """What waits for this actor, the most urgent first; at most `most` records of each kind."""
    found: list[tuple[Any, Sentence]] = []
    for model in MOVABLES.values():
        condition = _condition(actor, model)
        if condition is None:
            continue
        for record in db.session.scalars(select(model).where(condition).order_by(model.state_since).limit(most)):
            words = _verb(actor, record)
            if words is not None:
                found.append((record, words))
    clocks = deadlines.running([record for record, _ in found])
    things = [Waiting(record, words, clocks.get(record.id)) for record, words in found]
    far = clock.now().replace(year=9999)
    return sorted(things, key=lambda thing: thing.deadline.due_at if thing.deadline else far)


def _verb(actor: Actor, record: Any) -> Sentence | None:
    for step in main_steps(record.workflow).get(record.state, ()):
        right = step.right_for(record)
        if right is not None and decide.may(actor, right, record):
            return Sentence(step.zh, step.en)
    key = (record.__tablename__, record.state)
    if key in BESIDES and decide.may(actor, BESIDES[key][0], record) and RECOVERED.get(key, lambda r: True)(record):
        return BESIDES[key][1]
    return None


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
