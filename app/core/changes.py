"""One record's change, kept with the deed by one statement that was compiled before.

Where a step changes its record and nothing else, by plain columns, the unit of work of the ORM is passed by; whatever does
not fit (new rows, several changed rows) takes the ORM's way, with the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, Uuid, bindparam, exists, func, inspect, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import History, instance_state, set_committed_value
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE
from sqlalchemy.orm.exc import StaleDataError

from app.core import short_way
from app.core.database import db
from app.core.round_trip import NUMBERED, Ready, ask
from app.core.rows import plain_columns, reading_of

DEED = tuple(cast_to(bindparam(name, type_=Text()), JSONB) for name in ("writes", "entries"))
CHANGED_SINCE = "BH409"
"""What `keep_deed_of` says when a row was no longer at its version."""


@dataclass(frozen=True)
class Change:
    """One record's update that leaves with the deed: one statement keeps both, or neither."""

    statement: Ready
    order: list[str]
    values: dict[str, Any]
    otherwise: Exception
    """What is raised when a row is no longer at the version that was read."""

    def kept_with(self, writes: str, entries: str, last: bool) -> None:
        """Send it with what the deed leaves behind, as JSON. Raises `otherwise`."""
        values = {**self.values, "writes": writes, "entries": entries}
        try:
            ask(self.statement, [values[name] for name in self.order], last=last)
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) == CHANGED_SINCE:
                raise self.otherwise from fault
            raise


def moved(record: Any) -> dict[str, History]:
    """Column → what it held and what it holds now, of all that was changed in this record and not yet written."""
    state = instance_state(record)
    columns = state.mapper.column_attrs
    found = {
        key: state.get_history(key, PASSIVE_NO_INITIALIZE) for key in list(state.committed_state) if key in columns
    }
    return {key: history for key, history in found.items() if history.has_changes()}


def changed_alone(record: Any) -> bool:
    """Whether this versioned record is the only thing that the session would write, and only by plain columns."""
    session, state, reading = db.session, instance_state(record), reading_of(type(record))
    if reading is None or not state.persistent or session.new or session.deleted:
        return False
    (dirty, *more), keys = list(session.dirty) or [None], reading.parts[0].keys
    if dirty is not record or more or "version" not in keys:
        return False
    changed = state.committed_state
    return changed.keys() <= set(keys) - {"id", "version"} and not any(
        hasattr(state.dict.get(name), "__clause_element__") for name in changed
    )


def change_of(record: Any, names: Iterable[str]) -> Change | None:
    """The change of a record for which `changed_alone` holds, still to be sent; None without any.

    names: the columns of `moved`.

    From now on the record counts as written and has its new version. Where its lock still waits, the change is made only
    if all that is joined to the record is at its version too.
    """
    state, version, changed = instance_state(record), record.version, tuple(sorted(names))
    found = None
    if changed:
        waited = short_way.taken_over(record)
        beside = [at for at in waited.versions[1:] if at is not None] if waited is not None else []
        model: Any = type(record)
        statement, order, binders = _changing(model, changed, tuple(at.model for at in beside))
        values = {f"new_{name}": state.dict[name] for name in changed}
        values |= {"its_id": record.id, "its_version": version, "new_version": version + 1}
        values |= {name: bind(values[name]) for name, bind in binders}
        for place, at in enumerate(beside):
            values |= {f"beside_{place}": at.id, f"beside_{place}_version": at.version}
        stale = StaleDataError(f"{type(record).__name__} is no longer at version {version}")
        found = Change(statement, order, values, stale if waited is None else waited.again())
        set_committed_value(record, "version", version + 1)
    state._commit_all(state.dict, db.session.identity_map)
    return found


@cache
def _changing(
    model: Any, changed: tuple[str, ...], beside: tuple[Any, ...]
) -> tuple[Ready, list[str], list[tuple[str, Any]]]:
    """The update with the deed behind it, the order of its values, and what some of them go through on their way."""
    mapper, dialect = inspect(model), db.engine.dialect
    columns, table = plain_columns(mapper) or {}, mapper.local_table
    named = {f"new_{name}": columns[name] for name in (*changed, "version")}
    place: dict[str, Any] = {name: bindparam(name, type_=column.type) for name, column in named.items()}
    place |= {"its_id": bindparam("its_id", type_=Uuid()), "its_version": bindparam("its_version", type_=Integer())}
    asked = [table.c.id == place["its_id"], columns["version"] == place["its_version"]]
    asked += [_still_at(one, f"beside_{number}") for number, one in enumerate(beside)]
    new = {column: place[name] for name, column in named.items()}
    written = table.update().where(*asked).values(new).returning(table.c.id).cte("written")
    kept = select(func.keep_deed_of(func.count(), *DEED)).select_from(written)
    made = kept.compile(dialect=NUMBERED)
    converters = ((name, column.type.dialect_impl(dialect).bind_processor(dialect)) for name, column in named.items())
    return Ready(str(made)), made.positiontup or [], [(name, bind) for name, bind in converters if bind is not None]


def _still_at(model: Any, name: str) -> ColumnElement[bool]:
    table = inspect(model).local_table.alias()
    at = bindparam(name, type_=Uuid()), bindparam(f"{name}_version", type_=Integer())
    return exists().where(table.c.id == at[0], table.c.version == at[1])
