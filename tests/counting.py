"""How many statements reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.core.database import db


@contextmanager
def counted_statements(where: Any = None) -> Iterator[list[str]]:
    """The statements that reach the database inside the block, over `where` (an engine or a connection; the app's engine)."""
    seen: list[str] = []
    target = db.engine if where is None else where

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.lower().startswith(("savepoint", "release", "rollback")):
            seen.append(statement)

    event.listen(target, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(target, "before_cursor_execute", note)
