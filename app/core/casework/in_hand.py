"""The record that somebody is about to act on: read by its reference, as far as they may see it, with those joined to it.

One question in words that are kept, and it locks the row: the deed that follows in this transaction reads nothing twice.
What hangs on the record (collections, people) is read when asked for. A page that shows the record with everything around
it reads it its own way, and locks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import String, bindparam, select

from app.core import rows
from app.core.casework import shaped
from app.core.database import db
from app.core.errors import NotFound
from app.core.hanging import collections_later
from app.core.policy import decide
from app.core.policy.actor import Actor

R = TypeVar("R")


def record_for(actor: Actor, model: type[R], right: str, ref: str, what: str) -> R:
    """The record of `model` with this reference on which the actor holds `right`. Raises NotFound(what, ref)."""
    kind: Any = model
    reading = None if actor.system else rows.reading_of(kind)
    if reading is None:
        found = _by_the_orm(actor, model, right, ref)
    else:
        row = shaped.first(_question(kind, right), actor, {"its_ref": ref})
        found = None if row is None else reading.brought(row)
        if found is not None:
            rows.note_locked(found)
    if found is None:
        raise NotFound(what, ref)
    return cast(R, found)


def _by_the_orm(actor: Actor, model: Any, right: str, ref: str) -> Any:
    query = select(model).where(model.ref == ref).options(*collections_later(model))
    return db.session.scalar(decide.visible(actor, query, model, right))


@cache
def _question(model: Any, right: str) -> Callable[[Any], Any]:
    def build(actor: Any) -> Any:
        wanted = rows.question_of(model).where(model.ref == bindparam("its_ref", type_=String()))
        return decide.visible(actor, wanted, model, right)

    return build
