"""What a target stands for in standardised units, so that it can be held against the minimum effect (domain §7.4)."""

from __future__ import annotations

import math
import uuid

from sqlalchemy import text

from app.core.database import db

COMPARABLE = text(
    """select value is not null and (value_type = 'rate' or (value_type = 'mean' and coalesce(sd, 0) > 0))
       from monitoring_results where id = :id"""
)


def is_comparable(result_id: uuid.UUID | None) -> bool:
    """Whether a later cell can be held against this one: a mean with its spread, or a rate; an index cannot."""
    return result_id is not None and bool(db.session.execute(COMPARABLE, {"id": result_id}).scalar())


def effect_of_change(baseline: float, target: float, sd: float | None, indicator_id: uuid.UUID | None) -> float | None:
    """Cohen's d of a mean, or h of a rate, from `baseline` to `target`; positive is better. None where it has none."""
    row = db.session.execute(
        text("select value_type, direction from indicators where id = :id"), {"id": indicator_id}
    ).first()
    sign = -1.0 if row is not None and row.direction == "lower" else 1.0
    if row is not None and row.value_type == "rate":
        if not (0 <= baseline <= 1 and 0 <= target <= 1):
            return None
        return sign * (2 * math.asin(math.sqrt(target)) - 2 * math.asin(math.sqrt(baseline)))
    if sd is None or sd <= 0:
        return None
    return sign * (target - baseline) / sd
