"""Reading the cells of a round, judging them all at once, and keeping the verdict beside each cell (domain §8)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, text

from app.core import clock
from app.core.database import db
from app.core.on_demand import on_demand
from app.improvement.monitoring.cells import Cell, Cells, plain
from app.improvement.monitoring.finding_rules import STRENGTH, UNTESTED_CODES, Findings, judge
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.models.rulings import stands_in_sql
from app.improvement.monitoring.rule_set import finding_rules
from app.improvement.monitoring.words import BENCHMARKS

if TYPE_CHECKING:
    import numpy as np
else:
    np = on_demand("numpy")

CELLS = text(
    f"""select distinct on (r.scope_level, u.code, r.grade, r.class_no, r.subject, i.code)
              r.id, r.county_id, r.school_id, r.unit_id, r.cell_key, r.scope_level, r.grade, r.class_no, r.subject,
              r.value_type, r.direction, r.value, r.missing, r.benchmark_type, r.benchmark_value, r.benchmark_se, r.n,
              r.n_expected, r.sd, r.deff, r.file_sha256, r.sheet, r.row_no, r.cell, r.batch_id, r.indicator_id,
              i.code as indicator, i.name as indicator_name, i.domain, i.index_margin, i.unit_word,
              i.object_code,
              u.name as unit_name, not {stands_in_sql("r.id")} as disputed
       from monitoring_results r
       join indicators i on i.id = r.indicator_id
       join units u on u.id = r.unit_id
       where r.cycle_id = :cycle and r.superseded_at is null
       order by r.scope_level, u.code, r.grade, r.class_no, r.subject, i.code,
                (r.benchmark_type = :benchmark) desc, array_position(cast(:order as text[]), r.benchmark_type)"""
)
FLAGGED = text(
    f"""select distinct f.unit_id, f.indicator_id
       from data_findings f
       join monitoring_cycles c on c.id = f.cycle_id and c.id <> :cycle and c.ends_on < :ends_on
            and c.state in ('released', 'improving', 'closed')
       where f.county_id = :county and f.indicator_id is not null
         and f.state in ('candidate', 'confirmed', 'converted', 'merged', 'superseded')
         and {stands_in_sql("f.result_id")}
         and not exists (
             select 1 from monitoring_results r join monitoring_cycles between_ on between_.id = r.cycle_id
             where r.unit_id = f.unit_id and r.indicator_id = f.indicator_id and r.superseded_at is null
               and between_.id <> :cycle and between_.ends_on > c.ends_on and between_.ends_on < :ends_on
               and between_.state in ('released', 'improving', 'closed'))"""
)
"""Units and indicators that were findings in the round before: driven from the findings, which are few."""
KEEP = text(
    """update monitoring_results r
       set verdict = k.verdict, severity = k.severity, effect = k.effect, effect_low = k.low, effect_high = k.high,
           adjusted_p = k.adjusted, family_size = k.family, not_eligible = k.not_eligible, judged_at = :at
       from unnest(cast(:ids as uuid[]), cast(:verdicts as text[]), cast(:severities as text[]),
                   cast(:effects as float8[]), cast(:lows as float8[]), cast(:highs as float8[]),
                   cast(:adjusted as float8[]), cast(:families as int[]), cast(:reasons as text[]))
            as k(id, verdict, severity, effect, low, high, adjusted, family, not_eligible)
       where r.id = k.id"""
)


@dataclass(frozen=True)
class Judged:
    """The cells of a round in code order, and what the rules say of them, row by row."""

    rows: Sequence[Row[Any]]
    findings: Findings

    def listed(self) -> list[tuple[Row[Any], dict[str, Any]]]:
        """The rows that become findings (candidate or watch), each with its record ready for storage."""
        mask = np.isin(self.findings.verdict, ("candidate", "watch"))
        return list(
            zip([self.rows[i] for i in np.flatnonzero(mask).tolist()], self.findings.records(mask), strict=True)
        )

    def not_eligible(self, row: int) -> str | None:
        """The first reason for which a cell was not tested."""
        bits = int(self.findings.untested[row])
        return next((code for bit, code in UNTESTED_CODES.items() if bits & bit), None)


def judge_cycle(cycle: MonitoringCycle) -> Judged:
    """Judge every measured value of a round once: by the round's benchmark, else by the next one that the sheet gives.

    Two statements at most; whole families in one call. Raises ValueError for numbers that the import lets nobody store.
    """
    values = {
        "cycle": cycle.id,
        "county": cycle.county_id,
        "ends_on": cycle.ends_on,
        "benchmark": cycle.benchmark_type,
        "order": list(BENCHMARKS),
    }
    rows = db.session.execute(CELLS, values).all()
    flagged = {(row.unit_id, row.indicator_id) for row in db.session.execute(FLAGGED, values)}
    rules = finding_rules()
    sampled = cycle.coverage == "sample"
    cells = Cells.of(_cell(row, cycle.code, rules.grade_band(row.grade), sampled, flagged) for row in rows)
    return Judged(rows, judge(cells, rules))


def _cell(row: Row[Any], cycle: str, band: str, sampled: bool, flagged: set[tuple[uuid.UUID, uuid.UUID]]) -> Cell:
    return Cell(
        key=row.cell_key,
        cycle=cycle,
        indicator=row.indicator,
        scope_level=row.scope_level,
        value_type=row.value_type,
        direction=row.direction,
        value=row.value,
        benchmark=row.benchmark_value,
        n=row.n,
        grade_band=band,
        benchmark_se=row.benchmark_se,
        sd=row.sd,
        n_expected=row.n_expected,
        deff=row.deff,
        sampled=sampled,
        margin=row.index_margin,
        flagged_before=(row.unit_id, row.indicator_id) in flagged,
        person=row.object_code != "school",
        disputed=row.disputed,
    )


def keep_verdicts(judged: Judged) -> None:
    """Write the verdict and its numbers beside every cell that was judged, in one statement; inside an open act."""
    found = judged.findings
    adjusted = np.where(found.verdict == STRENGTH, found.adjusted_p_up, found.adjusted_p)
    values: dict[str, Any] = {
        "at": clock.now(),
        "ids": [row.id for row in judged.rows],
        "verdicts": plain(found.verdict),
        "severities": plain(found.severity),
        "effects": plain(found.effect),
        "lows": plain(found.low),
        "highs": plain(found.high),
        "adjusted": plain(adjusted),
        "families": [int(size) for size in found.family_size.tolist()],
        "reasons": [judged.not_eligible(row) for row in range(len(judged.rows))],
    }
    if values["ids"]:
        db.session.execute(KEEP, values)


def batches_behind(rows: Sequence[Row[Any]]) -> dict[uuid.UUID, str]:
    """File names of the batches behind cells, by batch."""
    ids = list({row.batch_id for row in rows})
    found = db.session.execute(text("select id, file_name from import_batches where id = any(:ids)"), {"ids": ids})
    return {row.id: row.file_name for row in found}
