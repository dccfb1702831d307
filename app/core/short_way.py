"""The short way of a step: the lock of its record waits for the first question, and where the deed is that question, for the deed.

What was read before counts as read under the lock as long as every version is the same when the lock is there, of the
record and of all those joined to it. Whatever else comes of a deed on the short way, a refusal too, is not believed: it
is done over, with the lock first (`Again`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from app.core import rows
from app.core.database import HELD_BACK, Context, at_the_server, db
from app.core.round_trip import ask_on

WAITS = "lock waits"
"""Session mark: the record whose lock waits."""


class Again(Exception):
    """What was read before is no longer so, or cannot be relied on: to be done over with the lock first.

    kept: what the page had read beside the record, as `rows.lock` takes it.
    """

    def __init__(self, kept: Mapping[str, Any]) -> None:
        super().__init__("to be done over with the lock first")
        self.kept = kept


@dataclass(frozen=True)
class Waiting:
    """A record whose lock waits, and the versions that everything was read at."""

    record: Any
    versions: tuple[rows.At | None, ...]
    kept: Mapping[str, Any]

    def again(self) -> Again:
        """Why the deed starts over."""
        return Again(self.kept)


def waiting() -> Waiting | None:
    """The record whose lock still waits, if any."""
    found: Waiting | None = db.session.info.get(WAITS)
    return found


def may_wait(record: Any, context: Context) -> bool:
    """Let the lock of this record wait, where no transaction is open and all that is joined has versions and is in memory."""
    session = db.session
    if at_the_server(session) or session.new or session.deleted or session.dirty:
        return False
    versions = rows.versions_of(record)
    if versions is None:
        return False
    session.info["context"] = context
    session.info[WAITS] = Waiting(record, versions, rows.brought_along(record))
    return True


def taken_over(record: Any) -> Waiting | None:
    """The change of this record is about to leave: it looks after the versions itself, where its lock still waits."""
    found = waiting()
    if found is None or found.record is not record:
        return None
    db.session.info.pop(WAITS)
    return found


def given_up() -> Again | None:
    """The deed came to nothing before its lock was there: whether for a good reason shows when it is done over."""
    found: Waiting | None = db.session.info.pop(WAITS, None)
    return found.again() if found is not None else None


def settle() -> None:
    """Take the lock that waits, now. Raises Again."""
    if waiting() is not None:
        db.session.connection()


@event.listens_for(Session, "after_begin")
def _lock_first(session: Session, transaction: Any, line: Connection) -> None:
    """The first question of the transaction is the lock; the context stands before it."""
    found: Waiting | None = session.info.pop(WAITS, None)
    if found is None:
        return
    held = session.info.get(HELD_BACK)
    before = b"".join(held or ())
    if held:
        held.clear()
    row = ask_on(line, before, rows.versions_under_lock(cast(Hashable, type(found.record))), (found.record.id,))
    if row != tuple(at.version if at is not None else None for at in found.versions):
        raise found.again()
