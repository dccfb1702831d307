"""Three looks of one role at every page that opens to it: with few records, with many, and with one student more.

What is read of them: how many questions a page asks the database, and which numbers one student moves. A look costs
seconds, so it is taken once for both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from unittest import mock

from flask import Flask
from sqlalchemy import Table
from werkzeug.routing import Rule

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.casework import deadlines
from app.core.database import Base, db, use_context, uuid7
from app.core.limits import throttle
from app.core.policy import decide
from app.core.policy.actor import SYSTEM
from app.core.policy.grants import GRANTS
from app.core.web.current import PUBLIC, SIGNED_IN
from tests.cast import Cast, Player
from tests.counting import counted_statements
from tests.policy.addresses import rights_of, routes
from tests.policy.records import Chain, _write_if_there_is_room, write
from tests.policy.stage import OWN, Call, Stage, set_stage
from tests.policy.test_matrix import CHANGING

MORE = 4
"""Further chains of records beside the first: five rows wherever there was one."""
JOINED = 2
"""So many students join besides, before the second look: seven are there, and a number that is shown from five on is shown."""
CASES = {"break_glass", "critical_alerts", "emergency_notices", "handovers", "identity_grants", "rights_requests"}
"""Registers of single cases under a code number, each for who has to act on it: no statistics (decision 53)."""
NOT_COUNTED = "update sign_in_sessions set last_seen_at"
"""When a browser was last seen: once a minute, whatever the page."""
HELD_IN_ONE_LOOK = ("students", "rainbow_computations")
"""The roll itself, and what is held to it by a trigger instead of a key."""
OUT_OF_SIGHT = re.compile(r'<script.*?</script>|<span class="count-dot">.*?</span>[^<]*</span>', re.S)
"""Not read as a page: scripts, and how many records of one's own work wait."""
TAGS = re.compile(r"<[^>]+>")
MADE_NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")
"""When a workbook was written, and the key of a second factor that nobody has taken."""
TOKEN = re.compile(r'="[\w.-]{60,}"')
"""The token of a form. What is new in every answer otherwise (CHANGING) takes far longer to find."""
REF = re.compile(r"\b[0-9a-f]{16}\b")

Statements = dict[str, tuple[int, list[str]]]
"""Endpoint → status and the statements that the page asked."""


@dataclass
class Looks:
    """What one role was shown."""

    few: Statements = field(default_factory=dict)
    many: Statements = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    """Endpoint → the page as it stood before one student more joined, without the tokens of its forms."""
    after: dict[str, str] = field(default_factory=dict)
    students: set[str] = field(default_factory=set)
    """Refs of those who joined; the students of whole chains are in the hand of who looks, and tell nothing of these."""

    @property
    def by_name(self) -> bool:
        """Whether some page named one of the students."""
        shown = {page for pages in (self.before, self.after) for page in pages.values()}
        return any(not self.students.isdisjoint(REF.findall(page)) for page in shown)

    def moved(self) -> dict[str, list[str]]:
        """Endpoint → lines with a number that stand there after and did not before."""
        changed = {name: page for name, page in self.before.items() if self.after[name] != page}
        found = {name: sorted((_lines(self.after[name]) - _lines(page)).elements()) for name, page in changed.items()}
        return {name: lines for name, lines in found.items() if lines}


def _lines(page: str) -> Counter[str]:
    read = TAGS.sub("\n", OUT_OF_SIGHT.sub("", MADE_NOW.sub("", CHANGING.sub("", page))))
    return Counter(line for line in read.splitlines() if re.search(r"\d", line))


_taken: dict[str, Looks] = {}
"""Those of the role that was last on stage in this process."""


def looks_of(role: str, app: Flask, cast: Cast) -> Looks:
    """What the role is shown; looked at once, whoever asks first."""
    if role not in _taken:
        _taken.clear()
        now = core_clock.machine_now()
        with mock.patch.object(core_clock, "machine_now", lambda: now):
            _taken[role] = _look(role, app, cast)
    return _taken[role]


def _look(role: str, app: Flask, cast: Cast) -> Looks:
    looks, stage = Looks(), set_stage(app, cast, role)
    counted = [rule for rule in counted_pages(app) if opens(app, role, rule)]
    read = list(read_pages(stage))
    _ask(stage, next(rule for rule in counted if rule.endpoint == "dashboards.inbox"))
    for rule in counted:
        looks.few[rule.endpoint], _ = _ask(stage, rule)
    for number in range(MORE):
        write(cast, stage.player, stage.own.school, stage.own.unit, f"{OWN}{number}", OWN, stage.own)
    joined = [join(stage.own, stage.player) for _ in range(JOINED)]
    throttle.reset()
    for rule in (*counted, *(rule for rule in read if rule not in counted)):
        asked, call = _ask(stage, rule)
        if rule in counted:
            looks.many[rule.endpoint] = asked
        if rule in read:
            _keep(looks.before, rule, call)
    joined.append(join(stage.own, stage.player))
    throttle.reset()
    for rule in read:
        _keep(looks.after, rule, stage.call("GET", rule, "own"))
    looks.students = {chain.refs["students"] for chain in joined}
    return looks


def _ask(stage: Stage, rule: Rule) -> tuple[tuple[int, list[str]], Call]:
    """Status and statements of a page whose process has not kept the calendar of the page before, which it does for seconds."""
    deadlines.forget_kept_calendar()
    with counted_statements(db.sessionmaker.kw["bind"]) as seen:
        call = stage.call("GET", rule, "own")
    told = [" ".join(statement.split())[:150] for statement in seen]
    return (call.status, [statement for statement in told if not statement.lower().startswith(NOT_COUNTED)]), call


def _keep(pages: dict[str, str], rule: Rule, call: Call) -> None:
    if call.status == 200 and not call.body.startswith("%PDF"):
        pages[rule.endpoint] = TOKEN.sub("", call.body)


def opens(app: Flask, role: str, rule: Rule) -> bool:
    """Whether a role is let into a page; one that asks for a right which nobody holds here is counted as the principal."""
    rights = rights_of(app, rule)
    if rights[0] == SIGNED_IN:
        return True
    held = any(right in GRANTS.get(role, ()) for right in rights)
    return held or (role == "principal" and not any(right in GRANTS[one] for one in GRANTS for right in rights))


def counted_pages(app: Flask) -> list[Rule]:
    """Every page of signed-in people; what programs ask with tokens is counted in tests/api."""
    found = [rule for method, rule in routes(app) if method == "GET" and rights_of(app, rule)[0] != PUBLIC]
    return [rule for rule in found if not rule.endpoint.startswith("api.")]


def read_pages(stage: Stage) -> Iterator[Rule]:
    """Every address that answers a reader of this role; programs' own addresses are asked with their tokens in tests/api."""
    actor = stage.cast.actor(stage.player.key)
    for method, rule in routes(stage.app):
        rights = rights_of(stage.app, rule)
        opened = rights[0] in (PUBLIC, SIGNED_IN) or any(decide.holds(actor, right) for right in rights)
        if method == "GET" and opened and not rule.endpoint.startswith("api."):
            yield rule


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
