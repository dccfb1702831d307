"""Alarms as those who watch see them, and who they are about."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from app.core.audit.queries import PERSONS
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.reading.models import ReadingAlarm
from app.core.registers import page_of

VIEW, SETTLE = "audit.view_readings", "audit.settle_reading"
ORDER = ((ReadingAlarm.settled_at.is_not(None), False), (ReadingAlarm.at, True), (ReadingAlarm.id, True))


def alarms(actor: Actor, waiting: bool = False, after: str = "") -> Sequence[ReadingAlarm]:
    """Those that nobody has settled first, the newest of them first; these alone where `waiting`; one more than a page."""
    seen = decide.visible(actor, select(ReadingAlarm), ReadingAlarm, VIEW)
    shown = page_of(seen, ReadingAlarm, ORDER, after)
    return db.session.scalars(shown.where(ReadingAlarm.settled_at.is_(None)) if waiting else shown).all()


def alarm_for(actor: Actor, ref: str) -> ReadingAlarm:
    """One alarm. Raises NotFound."""
    asked = decide.visible(actor, select(ReadingAlarm), ReadingAlarm, VIEW).where(ReadingAlarm.ref == ref)
    found: ReadingAlarm | None = db.session.scalar(asked)
    if found is None:
        raise NotFound("reading_alarm", ref)
    return found


def totals(actor: Actor) -> tuple[int, int]:
    """How many nobody has settled, and how many there are."""
    counted = select(func.count().filter(ReadingAlarm.settled_at.is_(None)), func.count(ReadingAlarm.id))
    waiting, every = db.session.execute(decide.visible(actor, counted, ReadingAlarm, VIEW)).one()
    return waiting, every


def earlier(actor: Actor, one: ReadingAlarm) -> int:
    """How many alarms of the same person came before this one."""
    found = decide.visible(actor, select(func.count(ReadingAlarm.id)), ReadingAlarm, VIEW)
    return int(db.session.scalar(found.where(ReadingAlarm.person_id == one.person_id, ReadingAlarm.at < one.at)) or 0)


def names(actor: Actor, rows: Sequence[ReadingAlarm]) -> dict[uuid.UUID, str]:
    """The persons of some alarms, who read and who settled, by id."""
    wanted = {one for row in rows for one in (row.person_id, row.settled_by) if one is not None}
    found = db.session.execute(select(PERSONS.id, PERSONS.name).where(PERSONS.id.in_(wanted)))
    return {row.id: row.name for row in found}
