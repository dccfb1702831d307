"""Security 31 for every page, export and route at once: one student more changes nothing for who does not see that student.

The list of addresses is the route table: a new page that counts students is asked here on the day it is written. Two
states of the data differ by one student with a row in every table that has students; whoever reads a count that moved by
one must read the student too, or the count must be named here with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import Base, use_context, uuid7
from app.core.policy import decide
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC
from tests.cast import Cast, Player
from tests.policy.addresses import rights_of, routes
from tests.policy.records import Chain, _write_if_there_is_room
from tests.policy.stage import Stage, set_stage
from tests.policy.test_matrix import CHANGING

SIX = 6
"""So many join before the first look: a number that is shown from five on is shown."""
COUNTED: dict[str, str] = {}
"""Endpoints whose numbers of students may move by one for who does not read the students, each with why."""
TAGS = re.compile(r"<script.*?</script>|<[^>]+>", re.S)
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def about_students() -> list[Table]:
    """Students and every table that names one, in the order in which they are written."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name == "students"
        or any(key.column.table.name == "students" for column in table.columns for key in column.foreign_keys)
    ]


def joins(where: Chain, who: Player) -> Chain:
    """One student more beside those of a chain, with a row in every table that has students."""
    tables = about_students()
    chain = replace(where, ids=where.ids | {table.name: uuid7() for table in tables}, refs=dict(where.refs))
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "cast.joins"):
        for table in tables:
            _write_if_there_is_room(table, chain, who, where)
    return chain


def pages(stage: Stage) -> Iterator[Any]:
    """Every address that answers a reader of this role."""
    actor = stage.cast.actor(stage.player.key)
    for method, rule in routes(stage.app):
        rights = rights_of(stage.app, rule)
        if method == "GET" and not rule.endpoint.startswith("api."):
            if rights[0] == PUBLIC or rights[0] == "signed in" or any(decide.holds(actor, right) for right in rights):
                yield rule


def looked(stage: Stage) -> dict[str, str]:
    """What stands on every page: address → its words."""
    found = {}
    for rule in pages(stage):
        call = stage.call("GET", rule, "own")
        if call.status == 200:
            found[rule.endpoint] = CHANGING.sub("", call.body)
    return found


def moved(before: str, after: str) -> bool:
    """Whether a number, or anything else that can be read, is another one."""
    return NUMBER.findall(TAGS.sub(" ", before)) != NUMBER.findall(TAGS.sub(" ", after))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_31_one_student_more_moves_no_number_for_who_does_not_read_that_student(
    role: str, app: Flask, cast: Cast, clock: Any
) -> None:
    clock.set(core_clock.now())
    stage = set_stage(app, cast, role)
    for _ in range(SIX):
        joins(stage.own, stage.player)
    before = looked(stage)
    one = joins(stage.own, stage.player)
    after = looked(stage)
    told = {endpoint for endpoint in before if moved(before[endpoint], after.get(endpoint, ""))}
    by_name = any(one.refs["students"] in page for page in after.values())
    print(
        f"{role}: {len(before)} pages, {len(told)} moved, {'reads the student' if by_name else 'no student'}: {sorted(told)}"
    )
    assert by_name or not told - set(COUNTED), f"a count moved by one student: {sorted(told - set(COUNTED))}"
