"""Pages of a register: the rows behind a known one in a declared order, so that none is left out without a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

PAGE = 50
Order = Sequence[tuple[Any, bool]]
"""Expressions by which a register is ordered, the last one unique; True: the largest first."""


def page_of(found: Any, model: Any, order: Order, after: str) -> Any:
    """One row more than a page, from behind the record with the ref `after`, or from the first."""
    ordered = found.order_by(*(key.desc() if falls else key for key, falls in order)).limit(PAGE + 1)
    return ordered.where(_behind(model, order, after)) if after else ordered


def _behind(model: Any, order: Order, after: str) -> ColumnElement[bool]:
    edges = [select(key).where(model.ref == after).correlate(None).scalar_subquery() for key, _falls in order]
    ways = []
    for place, ((key, falls), edge) in enumerate(zip(order, edges, strict=True)):
        same = [one == known for (one, _), known in zip(order[:place], edges, strict=False)]
        ways.append(and_(*same, key < edge if falls else key > edge))
    return or_(*ways)
