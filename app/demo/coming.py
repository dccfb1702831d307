"""Rounds that are not released: one being prepared, one collecting with files on their way, one imported, one withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app.core.database import db
from app.core.imports import arrival, operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, StepIn
from app.core.outbox import deliver
from app.demo import rounds
from app.demo.telling import FOR_THE_WORKER, Teller
from app.demo.tree import County
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.monitoring.operations import cycles, findings, reconciliation
from app.improvement.monitoring.operations.moves import Move

AUTUMN = replace(
    rounds.ROUNDS[2],
    code="2026-QUALITY",
    name="2026 年学习品质监测",
    starts=date(2026, 10, 20),
    released=date(2026, 11, 12),
)
SMALL = replace(
    rounds.ROUNDS[2],
    code="2026-SMALL",
    name="2026 年小规模学校监测",
    starts=date(2026, 10, 13),
    released=date(2026, 11, 9),
)
EARLY = replace(
    rounds.ROUNDS[2],
    code="2026-G4",
    name="2026 年四年级前测",
    grades=("G4",),
    starts=date(2026, 9, 22),
    released=date(2026, 10, 27),
)
FRESH = replace(
    rounds.ROUNDS[2],
    code="2026-G8",
    name="2026 年八年级学习品质监测",
    grades=("G8",),
    starts=date(2026, 10, 13),
    released=date(2026, 11, 16),
    seed=26,
)
SPOILT = replace(
    rounds.ROUNDS[2],
    code="2024-TRIAL",
    name="2024 年学习品质试测",
    starts=date(2024, 11, 19),
    released=date(2024, 12, 23),
)
SPRING = replace(
    rounds.ROUNDS[2], code="2027-SPRING", name="2027 年春季县监测", starts=date(2027, 4, 13), released=date(2027, 6, 1)
)

MISPRINTED = "试测卷第 3 部分印错页，这一格的数值不能用，不作为问题"


def tell(county: County, teller: Teller) -> None:
    """All of them, each as far as it has come."""
    importer, verifier = county.any("assessment_member", 0), county.any("assessment_member", 1)
    spoilt = rounds.release(county, teller, SPOILT)
    doubted = select(DataFinding).where(DataFinding.cycle_id == spoilt.id, DataFinding.state == "candidate")
    for finding in db.session.scalars(doubted).all():
        findings.reject_finding(county.any("evaluator", 0), finding, findings.RejectIn("dismissed", MISPRINTED))
    teller.at(date(2025, 1, 6), 10)
    cycles.withdraw_cycle(
        county.any("leading_group_head"), spoilt, Move(reason="试测卷第 3 部分印错页，量尺无法等值，数据作废")
    )
    early = rounds.collect(county, teller, EARLY, EARLY.released)
    rounds.bring_in(county, early, EARLY, importer, verifier)
    cycles.finish_import(importer, early, Move())
    teller.at(date(2026, 11, 5), 10)
    reconciliation.verify_cycle(verifier, early, rounds.EXPLAINED)
    rounds.tell(county, teller, FRESH)
    imported = rounds.collect(county, teller, SMALL, SMALL.released)
    rounds.bring_in(county, imported, SMALL, importer, verifier)
    _mended(county, imported)
    cycles.finish_import(importer, imported, Move())
    collecting = rounds.collect(county, teller, AUTUMN, AUTUMN.released)
    _files_on_their_way(county, collecting)
    teller.at(date(2026, 11, 20), 9)
    rounds.prepare(county, SPRING)


def _mended(county: County, cycle: MonitoringCycle) -> None:
    """Two schools' papers were marked again: a better file takes the place of the accepted one."""
    who, second = county.any("assessment_member", 0), county.any("assessment_member", 1)
    first = db.session.scalars(select(ImportBatch).where(ImportBatch.target_id == cycle.id)).one()
    batch = arrival.place_of(who, "results", cycle.ref)
    batch.supersedes_id = first.id
    data = rounds.workbook(county, replace(SMALL, marked_again=2))
    kept: ImportBatch = operations.upload(who, batch, arrival.receive(who, batch, data, f"{SMALL.name}（更正）.xlsx"))
    operations.check(who, kept, CheckIn())
    deliver.drain(leaving=FOR_THE_WORKER)
    db.session.refresh(kept)
    operations.accept(second, kept, StepIn())
    deliver.drain(leaving=FOR_THE_WORKER)
    db.session.refresh(cycle)


def _files_on_their_way(county: County, cycle: MonitoringCycle) -> None:
    """One file given up, one taken back, one replaced by a better one, which waits for its second person, one untouched."""
    who, name = county.any("assessment_member", 0), "学习品质成绩"
    whole = rounds.workbook(county, AUTUMN)
    given_up = _upload(county, cycle, rounds.workbook(county, replace(AUTUMN, seed=31)), f"{name}（初稿）.xlsx")
    operations.discard(who, given_up, StepIn(reason="初稿少了两所学校，等平台补齐后重传"))
    early = _upload(county, cycle, rounds.workbook(county, replace(AUTUMN, seed=32)), f"{name}（第一批）.xlsx")
    operations.check(who, early, CheckIn())
    deliver.drain(leaving=FOR_THE_WORKER)
    db.session.refresh(early)
    operations.accept(county.any("assessment_member", 1), early, StepIn())
    deliver.drain(leaving=FOR_THE_WORKER)
    db.session.refresh(early)
    operations.roll_back(
        county.any("assessment_member", 1), early, StepIn(reason="平台导出时量尺用错版本，整批撤回重传")
    )
    deliver.drain(leaving=FOR_THE_WORKER)
    rough = _upload(county, cycle, rounds.workbook(county, replace(AUTUMN, seed=34)), f"{name}（二稿）.xlsx")
    ready = _upload(county, cycle, whole, f"{name}（定稿）.xlsx", rough)
    operations.check(who, ready, CheckIn())
    deliver.drain(leaving=FOR_THE_WORKER)
    _upload(county, cycle, rounds.workbook(county, replace(AUTUMN, seed=33)), f"{name}（补测）.xlsx")
    db.session.commit()


def _upload(
    county: County, cycle: MonitoringCycle, data: bytes, name: str, replaces: ImportBatch | None = None
) -> ImportBatch:
    who = county.any("assessment_member", 0)
    batch = arrival.place_of(who, "results", cycle.ref)
    kept: ImportBatch = operations.upload(who, batch, arrival.receive(who, batch, data, name, replaces=replaces))
    return kept
