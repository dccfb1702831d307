"""Alarms are noted by the worker and settled by the security administrator."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import SHORTEST_REASON, operation
from app.core.database import db
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.deliver import first_time
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM, Actor
from app.core.reading.models import ReadingAlarm
from app.core.reading.queries import SETTLE

SAY_MORE = Sentence(
    "写明核实了什么、怎么处理，至少 10 个字", "Say what was found and what was done, in at least 10 characters."
)
SETTLED = Sentence("这一条已经处理过了", "This one has been settled already.")
NOT_OWN = Sentence(
    "说的是你自己，要由另一位安全管理员来处理", "It is about yourself: another security administrator settles it."
)


@dataclass(frozen=True)
class Finding:
    """What was found and done."""

    finding: str
    version: int | None = None


def note(row: OutboxRow) -> ReadingAlarm:
    """Keep the alarm that a message tells of; once, however often it is delivered."""
    said = row.data
    key = f"reading:{row.id}"
    with trail.act(SYSTEM, "system", "reading.tell") as deed:
        if first_time(key):
            made = ReadingAlarm(
                county_id=uuid.UUID(said["county"]), school_id=uuid.UUID(said["school"]) if said["school"] else None,
                person_id=uuid.UUID(said["person"]), role=said["role"], kind=said["what"],
                at=datetime.fromisoformat(said["at"]), opened=said["opened"], budget=said["budget"],
                stopped=said["stopped"],
            )  # fmt: skip
            db.session.add(made)
            deed.main.record = made
    own = select(ReadingAlarm).where(
        ReadingAlarm.person_id == uuid.UUID(said["person"]), ReadingAlarm.at == datetime.fromisoformat(said["at"]),
        ReadingAlarm.kind == said["what"],
    )  # fmt: skip
    return db.session.scalars(own.limit(1)).one()


@operation(right=SETTLE, name="reading.settle")
def settle(actor: Actor, alarm: ReadingAlarm, given: Finding) -> None:
    """Write what came of it. Raises Invalid, and StepRefused for an alarm that is settled or about oneself."""
    if alarm.settled_at is not None:
        raise StepRefused((SETTLED,))
    if alarm.person_id == actor.person_id:
        raise StepRefused((NOT_OWN,))
    if len(given.finding.strip()) < SHORTEST_REASON:
        raise Invalid("finding", SAY_MORE)
    alarm.settled_at, alarm.settled_by, alarm.finding = clock.now(), actor.person_id, given.finding.strip()
