"""Reads of what was decided about cells on which two sources disagree: what a page marks that still shows such a cell."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import Indicator, MonitoringResult, ReleaseAck, SourceConflict
from app.improvement.monitoring.models.rulings import BOTH
from app.people.directory.models import Person, Unit


@dataclass(frozen=True)
class Ruling:
    """Why nothing is built on a cell: decided against by somebody on a day, or still asked about (`at` empty)."""

    ref: str
    by: str = ""
    at: datetime | None = None


def rulings(actor: Actor, result_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Ruling]:
    """Of cells that the actor has loaded, those on which nothing is built, with the ruling that speaks against each.

    A decision goes before a question that is still open, the newest first; one question.
    """
    wanted = {one for one in result_ids if one is not None}
    if not wanted:
        return {}
    s = SourceConflict
    rows = db.session.execute(
        select(s, Person.name)
        .outerjoin(Person, Person.id == s.settled_by)
        .where(or_(s.first_id.in_(wanted), s.second_id.in_(wanted)), s.outcome.is_distinct_from(BOTH))
        .order_by(s.settled_at.desc().nulls_last(), s.id)
    )
    found: dict[uuid.UUID, Ruling] = {}
    for conflict, name in rows:
        for side in {conflict.first_id, conflict.second_id} & wanted:
            if side != conflict.chosen_id and side not in found:
                found[side] = Ruling(conflict.ref, name or "", conflict.settled_at)
    return found


def package_cells(actor: Actor, ack: ReleaseAck) -> Sequence[dict[str, Any]]:
    """The cells of a package as they were released, each with the ruling that speaks against it, or none."""
    return _marked(actor, ack.package.get("cells", []), ack.cycle_id, ack.unit_id)


def version_cells(actor: Actor, content: Mapping[str, Any], cycle_id: uuid.UUID) -> Sequence[dict[str, Any]]:
    """The same for the basic version of a round, which holds the cells of all units; no other version holds any."""
    return _marked(actor, content.get("cells", []), cycle_id)


def _marked(
    actor: Actor, cells: Sequence[dict[str, Any]], cycle_id: uuid.UUID, unit_id: uuid.UUID | None = None
) -> Sequence[dict[str, Any]]:
    found = _by_name(actor, cycle_id, unit_id) if cells else {}
    return [{**cell, "ruling": found.get(tuple(cell.get(name) for name in NAMES))} for cell in cells]


NAMES = ("unit_code", "indicator", "level", "grade", "class_no", "benchmark_type")
"""How a version and a package name a cell."""


def _by_name(actor: Actor, cycle_id: uuid.UUID, unit_id: uuid.UUID | None) -> dict[tuple[Any, ...], Ruling]:
    r = MonitoringResult
    disputed = select(SourceConflict.first_id).union(select(SourceConflict.second_id))
    wanted = (
        select(r.id, Unit.code, Indicator.code, r.scope_level, r.grade, r.class_no, r.benchmark_type)
        .join(Indicator, Indicator.id == r.indicator_id)
        .join(Unit, Unit.id == r.unit_id)
        .where(r.cycle_id == cycle_id, r.superseded_at.is_(None), r.id.in_(disputed))
    )
    rows = db.session.execute(wanted if unit_id is None else wanted.where(r.unit_id == unit_id)).all()
    found = rulings(actor, [row.id for row in rows])
    return {tuple(row[1:]): found[row.id] for row in rows if row.id in found}
