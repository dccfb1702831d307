"""How many statements reach the database, by whichever way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.core import round_trip
from app.core.database import db


@contextmanager
def overheard(note: Callable[[str], None], where: Any = None) -> Iterator[None]:
    """Tell `note` each statement: those over `where` (an engine or a connection; the app's engine), and those made ready."""
    target, before = db.engine if where is None else where, round_trip._Known.name_of

    def ordinary(connection: object, cursor: object, statement: str, *rest: object) -> None:
        note(statement)

    def ready(known: Any, raw: Any, statement: round_trip.Ready) -> bytes:
        note(statement.text)
        return before(known, raw, statement)

    known: Any = round_trip._Known
    known.name_of = ready
    event.listen(target, "before_cursor_execute", ordinary)
    try:
        yield
    finally:
        event.remove(target, "before_cursor_execute", ordinary)
        known.name_of = before


@contextmanager
def counted_statements(where: Any = None) -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if not statement.lower().startswith(("savepoint", "release", "rollback")):
            seen.append(statement)

    with overheard(note, where):
        yield seen
