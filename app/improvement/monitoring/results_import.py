"""Monitoring results as a kind of import: what rows are checked against, and how cells go in and out, set-based (domain §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import TextClause, select, text

from app.core import clock
from app.core.copying import copy_in
from app.core.database import db
from app.core.errors import Sentence, StepRefused
from app.core.imports.directory import Indicator as KnownIndicator
from app.core.imports.directory import Lookups
from app.core.imports.files import book_of
from app.core.imports.flow import GOOD, kind_of
from app.core.imports.good_rows import GoodRows
from app.core.imports.grades import school_year
from app.core.imports.headers import header_at
from app.core.imports.models import ImportBatch
from app.core.imports.queries import earlier_version
from app.core.imports.registry import Counts, Former, HeadCount, ImportKind, Target
from app.core.imports.staged import StagedSheet
from app.core.policy.actor import Actor
from app.core.round_trip import forget
from app.core.spreadsheets import column_letters
from app.improvement.monitoring.models import Indicator, MonitoringCycle
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.monitoring.queries.cycles import cycle_for
from app.improvement.monitoring.result_keys import spoken
from app.improvement.monitoring.telling import tell_safely
from app.improvement.suppliers.operations import must_be_covered
from app.improvement.suppliers.queries import sources
from app.people.directory import lookups as directory
from app.people.directory.models import Unit

CLOSED = Sentence(
    "这一周期现在不收数据：采集开始以后、导入完成以前才能上传",
    "This round takes no data now: files come in between the start of collecting and the end of the import",
)
LINEAGE = """with recursive line(id) as (
                 select cast(:older as uuid)
                 union select b.supersedes_id from import_batches b join line on b.id = line.id
                 where b.supersedes_id is not null)"""
INCOMING = text(
    """create temporary table incoming_cells on commit drop as
       select concat_ws('|', v.values->>'scope_level', u.code, coalesce(v.values->>'grade', ''),
                        coalesce(v.values->>'class_no', ''), v.values->>'subject', i.code,
                        v.values->>'benchmark_type') as cell_key,
              i.id as indicator_id, u.id as unit_id,
              case when v.values->>'scope_level' = 'region' then null else u.id end as school_id,
              v.values->>'scope_level' as scope_level, v.values->>'grade' as grade,
              (v.values->>'class_no')::int as class_no, v.values->>'subject' as subject,
              :year - substr(v.values->>'grade', 2)::int + 1 as cohort,
              v.values->>'value_type' as value_type, v.values->>'direction' as direction,
              (v.values->>'value')::float8 as value, v.values->'missing'->>'value' as missing,
              v.values->>'benchmark_type' as benchmark_type, (v.values->>'benchmark_value')::float8 as benchmark_value,
              (v.values->>'benchmark_se')::float8 as benchmark_se, coalesce((v.values->>'n')::int, 0) as n,
              (v.values->>'n_expected')::int as n_expected, (v.values->>'sd')::float8 as sd,
              (v.values->>'deff')::float8 as deff, v.sheet, v.row_no, coalesce(c.letters, '') || v.row_no as cell
       from import_rows v
       join indicators i on i.county_id = :county and i.code = v.values->>'indicator_code'
       join units u on case when v.values->>'scope_level' = 'region' then u.id = :county
                            else u.county_id = :county and u.kind = 'school' and u.code = v.values->>'school_code' end
       left join value_columns c on c.sheet = v.sheet
       where v.batch_id = :batch and v.status in ('ok', 'warned')"""
)
KEPT_AS_IT_IS = text(
    """delete from incoming_cells x using monitoring_results r
       where r.cycle_id = :cycle and r.superseded_at is null and r.cell_key = x.cell_key
         and (r.value, r.missing, r.benchmark_value, r.benchmark_se, r.n, r.n_expected, r.sd, r.deff, r.value_type,
              r.direction)
             is not distinct from
             (x.value, x.missing, x.benchmark_value, x.benchmark_se, x.n, x.n_expected, x.sd, x.deff, x.value_type,
              x.direction)
       returning x.cell_key"""
)
GIVE_WAY = text(
    """update monitoring_results r set superseded_at = :at, superseded_by = :batch
       from incoming_cells x
       where r.cycle_id = :cycle and r.superseded_at is null and r.cell_key = x.cell_key"""
)
VANISHED = text(
    LINEAGE
    + """ update monitoring_results r set superseded_at = :at, superseded_by = :batch
       where r.cycle_id = :cycle and r.superseded_at is null and r.batch_id in (select id from line)
         and r.cell_key <> all(:kept) and not exists (select 1 from incoming_cells x where x.cell_key = r.cell_key)"""
)
ADD = text(
    """insert into monitoring_results (county_id, school_id, cycle_id, batch_id, indicator_id, unit_id, cell_key,
           scope_level, grade, class_no, cohort, subject, value_type, direction, value, missing, benchmark_type,
           benchmark_value, benchmark_se, n, n_expected, sd, deff, file_sha256, sheet, row_no, cell)
       select :county, school_id, :cycle, :batch, indicator_id, unit_id, cell_key, scope_level, grade, class_no,
              cohort, subject, value_type, direction, value, missing, benchmark_type, benchmark_value, benchmark_se, n,
              n_expected, sd, deff, :file, sheet, row_no, cell
       from incoming_cells"""
)
RESTING = text(
    """select (select count(*) from data_findings f join monitoring_results r on r.id = f.result_id
               where r.batch_id = :batch)
            + (select count(*) from monitoring_cycles c where c.id = :cycle and c.state <> 'collecting')"""
)


def target(actor: Actor, ref: str | None) -> Target:
    """The round that takes the file. Raises NotFound, and StepRefused when it takes none now."""
    cycle = cycle_for(actor, ref or "", "imports.upload_results")
    if not cycle.takes_files:
        raise StepRefused((CLOSED,))
    return Target(cycle.county_id, None, None, cycle.name, cycle.address, cycle)


def _cycle(batch: ImportBatch) -> MonitoringCycle:
    return db.session.get_one(MonitoringCycle, batch.target_id)


def lookups(batch: ImportBatch) -> Lookups:
    """Schools, their rolls on the last day of the measurement, the indicators of the round (all, where none is chosen)."""
    cycle = _cycle(batch)
    wanted = select(Indicator).where(Indicator.county_id == batch.county_id, Indicator.retired.is_(False))
    if cycle.indicator_codes:
        wanted = wanted.where(Indicator.code.in_(cycle.indicator_codes))
    known = known_indicators(db.session.scalars(wanted).all(), cycle.level)
    county = db.session.get_one(Unit, batch.county_id)
    day = min(cycle.ends_on, clock.today())
    return Lookups(
        as_of=day,
        schools=directory.schools(batch.county_id),
        aliases=directory.aliases(batch.county_id),
        place_names=directory.place_names(batch.county_id),
        indicators=known,
        cycles=frozenset({cycle.code}),
        regions=frozenset({county.code, county.name, county.short_name}),
        roster=directory.roster_counts(batch.county_id, day),
    )


def known_indicators(listed: Sequence[Indicator], level: str) -> dict[str, KnownIndicator]:
    """What the list says of each, by its own code and by the one that the round's level knows it by."""
    least = monitoring_numbers().public_least
    own = {
        i.code: KnownIndicator(
            i.code, i.value_type, i.direction, i.lowest, i.highest, least if i.domain == "psychological" else None
        )
        for i in listed
    }
    return {i.level_codes[level]: own[i.code] for i in listed if i.level_codes.get(level)} | own


def accept(batch: ImportBatch, staged: GoodRows | None) -> Counts:
    """One upsert by cell: unchanged cells stay, changed ones get a new version, and a replaced file's other cells end.

    Provenance of each new cell: digest of the file, sheet, row, and the address of its value.
    """
    db.session.execute(text("select pg_advisory_xact_lock(hashtext(:k))"), {"k": f"results:{batch.target_id}"})
    if not _cycle(batch).takes_files:
        raise StepRefused((CLOSED,))
    copy_in("value_columns", {"sheet": "text", "letters": "text"}, value_columns(batch).items())
    ends = _cycle(batch).ends_on
    values: dict[str, Any] = {
        "batch": batch.id,
        "cycle": batch.target_id,
        "county": batch.county_id,
        "file": batch.file_sha256,
        "older": batch.supersedes_id,
        "at": clock.now(),
        "year": school_year(ends.year, ends.month),
    }
    db.session.execute(text("drop table if exists pg_temp.incoming_cells"))
    forget(db.session.connection())
    db.session.execute(INCOMING, values)
    same = list(db.session.scalars(KEPT_AS_IT_IS, values))
    changed = _rows(GIVE_WAY, values)
    gone = 0
    if batch.supersedes_id is not None:
        gone = _rows(VANISHED, {**values, "kept": same})
    written = _rows(ADD, values)
    tell_safely(_cycle(batch), batch.id)
    return Counts(added=written - changed, changed=changed, same=len(same), removed=gone)


def _rows(statement: TextClause, values: Mapping[str, Any]) -> int:
    found: Any = db.session.execute(statement, values)
    return int(found.rowcount)


def value_columns(batch: ImportBatch) -> dict[str, str]:
    """Sheet → letters over the column of the values, read from the file itself."""
    headers: Mapping[str, str] = batch.mapping.get("headers") or {}
    plans: Mapping[str, Any] = batch.mapping.get("sheets") or {}
    found: dict[str, str] = {}
    for sheet in book_of(batch).sheets:
        plan = plans.get(sheet.name) or {}
        if plan.get("use") and plan.get("header"):
            labels = header_at(kind_of(batch), sheet, [row - 1 for row in plan["header"]], headers).labels
            positions = [n for n, label in enumerate(labels) if headers.get(label) == "value"]
            found[sheet.name] = column_letters(positions[0]) if positions else ""
    return found


def roll_back(batch: ImportBatch) -> Counts:
    """Take the cells of a batch out again and put those back into force that gave way to it."""
    values = {"batch": batch.id}
    gone = _rows(text("delete from monitoring_results where batch_id = :batch"), values)
    back = text("update monitoring_results set superseded_at = null, superseded_by = null where superseded_by = :batch")
    restored = _rows(back, values)
    return Counts(changed=restored, removed=gone)


def depends(batch: ImportBatch) -> int:
    """Findings made from its cells; and the round itself once its import is finished."""
    return int(db.session.execute(RESTING, {"batch": batch.id, "cycle": batch.target_id}).scalar_one())


def former(batch: ImportBatch) -> Former | None:
    """The file that this one replaces, or the last one of the same sender for this round, as it was checked."""
    older = earlier_version(batch)
    if older is None:
        return None
    kept = text("select key, values from import_rows where batch_id = :batch and status = any(:good) order by id")
    rows = db.session.execute(kept, {"batch": older.id, "good": list(GOOD)}).all()
    return Former(older.file_name, [(row.key, row.values) for row in rows if row.key is not None])


def headcount(batch: ImportBatch, staged: StagedSheet) -> Sequence[HeadCount]:
    """Pupils of the largest measure of each school and grade, those expected, and the cells without a value."""
    measured: dict[tuple[Any, Any], int] = {}
    expected: dict[tuple[Any, Any], int] = {}
    missing = cells = 0
    for level, school, grade, n, wanted, value in staged.accepted(
        "scope_level", "school_code", "grade", "n", "n_expected", "value"
    ):
        cells, missing = cells + 1, missing + (value is None)
        if level in ("school", "grade") and isinstance(n, int):
            measured[school, grade] = max(measured.get((school, grade), 0), n)
            if isinstance(wanted, int):
                expected[school, grade] = max(expected.get((school, grade), 0), wanted)
    pupils, due = sum(measured.values()), sum(expected.values())
    share = f"{pupils / due:.1%}" if due else ""
    return (
        HeadCount("应测", "Expected", due),
        HeadCount("实测", "Measured", pupils, share),
        HeadCount(
            "没有数值的格子", "Cells without a value", missing, f"{missing / cells:.1%}" if cells else "", "cells"
        ),
    )


def fixed(batch: ImportBatch) -> Mapping[str, str]:
    """Every row is of the round that the file was sent for."""
    return {"cycle_code": _cycle(batch).code}


def learn(batch: ImportBatch, column: str, chosen: Mapping[str, str]) -> None:
    """Keep the names that people matched with a school."""
    directory.learn_schools(batch, column, chosen)


RESULTS = ImportKind(
    code="results",
    zh="监测结果",
    en="Monitoring results",
    target=target,
    lookups=lookups,
    accept=accept,
    roll_back=roll_back,
    depends=depends,
    former=former,
    headcount=headcount,
    fixed=fixed,
    spoken=spoken,
    learn=learn,
    sources=sources,
    covered=must_be_covered,
    second_person=True,
    versions=True,
)
