"""The drawn line of one indicator through the rounds; the table beside it says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.web.drawings import plain
from app.core.web.over_time import Drawn, Moment, over_time
from app.core.web.projecting import is_projecting
from app.improvement.monitoring.past import PastRound


def drawing_of(rounds: Sequence[PastRound]) -> Drawn | None:
    """None for one value alone, and on a wall, where a school's values are opened one by one."""
    return None if is_projecting() else over_time([_moment(one) for one in rounds])


def _moment(one: PastRound) -> Moment:
    cell = one.cell
    said = "" if cell.value is None else f"{cell.value:.1%}" if cell.value_type == "rate" else plain(cell.value)
    mean = cell.benchmark_value if cell.benchmark_type == "county" else None
    return Moment(f"{one.ends_on:%Y-%m}", said, cell.value, one.low, one.high, mean, not one.differs)
