"""One estimate through the years as SVG without any inline style: a point, its interval and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

STEP, EDGE, HEIGHT, TOP, FOOT, LEAST_WIDTH = 92, 46, 190, 30, 40, 276
DASH = 16


@dataclass(frozen=True)
class Moment:
    """A point in time: an estimate as it is printed, with its interval and the value it stands beside.

    `joined`: it may be set beside its neighbours, so a line leads to it; a value of None leaves its place empty.
    """

    label: str
    said: str
    value: float | None
    low: float | None = None
    high: float | None = None
    beside: float | None = None
    joined: bool = True


def over_time(moments: Sequence[Moment], label: str) -> Markup:
    """Points from left to right in the order given; empty where fewer than two of them have a value."""
    known = [moment for moment in moments if moment.value is not None]
    if len(known) < 2:
        return Markup()
    numbers = [n for one in known for n in (one.value, one.low, one.high, one.beside) if n is not None]
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.1 or 1.0

    def y(value: float) -> float:
        return round(TOP + (high + room - value) / (high - low + 2 * room) * (HEIGHT - TOP - FOOT), 1)

    width = max(LEAST_WIDTH, 2 * EDGE + STEP * (len(moments) - 1))
    step = (width - 2 * EDGE) / (len(moments) - 1)
    places = [round(EDGE + step * place, 1) for place in range(len(moments))]
    line = [(x, y(m.value)) for x, m in zip(places, moments, strict=True) if m.value is not None and m.joined]
    path = Markup("L").join(Markup("{} {}").format(*point) for point in line)
    parts = [Markup('<path class="s-line" d="M{}"/>').format(path)] if len(line) > 1 else []
    for x, moment in zip(places, moments, strict=True):
        parts.append(Markup('<text class="s-small" x="{}" y="{}">{}</text>').format(x, HEIGHT - 10, moment.label))
        if moment.value is not None:
            parts.append(_point(x, moment, y))
    frame = '<svg class="slope over-time" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">{3}</svg>'
    return Markup(frame).format(width, HEIGHT, label, Markup("").join(parts))


def _point(x: float, moment: Moment, y: Callable[[float], float]) -> Markup:
    assert moment.value is not None
    parts, top = [], y(moment.value)
    if moment.beside is not None:
        parts.append(Markup('<path class="s-target" d="M{} {}h{}"/>').format(x - DASH, y(moment.beside), 2 * DASH))
    if moment.low is not None and moment.high is not None:
        top = y(moment.high)
        parts.append(
            Markup('<path class="s-span" d="M{0} {1}V{2}M{3} {1}h10M{3} {2}h10"/>').format(x, top, y(moment.low), x - 5)
        )
    look = "s-dot" if moment.joined else "s-dot s-apart"
    parts.append(Markup('<circle class="{}" cx="{}" cy="{}" r="5"/>').format(look, x, y(moment.value)))
    parts.append(Markup('<text class="s-value" x="{}" y="{}">{}</text>').format(x, top - 8, moment.said))
    return Markup("").join(parts)
