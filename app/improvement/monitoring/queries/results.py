"""Reads of results: the matrix of a round, the cells of one unit, versions of one cell, re-measured cells and peers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.models import ImportBatch
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.rulings import stands, stands_in_sql
from app.improvement.monitoring.queries.names import unit_named
from app.improvement.monitoring.words import BENCHMARKS
from app.people.directory.models import Unit

VIEW = "monitoring.view_results"
OUT = ("released", "improving", "closed")


@dataclass(frozen=True)
class Chosen:
    """What a page of results is narrowed to; empty is not narrowed."""

    level: str = "school"
    subject: str = ""
    grade: str = ""
    words: str = ""


@dataclass(frozen=True)
class Measure:
    """What is followed through the rounds: an indicator of a unit at one level in one grade; a class moves up a grade."""

    unit_id: uuid.UUID
    indicator: str
    level: str
    grade: str | None
    class_no: int | None = None
    cohort: int | None = None


def cells_once(cycle: MonitoringCycle) -> Any:
    """Every measured value once, by the benchmark of the round, else by the next one, in code order."""
    r = MonitoringResult
    what = (r.scope_level, Unit.code, r.grade, r.class_no, Indicator.subject, Indicator.code)
    by = func.array_position(list(BENCHMARKS), r.benchmark_type)
    return (
        select(r, Unit.code.label("unit_code"), Unit.name.label("unit_name"), Unit.ref.label("unit_ref"), Indicator)
        .join(Unit, Unit.id == r.unit_id)
        .join(Indicator, Indicator.id == r.indicator_id)
        .where(r.cycle_id == cycle.id, r.superseded_at.is_(None))
        .ext(distinct_on(*what))
        .order_by(*what, (r.benchmark_type == cycle.benchmark_type).desc(), by)
    )


def result_cells(actor: Actor, cycle: MonitoringCycle, chosen: Chosen) -> Sequence[Any]:
    """Cells of a round in code order: result, unit_code, unit_name, unit_ref, indicator; in one statement."""
    found = decide.visible(actor, cells_once(cycle), MonitoringResult, VIEW)
    found = found.where(MonitoringResult.scope_level == chosen.level)
    if chosen.subject:
        found = found.where(MonitoringResult.subject == chosen.subject)
    if chosen.grade:
        found = found.where(MonitoringResult.grade == chosen.grade)
    if chosen.words:
        found = found.where(unit_named(chosen.words))
    return db.session.execute(found).all()


def parts_of(actor: Actor, cycle: MonitoringCycle) -> Sequence[Any]:
    """Which levels, subjects and grades a round has cells for: what the filters offer."""
    r = MonitoringResult
    found: Any = select(r.scope_level, r.subject, r.grade).where(r.cycle_id == cycle.id, r.superseded_at.is_(None))
    visible = decide.visible(actor, found, r, VIEW).distinct()
    return db.session.execute(visible.order_by(r.scope_level, r.subject, r.grade)).all()


def cells_of_unit(actor: Actor, unit_id: uuid.UUID, cycle_id: uuid.UUID) -> Sequence[Any]:
    """The cells of one unit in one round, every level and benchmark: result, indicator."""
    r = MonitoringResult
    found: Any = select(r, Indicator).join(Indicator, Indicator.id == r.indicator_id)
    found = found.where(r.unit_id == unit_id, r.cycle_id == cycle_id, r.superseded_at.is_(None))
    visible = decide.visible(actor, found, r, VIEW)
    return db.session.execute(visible.order_by(r.scope_level, r.grade, r.class_no, r.subject, Indicator.code)).all()


def cell_for(actor: Actor, ref: str) -> Any:
    """One cell with indicator, unit, round and file: result, Indicator, unit_name, cycle, batch. Raises NotFound."""
    found = _with_surroundings().where(MonitoringResult.ref == ref)
    row = db.session.execute(decide.visible(actor, found, MonitoringResult, VIEW)).first()
    if row is None:
        raise NotFound("monitoring_result", ref)
    return row


def _with_surroundings() -> Any:
    """Round and file are the county's rows: empty for somebody who sees only the cell."""
    r, kept = MonitoringResult, aliased(MonitoringResult)
    return (
        select(
            r,
            Indicator,
            Unit.name.label("unit_name"),
            MonitoringCycle.name.label("cycle_name"),
            MonitoringCycle.ref.label("cycle_ref"),
            kept.ref.label("kept_ref"),
            ImportBatch.file_name,
            ImportBatch.ref.label("batch_ref"),
            ImportBatch.accepted_at,
        )
        .join(Indicator, Indicator.id == r.indicator_id)
        .join(Unit, Unit.id == r.unit_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == r.cycle_id)
        .outerjoin(ImportBatch, ImportBatch.id == r.batch_id)
        .outerjoin(kept, kept.id == r.kept_from_id)
    )


def versions_of_cell(actor: Actor, result: MonitoringResult) -> Sequence[Any]:
    """All versions of one cell, the one in force first, each with the file it came from."""
    r = MonitoringResult
    found: Any = select(r, ImportBatch.file_name, ImportBatch.accepted_at).outerjoin(
        ImportBatch, ImportBatch.id == r.batch_id
    )
    found = found.where(r.cycle_id == result.cycle_id, r.cell_key == result.cell_key)
    visible = decide.visible(actor, found, r, VIEW)
    return db.session.execute(visible.order_by(r.superseded_at.desc().nulls_first(), r.created_at.desc())).all()


def follow_up_cells(
    actor: Actor, unit_id: uuid.UUID, indicator_id: uuid.UUID, since: date | None = None
) -> Sequence[Any]:
    """Released cells of one unit on one indicator, newest round first: what an item is measured by, again and again.

    since: only rounds that ended after this day. County staff only: a school does not see rounds.
    """
    found: Any = (
        select(MonitoringResult, MonitoringCycle)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .where(
            MonitoringResult.unit_id == unit_id,
            MonitoringResult.indicator_id == indicator_id,
            MonitoringResult.superseded_at.is_(None),
            stands(MonitoringResult.id),
            MonitoringCycle.state.in_(OUT),
        )
    )
    if since is not None:
        found = found.where(MonitoringCycle.ends_on > since)
    visible = decide.visible(actor, found, MonitoringResult, VIEW)
    return db.session.execute(visible.order_by(MonitoringCycle.ends_on.desc(), MonitoringResult.cell_key)).all()


def past_of(actor: Actor, measure: Measure) -> Sequence[Any]:
    """One measure in every released round, oldest first, in one statement, beside the county's mean where there is one.

    Rows: result (in force, as it may be told), round (name), round_ref, ends_on, coverage, instrument, edition.
    """
    r, c = MonitoringResult, MonitoringCycle
    by = func.array_position(list(BENCHMARKS), r.benchmark_type)
    found: Any = (
        select(
            *(r, c.name.label("round"), c.ref.label("round_ref"), c.ends_on, c.coverage, c.instrument),
            c.instrument_version.label("edition"),
        )
        .join(c, c.id == r.cycle_id)
        .join(Indicator, Indicator.id == r.indicator_id)
        .where(r.unit_id == measure.unit_id, Indicator.code == measure.indicator, r.scope_level == measure.level)
        .where(r.superseded_at.is_(None), c.state.in_(OUT), r.class_no.is_not_distinct_from(measure.class_no))
        .ext(distinct_on(c.ends_on, c.id))
        .order_by(c.ends_on, c.id, by)
    )
    if measure.class_no is None:
        found = found.where(r.grade.is_not_distinct_from(measure.grade))
    else:
        found = found.where(r.cohort == measure.cohort)
    return db.session.execute(decide.visible(actor, found, r, VIEW)).all()


PEERS = text(
    f"""select before.unit_id, before.id as before_id, after.id as after_id,
              before.value as before_value, before.n as before_n, before.sd as before_sd, before.deff as before_deff,
              before.n_expected as before_expected, after.value as after_value, after.n as after_n,
              after.sd as after_sd, after.deff as after_deff, after.n_expected as after_expected
       from monitoring_results base
       join monitoring_results before on before.cycle_id = base.cycle_id and before.indicator_id = base.indicator_id
            and before.scope_level = base.scope_level and before.grade is not distinct from base.grade
            and before.benchmark_type = base.benchmark_type and before.superseded_at is null
            and before.unit_id <> base.unit_id
       join monitoring_results follow on follow.id = :after
       join monitoring_results after on after.cycle_id = follow.cycle_id and after.indicator_id = base.indicator_id
            and after.scope_level = follow.scope_level and after.grade is not distinct from follow.grade
            and after.benchmark_type = follow.benchmark_type and after.superseded_at is null
            and after.unit_id = before.unit_id
       where base.id = :before and base.county_id = :county
         and {stands_in_sql("before.id")} and {stands_in_sql("after.id")}
         and not exists (select 1 from data_findings f
                         where f.indicator_id = base.indicator_id and f.unit_id = before.unit_id
                           and f.cycle_id = base.cycle_id
                           and f.state in ('candidate', 'confirmed', 'converted', 'merged', 'superseded'))
       order by before.unit_id"""
)


def peers_of(actor: Actor, before_id: uuid.UUID, after_id: uuid.UUID) -> Sequence[Any]:
    """Units that were not flagged on the indicator, with their cells in the rounds of two given cells (decision 43)."""
    decide.require(actor, VIEW)
    values = {"before": before_id, "after": after_id, "county": actor.county_id}
    return db.session.execute(PEERS, values).all()
