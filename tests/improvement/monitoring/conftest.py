"""What tests of monitoring begin with: a county with indicators, in the database that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from app.core.database import db
from tests.cast import Cast
from tests.factories.monitoring import make_indicators


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """清澜县 with its list of indicators."""
    make_indicators(cast)
    return cast


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.lower().startswith(("savepoint", "release", "rollback")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
