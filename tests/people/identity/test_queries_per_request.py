"""How much a request costs before its page begins: who is acting takes two queries at most."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.people.identity import lookup
from tests.cast import Cast, sign_in
from tests.counting import counted_statements


@pytest.mark.parametrize(
    ("key", "most"), [("principal", 1), ("inspector", 1), ("sys_admin", 1), ("homeroom_teacher", 2)]
)
def test_the_actor_is_loaded_in_two_queries_at_most(
    key: str, most: int, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast[key])
    with client.session_transaction() as browser:
        token = browser["sign_in"]
    with counted_statements() as seen:
        found = lookup.behind(token)
        assert found is not None
        lookup.actor_of(found.row)
    seen = [statement for statement in seen if "set_config" not in statement]
    assert len(seen) <= most, seen
