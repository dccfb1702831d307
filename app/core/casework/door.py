"""The one door for writes: `@operation` checks the right, opens the act, runs the body, moves the record, keeps it all or nothing.

Right and audit name come from the workflow, so no feature can forget permission, guards, audit entry, transaction or deadline.
"""

from __future__ import annotations

import functools
import inspect
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

from sqlalchemy import text

from app.core import clock, rows
from app.core.audit import trail
from app.core.casework import deadlines
from app.core.casework.records import Movable
from app.core.database import Record, db, use_context, widen
from app.core.errors import Invalid, Sentence, Stale, StepRefused
from app.core.outbox.post import post
from app.core.policy import decide
from app.core.policy.actor import SYSTEM, Actor
from app.core.short_way import Again
from workflows import engine
from workflows.vocabulary import Step, Workflow

F = TypeVar("F", bound=Callable[..., Any])

SHORTEST_REASON = 10
"""Characters of a reason for return, reject, cancel, suspend, void, reopen (domain §3 G5)."""
REASON_WANTED = Sentence(
    "请写明理由，至少 10 个字，对方会看到", "Give a reason of at least 10 characters; the other side will read it."
)
FOUR_EYES = Sentence(
    "这一步要由另一个人来办：你已经办过前面的步骤", "Another person must take this step: you took an earlier part."
)
NEXT_LEVEL = "next_level"
"""Note of an entry: nobody of the first roles might take the step, so the second one did (decision 39)."""

PLAIN = frozenset({str, int, bool, float, type(None), date, datetime, uuid.UUID, Decimal})
"""Kinds of values that reading does not use up."""


@dataclass(frozen=True)
class Operation:
    """What the registry remembers of an operation: its step or right, and the function behind."""

    name: str
    right: str | None
    workflow: Workflow | None
    step: Step | None
    function: Callable[..., Any]


OPERATIONS: dict[str, Operation] = {}
"""Audit name → operation. Pages, bulk actions, command line and deadlines all look here."""


def operation(
    workflow: Workflow | None = None,
    step: str | None = None,
    *,
    right: str | None = None,
    name: str | None = None,
    sealed: bool = False,
) -> Callable[[F], F]:
    """Make a function the one way to take a step (`workflow`, `step`) or to use a `right` on a plain record (`name`).

    The function takes `(actor, record, given)`; for a creation step `record` is the place (unit, list, item) the right is
    checked against and the function returns the new record. A function that yields does what stands after its `yield`
    once the record has moved, in the same act: what follows from the step is told there with `follow` and `begin`.
     `given.version`, when present, must be the record's version. With `sealed` the reason stays out of the trail: the body
    keeps it sealed beside the record.
    Raises NotAllowed, StepRefused, Stale, Invalid; then nothing is kept.
    """
    declared = workflow.step(step) if workflow is not None and step is not None else None
    title = declared.key if declared is not None else name
    if title is None or (declared is None and right is None):
        raise TypeError("operation(workflow, step) or operation(right=…, name=…)")

    def wrap(function: F) -> F:
        plain = not inspect.isgeneratorfunction(function)

        @functools.wraps(function)
        def walk(actor: Actor, record: Any, *rest: Any) -> Any:
            kept: Mapping[str, Any] = {}
            if plain and _repeatable(rest):
                try:
                    return _walk(function, declared, right, title, sealed, True, kept, actor, record, *rest)
                except Again as again:
                    kept = again.kept
            return _walk(function, declared, right, title, sealed, False, kept, actor, record, *rest)

        OPERATIONS[title] = Operation(title, right, workflow, declared, walk)
        return cast(F, walk)

    return wrap


def _walk(
    function: Callable[..., Any],
    step: Step | None,
    right: str | None,
    title: str,
    sealed: bool,
    short: bool,
    kept: Mapping[str, Any],
    actor: Actor,
    record: Any,
    *rest: Any,
) -> Any:
    given = rest[0] if rest else None
    reason = getattr(given, "reason", None) or None
    kind = "system" if actor.system else "step" if step is not None else "write"
    with trail.act(actor, kind, title, record, None if sealed else reason, short=short, kept=kept) as deed:
        _fresh(record, given)
        needed = right if step is None else step.right_for(record)
        if needed is not None and not (step is not None and step.system and actor.system):
            decide.require(actor, needed, record)
            if below := decide.instead_of(actor, needed):
                deed.main.changes[NEXT_LEVEL] = [",".join(below), actor.role]
        if step is not None:
            _signed(actor, step, record, reason)
        result = function(actor, record, *rest)
        afterwards = result if inspect.isgenerator(result) else None
        if afterwards is not None:
            result = next(afterwards)
        if step is None:
            deed.main.record = result if isinstance(result, Record) else record
        elif step.creates:
            _begin(deed, step, result)
        else:
            _move(deed.main, step, record)
        if afterwards is not None:
            trail.write_out()
            next(afterwards, None)
        return result


def _repeatable(rest: tuple[Any, ...]) -> bool:
    """Whether what was given is still the same when the operation is walked a second time: plain values, no open file."""
    if not rest:
        return True
    given = rest[0]
    values = getattr(given, "__dict__", {}).values() if given is not None else ()
    return len(rest) == 1 and all(value.__class__ in PLAIN for value in values)


def _fresh(record: Any, given: Any) -> None:
    expected = getattr(given, "version", None)
    if expected is not None and record is not None and expected != record.version:
        raise Stale(record.version, record)


def _signed(actor: Actor, step: Step, record: Any, reason: str | None) -> None:
    if step.reason and len((reason or "").strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    others = step.others_than(record)
    if others and not actor.system and actor.person_id in takers(record, others):
        raise StepRefused((FOUR_EYES,))


def takers(record: Any, steps: tuple[str, ...]) -> set[Any]:
    """The persons who took any of `steps` on this record, or on the records it came from ("machine.step")."""
    names = [name if "." in name else f"{record.workflow.name}.{name}" for name in steps]
    rows = db.session.execute(
        text("select person_id from audit.transition_log where record_id = any(:ids) and step = any(:names)"),
        {"ids": [record.id, *record.forebears], "names": names},
    )
    return {row.person_id for row in rows if row.person_id is not None}


def _begin(deed: trail.Act, step: Step, record: Any) -> None:
    _create(deed.main, step, record)


def _create(entry: trail.Entry, step: Step, record: Movable) -> None:
    with db.session.no_autoflush:
        record.state = engine.landing(record.workflow, None, step, record)
    record.workflow_version, record.state_since = record.workflow.version, clock.now()
    db.session.add(record)
    db.session.flush()
    entry.record, entry.to_state = record, record.state
    deadlines.restart(record, step, None)
    _tell(step, record)


def _tell(step: Step, record: Movable) -> None:
    """Those named by the step, and those for whom the record now waits, hear of it; who they are is found on delivery."""
    if not trail.told_in_bulk():
        post("step_taken", record, step=step.key, version=record.version)


def _move(entry: trail.Entry, step: Step, record: Movable) -> None:
    landed = engine.landing(record.workflow, record.state, step, record, record.previous_state)
    entry.from_state, entry.to_state = record.state, landed
    if landed != record.state:
        record.previous_state, record.state, record.state_since = record.state, landed, clock.now()
    entry.record = record
    trail.save(record)
    deadlines.restart(record, step, entry.from_state)
    _tell(step, record)


def follow(record: Movable, step: str, reason: str | None = None) -> None:
    """Take a system step on another record inside the open act: a plan was approved, so its item goes on.

    Raises StepRefused like any step; RuntimeError outside an act.
    """
    deed = trail.current()
    if deed is None:
        raise RuntimeError("follow() belongs inside an operation.")
    declared = record.workflow.step(step)
    with reaching(record):
        rows.lock(record)
        entry = trail.Entry("system", declared.key, record=record, reason=reason, actor=SYSTEM)
        _move(entry, declared, record)
    deed.note(entry)


@contextmanager
def reaching(record: Movable) -> Iterator[None]:
    """What follows from a step may lie beyond the taker's own rows (a school signs, the county's list moves on)."""
    db.session.flush()
    trail.write_out()
    before = widen(counties=(record.county_id,))
    yield
    db.session.flush()
    trail.write_out()
    use_context(before)


def begin(record: Movable, step: str) -> None:
    """Create a record by a system step inside the open act (a recheck task at closure, a candidate finding)."""
    deed = trail.current()
    if deed is None:
        raise RuntimeError("begin() belongs inside an operation.")
    entry = deed.note(trail.Entry("system", record.workflow.step(step).key, actor=SYSTEM))
    record.state = record.workflow.initial.code
    with reaching(record):
        _create(entry, record.workflow.step(step), record)
