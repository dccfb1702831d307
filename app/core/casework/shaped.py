"""A question that is asked on every page, written once for everybody of the same shape and then only filled in.

Building a select over all kinds of records costs more than asking it. Two people of one role, with as many schools and
subjects each, ask the same words with other values: the words are kept, and a person's own values are put in each time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult

from app.core import clock, round_trip
from app.core.database import Context, db
from app.core.policy.actor import Actor, Taught

SHAPES = 256
"""Shapes kept at once, some twenty kilobytes each."""
SINGLE = ("person_id", "unit_id", "county_id", "school_id")
SEVERAL = ("schools", "classes", "subjects")


@dataclass(frozen=True)
class StandIn:
    """What scopes read of an actor, with a mark in the place of every value of one's own.

    It has nothing else on purpose: a scope that would read more fails here, before one person is asked with the values of
    another.
    """

    role: str
    person_id: uuid.UUID | None
    unit_id: uuid.UUID | None
    county_id: uuid.UUID | None
    school_id: uuid.UUID | None
    schools: tuple[uuid.UUID, ...]
    classes: tuple[uuid.UUID, ...]
    subjects: tuple[str, ...]
    taught: tuple[Taught, ...]
    system: bool = False


@dataclass(frozen=True)
class _Shape:
    role: str
    present: tuple[bool, ...]
    """Which of `SINGLE` the actor has."""
    many: tuple[int, ...]
    """How many of each of `SEVERAL`."""
    taught: tuple[Taught, ...]
    day: date
    """Some scopes hold from one day to another."""
    system: bool


@dataclass(frozen=True)
class _Written:
    ready: round_trip.Ready
    order: tuple[str, ...]
    """Names of the values by number, where they have numbers."""
    values: Mapping[str, Any]
    own: Mapping[str, tuple[str, int | None]]
    """Name of a value in the statement → the attribute of the actor it comes from, and its place among several."""


Builder = Callable[[Any], Any]


def ask(builder: Builder, actor: Actor) -> CursorResult[Any]:
    """The rows of `builder(actor)`, a select that depends on what `StandIn` has and on nothing else.

    Raises AttributeError when it reads more of the actor.
    """
    statement, values = filled(builder, actor)
    return db.session.connection().exec_driver_sql(statement, values)


def first(
    builder: Builder, actor: Actor, given: Mapping[str, Any], *, context: Context | None = None
) -> tuple[Any, ...] | None:
    """The first row of `builder(actor)` in one round trip; `given` are the values of its own bound parameters."""
    return round_trip.ask(*ready(builder, actor, given), context=context)


def ready(builder: Builder, actor: Actor, given: Mapping[str, Any]) -> tuple[round_trip.Ready, list[Any]]:
    """The words of `builder(actor)` as the server knows them, and their values in its order; `given` as for `first`."""
    written, values = _found(builder, actor, True)
    values |= given
    return written.ready, [values[name] for name in written.order]


def filled(builder: Builder, actor: Actor) -> tuple[str, dict[str, Any]]:
    """The words of `builder(actor)` for the driver, and the values of this actor by name."""
    written, values = _found(builder, actor, False)
    return written.ready.text, values


def _found(builder: Builder, actor: Actor, numbered: bool) -> tuple[_Written, dict[str, Any]]:
    shape = _Shape(
        actor.role,
        tuple(getattr(actor, name) is not None for name in SINGLE),
        tuple(len(getattr(actor, name)) for name in SEVERAL),
        actor.taught,
        clock.today(),
        actor.system,
    )
    written = _written(builder, shape, numbered)
    values = dict(written.values)
    for name, (attribute, place) in written.own.items():
        value = getattr(actor, attribute)
        values[name] = value if place is None else value[place]
    return written, values


@lru_cache(maxsize=SHAPES)
def _written(builder: Builder, shape: _Shape, numbered: bool) -> _Written:
    marks: dict[Any, tuple[str, int | None]] = {}
    drawn: dict[str, Any] = {}
    for name, there in zip(SINGLE, shape.present, strict=True):
        drawn[name] = _mark(marks, name, None) if there else None
    for name, many in zip(SEVERAL, shape.many, strict=True):
        drawn[name] = tuple(_mark(marks, name, place) for place in range(many))
    question = builder(StandIn(shape.role, taught=shape.taught, system=shape.system, **drawn))
    dialect = round_trip.NUMBERED if numbered else db.engine.dialect
    compiled = question.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    values = dict(compiled.params)
    own = {name: marks[value] for name, value in values.items() if value.__hash__ is not None and value in marks}
    return _Written(round_trip.Ready(str(compiled)), tuple(compiled.positiontup or ()), values, own)


def _mark(marks: dict[Any, tuple[str, int | None]], name: str, place: int | None) -> Any:
    mark = uuid.uuid4()
    found = str(mark) if name == "subjects" else mark
    marks[found] = (name, place)
    return found
