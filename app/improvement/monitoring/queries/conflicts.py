"""Reads of sources that disagree: those on record, and pairs of cells that look as if they did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, or_, select, text
from sqlalchemy.orm import aliased

from app.core import registers
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult, SourceConflict
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.monitoring.queries.names import unit_named
from app.people.directory.models import Unit

VIEW = "monitoring.view_conflicts"
SUSPECTS, MOST_SUSPECTS = 40, 20_000
OPEN_FIRST = (
    (SourceConflict.settled_at.is_not(None), False),
    (SourceConflict.created_at, True),
    (SourceConflict.id, True),
)
ORDERS: dict[str, registers.Order] = {
    "unit": ((Unit.code, False), (SourceConflict.id, False)),
    "asked": ((SourceConflict.created_at, False), (SourceConflict.id, False)),
}
"""Conflicts otherwise than the open ones first: by unit, or those longest asked about."""
ASKED, ANSWERED = "asked", "answered"
STANDING = case(
    (SourceConflict.outcome.is_not(None), SourceConflict.outcome),
    (SourceConflict.answer.is_not(None), ANSWERED),
    else_=ASKED,
)
"""asked, answered, or how it was decided: one, both, neither."""
SUSPECTED = text(
    """select * from (
       select a.ref as first_ref, b.ref as second_ref, u.code as unit_code, u.name as unit_name, i.code as indicator_code,
              i.name as indicator_name, i.subject, a.grade, a.value_type, a.value as first_value, b.value as second_value,
              a.n as first_n, b.n as second_n, x.name as first_cycle, y.name as second_cycle,
              case a.value_type
              when 'mean' then abs(a.value - b.value) / nullif(a.sd, 0)
              when 'rate' then abs(2 * asin(sqrt(a.value)) - 2 * asin(sqrt(b.value))) end as gap
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
         and (cardinality(cast(:units as text[])) = 0 or u.ref = any(cast(:units as text[])))
         and (cardinality(cast(:subjects as text[])) = 0 or i.subject = any(cast(:subjects as text[])))
         and (cast(:words as text) = '' or u.id = any(cast(:named as uuid[])) or strpos(lower(i.name), lower(:words)) > 0)
         and not exists (select 1 from source_conflicts s
                         where (s.first_id = a.id and s.second_id = b.id) or (s.first_id = b.id and s.second_id = a.id))
       ) pairs
       where gap >= greatest(:gap, :certain * sqrt(1.0 / first_n + 1.0 / second_n))
       order by case when :widest then -gap end, unit_code, indicator_code, grade
       limit :most"""
)


@dataclass(frozen=True)
class Doubts:
    """What the page of conflicts is narrowed to: units by reference, standings, subjects, words; and in which order."""

    units: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    words: str = ""
    sort: str = ""
    widest: bool = False
    after: str = ""


EVERY = Doubts()


def _sides() -> tuple[Any, Any]:
    return aliased(MonitoringResult), aliased(MonitoringResult)


def conflicts(actor: Actor, wanted: Doubts = EVERY) -> Sequence[Any]:
    """Conflicts on record: conflict, first, second, unit_name, Indicator, unit_code, first_cycle, second_cycle.

    Open ones first unless another order is wanted; one more than a page.
    """
    order = ORDERS.get(wanted.sort, OPEN_FIRST)
    shown = registers.page_of(_every(actor), SourceConflict, order, wanted.after, wanted.sort)
    return db.session.execute(_narrowed(shown, wanted)).all()


def every_conflict(actor: Actor, wanted: Doubts, most: int = 20_000) -> Sequence[Any]:
    """The same rows, all of them, for an export."""
    order = ORDERS.get(wanted.sort, OPEN_FIRST)
    ordered = _every(actor).order_by(*(key.desc() if falls else key for key, falls in order)).limit(most)
    return db.session.execute(_narrowed(ordered, wanted)).all()


def _every(actor: Actor) -> Any:
    first, second = _sides()
    one, other = aliased(MonitoringCycle), aliased(MonitoringCycle)
    found: Any = (
        select(
            *(SourceConflict, first, second, Unit.name.label("unit_name"), Indicator, Unit.code.label("unit_code")),
            *(one.name.label("first_cycle"), other.name.label("second_cycle")),
        )
        .join(first, first.id == SourceConflict.first_id)
        .join(second, second.id == SourceConflict.second_id)
        .join(Unit, Unit.id == first.unit_id)
        .join(Indicator, Indicator.id == first.indicator_id)
        .outerjoin(one, one.id == first.cycle_id)
        .outerjoin(other, other.id == second.cycle_id)
    )
    return decide.visible(actor, found, SourceConflict, VIEW)


def _narrowed(shown: Any, wanted: Doubts) -> Any:
    for column, values in (
        (Unit.ref, wanted.units),
        (STANDING, wanted.standings),
        (Indicator.subject, wanted.subjects),
    ):
        if values:
            shown = shown.where(column.in_(values))
    if wanted.words:
        shown = shown.where(or_(unit_named(wanted.words), Indicator.name.icontains(wanted.words, autoescape=True)))
    return shown


def units_in_doubt(actor: Actor) -> Sequence[Any]:
    """Units that a conflict on record is about, in code order: ref, name."""
    rows = _every(actor).with_only_columns(Unit.ref, Unit.short_name, Unit.code, maintain_column_froms=True)
    return db.session.execute(rows.distinct().order_by(Unit.code)).all()


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


def suspected(actor: Actor, wanted: Doubts = EVERY, most: int = SUSPECTS) -> Sequence[Any]:
    """Pairs of cells of two released rounds that measured the same soon after one another and lie clearly apart."""
    if not decide.holds(actor, "monitoring.ask_data_owner") or not actor.county_wide:
        return []
    numbers = monitoring_numbers()
    values = {
        "county": actor.county_id,
        "months": numbers.conflict_months,
        "gap": numbers.conflict_gap,
        "certain": numbers.conflict_certainty,
        "units": list(wanted.units),
        "subjects": list(wanted.subjects),
        "words": wanted.words,
        "named": list(db.session.scalars(select(Unit.id).where(unit_named(wanted.words)))) if wanted.words else [],
        "widest": wanted.widest,
        "most": most,
    }
    return db.session.execute(SUSPECTED, values).all()
