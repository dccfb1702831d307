"""What hangs on a record (its collections) is left until it is asked for: options of a select."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper, defaultload, lazyload


def collections_later(model: Any) -> tuple[Any, ...]:
    """Options of a select that leave every collection of `model`, and of what is joined to it, until it is asked for."""
    return _later(model)


@cache
def _later(model: Any) -> tuple[Any, ...]:
    found: list[Any] = []

    def walk(mapper: Mapper[Any], path: Any, seen: frozenset[Any]) -> None:
        for relation in mapper.relationships:
            attribute = relation.class_attribute
            if relation.lazy in ("selectin", "subquery"):
                found.append(path.lazyload(attribute) if path is not None else lazyload(attribute))
            elif relation.lazy in ("joined", False) and relation.mapper not in seen:
                further = path.defaultload(attribute) if path is not None else defaultload(attribute)
                walk(relation.mapper, further, seen | {relation.mapper})

    walk(inspect(model), None, frozenset({inspect(model)}))
    return tuple(found)
