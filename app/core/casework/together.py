"""Parts of a page ask the database together: what each wants next leaves in one message, and each goes on with its answer.

A part is a generator. It yields the questions it has now, is given their rows, may yield further ones, and returns what it
made of them; `yield from` puts parts together. So every feature writes down what it reads as if it were alone, and a page of
twenty questions waits for the server three times.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import TextClause

from app.core import round_trip
from app.core.casework import shaped
from app.core.database import db
from app.core.policy.actor import Actor

T = TypeVar("T")
Rows = list[Any]


@dataclass(frozen=True)
class Question:
    """One select: `builder` writes it for an actor as `shaped.ask` says, `given` are the values of its parameters.

    Several values (a tuple) are given for a parameter of an array.
    """

    builder: shaped.Builder
    given: tuple[tuple[str, Hashable], ...] = ()


Asking = Generator[tuple[Question, ...], list[Rows], T]
"""A part: yields questions, is sent the rows of each, returns what it stands for."""


def question(builder: shaped.Builder | TextClause, **given: Hashable) -> Question:
    """A question by its builder or its own SQL."""
    return Question(_said(builder) if isinstance(builder, TextClause) else builder, tuple(given.items()))


@cache
def _said(words: TextClause) -> shaped.Builder:
    return lambda actor: words


def side_by_side(*parts: Asking[Any]) -> Asking[list[Any]]:
    """What the parts stand for, in their order, all of them asked together whenever any has to wait."""
    waiting: dict[int, tuple[Question, ...]] = {}
    found: list[Any] = [None] * len(parts)

    def go_on(place: int, rows: list[Rows] | None) -> None:
        waiting.pop(place, None)
        try:
            waiting[place] = next(parts[place]) if rows is None else parts[place].send(rows)
        except StopIteration as ended:
            found[place] = ended.value

    for place in range(len(parts)):
        go_on(place, None)
    while waiting:
        rows = yield tuple(one for asked in waiting.values() for one in asked)
        begun = 0
        for place, asked in list(waiting.items()):
            go_on(place, rows[begun : begun + len(asked)])
            begun += len(asked)
    return found


def answers(actor: Actor, *parts: Asking[Any]) -> list[Any]:
    """What the parts stand for, in their order."""
    return answer(actor, side_by_side(*parts))


def answer(actor: Actor, part: Asking[T]) -> T:
    """What a part stands for: one message to the server for each time that it has to wait; what it asks twice is asked once.

    What was changed and not yet written is written before, as for any other question.
    """
    session, known = db.session, dict[Question, Rows]()
    if session.new or session.dirty or session.deleted:
        session.flush()
    try:
        asked = next(part)
        while True:
            _ask(actor, known, asked)
            asked = part.send([known[one] for one in asked])
    except StopIteration as ended:
        found: T = ended.value
        return found


def _ask(actor: Actor, known: dict[Question, Rows], asked: tuple[Question, ...]) -> None:
    new = [one for one in dict.fromkeys(asked) if one not in known]
    if not new:
        return
    said = [shaped.ready(one.builder, actor, {name: _sent(value) for name, value in one.given}) for one in new]
    known.update(zip(new, round_trip.ask_all(said), strict=True))


def _sent(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
