"""Where the points of one estimate through the years lie in a drawing; the macro `over_time` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STEP, EDGE, HEIGHT, TOP, FOOT, LEAST_WIDTH = 92, 46, 190, 12, 52, 276


@dataclass(frozen=True)
class Moment:
    """A point in time: an estimate as it is printed, with its interval and the value it stands beside.

    `joined`: it may be set beside its neighbours, so a line leads to it; a value of None leaves its place empty.
    `struck`: it does not count any more, and is crossed out.
    """

    label: str
    said: str
    value: float | None
    low: float | None = None
    high: float | None = None
    beside: float | None = None
    joined: bool = True
    struck: bool = False


@dataclass(frozen=True)
class Placed:
    """A moment with its places from the left and from the top; None for what it does not have."""

    moment: Moment
    x: float
    y: float | None
    low: float | None
    high: float | None
    beside: float | None


@dataclass(frozen=True)
class Drawn:
    """The points from left to right; `line`: those that are joined, as the path of an SVG."""

    width: int
    height: int
    points: tuple[Placed, ...]
    line: str


def over_time(moments: Sequence[Moment]) -> Drawn | None:
    """The drawing of moments in the order given; None where fewer than two of them have a value."""
    known = [moment for moment in moments if moment.value is not None]
    if len(known) < 2:
        return None
    numbers = [n for one in known for n in (one.value, one.low, one.high, one.beside) if n is not None]
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.1 or 1.0

    def y(value: float | None) -> float | None:
        if value is None:
            return None
        return round(TOP + (high + room - value) / (high - low + 2 * room) * (HEIGHT - TOP - FOOT), 1)

    width = max(LEAST_WIDTH, 2 * EDGE + STEP * (len(moments) - 1))
    step = (width - 2 * EDGE) / (len(moments) - 1)
    points = tuple(
        Placed(one, round(EDGE + step * place, 1), y(one.value), y(one.low), y(one.high), y(one.beside))
        for place, one in enumerate(moments)
    )
    joined = [f"{one.x} {one.y}" for one in points if one.y is not None and one.moment.joined]
    return Drawn(width, HEIGHT, points, "M" + "L".join(joined) if len(joined) > 1 else "")
