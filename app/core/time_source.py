"""Whether somebody keeps this machine's clock right: what the kernel says of it, and how far the database is apart."""

from __future__ import annotations

import ctypes

from sqlalchemy import text

from app.core import clock
from app.core.database import db

UNSYNCHRONISED = 5
"""TIME_ERROR of adjtimex(2): no time service keeps the clock, or its source is lost."""
SIZE_OF_TIMEX = 512
NOW = text("select extract(epoch from clock_timestamp())")


def is_kept() -> bool:
    """Whether a time service keeps the kernel's clock; asking changes nothing."""
    asked = ctypes.create_string_buffer(SIZE_OF_TIMEX)
    state: int = ctypes.CDLL(None, use_errno=True).adjtimex(asked)
    return 0 <= state < UNSYNCHRONISED


def seconds_apart() -> float:
    """How far the database's clock is from this machine's."""
    return abs(float(db.session.execute(NOW).scalar_one()) - clock.machine_now().timestamp())
