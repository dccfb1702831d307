"""How many questions a page asks the database: each page has a ceiling, and more rows never mean more questions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.core.casework import deadlines
from app.core.database import db
from app.core.policy.grants import GRANTS
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC, SIGNED_IN
from tests.cast import Cast
from tests.counting import counted_statements
from tests.policy.addresses import rights_of, routes
from tests.policy.records import write
from tests.policy.stage import OWN, Stage, set_stage

CEILING = 30
"""Statements of one page, the signed context and the loading of the actor included."""
ABOVE = {
    "actions.show": 28,
    "chain.actions": 34,
    "chain.plans": 37,
    "directory.person": 64,
    "problem_items.item": 46,
}
"""Endpoints that ask more, each with its own ceiling."""
NOT_COUNTED = "update sign_in_sessions set last_seen_at"
"""When a browser was last seen: once a minute, whatever the page."""
MORE = 4
"""Further chains of records beside the first: five rows wherever there was one."""


def opens(app: Flask, role: str, rule: Rule) -> bool:
    """Whether a role is let into a page; one that asks for a right which nobody holds here is counted as the principal."""
    rights = rights_of(app, rule)
    if rights[0] == SIGNED_IN:
        return True
    held = any(right in GRANTS.get(role, ()) for right in rights)
    return held or (role == "principal" and not any(right in GRANTS[one] for one in GRANTS for right in rights))


def pages(app: Flask) -> list[Rule]:
    """Every page of signed-in people; what programs ask with tokens is counted in tests/api."""
    found = [rule for method, rule in routes(app) if method == "GET" and rights_of(app, rule)[0] != PUBLIC]
    return [rule for rule in found if not rule.endpoint.startswith("api.")]


def _asked(stage: Stage, rule: Rule) -> tuple[int, list[str]]:
    """Status and statements of a page whose process has not kept the calendar of the page before, which it does for seconds."""
    deadlines.forget_kept_calendar()
    with counted_statements(db.sessionmaker.kw["bind"]) as seen:
        call = stage.call("GET", rule, "own")
    told = [" ".join(statement.split())[:150] for statement in seen]
    return call.status, [statement for statement in told if not statement.lower().startswith(NOT_COUNTED)]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_page_keeps_to_its_ceiling_and_asks_no_more_for_many_rows_than_for_few(
    role: str, app: Flask, cast: Cast
) -> None:
    mine = [rule for rule in pages(app) if opens(app, role, rule)]
    stage, faults = set_stage(app, cast, role), []
    _asked(stage, next(rule for rule in mine if rule.endpoint == "dashboards.inbox"))
    few: dict[str, Any] = {rule.endpoint: _asked(stage, rule) for rule in mine}
    for number in range(MORE):
        write(cast, stage.player, stage.own.school, stage.own.unit, f"{OWN}{number}", OWN, stage.own)
    for rule in mine:
        status, seen = _asked(stage, rule)
        before, limit = few[rule.endpoint], ABOVE.get(rule.endpoint, CEILING)
        if status != 200:
            continue
        if len(seen) > limit:
            faults.append(f"{rule.endpoint}: {len(seen)} questions, the ceiling is {limit}")
        if before[0] == 200 and len(seen) > len(before[1]):
            more = Counter(seen) - Counter(before[1])
            faults.append(
                f"{rule.endpoint}: {len(before[1])} questions for few rows, {len(seen)} for many: {list(more)}"
            )
    assert not faults, "\n".join(faults)


def test_every_page_is_counted_by_every_role_that_opens_it(app: Flask) -> None:
    counted = {(role, rule.endpoint) for role in ROLES for rule in pages(app) if opens(app, role, rule)}
    assert {endpoint for _, endpoint in counted} == {rule.endpoint for rule in pages(app)}
    assert {role for role, _ in counted} == set(ROLES), "a role has no page of its own here"
    assert len(counted) > 500 and set(ABOVE) <= {endpoint for _, endpoint in counted}
