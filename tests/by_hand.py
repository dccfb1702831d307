"""Puts records where no step would put them, so that a scene can begin in the middle of a life."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM


@contextmanager
def by_hand(name: str) -> Iterator[None]:
    """An act of the system in which the database's triggers are off duty; only databases of tests allow it."""
    with trail.act(SYSTEM, "system", name):
        db.session.execute(text("select testing.triggers(false)"))
        yield
        db.session.flush()
        db.session.execute(text("select testing.triggers(true)"))
