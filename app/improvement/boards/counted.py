"""What a rate counts where it does not count items: evidence, sign-fors of results, rounds that were reported on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, true

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import BriefingRecord, MonitoringCycle, ReleaseAck
from app.improvement.plans.models import Evidence
from app.people.directory.models import Unit

PAGE = 50
SUBMITTED = ("submitted", "accepted", "returned", "rejected")


@dataclass(frozen=True)
class Kind:
    """One kind of record: its table, the right that shows it, its name, its unit, and what numerator and denominator take."""

    table: Any
    right: str
    label: Any
    unit: Any
    done: ColumnElement[bool]
    all: ColumnElement[bool]
    path: str


def _kinds() -> dict[str, Kind]:
    e, a, c = Evidence, ReleaseAck, MonitoringCycle
    heard = exists().where(
        BriefingRecord.cycle_id == c.id, BriefingRecord.school_id.is_(None), BriefingRecord.held_on >= c.released_on
    )
    cycles = "monitoring.view_cycles"
    return {
        "first_pass": Kind(
            e, "plans.view_evidence", e.title, e.unit_id, (e.state == "accepted") & (e.returned_version == 0),
            e.state.in_(SUBMITTED), "/evidence/",
        ),
        "briefed": Kind(
            a, cycles, a.cycle_name, a.unit_id, a.acknowledged_at.is_not(None), true(), "/monitoring/school-results/"
        ),
        "heard": Kind(
            c, cycles, c.name, c.county_id, heard, c.released_on.is_not(None) & (c.state != "withdrawn"),
            "/monitoring/cycles/",
        ),
    }  # fmt: skip


KINDS = _kinds()


def figures(actor: Actor) -> dict[str, list[int]]:
    """Numerator and denominator of each of these rates, a statement each."""
    found = {}
    for name, kind in KINDS.items():
        whole = select(func.count().filter(kind.done), func.count()).select_from(kind.table).where(kind.all)
        found[name] = list(db.session.execute(decide.visible(actor, whole, kind.table, kind.right)).one())
    return found


def rows(actor: Actor, name: str, done: bool, after: str = "") -> Sequence[Any]:
    """One more than a page of the records behind a number, the newest first: ref, label, unit, state, since."""
    kind = KINDS[name]
    table = kind.table
    whole = (
        select(table.ref, kind.label.label("label"), Unit.short_name.label("unit"), table.state, table.state_since)
        .select_from(table)
        .join(Unit, Unit.id == kind.unit)
        .where(kind.all)
    )
    if done:
        whole = whole.where(kind.done)
    if after:
        whole = whole.where(table.id < select(table.id).where(table.ref == after).scalar_subquery())
    visible = decide.visible(actor, whole, table, kind.right)
    return db.session.execute(visible.order_by(table.id.desc()).limit(PAGE + 1)).all()


def total(actor: Actor, name: str, done: bool) -> int:
    """How many records stand behind a number."""
    kind = KINDS[name]
    whole = select(func.count()).select_from(kind.table).where(kind.all, kind.done if done else true())
    return int(db.session.scalar(decide.visible(actor, whole, kind.table, kind.right)) or 0)
