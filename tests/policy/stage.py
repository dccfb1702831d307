"""The stage of the policy matrix: three chains of records, one browser per role, and calls that leave nothing behind."""

from __future__ import annotations

import io
import logging
import traceback
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import lazyload
from werkzeug.routing import Rule

from app.core.database import Base, db, use_context
from app.core.imports.registry import rights_of as rights_of_kind
from app.core.policy import decide
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.roles import ROLES
from app.improvement.effects.queries.lists import SCHOOL_LEVEL_ONLY
from tests.cast import Cast, Player, sign_in
from tests.counting import overheard
from tests.policy.addresses import ASKED_WITH, filled, record_of, rights_of, routes
from tests.policy.records import TARGETS, Chain, administered, kind_for, write

OWN, NEXT_DOOR, FOREIGN = "本县记号", "邻校记号", "云溪记号"
BELONGS = {"plan_documents": "asked_by"}
"""Records of one person, whatever their unit: a printout is shown to whoever asked for it, and to nobody else."""
OF_SCHOOL_LISTS = {"closure_requests", "effect_evaluations", "rechecks"}
"""A grade leader judges and sees these for the school's own lists only, as the next level of a small school (decision 39)."""
DRAFTS = {"inspection_trees": ("inspection.draft_tree", "inspection.review_tree")}
"""Records that stand on the stage as drafts: those alone see them who hold one of these rights."""
NOTHING = "0" * 16
NARROW = {"department", "school", "outside"}


@dataclass
class Call:
    """What came back: `status` 500 stands for an exception as well, told in `trouble`."""

    status: int
    body: str
    location: str
    writes: list[str] = field(default_factory=list)
    told: int = 0
    """How many entries the trail got."""
    queries: int = 0
    """How many statements the database was asked."""
    trouble: str = ""


@dataclass
class Stage:
    """One role on stage with its own records, the neighbour's and the other county's."""

    app: Flask
    cast: Cast
    role: str
    player: Player
    own: Chain
    next_door: Chain | None
    foreign: Chain
    client: FlaskClient
    decided: dict[Any, bool] = field(default_factory=dict)
    records: dict[tuple[str, str], Any] = field(default_factory=dict)

    @cached_property
    def actor(self) -> Actor:
        """Who acts, as the cast knows them."""
        return self.cast.actor(self.player.key)

    def chain(self, relation: str) -> Chain:
        """The records of one relation."""
        found = {"own": self.own, "neighbour": self.next_door, "foreign": self.foreign}[relation]
        assert found is not None
        return found

    def asks(self) -> list[tuple[str, str, Rule]]:
        """Every request of this role: relation, method, address; next door only pages that name a record are opened."""
        table = routes(self.app)
        found = [(relation, method, rule) for relation in ("own", "foreign") for method, rule in table]
        if self.next_door is not None:
            found += [("neighbour", method, rule) for method, rule in table if method == "GET" and record_of(rule)]
        return found

    def held(self, rule: Rule, relation: str) -> bool:
        """Whether the role holds one of the declared rights on the record the address names (on anything without one)."""
        asked = (record_of(rule), rights_of(self.app, rule), relation)
        if asked not in self.decided:
            self.decided[asked] = self._held(*asked)
        return self.decided[asked]

    def _held(self, table: str | None, rights: tuple[str, ...], relation: str) -> bool:
        actor = self.actor
        if table is None or table not in self.chain(relation).ids:
            return any(decide.holds(actor, right) for right in rights)
        record = self.record(table, relation)
        if table in BELONGS:
            return getattr(record, BELONGS[table]) == actor.person_id and any(decide.holds(actor, r) for r in rights)
        if table in OF_SCHOOL_LISTS and actor.role in SCHOOL_LEVEL_ONLY:
            return False  # the stage's item stands on a list of the county
        if table in DRAFTS and not any(decide.holds(actor, right) for right in DRAFTS[table]):
            return False
        if table == "import_batches":
            rights = tuple(right for right in rights if right in rights_of_kind(record.kind))
        return any(decide.may(actor, right, record) for right in rights)

    def record(self, table: str, relation: str) -> Any:
        """The row of a table in one relation, loaded once, with all that a scope may ask."""
        if (table, relation) not in self.records:
            use_context(SYSTEM.context())
            wanted = select(MODELS[table]).filter_by(id=self.chain(relation).ids[table])
            self.records[table, relation] = db.session.scalar(wanted.options(lazyload("*")))
        return self.records[table, relation]

    def call_for_nothing(self, rule: Rule) -> Call:
        """A page asked for about records that do not exist."""
        asked = dict.fromkeys(ASKED_WITH.get(rule.endpoint, ()), NOTHING)
        return ask(self.client, "GET", filled(rule, {}, kind_for(self.role)), asked)

    def call(self, method: str, rule: Rule, relation: str, keep: bool = False) -> Call:
        """One request; whatever it wrote is taken back unless `keep`."""
        chain = self.chain(relation)
        address = filled(rule, chain.refs, kind_for(self.role))
        refs = chain.refs
        given = {
            "parent": chain.unit.ref, "unit": chain.unit.ref, "kind": kind_for(self.role), "target": refs[TARGETS.get(kind_for(self.role), "monitoring_cycles")],
            "first": refs["monitoring_results"], "second": refs["monitoring_results"], "cycle": refs["monitoring_cycles"],
        }  # fmt: skip
        asked = {name: given[name] for name in ASKED_WITH.get(rule.endpoint, ())}
        if record_of(rule) is None and relation != "own":
            asked |= {
                "unit": chain.unit.ref, "unit_id": str(chain.unit.id), "school": chain.school.ref,
                "school_id": str(chain.school.id), "item": refs["problem_items"], "list": refs["problem_lists"],
                "cycle": refs["monitoring_cycles"],
            }  # fmt: skip
        return ask(self.client, method, address, asked, keep)


def ask(client: FlaskClient, method: str, address: str, given: dict[str, str], keep: bool = False) -> Call:
    """One request on the open connection of the test, inside a savepoint."""
    connection: Connection = db.sessionmaker.kw["bind"]
    point = None if keep else connection.begin_nested()
    cookies = dict(client._cookies or {})
    with watched(connection) as (writes, told, queries):
        try:
            if method == "GET":
                answer = client.get(address, query_string=given)
            else:
                answer = client.open(address, method=method, data=given)
            call = Call(answer.status_code, words_in(answer.get_data()), answer.headers.get("Location", ""))
        except Exception as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "/app/" in f.filename]
            where = f"{frames[-1].filename.rpartition('/app/')[2]}:{frames[-1].lineno}" if frames else "?"
            call = Call(500, "", "", trouble=f"{type(error).__name__} at {where}: {str(error)[:160]}")
    call.writes, call.told, call.queries = writes, len(told), len(queries)
    if point is not None:
        point.rollback()
        client._cookies = cookies
    return call


def words_in(content: bytes) -> str:
    """The text of an answer; of a workbook, the texts of all its parts."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


QUIET = ("audit.append", "update sign_in_sessions", "insert into attempts")
"""What reading may leave: the trail of reads and denials, when a browser was last seen, counts of tries."""


CHANGING = ("insert", "update", "delete", "merge", "truncate", "copy")


@contextmanager
def watched(connection: Connection) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The statements that change rows while the block runs, without those that reading may leave; the trail's; and all."""
    seen: list[str] = []
    told: list[str] = []
    every: list[str] = []

    def note(statement: str) -> None:
        words = statement.lstrip().lower()
        every.append(words)
        if "audit.append" in words or "keep_deed" in words:
            told.append(statement)
        if words.startswith(CHANGING) and not words.startswith(QUIET) or "keep_deed_of" in words:
            seen.append(statement[:120])

    with overheard(note, connection):
        yield seen, told, every


MODELS: dict[str, Any] = {}


def _know_models() -> None:
    for mapper in Base.registry.mappers:
        MODELS[mapper.local_table.name] = mapper.class_  # type: ignore[attr-defined]


def set_stage(app: Flask, cast: Cast, role: str) -> Stage:
    """Records and browser of `role`; the session is left clean."""
    _know_models()
    player = cast[role]
    own_school, own_unit = _place(cast, player)
    own = write(cast, player, own_school, own_unit, OWN)
    narrow = ROLES[role].level in NARROW or role == "inspector"
    neighbour = cast["chengguan_principal"]
    there = cast.units["chengguan"]
    next_door = write(cast, neighbour, there, there, NEXT_DOOR, OWN) if narrow else None
    other = cast["other_principal"]
    foreign = write(cast, other, cast.units["other_yizhong"], cast.units["other_yizhong"], FOREIGN)
    for chain, key in ((own, "evaluator"), (next_door, "chengguan_principal"), (foreign, "other_principal")):
        if chain is not None:
            administered(chain, cast[key])
    client = sign_in(app.test_client(), player)
    logging.getLogger("flask_wtf.csrf").setLevel(logging.WARNING)
    return Stage(app, cast, role, player, own, next_door, foreign, client)


def _place(cast: Cast, player: Player) -> Any:
    level = ROLES[player.role].level
    if level == "department":
        return cast.units["shuangqiao"], player.unit
    return cast.units["shuangqiao"], cast.units["shuangqiao"]
