"""The trail as the auditor reads it: codes and persons, never reasons or changed values; through the view access_log only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Row,
    Select,
    String,
    Uuid,
    cast,
    column,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.core import clock
from app.core.audit.models import Verification
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor

PAGE = 50
MOST_EXPORTED = 20_000
TRAIL: Any = table(
    "access_log",
    column("seq", BigInteger),
    column("at", DateTime(timezone=True)),
    column("kind", String),
    column("step", String),
    column("entity", String),
    column("record_id", Uuid),
    column("person_id", Uuid),
    column("role", String),
    column("county_id", Uuid),
    column("school_id", Uuid),
    column("body", JSONB),
    schema="audit",
).c
PERSONS: Any = table("persons", column("id", Uuid), column("name", String), column("pinyin", String)).c


@dataclass(frozen=True)
class TrailFilter:
    """What the trail is narrowed to. `steps` are codes or beginnings of codes; days are the county's, both included."""

    kinds: tuple[str, ...] = ()
    step: str = ""
    person: str = ""
    role: str = ""
    first_day: date | None = None
    last_day: date | None = None
    record: uuid.UUID | None = None
    act: uuid.UUID | None = None
    after: int | None = None


def _own(actor: Actor) -> ColumnElement[bool]:
    """Entries of the auditor's county, and those of nobody's county: the system, names that do not exist."""
    own: ColumnElement[bool] = or_(TRAIL.county_id == actor.county_id, TRAIL.county_id.is_(None))
    return own


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def _entries(actor: Actor, wanted: TrailFilter) -> Select[Any]:
    decide.require(actor, "audit.read")
    found = select(
        TRAIL.seq, TRAIL.at, TRAIL.kind, TRAIL.step, TRAIL.entity, TRAIL.record_id, TRAIL.person_id, TRAIL.role
    )
    found = found.where(_own(actor))
    if wanted.kinds:
        found = found.where(TRAIL.kind.in_(wanted.kinds))
    if wanted.step:
        found = found.where(TRAIL.step.startswith(wanted.step, autoescape=True))
    if wanted.person:
        said = wanted.person.lower()
        joined = func.replace(PERSONS.pinyin, " ", "").contains(said.replace(" ", ""), autoescape=True)
        known = select(PERSONS.id).where(or_(PERSONS.name.contains(said, autoescape=True), joined))
        found = found.where(TRAIL.person_id.in_(known))
    if wanted.role:
        found = found.where(TRAIL.role == wanted.role)
    if wanted.first_day:
        found = found.where(TRAIL.at >= _midnight(wanted.first_day))
    if wanted.last_day:
        found = found.where(TRAIL.at < _midnight(wanted.last_day + timedelta(days=1)))
    if wanted.record:
        found = found.where(TRAIL.record_id == wanted.record)
    if wanted.act:
        found = found.where(cast(TRAIL.body["act"].astext, Uuid) == wanted.act)
    return found


def entries(actor: Actor, wanted: TrailFilter, most: int = PAGE) -> tuple[Sequence[Row[Any]], int | None]:
    """A page of the trail, the newest first, and the number after which the next page begins."""
    rows = _entries(actor, wanted)
    if wanted.after is not None:
        rows = rows.where(TRAIL.seq < wanted.after)
    found = db.session.execute(rows.order_by(TRAIL.seq.desc()).limit(most + 1)).all()
    return found[:most], found[most - 1].seq if len(found) > most else None


def total(actor: Actor, wanted: TrailFilter) -> int:
    """How many entries the filter leaves."""
    return int(db.session.scalar(select(func.count()).select_from(_entries(actor, wanted).subquery())) or 0)


def names(actor: Actor, rows: Sequence[Any]) -> dict[uuid.UUID, str]:
    """The persons of some entries by id."""
    wanted = {row.person_id for row in rows if row.person_id}
    found = db.session.execute(select(PERSONS.id, PERSONS.name).where(PERSONS.id.in_(wanted)))
    return {row.id: row.name for row in found}


def entry_for(actor: Actor, seq: int) -> Any:
    """One entry with its whole body. Raises NotFound."""
    decide.require(actor, "audit.read")
    found = db.session.execute(
        select(
            TRAIL.seq,
            TRAIL.at,
            TRAIL.kind,
            TRAIL.step,
            TRAIL.entity,
            TRAIL.record_id,
            TRAIL.person_id,
            TRAIL.role,
            TRAIL.body,
        ).where(TRAIL.seq == seq, _own(actor))
    ).first()
    if found is None:
        raise NotFound("entry", str(seq))
    return found


def verifications(actor: Actor, most: int = 20) -> Sequence[Verification]:
    """The last runs of the verification, the newest first."""
    decide.require(actor, "audit.verify")
    return db.session.scalars(select(Verification).order_by(Verification.id.desc()).limit(most)).all()


def head(actor: Actor) -> tuple[int, bytes]:
    """Number and hash of the last entry."""
    decide.require(actor, "audit.read")
    row = db.session.execute(text("select seq, hash from audit.head()")).first()
    return (row.seq, bytes(row.hash)) if row else (0, b"")


@dataclass(frozen=True)
class Unusual:
    """A person whose day stands out: how many reads, refusals, and entries at night."""

    person_id: uuid.UUID
    role: str
    day: date
    reads: int
    refusals: int
    at_night: int


READS_A_DAY, REFUSALS_A_DAY, NIGHT_FROM, NIGHT_TO = 120, 8, 22, 6
"""From these on a day stands out; night is by the county's clock."""


def unusual_access(actor: Actor, days: int = 30) -> list[Unusual]:
    """Days of the last month on which somebody read much, was refused often, or read at night; the newest first."""
    decide.require(actor, "audit.read")
    local = func.timezone("Asia/Shanghai", TRAIL.at)
    day, hour = func.date(local), func.extract("hour", local)
    reads = func.count().filter(TRAIL.kind == "read")
    refusals = func.count().filter(TRAIL.kind == "denial")
    night = func.count().filter(TRAIL.kind == "read", or_(hour >= NIGHT_FROM, hour < NIGHT_TO))
    rows = db.session.execute(
        select(TRAIL.person_id, TRAIL.role, day, reads, refusals, night)
        .where(
            _own(actor),
            TRAIL.kind.in_(("read", "denial")),
            TRAIL.person_id.is_not(None),
            TRAIL.at >= clock.now() - timedelta(days=days),
        )
        .group_by(TRAIL.person_id, TRAIL.role, day)
        .having(or_(reads >= READS_A_DAY, refusals >= REFUSALS_A_DAY, night > 0))
        .order_by(day.desc(), reads.desc(), TRAIL.person_id)
    )
    return [Unusual(*row) for row in rows]
