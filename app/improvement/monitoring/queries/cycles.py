"""Reads of rounds: the list with its counts, one round, its batches, its reconciliation, the indicators of a county."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, or_, select

from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.models import ImportBatch
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import Order, page_of
from app.improvement.monitoring.models import (
    DataFinding,
    Indicator,
    IndicatorVersion,
    MonitoringCycle,
    Reconciliation,
    ReleaseAck,
)
from app.people.directory.models import Person, Unit

VIEW = "monitoring.view_cycles"
NEWEST = ((MonitoringCycle.starts_on, True), (MonitoringCycle.id, True))
ORDERS: dict[str, Order] = {
    "new": NEWEST,
    "code": ((MonitoringCycle.code, False), (MonitoringCycle.id, False)),
}
OWNER_NAME: Any = literal_column("(select p.name from persons p where p.id = import_batches.owner_id)").label("owner")
ACCEPTER_NAME: Any = literal_column("(select p.name from persons p where p.id = import_batches.accepted_by)").label(
    "accepter"
)


def cycle_for(actor: Actor, ref: str, right: str = VIEW) -> MonitoringCycle:
    """One round. Raises NotFound when there is none or the actor may not see it."""
    found: Any = select(MonitoringCycle).where(MonitoringCycle.ref == ref)
    cycle: MonitoringCycle | None = db.session.scalar(decide.visible(actor, found, MonitoringCycle, right))
    if cycle is None:
        raise NotFound("monitoring_cycle", ref)
    return cycle


def county_of(actor: Actor) -> Unit:
    """The actor's county bureau. Raises NotFound for an actor of no county."""
    county = db.session.get(Unit, actor.county_id) if actor.county_id else None
    if county is None:
        raise NotFound("unit")
    return county


@dataclass(frozen=True)
class CycleFilter:
    """What the rounds are narrowed to, and in which order they stand."""

    states: Sequence[str] = ()
    levels: Sequence[str] = ()
    sort: str = "new"
    after: str = ""


def cycle_lines(actor: Actor, wanted: CycleFilter | None = None, *, whole: bool = False) -> list[Any]:
    """Rounds, newest first unless told otherwise, with open findings, units asked to sign and units that signed.

    One more than a page, or all.
    """
    wanted = wanted or CycleFilter()
    seen = decide.visible(actor, _with_counts(), MonitoringCycle, VIEW)
    listed = page_of(seen, MonitoringCycle, ORDERS[wanted.sort], "" if whole else wanted.after, wanted.sort)
    if wanted.states:
        listed = listed.where(MonitoringCycle.state.in_(wanted.states))
    if wanted.levels:
        listed = listed.where(MonitoringCycle.level.in_(wanted.levels))
    return list(db.session.execute(listed.limit(None) if whole else listed).all())


def _with_counts() -> Any:
    findings = (
        select(func.count())
        .where(DataFinding.cycle_id == MonitoringCycle.id, DataFinding.state.in_(("candidate", "watch", "confirmed")))
        .correlate(MonitoringCycle)
        .scalar_subquery()
    )
    asked = select(func.count()).where(ReleaseAck.cycle_id == MonitoringCycle.id).correlate(MonitoringCycle)
    signed = asked.where(ReleaseAck.state == "acknowledged")
    return select(
        MonitoringCycle,
        findings.label("findings"),
        asked.scalar_subquery().label("asked"),
        signed.scalar_subquery().label("signed"),
    )


def replaceable(actor: Actor) -> Sequence[MonitoringCycle]:
    """Withdrawn rounds whose data may come back in a new one."""
    found: Any = select(MonitoringCycle).where(MonitoringCycle.state == "withdrawn")
    return db.session.scalars(
        decide.visible(actor, found, MonitoringCycle, VIEW).order_by(MonitoringCycle.starts_on.desc())
    ).all()


def replaced_by(actor: Actor, cycle: MonitoringCycle) -> Sequence[MonitoringCycle]:
    """The rounds that this one takes the place of, or that take its place."""
    other = or_(MonitoringCycle.id == cycle.replaces_id, MonitoringCycle.replaces_id == cycle.id)
    return db.session.scalars(decide.visible(actor, select(MonitoringCycle).where(other), MonitoringCycle, VIEW)).all()


def verdict_counts(actor: Actor, cycle: MonitoringCycle) -> dict[str, int]:
    """State → how many findings of the round the actor sees there."""
    found: Any = select(DataFinding.state, func.count()).where(DataFinding.cycle_id == cycle.id)
    visible = decide.visible(actor, found, DataFinding, "monitoring.view_findings").group_by(DataFinding.state)
    return {row[0]: row[1] for row in db.session.execute(visible)}


def batches_of(actor: Actor, cycle: MonitoringCycle) -> Sequence[Any]:
    """The import batches of a round with who sent and who accepted them, newest first."""
    found: Any = select(ImportBatch, OWNER_NAME, ACCEPTER_NAME).where(
        ImportBatch.target_entity == MonitoringCycle.__tablename__, ImportBatch.target_id == cycle.id
    )
    visible = decide.visible(actor, found, ImportBatch, VIEW)
    return db.session.execute(visible.order_by(ImportBatch.created_at.desc())).all()


def reconciliation_of(actor: Actor, cycle: MonitoringCycle) -> Reconciliation | None:
    """The reconciliation in force."""
    found: Any = select(Reconciliation).where(Reconciliation.cycle_id == cycle.id)
    newest = decide.visible(actor, found, Reconciliation, VIEW).order_by(
        Reconciliation.created_at.desc(), Reconciliation.id.desc()
    )
    report: Reconciliation | None = db.session.scalar(newest.limit(1))
    return report


def names_of(actor: Actor, ids: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Names of persons by id, for those who signed or answered."""
    wanted = [each for each in ids if each is not None]
    rows: Any = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))) if wanted else ()
    return {row.id: row.name for row in rows}


def indicators_named(actor: Actor, cycle: MonitoringCycle) -> Sequence[Indicator]:
    """The indicators that a round measures."""
    found = select(Indicator).where(
        Indicator.county_id == cycle.county_id, Indicator.code.in_(cycle.indicator_codes or [""])
    )
    return db.session.scalars(decide.visible(actor, found, Indicator, VIEW).order_by(Indicator.code)).all()


def indicators(actor: Actor, *, retired: bool = False) -> Sequence[Indicator]:
    """The county's list of indicators by subject and code."""
    found = decide.visible(actor, select(Indicator), Indicator, VIEW)
    if not retired:
        found = found.where(Indicator.retired.is_(False))
    return db.session.scalars(found.order_by(Indicator.subject, Indicator.code)).all()


@dataclass(frozen=True)
class Past:
    """A version of an indicator that gave way: what it said, what was said afterwards, when, by whom, by which file."""

    version: int
    said: Mapping[str, Any]
    afterwards: Mapping[str, Any]
    until: datetime
    person: str
    file_name: str


def versions_of_indicator(actor: Actor, indicator: Indicator) -> list[Past]:
    """Its earlier versions, the newest first."""
    v = IndicatorVersion
    found: Any = (
        select(v.version, v.said, v.replaced_at, Person.name, ImportBatch.file_name)
        .outerjoin(Person, Person.id == v.replaced_by)
        .outerjoin(ImportBatch, ImportBatch.id == v.batch_id)
        .where(v.indicator_id == indicator.id, v.county_id == actor.county_id)
        .order_by(v.version.desc())
    )
    told, afterwards = [], {column.key: getattr(indicator, column.key) for column in Indicator.__table__.columns}
    for version, said, at, person, file_name in db.session.execute(found):
        told.append(Past(version, said, afterwards, at, person or "", file_name or ""))
        afterwards = said
    return told


def indicator_for(actor: Actor, ref: str) -> Indicator:
    """One indicator. Raises NotFound."""
    found = decide.visible(actor, select(Indicator).where(Indicator.ref == ref), Indicator, VIEW)
    indicator: Indicator | None = db.session.scalar(found)
    if indicator is None:
        raise NotFound("indicator", ref)
    return indicator
