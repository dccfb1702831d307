"""The only reader of the time: aware UTC moments, the county's date, and an offset that tests and the demo may steer."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

OffsetSource = Callable[[], timedelta]

_offset_source: OffsetSource | None = None


def set_offset_source(source: OffsetSource | None) -> None:
    """Let `source` say how far the business clock runs ahead of the machine's; None puts it back to real time."""
    global _offset_source
    _offset_source = source


def offset() -> timedelta:
    """How far the business clock runs ahead of the machine's now."""
    return timedelta() if _offset_source is None else _offset_source()


def machine_now() -> datetime:
    """The machine's own time, for leases and log lines that must not follow a steered clock."""
    return datetime.now(UTC)


def now() -> datetime:
    """The business time as an aware UTC moment."""
    return machine_now() + offset()


def today() -> date:
    """The date on the wall of the county office."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as the county's clocks show it; a naive moment is refused."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place on the clock")
    return moment.astimezone(SHANGHAI)


def monotonic() -> float:
    """Seconds that only ever grow, for measuring how long something took."""
    return time.monotonic()
