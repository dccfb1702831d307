"""That the next actor has opened what was handed in: from then on it cannot be taken back (domain G6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from app.core import clock
from app.core.audit import trail
from app.core.database import db


def note_opened(record: Any) -> None:
    """Fill `opened_at`, once, in the open act.

    Written beside the version, so that the page which the reader just opened is not stale by it.
    """
    if record.opened_at is not None:
        return
    now, table = clock.now(), record.__table__
    db.session.execute(update(table).where(table.c.id == record.id).values(opened_at=now))
    deed = trail.current()
    if deed is not None:
        deed.main.changes["opened_at"] = [None, str(now)]
