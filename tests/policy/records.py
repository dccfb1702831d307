"""One row of every table, filled by its own columns: whatever table comes later is there without a line being written.

`write` puts a whole chain (round, finding, list, item, plan, measure, evidence, closure …) into one place, in one act.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Column, Table, insert, inspect, select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.audit import trail
from app.core.casework.records import MOVABLES
from app.core.database import Base, db, new_ref, use_context, uuid7
from app.core.imports.registry import rights_of
from app.core.policy.actor import SYSTEM
from app.core.policy.grants import GRANTS
from app.people.directory.models import RoleAssignment, SchoolClass
from tests.cast import Cast, Place, Player
from tests.policy.record_states import OF_THE_COUNTY, PLUMBING, STATES, WRITTEN_BY_THE_CAST
from tests.policy.record_values import BY_TABLE, CODES, DAYS, SAID, WANTED


def kind_for(role: str) -> str:
    """The kind of file that this role has to do with."""
    held = GRANTS.get(role, {})
    return next(
        (
            kind
            for kind in ("results", "students", "staff", "answers")
            if rights_of(kind)[0] in held or rights_of(kind)[1] in held
        ),
        "results",
    )


@dataclass
class Chain:
    """What was written in one place: table → id and ref of its row; `marker` stands in every text of it."""

    marker: str
    county_marker: str
    place: Place
    school: Place
    unit: Place
    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


def write(
    cast: Cast,
    who: Player,
    school: Place,
    unit: Place,
    marker: str,
    county_marker: str = "",
    beside: Chain | None = None,
    states: Mapping[str, str] = STATES,
) -> Chain:
    """One row of every table in the county of `who`, about `school`, answered for by `unit`, in the hand of `who`.

    `beside`: the chain that stands there already, when this one is a further one.
    """
    county = next(place for place in cast.units.values() if place.id == who.unit.county_id)
    chain = Chain(marker, county_marker or marker, county, school, unit, states=states)
    chain.ids |= {
        "units": unit.id,
        "persons": who.person_id,
        "accounts": who.account_id,
        "role_assignments": who.assignment_id,
        "school_classes": cast.classes[school.key],
    }
    chain.refs |= {"units": unit.ref, "persons": who.person_ref, "accounts": who.account_ref}
    use_context(SYSTEM.context())
    chain.ids |= {table.name: uuid7() for table in Base.metadata.sorted_tables if table.name not in WRITTEN_BY_THE_CAST}
    there = _there()
    with trail.act(SYSTEM, "system", "cast.records"):
        for table in Base.metadata.sorted_tables:
            if table.name in there - WRITTEN_BY_THE_CAST - PLUMBING:
                _write(table, chain, who) if beside is None else _write_if_there_is_room(table, chain, who, beside)
        _assign(chain, who)
    return chain


@cache
def _there() -> frozenset[str]:
    """The tables that the migrations make, the same in every database of the tests."""
    return frozenset(inspect(db.session.connection()).get_table_names())


def administered(chain: Chain, whose: Player) -> None:
    """Let the chain name this person's account and role, and its class by its ref."""
    chain.ids |= {"accounts": whose.account_id, "persons": whose.person_id, "role_assignments": whose.assignment_id}
    chain.refs |= {"accounts": whose.account_ref, "persons": whose.person_ref}
    use_context(SYSTEM.context())
    for model in (RoleAssignment, SchoolClass):
        table = model.__tablename__
        chain.refs[table] = str(db.session.scalar(select(model.ref).where(model.id == chain.ids[table])))


def row_of(table: Table, chain: Chain, who: Player) -> dict[str, Any]:
    """The values of a lawful row of this table in the chain, in the hand of `who`; what is left out is empty."""
    place = _place(table, chain, who)
    return {c.name: value for c in table.columns if (value := _value(table, c, chain, who, place)) is not None}


def _write(table: Table, chain: Chain, who: Player) -> None:
    values = row_of(table, chain, who)
    db.session.execute(insert(table), values)
    if "ref" in values:
        chain.refs[table.name] = values["ref"]


def _write_if_there_is_room(table: Table, chain: Chain, who: Player, beside: Chain) -> None:
    """A further row, unless there can be one only: then the chain shares it."""
    try:
        with db.session.begin_nested():
            _write(table, chain, who)
    except IntegrityError:
        chain.ids[table.name] = beside.ids[table.name]


def _assign(chain: Chain, who: Player) -> None:
    """Dated assignments of `who` to every movable record: the scope "assigned" holds."""
    table = Base.metadata.tables["case_assignments"]
    rows = [
        {
            "id": uuid7(), "ref": new_ref(), "county_id": chain.place.id, "school_id": chain.school.id, "entity": entity,
            "record_id": chain.ids[entity], "person_id": who.person_id, "part": "handler",
            "from_on": clock.today() - timedelta(days=1), "to_on": None,
        }
        for entity in (*MOVABLES, "students")
        if entity in chain.ids
    ]  # fmt: skip
    db.session.execute(insert(table), rows)


_DAYS = count()


def _place(table: Table, chain: Chain, who: Player) -> Mapping[str, Any]:
    """What a row has in columns of these names, whatever its table."""
    return {
        "target_id": chain.ids["monitoring_cycles"],
        "ref": new_ref(),
        "county_id": chain.place.id,
        "unit_id": chain.unit.id,
        "asked_unit_id": chain.unit.id,
        "owner_id": who.person_id,
        "subject": "math",
        "state": chain.states.get(table.name, "draft") if table.name in MOVABLES else None,
    }


def _value(table: Table, column: Column[Any], chain: Chain, who: Player, place: Mapping[str, Any]) -> Any:
    if table.name in OF_THE_COUNTY:
        if column.name == "school_id":
            return None
        chain = replace(chain, marker=chain.county_marker)
    if (table.name, column.name) == ("rainbow_assessments", "computation"):
        computed = Base.metadata.tables["rainbow_computations"].c
        return db.session.scalar(select(computed.number).where(computed.student_id == chain.ids["students"]))
    if table.name in ("board_snapshots", "figure_snapshots") and column.name == "taken_on":
        return date(2000, 1, 1) + timedelta(next(_DAYS))  # one a county and day
    if (table.name, column.name) == ("figure_releases", "number"):
        return 1 + chain.ids[table.name].int % 30000  # one a county, year and version
    if table.name in ("rainbow_assessments", "rainbow_computations") and column.name in ("unit_id", "student_id"):
        return chain.school.id if column.name == "unit_id" else chain.ids["students"]
    if table.name == "import_batches" and column.name in ("kind", "target_entity", "target_id"):
        return _of_batch(column.name, chain, kind_for(who.role))
    if column.name in DAYS and table.name in MOVABLES:
        return clock.today() + DAYS[column.name]
    if (table.name, column.name) in BY_TABLE:
        given = BY_TABLE[table.name, column.name]
        return given(chain) if callable(given) else given
    if column.name == "id" and not column.foreign_keys:
        return chain.ids[table.name] if column.type.python_type is uuid.UUID else None
    if column.name == "school_id":
        return chain.school.id if chain.unit.kind == "school" or not column.nullable else None
    if column.name in place:
        return place[column.name]
    if column.foreign_keys:
        return _reference(table, column, chain)
    if column.name in CODES and (not column.nullable or table.name in MOVABLES) and column.type.python_type is str:
        return CODES[column.name]
    if column.name in SAID:
        return chain.marker[: getattr(column.type, "length", None) or 60] if column.type.python_type is str else None
    if column.nullable or column.default is not None or column.server_default is not None:
        return None
    return _something(column, chain)


TARGETS = {"results": "monitoring_cycles", "answers": "screening_campaigns"}


def _of_batch(name: str, chain: Chain, kind: str) -> Any:
    """Results are brought into a round, answers into a campaign, rosters into the school itself."""
    table = TARGETS.get(kind)
    target = (table, chain.ids[table]) if table else (None, None)
    return {"kind": kind, "target_entity": target[0], "target_id": target[1]}[name]


def _reference(table: Table, column: Column[Any], chain: Chain) -> Any:
    target = next(iter(column.foreign_keys)).column.table.name
    if target == table.name or target not in chain.ids or column.name in ("superseded_by_id", "merged_into_id"):
        return None
    wanted = not column.nullable or column.name in WANTED
    return chain.ids[target] if wanted else None


def _something(column: Column[Any], chain: Chain) -> Any:
    kind = column.type.python_type
    length = getattr(column.type, "length", None) or 60
    if kind is str:
        return uuid.uuid4().hex[:length] if column.unique or length < 30 else (chain.marker + uuid.uuid4().hex)[:length]
    made = {
        int: 1,
        Decimal: Decimal(1),
        float: 1.0,
        bool: False,
        date: clock.today(),
        datetime: clock.now(),
        dict: {},
        object: {},
        list: [],
        bytes: uuid.uuid4().bytes * 2,
        uuid.UUID: uuid7(),
    }
    return made[kind]
