"""Findings of equipment and lesson checks (班班通, 实验, 数字化学习, 智能巡课) as a kind of import: rows in, candidates out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, text

from app.core import clock
from app.core.casework.bulk import begin_all, follow_all
from app.core.database import db, uuid7
from app.core.errors import NotFound
from app.core.imports.directory import Lookups
from app.core.imports.good_rows import GoodRows
from app.core.imports.models import ImportBatch
from app.core.imports.registry import Counts, ImportKind, Target
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations.detection import next_numbers
from app.improvement.suppliers.operations import must_be_covered
from app.improvement.suppliers.queries import sources
from app.people.directory import lookups as directory
from app.people.directory.imports import place

SOURCE = "device"
SCENARIO = "supervision"
"""场景3: what devices and lesson checks tell is a matter of supervision, until people sort it otherwise."""
ROWS = text(
    """select v.key, v.sheet, v.row_no, v.values, u.id as unit_id from import_rows v
       join units u on u.county_id = :county and u.kind = 'school' and u.code = v.values->>'school_code'
       where v.batch_id = :batch and v.status in ('ok', 'warned')
         and not exists (select 1 from data_findings f
                         where f.county_id = :county and f.unit_id = u.id and f.source_type = :source
                           and f.source_reference = v.values->>'reference' and f.title = v.values->>'title'
                           and f.state <> 'withdrawn')
       order by v.id"""
)
GOOD = text("select count(*) from import_rows where batch_id = :batch and status in ('ok', 'warned')")
WORKED_ON = text(
    "select count(*) from data_findings where batch_id = :batch and state not in ('candidate', 'withdrawn')"
)
UNTOUCHED = text("select id from data_findings where batch_id = :batch and state = 'candidate'")


def target(actor: Actor, ref: str | None) -> Target:
    """The actor's county. Raises NotFound for those of a school: what a school finds itself it registers."""
    if actor.school_id is not None:
        raise NotFound("unit", ref or "")
    return replace(place(actor, ref), address="/monitoring/findings")


def lookups(batch: ImportBatch) -> Lookups:
    """The county's schools and their names; nothing is found later than today."""
    return directory.base(batch, clock.today())


def accept(batch: ImportBatch, staged: GoodRows | None) -> Counts:
    """One candidate for each row; a row that is a finding already stays that finding.

    The county knows of it from today, whenever it was looked at: the time to confirm it runs from its arrival.
    """
    values = {"batch": batch.id, "county": batch.county_id, "source": SOURCE}
    rows = db.session.execute(ROWS, values).all()
    findings = list(_findings(batch, rows))
    begin_all(findings, "carry_from_file", tell=False)
    good = int(db.session.execute(GOOD, {"batch": batch.id}).scalar_one())
    return Counts(added=len(findings), same=good - len(findings))


def _findings(batch: ImportBatch, rows: Iterable[Row[Any]]) -> Iterable[DataFinding]:
    rows = list(rows)
    for number, row in zip(next_numbers(batch.county_id, len(rows)), rows, strict=True):
        given = row.values
        yield DataFinding(
            id=uuid7(),
            county_id=batch.county_id,
            school_id=row.unit_id,
            unit_id=row.unit_id,
            number=number,
            title=given["title"],
            source_type=SOURCE,
            source_reference=given["reference"],
            category=given["category"],
            severity=given["severity"],
            subject=given.get("subject"),
            grade=given.get("grade"),
            class_no=given.get("class_no"),
            known_on=clock.today(),
            registered_by=batch.owner_id,
            batch_id=batch.id,
            scenarios=[SCENARIO],
            provenance=_provenance(batch, row),
            interpretation="",
            school_comment="",
            cause_hypotheses=[],
            supporting_evidence=[],
        )


def _provenance(batch: ImportBatch, row: Row[Any]) -> dict[str, Any]:
    return {
        "registered": row.values.get("description") or "",
        "topic": row.values["topic"],
        "checked_on": row.values["known_on"],
        "file": batch.file_name,
        "batch_sha256": batch.file_sha256,
        "sheet": row.sheet,
        "row": row.row_no,
    }


def roll_back(batch: ImportBatch) -> Counts:
    """Its candidates are taken back; they stay on record, and a corrected file may bring them anew."""
    ids: list[uuid.UUID] = list(db.session.scalars(UNTOUCHED, {"batch": batch.id}))
    findings = [db.session.get_one(DataFinding, one) for one in ids]
    follow_all(findings, "take_back", tell=False)
    return Counts(removed=len(findings))


def depends(batch: ImportBatch) -> int:
    """Findings that somebody has worked on: confirmed, rejected, merged or turned into an item."""
    return int(db.session.execute(WORKED_ON, {"batch": batch.id}).scalar_one())


FINDINGS = ImportKind(
    code="findings",
    zh="设备与巡课发现",
    en="Findings of equipment and lesson checks",
    target=target,
    lookups=lookups,
    accept=accept,
    roll_back=roll_back,
    depends=depends,
    learn=directory.learn_schools,
    sources=sources,
    covered=must_be_covered,
    second_person=True,
)
