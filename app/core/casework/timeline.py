"""How a record came to where it is: every step with its taker and reason, newest first, from the audit trail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.core.casework.together import Asking, answer, question
from app.core.database import db
from app.core.policy.actor import NOBODY, Actor
from app.core.policy.decide import next_level_words
from workflows import catalogue
from workflows.vocabulary import Sentence, Step

ROWS = text(
    """select l.seq, l.at, l.step, l.entity, l.record_id, l.role, l.from_state, l.to_state, l.reason, l.kind, p.name,
              l.changes #>> '{next_level,0}' as below
       from audit.transition_log l left join persons p on p.id = l.person_id
       where l.record_id = any(:ids) order by l.seq desc limit :most"""
)


@dataclass(frozen=True)
class Happening:
    """One entry of the timeline. `kind` is person, return or system, which decides the dot."""

    seq: int
    at: datetime
    who: str
    what: Sentence
    kind: str
    reason: str | None
    record_id: uuid.UUID
    entity: str
    to_state: str | None
    role: str


@dataclass(frozen=True)
class Timeline:
    """The newest entries, and how many older ones there are."""

    entries: tuple[Happening, ...]
    earlier: int


def timeline(actor: Actor, records: Sequence[Any], most: int = 60, shown: int = 60) -> Timeline:
    """What happened to `records` (an item with its plans and evidence), newest first; what the actor may not see is left out."""
    return answer(actor, told(actor, [record.id for record in records], most, shown))


def told(actor: Actor, ids: Sequence[uuid.UUID], most: int = 60, shown: int = 60) -> Asking[Timeline]:
    """`timeline` of the records with these ids, as a part of a page."""
    (rows,) = yield (question(ROWS, ids=tuple(ids), most=most),)
    entries = tuple(_happening(row) for row in rows if not row.step.startswith("deadline."))
    return Timeline(entries[:shown], max(0, len(entries) - shown))


def _happening(row: Any) -> Happening:
    step = _declared(row.step)
    words = Sentence(step.zh, step.en) if step else Sentence(*WORDS.get(row.step, (row.step, row.step)))
    if row.below:
        why = next_level_words(row.below.split(","), row.role)
        words = Sentence(f"{words.zh}（{why.zh}）", f"{words.en} ({why.en})")
    side = step is not None and step.reason
    kind = "system" if row.name is None else "return" if side else "person"
    return Happening(
        row.seq, row.at, row.name or "", words, kind, row.reason, row.record_id, row.entity, row.to_state, row.role
    )


def _declared(key: str) -> Step | None:
    try:
        return catalogue.step(key)
    except KeyError:
        return None


WORDS: dict[str, tuple[str, str]] = {}
"""Words for operations that are no steps ("plan.comment"): filled by the factory."""


def since(records: Sequence[Any], step: str) -> dict[uuid.UUID, datetime]:
    """When each record last took `step` ("problem_item.accept"), for state strips."""
    rows = db.session.execute(
        text(
            "select record_id, max(at) as at from audit.transition_log"
            " where record_id = any(:ids) and step = :step group by record_id"
        ),
        {"ids": [r.id for r in records], "step": step},
    )
    return {row.record_id: row.at for row in rows}


REACHED = text(
    "select to_state, max(at) as at from audit.transition_log where record_id = :id and to_state is not null group by to_state"
)


def reached(record: Any) -> dict[str, datetime]:
    """When the record last entered each state: what the state strip writes under its dots."""
    return answer(NOBODY, states_reached(record))


def states_reached(record: Any) -> Asking[dict[str, datetime]]:
    """`reached` as a part of a page."""
    (rows,) = yield (question(REACHED, id=record.id),)
    return {row.to_state: row.at for row in rows}
