"""Pages of a register: the rows behind a known one in a declared order, so that none is left out without a word.

A cursor names the last row of a page and, sealed, where it stood then: a row that has gone to another place since, or out
of sight, takes no page along.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy import ColumnElement, String, Text, and_, cast, func, literal, or_, select, text

from app.core.database import db

PAGE = 50
SHORTEST_REF = 6
"""Digits that are too few for a reference."""
Order = Sequence[tuple[Any, bool]]
"""Expressions by which a register is ordered, none of them empty, the last one unique; True: the largest first."""
LASTING = frozenset({"id", "created_at"})
"""Columns that never change: a register ordered by nothing else needs no more than the row."""
TURNED = "turned"
"""Session mark: the register that was read last, so that the cursor behind its last row can say where that row stands."""


class Turned(NamedTuple):
    """A register as it was read: what its reader may see of which records, in which order."""

    seen: Any
    model: Any
    order: Order
    sort: str


def page_of(seen: Any, model: Any, order: Order, after: str, sort: str = "") -> Any:
    """One row more than a page, from behind the cursor `after`, or from the first.

    `seen` is what the reader may see and nothing else: behind a record that is not in it, and of which the cursor does not
    say where this reader saw it, stands an empty page, which tells nothing of where that record stands. What narrows a page
    further is added to the answer, so that a record which no longer fits a filter still marks the place where the page
    before it ended. `sort` names the order where readers choose between several.
    """
    db.session.info[TURNED] = Turned(seen, model, order, sort)
    ordered = seen.order_by(*(key.desc() if falls else key for key, falls in order)).limit(PAGE + 1)
    if not after:
        return ordered
    ref, place = place_at(model, after, sort)
    if len(place) == len(order):
        edges = [cast(literal(value, String), key.type) for (key, _), value in zip(order, place, strict=True)]
    else:
        edges = _edges(seen.where(model.ref == ref), order)
    return ordered.where(_behind(edges, order))


def cursor_behind(ref: str) -> str:
    """The cursor behind a row of the register that was read last: its ref, and where it stands as far as that may change."""
    turned: Turned | None = db.session.info.pop(TURNED, None)
    if turned is None or all(getattr(key, "key", None) in LASTING for key, _ in turned.order):
        return ref
    edge = turned.seen.where(turned.model.ref == ref).order_by(None).limit(1)
    told = [cast(key, Text).label(f"k{place}") for place, (key, _) in enumerate(turned.order)]
    place = db.session.execute(select(edge.with_only_columns(*told, maintain_column_froms=True).subquery())).first()
    return ref if place is None else cursor_at(turned.model, ref, *place, sort=turned.sort)


def cursor_at(model: Any, ref: str, *place: Any, sort: str = "") -> str:
    """The cursor behind the row with this ref, which stands at `place`: the values that it is ordered by."""
    words = json.dumps([*_whose(model, sort), *place], default=str)
    return f"{ref}.{_sealer().encrypt(words.encode()).decode().rstrip('=')}"


def place_at(model: Any, cursor: str, sort: str = "") -> tuple[str, list[Any]]:
    """The ref of a cursor and the values of `cursor_at` as JSON keeps them; none where it tells this reader no place.

    A cursor of another order tells none.
    """
    ref, _, sealed = cursor.partition(".")
    if not sealed:
        return ref, []
    try:
        said = json.loads(_sealer().decrypt(sealed + "=" * (-len(sealed) % 4)))
    except InvalidToken:
        return ref, []
    whose = _whose(model, sort)
    return ref, said[len(whose) :] if said[: len(whose)] == whose else []


def _whose(model: Any, sort: str) -> list[str]:
    """A cursor is of one table in one order and of one reader; nobody else learns by it where a row stood that they do not see."""
    context = db.session.info.get("context")
    return [str(model.__tablename__), str(context.actor if context is not None else None), sort]


def prepare() -> None:
    """Load what seals cursors, which is done at the first one otherwise."""
    _sealer().encrypt(b"")


def _sealer() -> Fernet:
    key = hashlib.sha256(b"registers\0" + current_app.extensions["bihuan.settings"].secret_key()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def counted(after: str) -> int:
    """How many rows a page leaves out by an address that still counts them instead of naming the last one; else 0."""
    return int(after) if after.isdecimal() and len(after) < SHORTEST_REF else 0


def late(column: Any) -> Any:
    """A day or a moment to order by; the records that have none come last."""
    return func.coalesce(column, text("'infinity'"))


def _edges(edge: Any, order: Order) -> list[Any]:
    return [
        edge.with_only_columns(key, maintain_column_froms=True).correlate(None).scalar_subquery() for key, _ in order
    ]


def _behind(edges: Sequence[Any], order: Order) -> ColumnElement[bool]:
    ways = []
    for place, ((key, falls), known) in enumerate(zip(order, edges, strict=True)):
        same = [one == there for (one, _), there in zip(order[:place], edges, strict=False)]
        ways.append(and_(*same, key < known if falls else key > known))
    return or_(*ways)
