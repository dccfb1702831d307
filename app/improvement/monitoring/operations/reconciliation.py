"""The check of imported data against what was expected, line by line, and the signature of another member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataRelease, MonitoringCycle, Reconciliation
from app.improvement.monitoring.operations.moves import Move
from app.improvement.monitoring.words import GRADES_OF_STAGE
from workflows.improvement.monitoring_cycle import MAX_MISSING_SHARE, MONITORING_CYCLE

ROSTER_TOLERANCE = 0.02
"""Share by which numbers of a school may differ from its roster before somebody explains it (domain §6.4: × 1.02)."""
MOST_NAMED = 12

CELLS = text(
    """select count(*) as cells, count(*) filter (where r.value is null
                               and coalesce(r.missing, '') not in ('few', 'kept')) as missing,
              count(distinct r.school_id) as schools,
              count(*) filter (where r.value < i.lowest or r.value > i.highest
                               or (r.value_type = 'rate' and not r.value between 0 and 1)) as outside
       from monitoring_results r join indicators i on i.id = r.indicator_id
       where r.cycle_id = :cycle and r.superseded_at is null"""
)
ROWS = text(
    """select coalesce(sum(rows_read), 0)::int as read, coalesce(sum(rows_good), 0)::int as good,
              coalesce(sum(rows_dropped), 0)::int as dropped, coalesce(sum(rows_blocked), 0)::int as blocked,
              count(*) as batches
       from import_batches
       where target_entity = 'monitoring_cycles' and target_id = :cycle and state = 'accepted'"""
)
NUMBERS = text(
    """select u.name, max(r.n) as measured, max(r.n_expected) as expected
       from monitoring_results r join units u on u.id = r.school_id
       where r.cycle_id = :cycle and r.superseded_at is null and r.scope_level in ('school', 'grade')
         and coalesce(r.missing, '') not in ('few', 'kept')
       group by u.id, u.code, u.name, r.grade
       having max(r.n_expected) is null or max(r.n) > max(r.n_expected) * (1 + :tolerance)
       order by u.code"""
)
UNSEEN_SCHOOLS = text(
    """select u.name from units u
       where u.county_id = :county and u.kind = 'school' and u.school_type = any(:types)
         and (u.from_on is null or u.from_on <= :day) and (u.to_on is null or u.to_on >= :day)
         and not exists (select 1 from monitoring_results r where r.cycle_id = :cycle and r.school_id = u.id
                         and r.superseded_at is null)
       order by u.code"""
)
UNSEEN_INDICATORS = text(
    """select i.name from indicators i
       where i.county_id = :county and i.code = any(:codes)
         and not exists (select 1 from monitoring_results r where r.cycle_id = :cycle and r.indicator_id = i.id
                         and r.superseded_at is null)
       order by i.code"""
)
TYPES_OF_STAGE = {"primary": ["21", "38"], "junior": ["31", "38"], "senior": ["34"]}
"""School types that take part in a round of a stage (domain §6.1); others may, and are not missed."""

NOT_ALL = Sentence(
    "请逐条核对：对不上的每一行都要写明原因", "Check line by line: explain every line that does not hold"
)


@dataclass(frozen=True)
class VerifyIn:
    """The verifier's remarks on the lines, by line code."""

    remarks: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


def draw_up(cycle: MonitoringCycle) -> Reconciliation:
    """The reconciliation of what is stored now: five statements, whatever the size of the round."""
    values = {"cycle": cycle.id}
    cells, rows = db.session.execute(CELLS, values).one(), db.session.execute(ROWS, values).one()
    share = cells.missing / cells.cells if cells.cells else 1.0
    lines = [
        _line("rows", rows.read == rows.good + rows.dropped + rows.blocked and rows.blocked == 0, **rows._asdict()),
        _line("missing", share <= MAX_MISSING_SHARE, missing=cells.missing, cells=cells.cells),
        _line("range", cells.outside == 0, outside=cells.outside),
        _numbers(cycle),
        _named("schools", UNSEEN_SCHOOLS, cycle, seen=cells.schools),
        _named("indicators", UNSEEN_INDICATORS, cycle, seen=len(cycle.indicator_codes)),
    ]
    return Reconciliation(
        id=uuid7(),
        county_id=cycle.county_id,
        cycle_id=cycle.id,
        figures={"lines": lines, "grades": GRADES_OF_STAGE.get(cycle.stage, ())},
        remarks={},
        missing_share=share,
    )


def _line(code: str, holds: bool, **numbers: Any) -> dict[str, Any]:
    return {"code": code, "holds": bool(holds), **numbers}


def _numbers(cycle: MonitoringCycle) -> dict[str, Any]:
    rows = db.session.execute(NUMBERS, {"cycle": cycle.id, "tolerance": ROSTER_TOLERANCE}).all()
    above = [f"{row.name}（{row.measured}/{row.expected}）" for row in rows if row.expected is not None]
    unknown = [row.name for row in rows if row.expected is None]
    holds = not above and not unknown
    return _line("numbers", holds, above=above[:MOST_NAMED], unknown=unknown[:MOST_NAMED], count=len(rows))


def _named(code: str, statement: Any, cycle: MonitoringCycle, seen: int) -> dict[str, Any]:
    values = {
        "cycle": cycle.id,
        "county": cycle.county_id,
        "day": cycle.ends_on,
        "types": TYPES_OF_STAGE.get(cycle.stage, []),
        "codes": list(cycle.indicator_codes),
    }
    names = list(db.session.scalars(statement, values))
    return _line(code, not names, names=names[:MOST_NAMED], count=len(names), seen=seen)


@operation(MONITORING_CYCLE, "verify")
def verify_cycle(actor: Actor, cycle: MonitoringCycle, given: VerifyIn) -> None:
    """Sign the reconciliation: every line holds or is explained. Raises Invalid naming the lines that are not."""
    report = newest(cycle)
    if report is None:
        return
    report.remarks = {code: words.strip() for code, words in given.remarks.items() if words.strip()}
    if report.unexplained:
        raise Invalid({f"remark_{code}": NOT_ALL for code in report.unexplained})
    report.signed_by, report.signed_at = actor.person_id, clock.now()
    db.session.flush()


@operation(MONITORING_CYCLE, "refuse_reconciliation")
def refuse_reconciliation(actor: Actor, cycle: MonitoringCycle, given: Move) -> None:
    """The data do not agree: back to collecting, with the reason."""


@operation(MONITORING_CYCLE, "refuse_release")
def refuse_release(actor: Actor, cycle: MonitoringCycle, given: Move) -> None:
    """The head sends the data back; prepared versions and the signature lapse with it."""
    db.session.query(DataRelease).where(DataRelease.cycle_id == cycle.id).delete(synchronize_session="fetch")
    db.session.add(draw_up(cycle))


def newest(cycle: MonitoringCycle) -> Reconciliation | None:
    """The reconciliation in force."""
    found = select(Reconciliation).where(Reconciliation.cycle_id == cycle.id)
    return db.session.scalar(found.order_by(Reconciliation.created_at.desc(), Reconciliation.id.desc()).limit(1))
