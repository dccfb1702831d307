"""Reads of sources that disagree: those on record, and pairs of cells that look as if they did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult, SourceConflict
from app.improvement.monitoring.numbers import monitoring_numbers
from app.people.directory.models import Unit

VIEW = "monitoring.view_conflicts"
SUSPECTS = 40
OPEN_FIRST = (
    (SourceConflict.settled_at.is_not(None), False),
    (SourceConflict.created_at, True),
    (SourceConflict.id, True),
)
SUSPECTED = text(
    """select a.ref as first_ref, b.ref as second_ref, u.name as unit_name, i.name as indicator_name, a.grade,
              a.value_type, a.value as first_value, b.value as second_value, a.n as first_n, b.n as second_n,
              x.name as first_cycle, y.name as second_cycle
       from monitoring_results a
       join monitoring_cycles x on x.id = a.cycle_id and x.state in ('released', 'improving', 'closed')
       join monitoring_results b on b.unit_id = a.unit_id and b.indicator_id = a.indicator_id
            and b.scope_level = a.scope_level and b.grade is not distinct from a.grade
            and b.class_no is not distinct from a.class_no and b.benchmark_type = a.benchmark_type
            and b.superseded_at is null and b.cycle_id <> a.cycle_id
       join monitoring_cycles y on y.id = b.cycle_id and y.state in ('released', 'improving', 'closed')
            and (x.ends_on, x.id) < (y.ends_on, y.id)
            and y.ends_on <= x.ends_on + make_interval(months => :months)
       join units u on u.id = a.unit_id
       join indicators i on i.id = a.indicator_id
       where a.county_id = :county and a.superseded_at is null
         and a.n > 0 and b.n > 0
         and case a.value_type
             when 'mean' then abs(a.value - b.value) / nullif(a.sd, 0)
             when 'rate' then abs(2 * asin(sqrt(a.value)) - 2 * asin(sqrt(b.value))) end
             >= greatest(:gap, :certain * sqrt(1.0 / a.n + 1.0 / b.n))
         and not exists (select 1 from source_conflicts s
                         where (s.first_id = a.id and s.second_id = b.id) or (s.first_id = b.id and s.second_id = a.id))
       order by u.code, i.code, a.grade
       limit :most"""
)


def _sides() -> tuple[Any, Any]:
    return aliased(MonitoringResult), aliased(MonitoringResult)


def conflicts(actor: Actor, *, settled: bool | None = None, after: str = "") -> Sequence[Any]:
    """Conflicts on record with both sides: conflict, first, second, unit_name, Indicator; open ones first, one more than a page."""
    first, second = _sides()
    found: Any = (
        select(SourceConflict, first, second, Unit.name.label("unit_name"), Indicator)
        .join(first, first.id == SourceConflict.first_id)
        .join(second, second.id == SourceConflict.second_id)
        .join(Unit, Unit.id == first.unit_id)
        .join(Indicator, Indicator.id == first.indicator_id)
    )
    shown = page_of(decide.visible(actor, found, SourceConflict, VIEW), SourceConflict, OPEN_FIRST, after)
    if settled is not None:
        shown = shown.where(SourceConflict.settled_at.is_not(None) if settled else SourceConflict.settled_at.is_(None))
    return db.session.execute(shown).all()


def conflict_for(actor: Actor, ref: str) -> SourceConflict:
    """One conflict. Raises NotFound."""
    found = decide.visible(actor, select(SourceConflict).where(SourceConflict.ref == ref), SourceConflict, VIEW)
    conflict: SourceConflict | None = db.session.scalar(found)
    if conflict is None:
        raise NotFound("source_conflict", ref)
    return conflict


def sides_of(actor: Actor, conflict: SourceConflict) -> Sequence[Any]:
    """Both cells of a conflict with round and file, the first one first."""
    found: Any = (
        select(MonitoringResult, MonitoringCycle.name.label("cycle_name"), Indicator, Unit.name.label("unit_name"))
        .join(Indicator, Indicator.id == MonitoringResult.indicator_id)
        .join(Unit, Unit.id == MonitoringResult.unit_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .where(MonitoringResult.id.in_((conflict.first_id, conflict.second_id)))
    )
    rows = db.session.execute(found).all()
    return sorted(rows, key=lambda row: row[0].id != conflict.first_id)


def conflicts_of_cell(actor: Actor, result_id: uuid.UUID) -> Sequence[SourceConflict]:
    """Conflicts that a cell takes part in, newest first."""
    found: Any = select(SourceConflict).where(
        or_(SourceConflict.first_id == result_id, SourceConflict.second_id == result_id)
    )
    visible = decide.visible(actor, found, SourceConflict, VIEW)
    return db.session.scalars(visible.order_by(SourceConflict.created_at.desc())).all()


def suspected(actor: Actor, most: int = SUSPECTS) -> Sequence[Any]:
    """Pairs of cells of two released rounds that measured the same soon after one another and lie clearly apart."""
    if not decide.holds(actor, "monitoring.ask_data_owner") or not actor.county_wide:
        return []
    numbers = monitoring_numbers()
    values = {
        "county": actor.county_id,
        "months": numbers.conflict_months,
        "gap": numbers.conflict_gap,
        "certain": numbers.conflict_certainty,
        "most": most,
    }
    return db.session.execute(SUSPECTED, values).all()
