"""Records by their own columns: put into any select, and made of its rows without the ORM's compiling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from app.core.database import db
from app.core.rows import converter, plain_columns


@dataclass(frozen=True)
class Whole:
    """The columns of a model that is one table, and its records from their values."""

    model: Any
    keys: tuple[str, ...]
    columns: tuple[Any, ...]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Values that the driver does not bring in their Python type."""
    place: int
    """Where the id stands."""

    def record(self, values: Sequence[Any]) -> Any:
        """The record of these values in the session; None where an outer join found none.

        One that is there already is read anew, unless it was changed and not yet written. What hangs on it is read when
        asked for.
        """
        if values[self.place] is None:
            return None
        session, mapper = db.session, inspect(self.model)
        one = session.identity_map.get(mapper.identity_key_from_primary_key((values[self.place],)))
        if one is None:
            one = mapper.class_manager.new_instance()
            one.__dict__.update(zip(self.keys, self._in_python(values), strict=True))
            make_transient_to_detached(one)
            session.add(one)
        elif not inspect(one).modified:
            known = one.__dict__
            for key, value in zip(self.keys, self._in_python(values), strict=True):
                if key not in known or known[key] != value:
                    set_committed_value(one, key, value)
        return one

    def _in_python(self, values: Sequence[Any]) -> Sequence[Any]:
        if not self.converted:
            return values
        row = list(values)
        for place, convert in self.converted:
            row[place] = convert(row[place])
        return row


@cache
def whole(model: Any) -> Whole:
    """How records of `model` are read; raises TypeError when it is more than one table."""
    columns = plain_columns(inspect(model))
    if columns is None:
        raise TypeError(f"{model.__name__} is not one table")
    dialect = db.engine.dialect
    converters = ((place, converter(column.type, dialect)) for place, column in enumerate(columns.values()))
    converted = tuple((place, convert) for place, convert in converters if convert is not None)
    return Whole(model, tuple(columns), tuple(columns.values()), converted, list(columns).index("id"))


def records(row: Sequence[Any], *models: Any) -> list[Any]:
    """The records of a row whose columns are those of these models, one after the other."""
    found, begun = [], 0
    for model in models:
        reading = whole(model)
        end = begun + len(reading.keys)
        found.append(reading.record(row[begun:end]))
        begun = end
    return found


def columns_of(*models: Any) -> list[Any]:
    """The columns of these models, one after the other, as `records` reads them."""
    return [column for model in models for column in whole(model).columns]
