"""How many questions a page asks the database: each page has a ceiling, and more rows never mean more questions."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from app.core.policy.roles import ROLES
from tests.cast import Cast
from tests.policy.looks import counted_pages, looks_of, opens

CEILING = 30
"""Statements of one page, the signed context and the loading of the actor included."""
ABOVE = {
    "actions.show": 28,
    "chain.actions": 34,
    "chain.plans": 37,
    "directory.person": 64,
    "problem_items.item": 44,
}
"""Endpoints that ask more, each with its own ceiling."""


@pytest.mark.parametrize("role", sorted(ROLES), scope="session")
def test_a_page_keeps_to_its_ceiling_and_asks_no_more_for_many_rows_than_for_few(
    role: str, app: Flask, cast: Cast
) -> None:
    looks, faults = looks_of(role, app, cast), []
    for endpoint, (status, seen) in looks.many.items():
        before, limit = looks.few[endpoint], ABOVE.get(endpoint, CEILING)
        if status != 200:
            continue
        if len(seen) > limit:
            faults.append(f"{endpoint}: {len(seen)} questions, the ceiling is {limit}")
        if before[0] == 200 and len(seen) > len(before[1]):
            more = Counter(seen) - Counter(before[1])
            faults.append(f"{endpoint}: {len(before[1])} questions for few rows, {len(seen)} for many: {list(more)}")
    assert not faults, "\n".join(faults)


def test_every_page_is_counted_by_every_role_that_opens_it(app: Flask) -> None:
    pages = counted_pages(app)
    counted = {(role, rule.endpoint) for role in ROLES for rule in pages if opens(app, role, rule)}
    assert {endpoint for _, endpoint in counted} == {rule.endpoint for rule in pages}
    assert {role for role, _ in counted} == set(ROLES), "a role has no page of its own here"
    assert len(counted) > 500 and set(ABOVE) <= {endpoint for _, endpoint in counted}
