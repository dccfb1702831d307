"""Dated rows: in force on a day, both ends included."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def running(model: Any, day: date) -> ColumnElement[bool]:
    """The condition that a dated row is in force on `day`."""
    return and_(or_(model.from_on.is_(None), model.from_on <= day), or_(model.to_on.is_(None), model.to_on >= day))


def not_over(model: Any, day: date) -> ColumnElement[bool]:
    """The condition that a dated row runs on `day` or begins later."""
    return or_(model.to_on.is_(None), model.to_on >= day)
