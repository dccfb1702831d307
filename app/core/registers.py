"""Pages of a register: the rows behind a known one in a declared order, so that none is left out without a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, text

PAGE = 50
Order = Sequence[tuple[Any, bool]]
"""Expressions by which a register is ordered, none of them empty, the last one unique; True: the largest first."""


def page_of(seen: Any, model: Any, order: Order, after: str) -> Any:
    """One row more than a page, from behind the record with the ref `after`, or from the first.

    `seen` is what the reader may see and nothing else: behind a record that is not in it stands an empty page, which
    tells nothing of where that record stands. What narrows a page further is added to the answer, so that a record which
    no longer fits a filter still marks the place where the page before it ended.
    """
    ordered = seen.order_by(*(key.desc() if falls else key for key, falls in order)).limit(PAGE + 1)
    return ordered.where(_behind(seen.where(model.ref == after), order)) if after else ordered


def late(column: Any) -> Any:
    """A day or a moment to order by; the records that have none come last."""
    return func.coalesce(column, text("'infinity'"))


def _behind(edge: Any, order: Order) -> ColumnElement[bool]:
    edges = [
        edge.with_only_columns(key, maintain_column_froms=True).correlate(None).scalar_subquery() for key, _ in order
    ]
    ways = []
    for place, ((key, falls), known) in enumerate(zip(order, edges, strict=True)):
        same = [one == there for (one, _), there in zip(order[:place], edges, strict=False)]
        ways.append(and_(*same, key < known if falls else key > known))
    return or_(*ways)
