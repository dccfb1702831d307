"""Preparing a round, finishing its import, closing it, and taking its data back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, update

from app.core import clock
from app.core.casework.bulk import follow_all
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, DataRelease, Indicator, MonitoringCycle, ReleaseAck
from app.improvement.monitoring.operations.moves import Move
from app.improvement.monitoring.operations.reconciliation import draw_up
from app.people.directory.models import Unit
from workflows.improvement.monitoring_cycle import MONITORING_CYCLE

CODE_TAKEN = Sentence("这个周期代码已经用过，换一个", "This code is taken; choose another")
UNKNOWN_INDICATORS = Sentence("有指标不在指标库里", "Some indicators are not in the list of indicators")
REPLACES_LIVE = Sentence("只能重做已撤回的周期", "Only a withdrawn cycle can be done again")
ONLY_DRAFT = Sentence("采集开始以后，这些内容不能再改", "Once collecting has begun, this cannot be changed")


@dataclass(frozen=True)
class CycleIn:
    """What describes a round (domain §3 A1, draft→collecting)."""

    code: str
    name: str
    level: str
    stage: str
    grades: tuple[str, ...]
    subjects: tuple[str, ...]
    instrument: str
    instrument_version: str
    coverage: str
    benchmark_source: str
    benchmark_type: str
    starts_on: date
    ends_on: date
    indicator_codes: tuple[str, ...] = ()
    document_numbers: tuple[str, ...] = ()
    replaces_id: uuid.UUID | None = None
    version: int | None = None


@dataclass(frozen=True)
class IndicatorSet:
    """Which indicators a round measures."""

    codes: tuple[str, ...] = field(default=())
    version: int | None = None


@operation(MONITORING_CYCLE, "prepare")
def prepare_cycle(actor: Actor, county: Unit, given: CycleIn) -> MonitoringCycle:
    """Begin a round of the county. Raises Invalid for a code that is taken or indicators that are not known."""
    cycle = MonitoringCycle(
        id=uuid7(),
        county_id=county.id,
        owner_id=actor.person_id,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
    )
    _describe(cycle, given)
    cycle.indicator_codes = _known(county.id, given.indicator_codes)
    return cycle


@operation(right="monitoring.prepare_cycle", name="monitoring_cycle.describe")
def describe_cycle(actor: Actor, cycle: MonitoringCycle, given: CycleIn) -> None:
    """Change what a round says of itself, as long as it is a draft."""
    if cycle.state != "draft":
        raise StepRefused((ONLY_DRAFT,))
    _describe(cycle, given)


def _describe(cycle: MonitoringCycle, given: CycleIn) -> None:
    if given.ends_on < given.starts_on:
        raise Invalid("ends_on", Sentence("结束日期不能早于开始日期", "The last day cannot be before the first"))
    taken = select(MonitoringCycle.id).where(
        MonitoringCycle.county_id == cycle.county_id,
        MonitoringCycle.code == given.code.strip(),
        MonitoringCycle.id != cycle.id,
    )
    if db.session.scalar(taken) is not None:
        raise Invalid("code", CODE_TAKEN)
    if given.replaces_id is not None:
        _check_replaced(cycle, given.replaces_id)
    cycle.code, cycle.name = given.code.strip(), given.name.strip()
    cycle.level, cycle.stage, cycle.coverage = given.level, given.stage, given.coverage
    cycle.grades, cycle.subjects = list(given.grades), list(given.subjects)
    cycle.instrument, cycle.instrument_version = given.instrument.strip(), given.instrument_version.strip()
    cycle.benchmark_source, cycle.benchmark_type = given.benchmark_source.strip(), given.benchmark_type
    cycle.starts_on, cycle.ends_on = given.starts_on, given.ends_on
    cycle.document_numbers, cycle.replaces_id = list(given.document_numbers), given.replaces_id


def _check_replaced(cycle: MonitoringCycle, replaces_id: uuid.UUID) -> None:
    before = db.session.get(MonitoringCycle, replaces_id)
    if before is None or before.county_id != cycle.county_id or before.state != "withdrawn":
        raise Invalid("replaces_id", REPLACES_LIVE)


def _known(county_id: uuid.UUID, codes: tuple[str, ...]) -> list[str]:
    wanted = list(dict.fromkeys(codes))
    found = set(
        db.session.scalars(
            select(Indicator.code).where(
                Indicator.county_id == county_id, Indicator.code.in_(wanted), Indicator.retired.is_(False)
            )
        )
    )
    if set(wanted) - found:
        raise Invalid("indicator_codes", UNKNOWN_INDICATORS)
    return wanted


@operation(right="monitoring.prepare_cycle", name="monitoring_cycle.choose_indicators")
def choose_indicators(actor: Actor, cycle: MonitoringCycle, given: IndicatorSet) -> None:
    """Which indicators the round measures; until the import is finished, because sheets teach what was measured."""
    if cycle.state not in ("draft", "collecting"):
        raise StepRefused((ONLY_DRAFT,))
    cycle.indicator_codes = _known(cycle.county_id, given.codes)


@operation(MONITORING_CYCLE, "start_collecting")
def start_collecting(actor: Actor, cycle: MonitoringCycle, given: Move) -> None:
    """Open the round for data; the schools are told."""
    post("collecting_started", cycle)


@operation(MONITORING_CYCLE, "finish_import")
def finish_import(actor: Actor, cycle: MonitoringCycle, given: Move) -> None:
    """All sheets are in: the reconciliation is drawn up from what was stored, for another member to sign."""
    db.session.add(draw_up(cycle))


@operation(MONITORING_CYCLE, "close")
def close_cycle(actor: Actor, cycle: MonitoringCycle, given: Move) -> None:
    """End the improvement period."""


@operation(MONITORING_CYCLE, "close_without_list")
def close_without_list(actor: Actor, cycle: MonitoringCycle, given: Move) -> None:
    """End a round that needed no problem list."""


@operation(MONITORING_CYCLE, "withdraw")
def withdraw_cycle(actor: Actor, cycle: MonitoringCycle, given: Move) -> Iterator[None]:
    """Take the data back: releases end, findings are flagged, sign-fors are called off, open items are suspended."""
    now = clock.now()
    db.session.execute(update(DataRelease).where(DataRelease.cycle_id == cycle.id).values(withdrawn_at=now))
    flagged = (DataFinding.cycle_id == cycle.id, DataFinding.source_withdrawn_at.is_(None))
    db.session.execute(update(DataFinding).where(*flagged).values(source_withdrawn_at=now))
    yield None
    asked = select(ReleaseAck).where(ReleaseAck.cycle_id == cycle.id, ReleaseAck.state == "pending")
    follow_all(db.session.scalars(asked).all(), "withdraw", reason=given.reason, tell=False)
    post("cycle_withdrawn", cycle)
    post("cycle_withdrawn_told", cycle)
