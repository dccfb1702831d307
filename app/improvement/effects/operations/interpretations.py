"""Interpretation reports: drafted, written, signed with their frozen versions, published by another person, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.effects.interpretation_versions import cut, cut_round
from app.improvement.effects.models import InterpretationReport, ValueAddedEffect, ValueAddedRun
from app.improvement.effects.models.interpretations import AUDIENCES
from app.improvement.monitoring.models import DataRelease
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.provenance import inputs_digest
from app.people.directory.models import Unit
from workflows.improvement.interpretation_report import INTERPRETATION_REPORT

SIGNED_ALREADY = Sentence(
    "报告已签名，不能再改；要改请先退回", "The report is signed; it has to be returned before it is changed"
)
NO_RELEASE = Sentence("这一轮数据还没有准备发布版本", "The versions of this round have not been prepared yet")


@dataclass(frozen=True)
class InterpretationIn:
    """What the report says: title, both comparisons, limits, advice, and a word in front for each audience."""

    title: str
    across: str = ""
    over_time: str = ""
    limits: str = ""
    advice: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True)
class InterpretationStep:
    """A step with version and reason."""

    version: int | None = None
    reason: str | None = None


@operation(INTERPRETATION_REPORT, "draft")
def draft_interpretation(actor: Actor, place: InterpretationReport, given: InterpretationIn) -> InterpretationReport:
    """Begin a report; `place` says of which round, subject and reckoning."""
    assert actor.person_id is not None
    place.id, place.owner_id = uuid7(), actor.person_id
    _write(place, given)
    return place


@operation(right="effects.write_interpretation", name="interpretation_report.write")
def write_interpretation(actor: Actor, report: InterpretationReport, given: InterpretationIn) -> None:
    """Change what it says, as long as it is not signed."""
    if report.state not in ("draft", "returned"):
        raise StepRefused((SIGNED_ALREADY,))
    _write(report, given)


def _write(report: InterpretationReport, given: InterpretationIn) -> None:
    report.title, report.across, report.over_time = given.title.strip(), given.across.strip(), given.over_time.strip()
    report.limits, report.advice = given.limits.strip(), given.advice.strip()
    report.said = {audience: given.said.get(audience, "").strip() for audience in AUDIENCES}


@operation(INTERPRETATION_REPORT, "sign")
def sign_interpretation(actor: Actor, report: InterpretationReport, given: InterpretationStep) -> None:
    """Sign it: the four versions are cut from one data set and stay as they are."""
    wanted = select(DataRelease).where(DataRelease.cycle_id == report.cycle_id)
    releases = db.session.scalars(wanted.options(undefer(DataRelease.snapshot))).all()
    if not releases:
        raise StepRefused((NO_RELEASE,))
    digests = sorted({release.dataset_sha256 for release in releases})
    county, schools = (None, []) if report.run is None else (_county(report.run), _schools(report.run))
    if county is None:
        report.versions = cut_round({one.audience: one.snapshot for one in releases}, report.subject)
    else:
        report.versions = cut(county, schools, monitoring_numbers().public_least)
    report.dataset_sha256 = inputs_digest([digests, county, schools])
    report.signed_on = clock.today()


def _county(run: ValueAddedRun) -> dict[str, Any]:
    names = ("model", "rows", "n", "groups", "coverage", "inputs_sha256", "code_version")
    found = ("coefficients", "reasons", "few_groups", "post_sd")
    return {name: getattr(run, name) for name in names} | {name: run.found[name] for name in found}


def _schools(run: ValueAddedRun) -> list[dict[str, Any]]:
    wanted = (
        select(ValueAddedEffect, Unit.code, Unit.name)
        .join(Unit, Unit.id == ValueAddedEffect.unit_id)
        .where(ValueAddedEffect.run_id == run.id, ValueAddedEffect.class_no.is_(None))
        .order_by(Unit.code)
    )
    names = ("rows", "n", "effect", "low", "high", "verdict", "reason")
    return [
        {name: getattr(row[0], name) for name in names}
        | {"code": row.code, "name": row.name, "coverage": row[0].coverage}
        for row in db.session.execute(wanted)
    ]


@operation(INTERPRETATION_REPORT, "return_report")
def return_interpretation(actor: Actor, report: InterpretationReport, given: InterpretationStep) -> None:
    """Send it back with the reason; its versions are cut anew when it is signed again."""
    report.versions, report.dataset_sha256, report.signed_on = {}, "", None


@operation(INTERPRETATION_REPORT, "publish")
def publish_interpretation(actor: Actor, report: InterpretationReport, given: InterpretationStep) -> None:
    """Let its readers have it."""
    report.published_on = clock.today()


@operation(INTERPRETATION_REPORT, "withdraw")
def withdraw_interpretation(actor: Actor, report: InterpretationReport, given: InterpretationStep) -> None:
    """Take it back; the reason stays with it."""
