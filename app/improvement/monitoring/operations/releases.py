"""Preparing the four versions, releasing them, and signing for one's package."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import undefer

from app.core import clock
from app.core.audit import trail
from app.core.casework.bulk import begin_all
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.monitoring.judging import judge_cycle
from app.improvement.monitoring.models import DataRelease, MonitoringCycle, ReleaseAck
from app.improvement.monitoring.models.facts import AUDIENCES
from app.improvement.monitoring.numbers import monitoring_numbers, months_after
from app.improvement.monitoring.operations.detection import detect
from app.improvement.monitoring.operations.moves import Move
from app.improvement.monitoring.snapshots import versions_of
from app.improvement.monitoring.telling import rounds_done_again, tell_safely
from app.improvement.provenance import inputs_digest
from workflows.improvement.monitoring_cycle import MONITORING_CYCLE
from workflows.improvement.release_ack import RELEASE_ACK

NOT_VERIFIED = Sentence("核验签名以后才能准备发布", "Versions are prepared once the data are verified")
DEPARTMENTS = text(
    """select id from units where county_id = :county and kind = 'department'
       and (from_on is null or from_on <= :day) and (to_on is null or to_on >= :day) order by code"""
)


@dataclass(frozen=True)
class ReleaseIn:
    """What the office says in front of each version, by audience."""

    summaries: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


@operation(right="monitoring.prepare_release", name="monitoring_cycle.prepare_release")
def prepare_release(actor: Actor, cycle: MonitoringCycle, given: ReleaseIn) -> None:
    """Cut the four versions and every school's package from the verified data; replaces what was prepared before."""
    if cycle.state != "verified":
        raise StepRefused((NOT_VERIFIED,))
    tell_safely(cycle)
    versions = versions_of(cycle, judge_cycle(cycle), _published_before(cycle))
    db.session.execute(delete(DataRelease).where(DataRelease.cycle_id == cycle.id))
    made = [
        DataRelease(
            id=uuid7(),
            county_id=cycle.county_id,
            cycle_id=cycle.id,
            audience=audience,
            summary=given.summaries.get(audience, "").strip(),
            snapshot=versions.snapshots[audience],
            snapshot_sha256=inputs_digest(versions.snapshots[audience]),
            dataset_sha256=versions.dataset_sha256,
            prepared_by=actor.person_id,
        )
        for audience in AUDIENCES
    ]
    db.session.add_all(made)
    deed = trail.current()
    if deed is not None:
        deed.main.record = cycle
        deed.main.extra["dataset"] = versions.dataset_sha256
        deed.main.extra["versions"] = {release.audience: release.snapshot_sha256 for release in made}


def _published_before(cycle: MonitoringCycle) -> list[dict[str, Any]]:
    """Lines of the public versions of the rounds that this one does again, oldest first."""
    out = select(DataRelease).where(
        DataRelease.cycle_id.in_(rounds_done_again(cycle)),
        DataRelease.audience == "public",
        DataRelease.released_at.is_not(None),
    )
    releases = db.session.scalars(out.order_by(DataRelease.released_at).options(undefer(DataRelease.snapshot)))
    return [line for release in releases for line in release.snapshot["indicators"]]


@operation(MONITORING_CYCLE, "release")
def release_cycle(actor: Actor, cycle: MonitoringCycle, given: Move) -> Iterator[None]:
    """Let the data out: packages go to the schools for signing, the rules run, the improvement period is set."""
    day = clock.today()
    cycle.released_on = day
    cycle.improve_until = months_after(day, monitoring_numbers().improve_months)
    out = update(DataRelease).where(DataRelease.cycle_id == cycle.id)
    db.session.execute(out.values(released_at=clock.now()))
    yield None
    begin_all([*_school_acks(cycle), *_department_acks(cycle)], "ask")
    detect(cycle)


def _school_acks(cycle: MonitoringCycle) -> list[ReleaseAck]:
    found = select(DataRelease).where(DataRelease.cycle_id == cycle.id, DataRelease.audience == "basic")
    basic = db.session.scalars(found.options(undefer(DataRelease.snapshot))).one()
    packages: dict[str, dict[str, Any]] = basic.snapshot["packages"]
    return [_ack(cycle, uuid.UUID(school), uuid.UUID(school), package) for school, package in packages.items()]


def _department_acks(cycle: MonitoringCycle) -> list[ReleaseAck]:
    units = db.session.scalars(DEPARTMENTS, {"county": cycle.county_id, "day": cycle.released_on})
    return [_ack(cycle, unit, None, {"audience": "analysis"}) for unit in units]


def _ack(cycle: MonitoringCycle, unit: uuid.UUID, school: uuid.UUID | None, package: dict[str, Any]) -> ReleaseAck:
    return ReleaseAck(
        id=uuid7(),
        county_id=cycle.county_id,
        school_id=school,
        unit_id=unit,
        cycle_id=cycle.id,
        cycle_name=cycle.name,
        released_on=cycle.released_on,
        package=package,
        package_sha256=inputs_digest(package),
    )


@operation(RELEASE_ACK, "acknowledge")
def acknowledge_release(actor: Actor, ack: ReleaseAck, given: Move) -> None:
    """The head of the unit signs for the data."""
    ack.acknowledged_by, ack.acknowledged_at = actor.person_id, clock.now()
