"""One record in hand: its row locked and read anew, and its changes kept, each by one statement that was compiled before.

What a step reads and writes is nearly always one record and those it stands under. For these the unit of work of the ORM is
passed by; whatever does not fit (new rows, several changed rows, other joins) takes the ORM's way, with the same answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Dialect, Float, Integer, Numeric, Select, Text, Uuid, bindparam, func, inspect, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, RelationshipDirection
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeEngine

from app.core.database import Context, db, use_context, use_context_from_next
from app.core.errors import NotFound
from app.core.hanging import collections_later
from app.core.round_trip import NUMBERED, Ready, ask

_MISSING = object()
DEED = tuple(cast_to(bindparam(name, type_=Text()), JSONB) for name in ("writes", "entries"))
CHANGED_SINCE = "BH409"
"""What `keep_deed_of` says when the row was no longer at its version."""
FLOAT8, NUMERIC = 701, 1700
"""Numbers of PostgreSQL's types, by which SQLAlchemy tells whether a number arrives as it is wanted."""
HELD = "held"
"""Session mark: a record whose row was locked by the question that read it, and the transaction that has the lock."""
_LAZY = frozenset({"select", True, "selectin", "subquery", "raise", "raise_on_sql", "immediate"})


@dataclass(frozen=True)
class Change:
    """One record's update that leaves with the deed: one statement keeps both, or neither."""

    statement: Ready
    order: list[str]
    values: dict[str, Any]
    otherwise: str
    """What is to be said when the row is no longer at the version that was read."""

    def kept_with(self, writes: str, entries: str, last: bool) -> None:
        """Send it with what the deed leaves behind, as JSON. Raises StaleDataError."""
        values = {**self.values, "writes": writes, "entries": entries}
        try:
            ask(self.statement, [values[name] for name in self.order], last=last)
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) == CHANGED_SINCE:
                raise StaleDataError(self.otherwise) from fault
            raise


@dataclass(frozen=True)
class _Part:
    """Where one of the joined records is found from the first, and which values of the row are its own."""

    path: tuple[str, ...]
    keys: tuple[str, ...]
    values: slice
    others: frozenset[str]
    """Relationships that are read when asked for."""
    named: frozenset[str]
    of: Callable[[dict[str, Any]], tuple[Any, ...]]
    """The values of a record in the order of `keys`."""


@dataclass(frozen=True)
class _Reading:
    """The row of a record with those joined to it, locked."""

    statement: Ready
    parts: tuple[_Part, ...]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Values that the driver does not bring in their Python type."""
    models: tuple[Any, ...]

    def row_of(self, identity: uuid.UUID, context: Context | None) -> Sequence[Any]:
        """The row, with begin and context in one question. Raises NotFound when it is gone or out of sight."""
        found = ask(self.statement, (identity,), context=context)
        if found is None:
            raise NotFound(self.models[0].__tablename__)
        return self._in_python(found)

    def _in_python(self, found: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.converted:
            return found
        row = list(found)
        for place, convert in self.converted:
            row[place] = convert(row[place])
        return tuple(row)

    def brought(self, found: tuple[Any, ...]) -> Any:
        """The record of this row and those joined to it, in the session; one that is there already is read anew.

        What was changed and not yet written stays as it is.
        """
        row, held = self._in_python(found), dict[tuple[str, ...], Any]()
        for part, model in zip(self.parts, self.models, strict=True):
            above, values = held.get(part.path[:-1]), row[part.values]
            one = None if values[part.keys.index("id")] is None else _in_session(model, part, values)
            held[part.path] = one
            if part.path and above is not None and above.__dict__.get(part.path[-1], _MISSING) is not one:
                set_committed_value(above, part.path[-1], one)
        return held[()]


def _in_session(model: Any, part: _Part, values: tuple[Any, ...]) -> Any:
    """The record of these values as the session's own loading puts it there: nothing new, nothing to cascade to."""
    session, mapper = db.session, inspect(model)
    key = mapper.identity_key_from_primary_key((values[part.keys.index("id")],))
    one = session.identity_map.get(key)
    if one is not None:
        if not inspect(one).modified:
            _put(one, part, values, part.others)
        return one
    one = mapper.class_manager.new_instance()
    one.__dict__.update(zip(part.keys, values, strict=True))
    state = inspect(one)
    state.key, state.session_id = key, session.hash_key
    session.identity_map.add(state)
    return one


def lock(record: Any, context: Context | None = None) -> None:
    """Lock the row of a record and read it anew, with the records joined to it; its collections are read when asked for.

    `context`, when given, is put in force before.

    What a step's guards ask for is then fresh under the lock, and what they do not ask for costs nothing. Raises
    NotFound when the row is gone or out of sight. A row that this transaction locked as it read it is as fresh as that.
    """
    if _locked_as_read(record):
        if context is not None:
            use_context_from_next(context)
    elif not _read_anew(record, context):
        if context is not None:
            use_context(context)
        _read_by_the_orm(record)


def note_locked(record: Any) -> None:
    """This record was just read by a question that locked its row: the next `lock` in this transaction asks for nothing."""
    db.session.info[HELD] = (record, *_transactions())


def _transactions() -> tuple[Any, Any]:
    return db.session.get_transaction(), db.session.get_nested_transaction()


def _locked_as_read(record: Any) -> bool:
    """Whether the row is locked and in memory as it was read then; holds once, for the deed that follows."""
    marked, reading = db.session.info.pop(HELD, ()), _reading(_model(record))
    known = all(one is other for one, other in zip(marked, (record, *_transactions()), strict=False))
    held = _held(record, reading) if marked and known and reading is not None else None
    if held is None or reading is None:
        return False
    kept = frozenset(_brought_along(record))
    for part, one in zip(reading.parts, held, strict=True):
        if one is not None:
            _let_go(one, part, kept if one is record else frozenset())
    return True


def _read_anew(record: Any, context: Context | None = None) -> bool:
    """Whether the record and those joined to it could be read in place: none changed, all the same as before."""
    reading = _reading(_model(record))
    held = None if reading is None else _held(record, reading)
    if reading is None or held is None:
        return False
    row = reading.row_of(record.id, context)
    parts = [(part, one, row[part.values]) for part, one in zip(reading.parts, held, strict=True)]
    if any(values[part.keys.index("id")] != getattr(one, "id", None) for part, one, values in parts):
        return False
    kept = frozenset(_brought_along(record))
    for part, one, values in parts:
        if one is not None:
            _put(one, part, values, kept if one is record else frozenset())
    return True


def _model(record: Any) -> Any:
    return type(record)


def _held(record: Any, reading: _Reading) -> list[Any] | None:
    """The records joined to this one as they are in memory; None when one is missing there or was changed."""
    found: dict[tuple[str, ...], Any] = {(): record}
    for part in reading.parts:
        if part.path:
            above = found[part.path[:-1]]
            found[part.path] = None if above is None else above.__dict__.get(part.path[-1], _MISSING)
        one = found[part.path]
        if one is _MISSING or (one is not None and inspect(one).modified):
            return None
    return list(found.values())


def _put(one: Any, part: _Part, values: Any, kept: frozenset[str]) -> None:
    known = one.__dict__
    if not (known.keys() >= part.named and part.of(known) == values):
        for key, value in zip(part.keys, values, strict=True):
            if known.get(key, _MISSING) != value:
                set_committed_value(one, key, value)
    _let_go(one, part, kept)


def _let_go(one: Any, part: _Part, kept: Any) -> None:
    """What hangs on the record is read anew when asked for."""
    known = one.__dict__
    stale = [name for name in part.others if name in known and name not in kept]
    if stale:
        db.session.expire(one, stale)


def reading_of(model: Any) -> _Reading | None:
    """How a record of `model` is read by one statement; None where rows are joined in a way that only the ORM knows."""
    return _reading(model)


def question_of(model: Any) -> Select[Any]:
    """The select of `reading_of(model)`, without a condition; its row is locked."""
    columns: list[Any] = []
    top = inspect(model).local_table
    source = _joined(inspect(model), top, top, (), frozenset(), columns, [])
    return select(*columns).select_from(source).with_for_update(of=top, key_share=True)


@cache
def _reading(model: Any) -> _Reading | None:
    columns: list[Any] = []
    parts: list[_Part] = []
    top = inspect(model).local_table
    source = _joined(inspect(model), top, top, (), frozenset(), columns, parts)
    if source is None:
        return None
    wanted = (
        select(*columns)
        .select_from(source)
        .where(top.c.id == bindparam("its_id"))
        .with_for_update(of=top, key_share=True)
    )
    dialect = db.engine.dialect
    converters = ((place, converter(column.type, dialect)) for place, column in enumerate(columns))
    converted = tuple((place, convert) for place, convert in converters if convert is not None)
    models = tuple(_below(inspect(model), part.path) for part in parts)
    return _Reading(Ready(str(wanted.compile(dialect=NUMBERED))), tuple(parts), converted, models)


def _below(mapper: Mapper[Any], path: tuple[str, ...]) -> Any:
    for name in path:
        mapper = mapper.relationships[name].mapper
    return mapper.class_


def converter(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    oid = FLOAT8 if isinstance(kind, Float) else NUMERIC if isinstance(kind, Numeric) else None
    return kind.dialect_impl(dialect).result_processor(dialect, oid)


def _joined(
    mapper: Mapper[Any],
    table: Any,
    source: Any,
    path: tuple[str, ...],
    seen: frozenset[Any],
    columns: Any,
    parts: Any,
    maybe: bool = False,
) -> Any:
    """`source` with all that is joined below; `maybe`: this part itself may be missing, so nothing below may demand it."""
    keys = plain_columns(mapper)
    if keys is None:
        return None
    began, nearer = len(columns), [one for one in mapper.relationships if one.lazy in ("joined", False)]
    columns += [table.c[column.name] for column in keys.values()]
    others = frozenset(one.key for one in mapper.relationships if one.lazy in _LAZY)
    place = slice(began, len(columns))
    parts.append(_Part(path, tuple(keys), place, others, frozenset(keys), itemgetter(*keys)))
    for relation in nearer:
        if relation.mapper in seen | {mapper}:
            continue
        condition = relation.primaryjoin
        plain = relation.direction is RelationshipDirection.MANYTOONE and len(relation.local_remote_pairs or ()) == 1
        if not plain or getattr(condition, "operator", None) is not operators.eq:
            return None
        ((here, there),) = relation.local_remote_pairs
        further = relation.mapper.local_table.alias()
        on = table.c[here.name] == further.c[there.name]
        outer = maybe or not relation.innerjoin
        source = source.join(further, on, isouter=outer)
        below = (*path, relation.key)
        source = _joined(relation.mapper, further, source, below, seen | {mapper}, columns, parts, outer)
        if source is None:
            return None
    return source


def plain_columns(mapper: Mapper[Any]) -> dict[str, Column[Any]] | None:
    """Attribute → column of a model that is one table; None when it is more than that."""
    found: dict[str, Any] = {prop.key: prop.columns[0] for prop in mapper.column_attrs if not prop.deferred}
    plain = all(isinstance(column, Column) and column.table is mapper.local_table for column in found.values())
    return found if plain and mapper.polymorphic_on is None and "id" in found else None


def _read_by_the_orm(record: Any) -> None:
    model, kept = _model(record), _brought_along(record)
    wanted = select(model).where(model.id == record.id).options(*collections_later(model))
    locked = wanted.with_for_update(of=model, key_share=True)
    if db.session.scalar(locked, execution_options={"populate_existing": True}) is None:
        raise NotFound(model.__tablename__)
    for name, (key, other) in kept.items():
        if getattr(record, key) == getattr(other, "id", None):
            set_committed_value(record, name, other)


def _brought_along(record: Any) -> dict[str, tuple[str, Any]]:
    """Records that the page read beside this one and that nobody may read by the way: name → key and record."""
    known = record.__dict__
    return {name: (key, known[name]) for name, key in _references(_model(record)) if name in known}


@cache
def _references(model: Any) -> tuple[tuple[str, str], ...]:
    mapper = inspect(model)
    return tuple(
        (relation.key, mapper.get_property_by_column(next(iter(relation.local_columns))).key)
        for relation in mapper.relationships
        if relation.lazy == "raise" and relation.direction is RelationshipDirection.MANYTOONE
    )


def changed_alone(record: Any) -> bool:
    """Whether this versioned record is the only thing that the session would write, and only by plain columns."""
    session, state, reading = db.session, inspect(record), _reading(_model(record))
    if reading is None or not state.persistent or session.new or session.deleted:
        return False
    (dirty, *more), keys = list(session.dirty) or [None], reading.parts[0].keys
    if dirty is not record or more or "version" not in keys:
        return False
    changed = state.committed_state
    return changed.keys() <= set(keys) - {"id", "version"} and not any(
        hasattr(state.dict.get(name), "__clause_element__") for name in changed
    )


def change_of(record: Any) -> Change | None:
    """The change of a record for which `changed_alone` holds, still to be sent; None without any.

    From now on the record counts as written and has its new version.
    """
    state, version = inspect(record), record.version
    changed = tuple(sorted(name for name in state.committed_state if state.attrs[name].history.has_changes()))
    found = None
    if changed:
        statement, order, binders = _changing(_model(record), changed)
        values = {f"new_{name}": state.dict[name] for name in changed}
        values |= {"its_id": record.id, "its_version": version, "new_version": version + 1}
        values |= {name: bind(values[name]) for name, bind in binders}
        found = Change(statement, order, values, f"{type(record).__name__} is no longer at version {version}")
        set_committed_value(record, "version", version + 1)
    state._commit_all(state.dict, db.session.identity_map)
    return found


@cache
def _changing(model: Any, changed: tuple[str, ...]) -> tuple[Ready, list[str], list[tuple[str, Any]]]:
    """The update with the deed behind it, the order of its values, and what some of them go through on their way."""
    mapper, dialect = inspect(model), db.engine.dialect
    columns, table = plain_columns(mapper) or {}, mapper.local_table
    named = {f"new_{name}": columns[name] for name in (*changed, "version")}
    place: dict[str, Any] = {name: bindparam(name, type_=column.type) for name, column in named.items()}
    place |= {"its_id": bindparam("its_id", type_=Uuid()), "its_version": bindparam("its_version", type_=Integer())}
    asked = table.c.id == place["its_id"], columns["version"] == place["its_version"]
    new = {column: place[name] for name, column in named.items()}
    written = table.update().where(*asked).values(new).returning(table.c.id).cte("written")
    kept = select(func.keep_deed_of(func.count(), *DEED)).select_from(written)
    made = kept.compile(dialect=NUMBERED)
    converters = ((name, column.type.dialect_impl(dialect).bind_processor(dialect)) for name, column in named.items())
    return Ready(str(made)), made.positiontup or [], [(name, bind) for name, bind in converters if bind is not None]
