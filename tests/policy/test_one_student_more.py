"""Security 31 for every page, export and route at once: one student more moves no number for who does not read that student.

The list of addresses is the route table: a new page that counts students is asked here on the day it is written. Two
states of the data differ by one student with a row in every table that names students, beside seven others. Whoever reads
a number that moved must read the student too, or the number is named in COUNTED with its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Table
from werkzeug.routing import Rule

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import Base, use_context, uuid7
from app.core.policy import decide
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC, SIGNED_IN
from tests.cast import Cast, Player
from tests.policy.addresses import rights_of, routes
from tests.policy.records import Chain, _write_if_there_is_room
from tests.policy.stage import Stage, set_stage
from tests.policy.test_matrix import CHANGING

CASES = {"break_glass", "critical_alerts", "emergency_notices", "handovers", "identity_grants", "rights_requests"}
"""Registers of single cases under a code number, each for who has to act on it: no statistics (decision 53)."""
ENTRIES = "the trail counts its entries: writing the student down is one, whatever it was about"
COUNTED = dict.fromkeys(("audit.chain", "audit.entries", "audit.export"), ENTRIES)
"""Endpoints whose numbers may move by one for who does not read the students, each with why."""
OUT_OF_SIGHT = re.compile(r'<script.*?</script>|<span class="count-dot">.*?</span>[^<]*</span>', re.S)
"""Not read as a page: scripts, and how many records of one's own work wait."""
TAGS = re.compile(r"<[^>]+>")
MADE_NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")
"""When a workbook was written, and the key of a second factor that nobody has taken."""
REF = re.compile(r"\b[0-9a-f]{16}\b")
SIX = 6
"""So many join before the first look, beside the one that is there: a number that is shown from five on is shown."""


HELD_IN_ONE_LOOK = ("students", "rainbow_computations")
"""The roll itself, and what is held to it by a trigger instead of a key."""


def about_students() -> list[Table]:
    """Students and every table that names one, in the order in which they are written."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in CASES
        and (table.name in HELD_IN_ONE_LOOK or any(k.column.table.name == "students" for k in table.foreign_keys))
    ]


def join(where: Chain, who: Player) -> Chain:
    """One student more beside those of a chain, with a row in every table that names students."""
    tables = about_students()
    chain = replace(where, ids=where.ids | {table.name: uuid7() for table in tables}, refs=dict(where.refs))
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "cast.joins"):
        for table in tables:
            _write_if_there_is_room(table, chain, who, where)
    assert chain.ids["students"] != where.ids["students"], "the student is a new one"
    return chain


def pages(stage: Stage) -> Iterator[Rule]:
    """Every address that answers a reader of this role; programs' own addresses are asked with their tokens in tests/api."""
    actor = stage.cast.actor(stage.player.key)
    for method, rule in routes(stage.app):
        rights = rights_of(stage.app, rule)
        opens = rights[0] in (PUBLIC, SIGNED_IN) or any(decide.holds(actor, right) for right in rights)
        if method == "GET" and opens and not rule.endpoint.startswith("api."):
            yield rule


Words = dict[str, Counter[str]]


def looked(stage: Stage, refs: set[str]) -> Words:
    """What can be read on every page that opens: endpoint → its lines with a number; `refs`: of what, added to."""
    found = {}
    for rule in pages(stage):
        call = stage.call("GET", rule, "own")
        if call.status == 200 and not call.body.startswith("%PDF"):
            refs.update(REF.findall(call.body))
            read = TAGS.sub("\n", OUT_OF_SIGHT.sub("", MADE_NOW.sub("", CHANGING.sub("", call.body))))
            found[rule.endpoint] = Counter(line for line in read.splitlines() if re.search(r"\d", line))
    return found


def moved(before: Words, after: Words) -> dict[str, list[str]]:
    """Endpoint → lines with a number that stand there now and did not."""
    found = {
        endpoint: sorted((after.get(endpoint, Counter()) - lines).elements()) for endpoint, lines in before.items()
    }
    return {endpoint: lines for endpoint, lines in found.items() if lines}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_31_one_student_more_moves_no_number_for_who_does_not_read_that_student(
    role: str, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = core_clock.machine_now()
    monkeypatch.setattr(core_clock, "machine_now", lambda: now)
    stage = set_stage(app, cast, role)
    refs: set[str] = set()
    joined = [join(stage.own, stage.player) for _ in range(SIX)]
    before = looked(stage, refs)
    joined.append(join(stage.own, stage.player))
    told = moved(before, looked(stage, refs))
    by_name = any(chain.refs["students"] in refs for chain in joined)
    beyond = {endpoint: lines[:3] for endpoint, lines in told.items() if endpoint not in COUNTED}
    print(
        f"{role}: {len(before)} pages, {len(told)} moved, {'reads the students' if by_name else 'reads none of them'}"
    )
    assert by_name or not beyond, f"a number moved by one student: {beyond}"
    assert told or not by_name, "who reads the students sees one more: else the look is not keen enough"
