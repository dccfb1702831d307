"""A report is asked for by a person and measured by the worker, who alone sees all of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import current_app

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Sentence, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.people.controls.models import CompliancePrint, ControlReport, digest_of
from app.people.controls.queries import MEASURE, is_waiting
from app.people.controls.register import BAD, MEASURES, OK, UNKNOWN, Found, Look, register
from config.settings import Settings

KIND = "controls_measure"
WAITING = Sentence("正在测量，请几分钟后再看；测完会出现在列表里", "One is being measured; look again in a few minutes")
BROKEN = Sentence("这一项没能测量：{error}", "This one could not be measured: {error}")


@dataclass(frozen=True)
class ControlsPlace:
    """Where it is asked for: the county."""

    county_id: uuid.UUID
    school_id: None = None


@operation(right=MEASURE, name="controls.ask")
def ask_for_report(actor: Actor, place: ControlsPlace, given: None = None) -> ControlReport:
    """Let the worker measure every control now. Raises StepRefused while one is under way."""
    if is_waiting(actor):
        raise StepRefused((WAITING,))
    assert actor.person_id is not None
    settings: Settings = current_app.extensions["bihuan.settings"]
    made = ControlReport(
        id=uuid7(), county_id=place.county_id, asked_by=actor.person_id, asked_at=clock.now(),
        level=settings.protection_level,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    post(KIND, made, queue="heavy")
    return made


def carry_out(row: OutboxRow) -> None:
    """What the worker does with the wish; once, however often it is delivered."""
    report = db.session.get(ControlReport, row.record_id)
    if report is not None and report.taken_at is None:
        take_report(SYSTEM, report, None)


@operation(right="system", name="controls.take")
def take_report(actor: Actor, report: ControlReport, given: None = None) -> None:
    """Measure every control of the level and keep what was found under its digest."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    known = register()
    look = Look(settings, report.county_id, clock.now(), clock.machine_now(), known.limits)
    families: list[dict[str, Any]] = [
        {
            "code": family.code, "clause": family.clauses[report.level], "zh": family.title.zh, "en": family.title.en,
            "controls": [_line(look, one.code, one.title) for one in family.controls],
        }
        for family in known.asked(report.level)
    ]  # fmt: skip
    states = [line["state"] for family in families for line in family["controls"]]
    counts = {state: states.count(state) for state in (OK, BAD, UNKNOWN)}
    report.content = {"level": report.level, "counts": counts, "families": families}
    report.content_sha256, report.taken_at = digest_of(report.content), clock.now()
    db.session.add(
        CompliancePrint(
            ref=report.ref,
            kind="controls",
            number=report.label,
            edition=1,
            made_at=report.taken_at,
            content_sha256=report.content_sha256,
        )  # fmt: skip
    )


def _line(look: Look, code: str, title: Sentence) -> dict[str, Any]:
    found = _measured(look, code)
    return {"code": code, "zh": title.zh, "en": title.en, "state": found.state,
            "said_zh": found.said.zh, "said_en": found.said.en}  # fmt: skip


def _measured(look: Look, code: str) -> Found:
    """One measure; a fault of the machine (a file that cannot be read) is an answer too, and spoils no other line."""
    try:
        return MEASURES[code](look)
    except OSError as error:
        name = type(error).__name__
        return Found(UNKNOWN, Sentence(BROKEN.zh.format(error=name), BROKEN.en.format(error=name)))
