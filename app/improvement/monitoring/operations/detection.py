"""Running the rules over a round: findings appear, older ones give way, closed problems that show again are pointed out."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text

from app.core import clock
from app.core.audit import trail
from app.core.casework.bulk import begin_all, follow_all
from app.core.casework.door import operation
from app.core.database import db, use_context, uuid7, widen
from app.core.errors import Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.judging import Judged, batches_behind, judge_cycle, keep_verdicts
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.monitoring.models.cycles import CATEGORIES_BY_DOMAIN
from app.improvement.monitoring.models.findings import NUMBER_PREFIX
from app.improvement.monitoring.numbers import monitoring_numbers, months_after
from app.improvement.monitoring.titles import title_of

KNOWN = text(
    """select f.result_id from data_findings f left join data_findings newer on newer.id = f.superseded_by_id
       where f.cycle_id = :cycle and f.result_id is not null
         and not (f.state = 'superseded' and newer.state is not distinct from 'withdrawn')"""
)
"""Cells with a finding; one that gave way to what was withdrawn since speaks again."""
HIGHEST = text(
    "select coalesce(max(substring(number from '^FX-([0-9]{1,8})$')::int), 0) from data_findings where county_id = :c"
)
EXPIRING = text(
    """select f.id from data_findings f join monitoring_cycles c on c.id = f.cycle_id
       where f.county_id = :county and f.state = 'watch' and f.cycle_id <> :cycle and c.ends_on < :ends_on
         and f.indicator_id = any(array(select distinct r.indicator_id from monitoring_results r
                                        where r.cycle_id = :cycle and r.superseded_at is null))"""
)
GIVING_WAY = text(
    """select distinct on (old.id) old.id, new.id as newer from data_findings old
       join monitoring_cycles c on c.id = old.cycle_id and c.ends_on < :ends_on
       join data_findings new on new.cycle_id = :cycle and new.unit_id = old.unit_id
            and new.indicator_id = old.indicator_id and new.scope_level = old.scope_level
            and new.class_no is not distinct from old.class_no and new.state <> 'withdrawn'
       where old.county_id = :county and old.state = 'confirmed' and old.cycle_id <> :cycle
       order by old.id, (new.grade is not distinct from old.grade) desc, (new.verdict = 'candidate') desc, new.number"""
)
CLOSED_BEFORE = text(
    """select f.id, i.id as item_id from data_findings f
       join problem_items i on i.county_id = f.county_id and i.state = 'closed' and i.closed_on >= :since
            and i.indicator_id = f.indicator_id
       where f.id = any(:ids)
         and (i.unit_id = f.unit_id
              or exists (select 1 from item_findings x join data_findings o on o.id = x.finding_id
                         where x.item_id = i.id and o.unit_id = f.unit_id and o.indicator_id = f.indicator_id))
       order by f.number, i.number"""
)
JUDGED = {
    "severity": "severity",
    "verdict": "verdict",
    "effect": "effect",
    "effect_low": "low",
    "effect_high": "high",
    "z": "z",
    "p": "p",
    "adjusted_p": "adjusted_p",
    "family_size": "family_size",
}
"""Column of a finding → name in the record of the computation."""
NOT_OUT = Sentence("数据发布以后才能运行规则", "The rules run once the data are released")


@dataclass(frozen=True)
class DetectionIn:
    """Running the rules by hand."""

    version: int | None = None


@dataclass(frozen=True)
class Detected:
    """What a run found: findings made now, cells that had one already, and what older findings became."""

    candidates: int
    watches: int
    strengths: int
    known: int
    expired: int
    superseded: int


@operation(right="monitoring.detect_findings", name="monitoring_cycle.detect_findings")
def detect_findings(actor: Actor, cycle: MonitoringCycle, given: DetectionIn) -> Detected:
    """Run the rules once more on a released round: new findings are added, those that are there stay as they are."""
    if not cycle.is_out:
        raise StepRefused((NOT_OUT,))
    found = detect(cycle)
    deed = trail.current()
    if deed is not None:
        deed.main.record = cycle
    return found


def detect(cycle: MonitoringCycle) -> Detected:
    """What a release brings with it; inside the open act. One entry tells of the run, one of each finding."""
    judged = judge_cycle(cycle)
    keep_verdicts(judged)
    known = set(db.session.scalars(KNOWN, {"cycle": cycle.id}))
    fresh = [(row, record) for row, record in judged.listed() if row.id not in known]
    findings = _findings(cycle, fresh)
    candidates = [finding for finding in findings if finding.verdict == "candidate"]
    watches = [finding for finding in findings if finding.verdict == "watch"]
    begin_all(candidates, "detect", tell=False)
    begin_all(watches, "keep_watching", tell=False)
    expired, superseded = _expire_watches(cycle), _let_older_give_way(cycle)
    _point_out_closed_problems([finding.id for finding in candidates], "detected")
    found = Detected(
        len(candidates),
        len(watches),
        int((judged.findings.verdict == "strength").sum()),
        len(known),
        expired,
        superseded,
    )
    _tell(cycle, judged, findings, found)
    return found


def next_numbers(county_id: uuid.UUID, count: int) -> list[str]:
    """The next spoken numbers of a county (FX-0412), taken under a lock so that two never get the same."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtext(:k))"), {"k": f"data_findings:{county_id}"})
    before = widen(counties=(county_id,))
    last: int = db.session.execute(HIGHEST, {"c": county_id}).scalar_one()
    use_context(before)
    return [f"{NUMBER_PREFIX}-{last + n:04d}" for n in range(1, count + 1)]


def _findings(cycle: MonitoringCycle, fresh: Sequence[tuple[Row[Any], dict[str, Any]]]) -> list[DataFinding]:
    numbers = next_numbers(cycle.county_id, len(fresh))
    files = batches_behind([row for row, _ in fresh])
    run_at = clock.now().isoformat()
    return [
        _finding(cycle, number, row, record, {"file": files.get(row.batch_id), "run_at": run_at})
        for number, (row, record) in zip(numbers, fresh, strict=True)
    ]


def _finding(
    cycle: MonitoringCycle, number: str, row: Row[Any], record: dict[str, Any], around: dict[str, Any]
) -> DataFinding:
    """One finding with its provenance: the cell down to file, sheet, row and column, and the whole computation."""
    return DataFinding(
        id=uuid7(),
        county_id=row.county_id,
        school_id=row.school_id,
        unit_id=row.unit_id,
        number=number,
        title=title_of(row),
        source_type="monitoring",
        source_reference=f"{cycle.code} {row.sheet}!{row.cell}"[:200],
        category=CATEGORIES_BY_DOMAIN[row.domain],
        subject=row.subject,
        grade=row.grade,
        class_no=row.class_no,
        scope_level=row.scope_level,
        cycle_id=cycle.id,
        result_id=row.id,
        indicator_id=row.indicator_id,
        **{column: record[name] for column, name in JUDGED.items()},
        not_eligible=None if record["eligible"] else record["reasons"][0]["code"],
        known_on=cycle.released_on or clock.today(),
        provenance=_provenance(cycle, row, record) | around,
        supporting_evidence=[],
    )


def _provenance(cycle: MonitoringCycle, row: Row[Any], record: dict[str, Any]) -> dict[str, Any]:
    return {
        **record,
        "batch_sha256": row.file_sha256,
        "batch": str(row.batch_id),
        "sheet": row.sheet,
        "row": row.row_no,
        "cell": row.cell,
        "benchmark_type": row.benchmark_type,
        "benchmark_source": cycle.benchmark_source,
    }


def _expire_watches(cycle: MonitoringCycle) -> int:
    values = {"cycle": cycle.id, "county": cycle.county_id, "ends_on": cycle.ends_on}
    ids = list(db.session.scalars(EXPIRING, values))
    findings = db.session.scalars(select(DataFinding).where(DataFinding.id.in_(ids))).all() if ids else []
    for finding in findings:
        finding.see_newer_cycle()
    follow_all(findings, "expire", tell=False)
    return len(findings)


def _let_older_give_way(cycle: MonitoringCycle) -> int:
    values = {"cycle": cycle.id, "county": cycle.county_id, "ends_on": cycle.ends_on}
    pairs = {row.id: row.newer for row in db.session.execute(GIVING_WAY, values)}
    findings = db.session.scalars(select(DataFinding).where(DataFinding.id.in_(pairs))).all() if pairs else []
    for finding in findings:
        finding.superseded_by_id = pairs[finding.id]
    follow_all(findings, "supersede", tell=False)
    return len(findings)


def _point_out_closed_problems(finding_ids: Sequence[uuid.UUID], trigger: str) -> None:
    """An item closed within the window whose unit and indicator show again: the feature of problems decides about it."""
    if not finding_ids:
        return
    since = months_after(clock.today(), -monitoring_numbers().reopen_months)
    rows = db.session.execute(CLOSED_BEFORE, {"ids": list(finding_ids), "since": since}).all()
    findings = {
        f.id: f for f in db.session.scalars(select(DataFinding).where(DataFinding.id.in_({r.id for r in rows})))
    }
    for row in rows:
        post("finding_confirmed", findings[row.id], item=row.item_id, trigger=trigger)


def point_out_closed_problem(finding: DataFinding) -> None:
    """The same for a finding that a person confirms now."""
    _point_out_closed_problems([finding.id], "confirmed")


def _tell(cycle: MonitoringCycle, judged: Judged, findings: Sequence[DataFinding], found: Detected) -> None:
    lines = "\n".join(f"{f.number} {f.provenance['key']} {f.verdict} {f.severity or '-'}" for f in findings)
    deed = trail.current()
    if deed is not None:
        extra = {**vars(found), "cells": len(judged.rows), "sha256": hashlib.sha256(lines.encode()).hexdigest()}
        told = deed.main.extra.setdefault("findings", extra)
        if told is not extra:
            deed.main.extra[f"findings.{cycle.code}"] = extra
    if findings and not trail.told_in_bulk():
        post("findings_detected", cycle, candidates=found.candidates, watches=found.watches)
