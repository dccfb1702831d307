"""One record in hand: its row locked and read anew, with those it stands under, by one statement that was compiled before.

What a step reads is nearly always one record and those it stands under. For these the loading of the ORM is passed by;
whatever does not fit (other joins, rows changed in memory) takes the ORM's way, with the same answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Column, Dialect, Float, Numeric, Select, bindparam, inspect, select
from sqlalchemy.orm import Mapper, RelationshipDirection
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeEngine

from app.core.database import Context, Versioned, db, use_context, use_context_from_next
from app.core.errors import NotFound
from app.core.hanging import collections_later
from app.core.round_trip import NUMBERED, Ready, ask

_MISSING = object()
FLOAT8, NUMERIC = 701, 1700
"""Numbers of PostgreSQL's types, by which SQLAlchemy tells whether a number arrives as it is wanted."""
HELD = "held"
"""Session mark: a record whose row was locked by the question that read it, and the transaction that has the lock."""
_LAZY = frozenset({"select", True, "selectin", "subquery", "raise", "raise_on_sql", "immediate"})


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


def lock(record: Any, context: Context | None = None, kept: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Lock the row of a record and read it anew, with the records joined to it; its collections are read when asked for.

    context: is put in force before; kept: what was `brought_along` before a rollback let go of it.

    What a step's guards ask for is then fresh under the lock, and what they do not ask for costs nothing. Raises
    NotFound when the row is gone or out of sight. A row that this transaction locked as it read it is as fresh as that.
    """
    if _locked_as_read(record):
        if context is not None:
            use_context_from_next(context)
    elif not _read_anew(record, context):
        if context is not None:
            use_context(context)
        _read_by_the_orm(record, kept)


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
    _let_all_go(record, reading, held)
    return True


def _let_all_go(record: Any, reading: _Reading, held: Sequence[Any]) -> None:
    kept = frozenset(brought_along(record))
    for part, one in zip(reading.parts, held, strict=True):
        if one is not None:
            _let_go(one, part, kept if one is record else frozenset())


class At(NamedTuple):
    """A record at the version that was read."""

    model: Any
    id: uuid.UUID
    version: int


def versions_of(record: Any) -> tuple[At | None, ...] | None:
    """The version of the record and of each joined to it, None for one that is missing; and what hangs on them is let go.

    None where that would not say all: a row among them changes without its version, is changed or is not in memory.
    """
    reading = _reading(_model(record))
    held = _held(record, reading) if reading is not None else None
    if reading is None or held is None or not all(_tells_by_version(model) for model in reading.models):
        return None
    if any(one is not None and not {"id", "version"} <= one.__dict__.keys() for one in held):
        return None
    _let_all_go(record, reading, held)
    pairs = zip(reading.models, held, strict=True)
    return tuple(None if one is None else At(model, one.id, one.version) for model, one in pairs)


@cache
def _tells_by_version(model: Any) -> bool:
    return issubclass(model, Versioned) and not model.__changes_unversioned__


@cache
def versions_under_lock(model: Any) -> Ready:
    """The question that locks a row of `model` by its id and answers the versions that `versions_of` gives."""
    columns, parts, top = list[Any](), list[_Part](), inspect(model).local_table
    source = _joined(inspect(model), top, top, (), frozenset(), columns, parts)
    versions = [columns[part.values][part.keys.index("version")] for part in parts]
    wanted = select(*versions).select_from(source).where(top.c.id == bindparam("its_id"))
    return Ready(str(wanted.with_for_update(of=top, key_share=True).compile(dialect=NUMBERED)))


def _read_anew(record: Any, context: Context | None = None) -> bool:
    """Whether the record and those joined to it could be read in place: none changed, all the same as before."""
    reading = _reading(_model(record))
    held = None if reading is None else _held(record, reading)
    if reading is None or held is None:
        return False
    row = reading.row_of(_identity(record), context)
    parts = [(part, one, row[part.values]) for part, one in zip(reading.parts, held, strict=True)]
    if any(values[part.keys.index("id")] != _identity(one) for part, one, values in parts):
        return False
    kept = frozenset(brought_along(record))
    for part, one, values in parts:
        if one is not None:
            _put(one, part, values, kept if one is record else frozenset())
    return True


def _identity(record: Any) -> Any:
    """The id of a record, also of one that a rollback let go of: asking for its column would read it, out of any context."""
    return inspect(record).identity[0] if record is not None else None


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
        if one is _MISSING or (one is not None and instance_state(one).modified):
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
    """What hangs on the record is read anew when asked for; it has no change of its own to lose."""
    known = one.__dict__
    for name in part.others:
        if name in known and name not in kept:
            del known[name]


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


def _read_by_the_orm(record: Any, before: Mapping[str, Any] = MappingProxyType({})) -> None:
    model, kept = _model(record), {**before, **brought_along(record)}
    wanted = select(model).where(model.id == record.id).options(*collections_later(model))
    locked = wanted.with_for_update(of=model, key_share=True)
    if db.session.scalar(locked, execution_options={"populate_existing": True}) is None:
        raise NotFound(model.__tablename__)
    for name, (key, other) in kept.items():
        if getattr(record, key) == getattr(other, "id", None):
            set_committed_value(record, name, other)


def brought_along(record: Any) -> dict[str, tuple[str, Any]]:
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
