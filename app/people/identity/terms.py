"""When a dated row is in force: from its first to its last day, both included."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def running(model: Any, day: date) -> ColumnElement[bool]:
    """The condition that a row with `from_on` and `to_on` is in force on `day`."""
    return and_(model.from_on <= day, or_(model.to_on.is_(None), model.to_on >= day))
