"""How many questions a page asks the database: each page has a ceiling, and more rows never mean more questions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.core.casework import waiting
from app.core.database import db
from app.core.policy.grants import GRANTS
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC
from tests.cast import Cast
from tests.counting import counted_statements
from tests.policy.addresses import rights_of, routes
from tests.policy.records import write
from tests.policy.stage import OWN, Stage, set_stage

CEILING = 30
"""Statements of one page, the signed context and the loading of the actor included."""
ABOVE = {
    "actions.show": 36,
    "chain.actions": 40,
    "chain.plans": 40,
    "dashboards.home": 75,
    "dashboards.todo": 75,
    "directory.person": 40,
    "problem_items.item": 90,
}
"""Endpoints that ask more, each with its own ceiling."""
GROWS = {"dashboards.home": 3, "dashboards.todo": 3}
"""Pages whose to-dos are asked about one by one, whether they really wait: questions for each further chain of records."""
NOT_COUNTED = "update sign_in_sessions set last_seen_at"
"""When a browser was last seen: once a minute, whatever the page."""
QUICK = ("office_director",)
"""Roles of every run of the tests; `make drill` walks the others."""
MORE = 4
"""Further chains of records beside the first: five rows wherever there was one."""


def opener(app: Flask, rule: Rule) -> str | None:
    """The first role of the house's order that may open a page; None where nobody signed in is asked for."""
    rights = rights_of(app, rule)
    if rights[0] == PUBLIC:
        return None
    return next(
        (role for role in ROLES if role in GRANTS and any(right in GRANTS[role] for right in rights)), "principal"
    )


def pages(app: Flask) -> list[tuple[str, Rule]]:
    """Every page with the role that opens it here; what programs ask with tokens is counted in tests/api."""
    found = [(opener(app, rule), rule) for method, rule in routes(app) if method == "GET"]
    return [(role, rule) for role, rule in found if role is not None and not rule.endpoint.startswith("api.")]


def _asked(stage: Stage, rule: Rule) -> tuple[int, list[str]]:
    with counted_statements(db.sessionmaker.kw["bind"]) as seen:
        call = stage.call("GET", rule, "own")
    told = [" ".join(statement.split())[:150] for statement in seen]
    return call.status, [statement for statement in told if not statement.lower().startswith(NOT_COUNTED)]


@pytest.mark.parametrize(
    "role", [role if role in QUICK else pytest.param(role, marks=pytest.mark.drill) for role in sorted(ROLES)]
)
def test_a_page_keeps_to_its_ceiling_and_asks_no_more_for_many_rows_than_for_few(
    role: str, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "KEEP_SECONDS", 3600)  # the count in the menu is kept between pages
    mine = [rule for who, rule in pages(app) if who == role]
    if not mine:
        pytest.skip("every page this role opens is opened by another role here")
    stage, faults = set_stage(app, cast, role), []
    few: dict[str, Any] = {}
    for rule in mine:
        _asked(stage, rule)
        few[rule.endpoint] = _asked(stage, rule)
    for number in range(MORE):
        write(cast, stage.player, stage.own.school, stage.own.unit, f"{OWN}{number}", OWN, stage.own)
    for rule in mine:
        status, seen = _asked(stage, rule)
        before, limit = few[rule.endpoint], ABOVE.get(rule.endpoint, CEILING)
        if status != 200:
            continue
        if len(seen) > limit:
            faults.append(f"{rule.endpoint}: {len(seen)} questions, the ceiling is {limit}")
        if before[0] == 200 and len(seen) > len(before[1]) + GROWS.get(rule.endpoint, 0) * MORE:
            more = Counter(seen) - Counter(before[1])
            faults.append(
                f"{rule.endpoint}: {len(before[1])} questions for few rows, {len(seen)} for many: {list(more)}"
            )
    assert not faults, "\n".join(faults)


def test_every_page_is_counted_by_some_role(app: Flask) -> None:
    counted = {rule.endpoint for _, rule in pages(app)}
    told = {
        rule.endpoint
        for method, rule in routes(app)
        if method == "GET" and rights_of(app, rule)[0] != PUBLIC and not rule.endpoint.startswith("api.")
    }
    assert counted == told and len(counted) > 100
    assert set(ABOVE) <= counted, "a ceiling is stated for a page that is gone"
