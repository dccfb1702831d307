"""How much a request costs before its page begins: who is acting takes two queries at most."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.database import db
from app.people.identity import lookup
from tests.cast import Cast, sign_in


@pytest.mark.parametrize(
    ("key", "most"), [("principal", 1), ("inspector", 1), ("sys_admin", 1), ("homeroom_teacher", 2)]
)
def test_the_actor_is_loaded_in_two_queries_at_most(
    key: str, most: int, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast[key])
    with client.session_transaction() as browser:
        token = browser["sign_in"]
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "set_config" not in statement and "SAVEPOINT" not in statement.upper():
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = lookup.behind(token)
        assert found is not None
        lookup.actor_of(found.row)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) <= most, seen
