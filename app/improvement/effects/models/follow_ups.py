"""What an evaluation's guards ask of the rounds in which its follow-up cells were measured."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text

from app.core.database import db
from app.improvement.monitoring.models.rulings import all_stand

AFTER = text("select measured_after(:plan)")
"""Asked of the database as its own constraint asks."""
VERIFIED = text(
    """select bool_and(c.state in ('verified', 'released', 'improving', 'closed')) from monitoring_results r
       join monitoring_cycles c on c.id = r.cycle_id where r.id = any(cast(:ids as uuid[]))"""
)
FIRST_DAY = text(
    """select min(c.starts_on) from monitoring_results r join monitoring_cycles c on c.id = r.cycle_id
       where r.id = any(cast(:ids as uuid[]))"""
)


def measured_after(plan_id: uuid.UUID) -> date | None:
    """The day on which the plan took effect, or its item was taken up again; None before that."""
    found: date | None = db.session.execute(AFTER, {"plan": plan_id}).scalar()
    return found


def all_verified(ids: Sequence[str]) -> bool:
    """Whether there are cells, and every round that holds one has been verified."""
    return bool(ids) and bool(db.session.execute(VERIFIED, {"ids": list(ids)}).scalar())


def all_after(ids: Sequence[str], day: date | None) -> bool:
    """Whether every round that holds one of the cells began after the day."""
    first: date | None = db.session.execute(FIRST_DAY, {"ids": list(ids)}).scalar()
    return day is not None and first is not None and first > day


def all_cells_stand(evaluation: Any) -> bool:
    """Whether neither its baseline nor what is held against it or pooled with it is disputed or was decided against."""
    pooled = (
        evaluation.baseline_result_id,
        *evaluation.follow_up_ids,
        *evaluation.comparability.get("earlier_ids", ()),
    )
    return all_stand([one for one in pooled if one])
