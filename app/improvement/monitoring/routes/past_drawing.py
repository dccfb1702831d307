"""The drawn line of one indicator through the rounds; the table beside it says the same in numbers."""

from __future__ import annotations

import uuid
from collections.abc import Container, Sequence

from app.core.web.drawings import plain
from app.core.web.over_time import Drawn, Moment, over_time
from app.core.web.projecting import is_projecting
from app.improvement.monitoring.past import PastRound


def drawing_of(rounds: Sequence[PastRound], rulings: Container[uuid.UUID] = ()) -> Drawn | None:
    """None for one value alone, and on a wall, where a school's values are opened one by one.

    rulings: ids of cells on which nothing is built; they are crossed out, and no line leads to them.
    """
    return None if is_projecting() else over_time([_moment(one, rulings) for one in rounds])


def _moment(one: PastRound, rulings: Container[uuid.UUID]) -> Moment:
    cell = one.cell
    said = "" if cell.value is None else f"{cell.value:.1%}" if cell.value_type == "rate" else plain(cell.value)
    mean = cell.benchmark_value if cell.benchmark_type == "county" else None
    struck = cell.id in rulings
    joined = not one.differs and not struck
    return Moment(f"{one.ends_on:%Y-%m}", said, cell.value, one.low, one.high, mean, joined, struck)
