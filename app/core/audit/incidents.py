"""The incident pack: who saw one record between two days, the notices that the law asks for, and the drills (security 80)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from app.core.audit.models import IncidentDrill
from app.core.audit.queries import TRAIL, _midnight, _own
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor

WHO_SAW = text("select audit.who_saw(:ref, :record, :since, :until)")
SHORTEST = 10
LONGEST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Asked:
    """One record by its reference (16 digits) or its identity, and two days of the county's clock, both included."""

    record: str
    first_day: date
    last_day: date

    @property
    def identity(self) -> uuid.UUID | None:
        """The identity, where that was typed."""
        return uuid.UUID(self.record) if len(self.record.replace("-", "")) == 32 else None


@dataclass(frozen=True)
class Onlooker:
    """One person in one role: how often, when first and last, and for what."""

    person_id: uuid.UUID | None
    role: str
    times: int
    first_at: datetime
    last_at: datetime
    purposes: tuple[str, ...]


def _numbers(actor: Actor, asked: Asked) -> list[int]:
    decide.require(actor, "audit.read")
    given = {
        "ref": asked.record,
        "record": asked.identity,
        "since": _midnight(asked.first_day),
        "until": _midnight(asked.last_day + timedelta(days=1)),
    }
    return list(db.session.execute(WHO_SAW, given).scalars())


def onlookers(actor: Actor, asked: Asked) -> list[Onlooker]:
    """Everybody who opened the record, had it in a list or an export, or changed it; who saw it most comes first.

    Lists and exports name what they showed, so a record that was one line among many is found as well.
    """
    times, first, last = func.count(), func.min(TRAIL.at), func.max(TRAIL.at)
    why = func.coalesce(TRAIL.body["purpose"].astext, TRAIL.step)
    rows = db.session.execute(
        select(TRAIL.person_id, TRAIL.role, times, first, last, func.array_agg(why.distinct()))
        .where(TRAIL.seq == func.any(_numbers(actor, asked)), _own(actor))
        .group_by(TRAIL.person_id, TRAIL.role)
        .order_by(times.desc(), first)
    )
    return [Onlooker(who, role, n, begun, ended, tuple(sorted(what))) for who, role, n, begun, ended, what in rows]


def occasions(actor: Actor, asked: Asked) -> Sequence[Any]:
    """Each single time, in order: number, moment, kind, person, role, purpose or step."""
    why = func.coalesce(TRAIL.body["purpose"].astext, TRAIL.step).label("why")
    return db.session.execute(
        select(TRAIL.seq, TRAIL.at, TRAIL.kind, TRAIL.person_id, TRAIL.role, why)
        .where(TRAIL.seq == func.any(_numbers(actor, asked)), _own(actor))
        .order_by(TRAIL.seq)
    ).all()


def drills(actor: Actor) -> Sequence[IncidentDrill]:
    """The drills of the county, the newest first."""
    decide.require(actor, "audit.read")
    own = select(IncidentDrill).where(IncidentDrill.county_id == actor.county_id)
    return db.session.scalars(own.order_by(IncidentDrill.held_on.desc(), IncidentDrill.id.desc())).all()


@dataclass(frozen=True)
class DrillIn:
    """What is written down after a drill."""

    held_on: date
    minutes: int
    found: str


@operation(right="audit.read", name="audit.record_drill")
def record_drill(actor: Actor, record: None, given: DrillIn) -> IncidentDrill:
    """Write a drill down. Raises Invalid for a drill without an outcome or of an impossible length."""
    found = given.found.strip()
    if len(found) < SHORTEST:
        raise Invalid(
            "found",
            Sentence(
                "写明演练了什么、发现什么，至少 10 个字",
                "Say what was drilled and what came out, in at least 10 characters.",
            ),
        )
    if not 0 < given.minutes <= LONGEST_MINUTES:
        raise Invalid("minutes", Sentence("用时填 1 到 1440 分钟", "The time is between 1 and 1440 minutes."))
    assert actor.county_id is not None and actor.person_id is not None
    drill = IncidentDrill(
        county_id=actor.county_id,
        held_on=given.held_on,
        minutes=given.minutes,
        found=found,
        written_by=actor.person_id,
    )
    db.session.add(drill)
    return drill
