"""What the outbox carries out for accountability: the person concerned is told that something waits, without a word of it."""

from __future__ import annotations

from app.core.casework.records import record_of
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.people.letters import write


def notified(row: OutboxRow) -> None:
    """The person concerned gets a letter of his or her own; the head of the unit is told by the step."""
    record = record_of(row.entity or "", row.record_id) if row.record_id else None
    if record is None or record.person_id is None:
        return
    words = Sentence(f"有一份告知书请您查看：{record.label}", f"A notice is there for you to read: {record.label}")
    write({record.person_id}, f"notified:{row.id}", "step_taken", record, words)
