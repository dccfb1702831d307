"""The steerable clock of browser tests and the demo: an offset row, read at most once a second, refused in production."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from flask import Flask
from sqlalchemy import text

from app.core.database import db

_read: dict[str, tuple[float, timedelta]] = {}
KEEP_SECONDS = 0.5


def offset_of(app: Flask) -> timedelta:
    """How far the business clock runs ahead; a connection of its own, so that it never joins an open act."""
    now = monotonic()
    if "offset" in _read and now - _read["offset"][0] < KEEP_SECONDS:
        return _read["offset"][1]
    _read["offset"] = (now, _read.get("offset", (0.0, timedelta()))[1])
    with app.app_context(), db.engine.connect() as connection:
        seconds = connection.execute(text("select seconds from clock_offset")).scalar()
    _read["offset"] = (now, timedelta(seconds=seconds or 0))
    return _read["offset"][1]


def steer(offset: timedelta) -> None:
    """Set the offset row; every process follows within half a second."""
    db.session.execute(
        text(
            "insert into clock_offset (sole, seconds) values (true, :s) on conflict (sole) do update set seconds = :s"
        ),
        {"s": int(offset.total_seconds())},
    )
    db.session.commit()
    _read.clear()
