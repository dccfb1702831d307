"""What the report of a personal kind repeats of its file goes when the file does; places, faults and numbers stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select, update

from app.core.copying import allow_long_statements
from app.core.database import db
from app.core.imports.flow import COVER, kind_of, silent
from app.core.imports.models import ImportBatch, ImportReport, ImportRow

AT_ONCE = 2_000
STILL_NEEDED = "blocked"
"""Rows that wait to be mended keep what was typed: whoever mends them has to read it."""


def cover(batch: ImportBatch) -> bool:
    """Cover what report and rows repeat of the file, inside the open act; whether rows are left that wait to be mended."""
    every = frozenset(column.code for column in kind_of(batch).columns)
    allow_long_statements()
    waiting = batch.state == "accepted" and batch.rows_blocked > 0
    if not waiting:
        _cover_report(batch, every)
    for portion in _portions(batch, STILL_NEEDED if waiting else ""):
        told = [{"id": row.id, "messages": silent(row.messages, every)} for row in portion]
        db.session.execute(update(ImportRow), told)
    return waiting


def _portions(batch: ImportBatch, left: str) -> Iterator[Sequence[Any]]:
    wanted = select(ImportRow.id, ImportRow.messages).where(ImportRow.batch_id == batch.id, ImportRow.status != left)
    last = 0
    while found := db.session.execute(wanted.where(ImportRow.id > last).order_by(ImportRow.id).limit(AT_ONCE)).all():
        yield found
        last = found[-1].id


def _cover_report(batch: ImportBatch, every: frozenset[str]) -> None:
    here = ImportReport.batch_id == batch.id
    for proposal, report in db.session.execute(select(ImportReport.proposal, ImportReport.report).where(here)).all():
        quiet = {"proposal": _quiet_proposal(proposal), "report": _quiet_report(report, every)}
        db.session.execute(update(ImportReport).where(here).values(quiet).execution_options(synchronize_session=False))


def _quiet_proposal(proposal: dict[str, Any]) -> dict[str, Any]:
    return proposal | {"columns": [one | {"samples": []} for one in proposal.get("columns", ())]}


def _quiet_report(report: dict[str, Any], every: frozenset[str]) -> dict[str, Any]:
    quiet: dict[str, Any] = silent(report, every)
    compared = quiet.get("diff") or {}
    if changes := compared.get("changes"):
        quiet["diff"] = compared | {"changes": [one | {"old": COVER, "new": COVER} for one in changes]}
    return quiet | {"covered": True} if report else report
