"""Which unit had an item, from when to when, and for how many working days."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.calendar.days import working_days_between
from app.core.casework.deadlines import work_calendar
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.problems.models import ItemHandOff, ProblemItem
from app.people.directory.models import Unit


@dataclass(frozen=True)
class Stretch:
    """One unit's time with the item; `to_on` is empty while it lasts. `kind` says how it came there."""

    unit: str
    from_on: date
    to_on: date | None
    working_days: int
    kind: str
    note: str
    by: str


def stretches(actor: Actor, items: Sequence[ProblemItem]) -> dict[uuid.UUID, list[Stretch]]:
    """The stretches of items that the actor has loaded, oldest first; none for an item that was never issued. Two selects."""
    wanted = (
        select(ItemHandOff)
        .where(ItemHandOff.item_id.in_([one.id for one in items]))
        .options(joinedload(ItemHandOff.from_unit), joinedload(ItemHandOff.to_unit), joinedload(ItemHandOff.giver))
        .order_by(ItemHandOff.handed_at, ItemHandOff.id)
    )
    rows: dict[uuid.UUID, list[ItemHandOff]] = {}
    for row in db.session.scalars(wanted):
        rows.setdefault(row.item_id, []).append(row)
    units = {one.unit_id for one in items if one.unit_id is not None and one.id not in rows}
    names = {
        row.id: row.short_name for row in db.session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(units)))
    }
    return {one.id: _of(one, rows.get(one.id, []), names) for one in items if one.issued_on is not None}


def _of(item: ProblemItem, rows: Sequence[ItemHandOff], names: dict[uuid.UUID, str]) -> list[Stretch]:
    assert item.issued_on is not None
    first = rows[0].from_unit.short_name if rows else names.get(item.unit_id, "") if item.unit_id else ""
    marks = [(first, item.issued_on, "issued", "", "")] + [
        (
            row.to_unit.short_name, clock.local(row.handed_at).date(), row.kind, row.note,
            row.giver.name if row.giver else "",
        )
        for row in rows
    ]  # fmt: skip
    over = clock.local(item.state_since).date() if item.state in ("closed", "void") else None
    days = work_calendar().overrides
    found = []
    for position, (unit, since, kind, note, by) in enumerate(marks):
        until = marks[position + 1][1] if position + 1 < len(marks) else over
        held = working_days_between(since, until or clock.today(), days)
        found.append(Stretch(unit, since, until, max(held, 0), kind, note, by))
    return found


def totals(found: Sequence[Stretch]) -> list[tuple[str, int]]:
    """Working days by unit, in the order in which they first had it."""
    added: dict[str, int] = {}
    for one in found:
        added[one.unit] = added.get(one.unit, 0) + one.working_days
    return list(added.items())
