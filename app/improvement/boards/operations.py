"""Freezing a day: once a county and day, in the act of the system; a second run on the same day changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import insert, select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, new_ref, use_context, uuid7
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.core.storage import Stored
from app.improvement.boards import queries
from app.improvement.boards.models import BoardCount, BoardReport, BoardSnapshot
from app.improvement.provenance import canonical_json
from app.people.directory.models import Unit

MONDAY = 0


@operation(right="system", name="board.freeze")
def freeze_day(actor: Actor, county: Unit, given: None = None) -> None:
    """Figures, counts and ledger of a county as they are now; on Mondays the weekly report is asked for."""
    day = clock.today()
    if queries.frozen_on(county.id, day):
        return
    within = Actor(name=actor.name, role="office_director", county_id=county.id, county_wide=True)
    ledger = queries.ledger_rows(within)
    snapshot = BoardSnapshot(
        id=uuid7(), county_id=county.id, taken_on=day, made_at=clock.now(), figures=queries.figures(within),
        item_count=len(ledger), ledger=ledger, ledger_sha256=hashlib.sha256(canonical_json(ledger).encode()).hexdigest(),
    )  # fmt: skip
    db.session.add(snapshot)
    db.session.flush()
    lines = [
        {
            "id": uuid7(), "ref": new_ref(), "county_id": county.id, "snapshot_id": snapshot.id, "unit_id": row.unit_id,
            "category": row.category, "state": row.state, "n": row.n, "late": row.late,
        }
        for row in queries.counts(within)
    ]  # fmt: skip
    if lines:
        db.session.execute(insert(BoardCount), lines)
    if day.weekday() == MONDAY:
        post("weekly_report", snapshot, queue="heavy")


@dataclass(frozen=True)
class ReportIn:
    """The file that was drawn."""

    file: Stored


@operation(right="system", name="board.report_made")
def keep_report(actor: Actor, snapshot: BoardSnapshot, given: ReportIn) -> None:
    """Keep the weekly report of a frozen day, once."""
    known = select(BoardReport.id).where(BoardReport.snapshot_id == snapshot.id)
    if db.session.scalar(known) is None:
        kept = BoardReport(
            snapshot_id=snapshot.id,
            county_id=snapshot.county_id,
            file_sha256=given.file.sha256,
            file_name=given.file.name,
        )
        db.session.add(kept)


def freeze_where_due() -> int:
    """The daily job: every county whose day is not frozen yet; how many were frozen."""
    use_context(SYSTEM.context())
    day, done = clock.today(), 0
    frozen = select(BoardSnapshot.county_id).where(BoardSnapshot.taken_on == day)
    for county in db.session.scalars(select(Unit).where(Unit.kind == "county_bureau", Unit.id.not_in(frozen))).all():
        freeze_day(SYSTEM, county, None)
        done += 1
    return done
