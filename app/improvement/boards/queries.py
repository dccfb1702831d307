"""Counts behind the boards: one statement each, narrowed by what the actor may see; nothing in a loop."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import undefer

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.improvement.boards import counted
from app.improvement.boards.models import BoardCount, BoardReport, BoardSnapshot
from app.improvement.boards.rates import ITEM_RATES
from app.improvement.boards.tally import SPANS, Tally, tally
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.rulings import stands
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.tallies import is_counted
from app.people.directory.models import Person, Unit

ITEMS = "problems.view_items"
BOARDS = "boards.view_boards"
DRAWN = 120
"""Days that the trend is drawn of."""


@dataclass(frozen=True)
class Count:
    """Items of one unit and category in one state: `n`, of which `late`."""

    unit_id: uuid.UUID | None
    unit_ref: str
    unit: str
    unit_code: str
    category: str
    state: str
    n: int
    late: int


def countable(actor: Actor, select_: Any) -> Any:
    """County items that were issued and are not void."""
    found = select_.where(is_counted(), ProblemItem.level == "county")
    return decide.visible(actor, found, ProblemItem, ITEMS)


def counts(actor: Actor, told: Tally | None = None) -> list[Count]:
    """Unit × category × state in code order, never ranked; figure 15 of the bench measures this."""
    lines = list((told or tally(actor)).of("units", "county"))
    ids = {uuid.UUID(line.unit) for line in lines if line.unit}
    known = db.session.execute(select(Unit.id, Unit.ref, Unit.short_name, Unit.code, Unit.kind).where(Unit.id.in_(ids)))
    units = {str(row.id): row for row in known}
    found = [(units[line.unit], line) for line in lines if line.unit in units]
    found.sort(key=lambda pair: (pair[0].kind, pair[0].code, pair[1].category, pair[1].state))
    return [
        Count(unit.id, unit.ref, unit.short_name, unit.code, line.category, line.state, line.n, line.late)
        for unit, line in found
    ]


def severity_counts(actor: Actor, told: Tally | None = None) -> list[Count]:
    """Severity × state over all units, the severity in the place of the category."""
    found = sorted((told or tally(actor)).of("severities", "county"), key=lambda line: (line.severity, line.state))
    return [Count(None, "", "", "", line.severity, line.state, line.n, line.late) for line in found]


def figures(actor: Actor, told: Tally | None = None) -> dict[str, Any]:
    """Numerator and denominator of every rate, and how many items ended with which outcome (domain §9.2)."""
    told = told or tally(actor)
    sums = told.sums("county")
    found: dict[str, Any] = {name: [sums[code] for code in pair] for name, pair in ITEM_RATES.items()}
    found |= counted.figures(actor)
    found["outcomes"] = {line.outcome: line.n for line in told.of("outcomes", "county") if line.outcome}
    return found


@dataclass(frozen=True)
class Forecast:
    """Open items by the time that is left: late, this week, this month, this quarter, later."""

    late: int = 0
    spans: dict[str, int] = field(default_factory=dict)


def forecast(actor: Actor, told: Tally | None = None) -> Forecast:
    """How many open items fall due when; each span leaves out the ones before."""
    sums = (told or tally(actor)).sums("county")
    return Forecast(sums["past"], {name: sums[name] for name in (*SPANS, "later")})


LEDGER = (
    "编号", "问题", "责任单位", "单位编码", "类别", "级别", "状态", "责任人", "交办日期", "签收日期", "整改期限", "销号日期",
    "成效", "超期天数",
)  # fmt: skip


def ledger_rows(actor: Actor) -> list[list[Any]]:
    """One line an item in the order of the numbers: codes and ISO dates, as they are frozen (columns: LEDGER)."""
    i, today = ProblemItem, clock.today()
    whole = (
        select(
            i.number, i.title, Unit.name, Unit.code, i.category, i.severity, i.state, Person.name.label("person"),
            i.issued_on, i.accepted_on, i.due_on, i.closed_on, i.outcome,
        )
        .select_from(i)
        .outerjoin(Unit, Unit.id == i.unit_id)
        .outerjoin(Person, Person.id == i.responsible_person_id)
        .order_by(i.number)
    )  # fmt: skip
    return [_line(row, today) for row in db.session.execute(countable(actor, whole))]


def _line(row: Any, today: date) -> list[Any]:
    open_ = row.state != "closed" and row.due_on is not None
    late = max(0, (today - row.due_on).days) if open_ else 0
    return [value.isoformat() if isinstance(value, date) else value for value in row] + [late]


def snapshots(actor: Actor, after: str = "") -> Sequence[BoardSnapshot]:
    """Frozen days, the newest first; one more than a page."""
    seen = decide.visible(actor, select(BoardSnapshot), BoardSnapshot, BOARDS)
    order = ((BoardSnapshot.taken_on, True), (BoardSnapshot.id, True))
    return db.session.scalars(page_of(seen, BoardSnapshot, order, after)).all()


def last_snapshots(actor: Actor) -> Sequence[BoardSnapshot]:
    """The frozen days that the trend is drawn of, the newest first."""
    seen = decide.visible(actor, select(BoardSnapshot), BoardSnapshot, BOARDS)
    return db.session.scalars(seen.order_by(BoardSnapshot.taken_on.desc()).limit(DRAWN)).all()


def snapshot_for(actor: Actor, ref: str) -> BoardSnapshot:
    """One frozen day with its ledger; raises NotFound."""
    whole = select(BoardSnapshot).where(BoardSnapshot.ref == ref).options(undefer(BoardSnapshot.ledger))
    found = db.session.scalar(decide.visible(actor, whole, BoardSnapshot, BOARDS))
    if found is None:
        raise NotFound("board_snapshot", ref)
    return found


def frozen_counts(actor: Actor, snapshot: BoardSnapshot) -> Sequence[BoardCount]:
    """The counts of a frozen day."""
    whole = select(BoardCount).where(BoardCount.snapshot_id == snapshot.id)
    return db.session.scalars(decide.visible(actor, whole, BoardCount, BOARDS)).all()


def reports(actor: Actor, days: Sequence[BoardSnapshot]) -> dict[uuid.UUID, BoardReport]:
    """Weekly reports by the day, one of these, that they were drawn from."""
    whole = select(BoardReport).where(BoardReport.snapshot_id.in_([day.id for day in days]))
    whole = whole.order_by(BoardReport.created_at.desc())
    found = db.session.scalars(decide.visible(actor, whole, BoardReport, BOARDS))
    return {report.snapshot_id: report for report in found}


def report_for(actor: Actor, ref: str) -> BoardReport:
    """One weekly report; raises NotFound."""
    whole = select(BoardReport).where(BoardReport.ref == ref)
    found = db.session.scalar(decide.visible(actor, whole, BoardReport, BOARDS))
    if found is None:
        raise NotFound("board_report", ref)
    return found


def frozen_on(county_id: uuid.UUID, day: date) -> bool:
    """Whether the day is frozen already."""
    known = exists().where(BoardSnapshot.county_id == county_id, BoardSnapshot.taken_on == day)
    return bool(db.session.scalar(select(known)))


def effect_cells(actor: Actor, subject: str) -> Sequence[Any]:
    """Schools × indicators of the newest released round of a subject: cell, indicator, unit, stands; schools in code order."""
    r, c = MonitoringResult, MonitoringCycle
    newest = (
        select(r.cycle_id)
        .join(c, c.id == r.cycle_id)
        .where(c.state.in_(("released", "improving", "closed")), r.subject == subject, r.scope_level == "school")
        .where(r.verdict.is_not(None))
        .order_by(c.starts_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    whole = (
        select(
            *(r, Indicator.name.label("indicator"), Indicator.code.label("code"), Unit.short_name),
            *(Unit.code.label("unit"), stands(r.id).label("stands")),
        )
        .join(Indicator, Indicator.id == r.indicator_id)
        .join(Unit, Unit.id == r.unit_id)
        .where(r.cycle_id == newest, r.subject == subject, r.scope_level == "school", r.superseded_at.is_(None))
        .where(r.verdict.is_not(None))
        .order_by(Unit.code, r.grade, Indicator.code)
    )
    return db.session.execute(decide.visible(actor, whole, r, "monitoring.view_results")).all()


def subjects_measured(actor: Actor) -> list[str]:
    """Subjects with judged school cells that the actor sees."""
    r = MonitoringResult
    whole = select(r.subject).where(r.scope_level == "school", r.verdict.is_not(None)).distinct().order_by(r.subject)
    return list(db.session.scalars(decide.visible(actor, whole, r, "monitoring.view_results")))
