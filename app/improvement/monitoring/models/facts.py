"""What the guards of a round ask of other tables: one statement each; tables of later features by their names."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text

from app.core.database import db

AUDIENCES = ("basic", "analysis", "topic", "public")
"""基础数据, 综合分析, 专题, 社会版: four versions of one frozen data set."""

BATCHES = text(
    """select count(*) filter (where state in ('accepted', 'superseded')) as accepted,
              coalesce(sum(rows_blocked) filter (where state in ('staged', 'checking', 'ready', 'accepting')), 0)::int
                  as blocked
       from import_batches where target_entity = 'monitoring_cycles' and target_id = :id"""
)
IMPORTED = text(
    """select target_id, array_agg(id) as ids from import_batches
       where target_entity = 'monitoring_cycles' and target_id = any(:ids) group by target_id"""
)
TO_DO = text(
    """select c.id, 4 - (select count(distinct r.audience) from data_releases r where r.cycle_id = c.id),
              exists (select 1 from briefing_records b where b.cycle_id = c.id and b.school_id is null
                      and (c.released_on is null or b.held_on >= c.released_on)),
              (select count(*) from problem_lists l
               where l.cycle_id = c.id and l.state not in ('archived', 'withdrawn', 'superseded'))
       from monitoring_cycles c where c.id = any(:ids)"""
)
LISTS = text(
    """select count(*) filter (where state <> 'withdrawn') as made,
              count(*) filter (where issued_on is not null) as issued,
              count(*) filter (where state not in ('archived', 'withdrawn', 'superseded')) as open
       from problem_lists where cycle_id = :id"""
)
RECONCILIATION = text(
    """select missing_share, signed_by is not null as signed,
              not exists (select 1 from jsonb_array_elements(figures->'lines') line
                          where not (line->>'holds')::boolean
                            and coalesce(remarks->>(line->>'code'), '') = '') as complete
       from reconciliations where cycle_id = :id order by created_at desc, id desc limit 1"""
)
PACKED = text(
    """select distinct r.school_id from monitoring_results r
       where r.cycle_id = :id and r.superseded_at is null and r.school_id is not null
         and r.school_id::text not in (
             select jsonb_object_keys(d.snapshot->'packages') from data_releases d
             where d.cycle_id = :id and d.audience = 'basic')"""
)
BRIEFED = text(
    """select exists (select 1 from briefing_records where cycle_id = :id and school_id is null
                      and (cast(:since as date) is null or held_on >= cast(:since as date)))"""
)
FED_BACK = text(
    """select distinct subject from feedback_meetings where cycle_id = :id and school_id is null
       and (cast(:since as date) is null or held_on >= cast(:since as date))"""
)
NEWER_OUT = text(
    """select exists (select 1 from monitoring_cycles newer
                      join monitoring_cycles older on older.id = :cycle
                      join monitoring_results r on r.cycle_id = newer.id and r.superseded_at is null
                      where newer.county_id = older.county_id and newer.id <> older.id
                        and newer.state in ('released', 'improving', 'closed')
                        and newer.ends_on > older.ends_on and r.indicator_id = :indicator)"""
)


def batch_ids(cycle_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, ...]]:
    """The import batches of each round that has any."""
    return {row.target_id: tuple(row.ids) for row in db.session.execute(IMPORTED, {"ids": list(cycle_ids)})}


def still_to_do(cycle_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ToDo]:
    """What lists of to-dos ask of many rounds, in one question."""
    return {row.id: ToDo(*row[1:]) for row in db.session.execute(TO_DO, {"ids": list(cycle_ids)})}


class ToDo(NamedTuple):
    """unreleased: audiences without a version; briefed: since the release; open_lists: neither archived nor carried over."""

    unreleased: int
    briefed: bool
    open_lists: int


class BatchFigures(NamedTuple):
    """accepted: batches taken in; blocked: rows of open batches that nobody has mended."""

    accepted: int
    blocked: int


class ListFigures(NamedTuple):
    """made, issued, open: problem lists of a round."""

    made: int
    issued: int
    open: int


def batch_figures(cycle_id: uuid.UUID) -> BatchFigures:
    """How far the import batches of a round are."""
    return BatchFigures(*db.session.execute(BATCHES, {"id": cycle_id}).one())


def list_figures(cycle_id: uuid.UUID) -> ListFigures:
    """How many problem lists were made from a round, and how far they are."""
    return ListFigures(*db.session.execute(LISTS, {"id": cycle_id}).one())


def latest_reconciliation(cycle_id: uuid.UUID) -> Mapping[str, Any]:
    """missing_share, signed, complete of the newest reconciliation; empty where there is none."""
    row = db.session.execute(RECONCILIATION, {"id": cycle_id}).mappings().first()
    return dict(row) if row else {}


def audiences_without_release(cycle_id: uuid.UUID) -> tuple[str, ...]:
    """Audiences without a prepared version."""
    made = text("select audience from data_releases where cycle_id = :id")
    present = set(db.session.scalars(made, {"id": cycle_id}))
    return tuple(audience for audience in AUDIENCES if audience not in present)


def schools_without_package(cycle_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Schools with results that the basic version holds no package for."""
    return tuple(db.session.scalars(PACKED, {"id": cycle_id}))


def briefing_held(cycle_id: uuid.UUID, since: date | None) -> bool:
    """Whether the county's leaders heard a report."""
    return bool(db.session.execute(BRIEFED, {"id": cycle_id, "since": since}).scalar_one())


def subjects_fed_back(cycle_id: uuid.UUID, since: date | None) -> set[str]:
    """Subjects of which the county held a feedback meeting."""
    return {subject for subject in db.session.scalars(FED_BACK, {"id": cycle_id, "since": since}) if subject}


def newer_cycle_out(cycle_id: uuid.UUID, indicator_id: uuid.UUID) -> bool:
    """Whether a later round with this indicator was released."""
    return bool(db.session.execute(NEWER_OUT, {"cycle": cycle_id, "indicator": indicator_id}).scalar_one())
