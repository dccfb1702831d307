"""Small pictures drawn on the server as SVG without any inline style: intervals, chains, slopes, bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from unicodedata import east_asian_width

from markupsafe import Markup

FindingLook = Literal["problem", "watch", "strength", "none"]
NodeLook = Literal["done", "now", "next"]

FOREST_WIDTH, FOREST_HEIGHT, FOREST_PAD = 230, 32, 10
NODE_WIDTH, NODE_HEIGHT, NODE_GAP, ROW_GAP, RING_EDGE = 156, 66, 22, 46, 2
SLOPE_WIDTH, SLOPE_HEIGHT = 320, 190
SHADES = 6
BOXES = 1024
"""Boxes of chains that a process keeps drawn: most stages of most chains say the same few things."""
NARROW = " !.,:;'|iljI()[]"


@dataclass(frozen=True)
class Scale:
    """The range of an axis in units of the estimate; estimates outside are drawn at the edge with an arrow head."""

    low: float
    high: float
    ticks: tuple[float, ...] = ()
    threshold: float | None = None

    def place(self, value: float, width: float, pad: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(pad + min(1.0, max(0.0, share)) * (width - 2 * pad), 1)


EFFECT = Scale(-0.9, 0.6, (-0.8, -0.5, -0.2, 0.0, 0.5), threshold=-0.2)


@dataclass(frozen=True)
class Node:
    """One link of the evidence chain: a name, up to two lines, where its original is, and how far it is."""

    title: str
    lines: tuple[str, ...] = ()
    url: str = ""
    look: NodeLook = "done"


@dataclass(frozen=True)
class Point:
    """An estimate with its 95% interval and the number of people behind it."""

    label: str
    value: float
    low: float
    high: float
    count: int | None = None


@dataclass(frozen=True)
class Stop:
    """One state on the strip of a record: its name (zh, en), a date or a count under it, and how far it is."""

    state: Any
    note: str
    look: NodeLook


def state_strip(
    states: Sequence[Any],
    current: str,
    notes: Mapping[str, str] | None = None,
    reached: str | None = None,
    ended: Any = None,
) -> tuple[Stop, ...]:
    """The normal path of a workflow with the record's place on it.

    `states` come in the order of the path; side states (`state.side`) are left out. A record that stands in a side
    state has no current stop: `reached` names the last stop of the path that it left behind. `ended` is the side state
    that it never leaves: it closes the strip, as nothing of the path lies ahead.
    """
    path = [state for state in states if not getattr(state, "side", False)]
    codes = [state.code for state in path]
    here = codes.index(current) if current in codes else -1
    passed = here if here >= 0 else codes.index(reached) + 1 if reached in codes else 0
    over = here >= 0 and getattr(path[here], "final", False)
    stops = tuple(
        Stop(
            state,
            (notes or {}).get(state.code, ""),
            "done" if place < passed or (over and place == here) else "now" if place == here else "next",
        )
        for place, state in enumerate(path)
    )
    if ended is None:
        return stops
    return (*(stop for stop in stops if stop.look == "done"), Stop(ended, (notes or {}).get(ended.code, ""), "done"))


def ended_aside(record: Any) -> Any:
    """The side state in which the record stays for good; None while it can go on, and where it came to its end."""
    standing = record.standing
    return standing if standing.side and standing.final else None


def strip_of_record(record: Any, notes: Mapping[str, str]) -> tuple[Stop, ...]:
    """The strip of a record that keeps the state it stepped aside from."""
    return state_strip(record.workflow.path, record.state, notes, record.previous_state, ended_aside(record))


def signed(value: float, digits: int = 2) -> str:
    """−0.40, +0.11, 0.00: a true minus sign, and a plus because the reader looks for the direction."""
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"−{text}" if value < 0 else f"+{text}"


def plain(value: float, digits: int = 1) -> str:
    """460.0, −3.5: a number with a true minus sign."""
    return f"{value:.{digits}f}".replace("-", "−")


def shade(number: int, most: int) -> str:
    """The class of a matrix cell, q0 to q5 by its share of the largest cell; empty cells have none."""
    if number <= 0 or most <= 0:
        return "q-none"
    return f"q{min(SHADES - 1, (number * SHADES - 1) // most if number < most else SHADES - 1)}"


def forest_axis(scale: Scale = EFFECT) -> Markup:
    """The numbers above a column of forest rows, at the same places as the lines below them."""
    marks = Markup("").join(
        Markup('<text x="{}" y="13">{}</text>').format(
            scale.place(tick, FOREST_WIDTH, FOREST_PAD),
            signed(tick, 1) if tick else "0",
        )
        for tick in scale.ticks
    )
    return Markup(
        '<svg class="forest forest-axis" viewBox="0 0 {} 18" width="{}" height="18" aria-hidden="true">{}</svg>'
    ).format(FOREST_WIDTH, FOREST_WIDTH, marks)


def forest_row(
    value: float,
    low: float,
    high: float,
    look: FindingLook,
    label: str,
    scale: Scale = EFFECT,
    digits: int = 2,
) -> Markup:
    """An estimate and its interval in one table row, with the zero line and the threshold of the scale.

    `label` says the same in words for readers (效应量 −0.40，95% 区间 −0.65 至 −0.15).
    """
    return Markup('<span class="forest-cell">{}<span class="forest-value" aria-hidden="true">{}</span></span>').format(
        forest(value, low, high, look, label, scale), signed(value, digits)
    )


def forest(value: float, low: float, high: float, look: FindingLook, label: str = "", scale: Scale = EFFECT) -> Markup:
    """The same drawing alone; without a label it says nothing to readers, where the numbers stand beside it as text."""
    x, left, right = (scale.place(v, FOREST_WIDTH, FOREST_PAD) for v in (value, low, high))
    zero, middle = scale.place(0, FOREST_WIDTH, FOREST_PAD), FOREST_HEIGHT / 2
    parts = [Markup('<line class="f-zero" x1="{0}" y1="2" x2="{0}" y2="{1}"/>').format(zero, FOREST_HEIGHT - 2)]
    if scale.threshold is not None:
        edge = scale.place(scale.threshold, FOREST_WIDTH, FOREST_PAD)
        parts.append(Markup('<line class="f-edge" x1="{0}" y1="2" x2="{0}" y2="{1}"/>').format(edge, FOREST_HEIGHT - 2))
    parts.append(Markup('<line class="f-span" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(left, middle, right, middle))
    parts += [_arrow(left, -1)] if low < scale.low else []
    parts += [_arrow(right, +1)] if high > scale.high else []
    parts.append(_mark(x, middle, look))
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="forest f-{0}" viewBox="0 0 {1} {2}" width="{1}" height="{2}" {3}>{4}</svg>').format(
        look, FOREST_WIDTH, FOREST_HEIGHT, said, Markup("").join(parts)
    )


def _mark(x: float, y: float, look: FindingLook) -> Markup:
    """Filled dot, hollow dot, square: shapes differ, so a print in grey still reads."""
    if look == "strength":
        return Markup('<rect class="f-dot" x="{}" y="{}" width="9" height="9"/>').format(x - 4.5, y - 4.5)
    return Markup('<circle class="f-dot" cx="{}" cy="{}" r="{}"/>').format(x, y, 5 if look == "problem" else 4.5)


def _arrow(x: float, side: int) -> Markup:
    y = FOREST_HEIGHT / 2
    return Markup('<path class="f-out" d="M{} {}l{} 4v-8z"/>').format(x + side * 5, y, -side * 6)


def chain_ring(nodes: Sequence[Node], label: str) -> Markup:
    """The evidence chain: first half left to right, second half back right to left, closing into a ring.

    Ten nodes make the ring of the house; any even number from four up works. The arrow into a node is as solid as
    the node it leads to. The same content stands beside it as a list (macro `chain`).
    """
    half = (len(nodes) + 1) // 2
    width = half * NODE_WIDTH + (half - 1) * NODE_GAP + 2 * RING_EDGE
    height = 2 * NODE_HEIGHT + ROW_GAP + 2 * RING_EDGE
    places = [_node_place(i, half) for i in range(len(nodes))]
    solid = [node.look != "next" for node in nodes]
    arrows = [_chain_arrow(i, half, len(nodes), *places[i], solid[i - len(nodes) + 1]) for i in range(len(nodes))]
    boxes = [_chain_box(node, *place) for node, place in zip(nodes, places, strict=True)]
    return Markup('<svg class="chain" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>').format(
        width, height, label, Markup("").join(arrows), Markup("").join(boxes)
    )


def _node_place(index: int, half: int) -> tuple[int, int]:
    column = index if index < half else 2 * half - 1 - index
    return RING_EDGE + column * (NODE_WIDTH + NODE_GAP), RING_EDGE + (0 if index < half else NODE_HEIGHT + ROW_GAP)


@lru_cache(maxsize=BOXES)
def _chain_arrow(index: int, half: int, many: int, x: int, y: int, solid: bool) -> Markup:
    """The arrow that leaves node `index` of so many for the next one, the last for the first."""
    dashed = "" if solid and (index + 1) % many else " c-next"
    centre, middle = x + NODE_WIDTH // 2, y + NODE_HEIGHT // 2
    if index == half - 1:
        line, head = (
            f"M{centre} {y + NODE_HEIGHT}v{ROW_GAP - 7}",
            f"M{centre - 4} {y + NODE_HEIGHT + ROW_GAP - 8}h8l-4 7z",
        )
    elif index == many - 1:
        line, head = (
            f"M{centre} {y}v{-(ROW_GAP - 7)}",
            f"M{centre - 4} {y - ROW_GAP + 8}h8l-4 -7z",
        )
    elif index < half:
        line, head = (
            f"M{x + NODE_WIDTH} {middle}h{NODE_GAP - 7}",
            f"M{x + NODE_WIDTH + NODE_GAP - 8} {middle - 4}v8l7 -4z",
        )
    else:
        line, head = (
            f"M{x} {middle}h{-(NODE_GAP - 7)}",
            f"M{x - NODE_GAP + 8} {middle - 4}v8l-7 -4z",
        )
    return Markup('<path class="c-line{}" d="{}"/><path class="c-head{}" d="{}"/>').format(dashed, line, dashed, head)


@lru_cache(maxsize=BOXES)
def _chain_box(node: Node, x: int, y: int) -> Markup:
    """One box; what had to be cut is whole in the title, and in the list beside the drawing."""
    lines = [
        ("c-title", node.title, 21, 9.6),
        *(("c-text", t, 40 + 16 * n, 11.4) for n, t in enumerate(node.lines[:2])),
    ]
    texts = Markup("").join(
        Markup('<text class="{}" x="{}" y="{}">{}</text>').format(look, x + 11, y + down, fit(text, room))
        for look, text, down, room in lines
    )
    cut = any(fit(text, room) != text for _, text, _, room in lines)
    title = Markup("<title>{}</title>").format("，".join((node.title, *node.lines))) if cut else ""
    box = Markup('{}<rect x="{}" y="{}" width="{}" height="{}" rx="6"/>{}').format(
        title, x, y, NODE_WIDTH, NODE_HEIGHT, texts
    )
    if node.url:
        return Markup('<a class="c-node c-{}" href="{}">{}</a>').format(node.look, node.url, box)
    return Markup('<g class="c-node c-{}">{}</g>').format(node.look, box)


def fit(text: str, room: float) -> str:
    """As much of the text as fits into `room` wide characters, with … where it was cut."""
    used, kept = 0.0, ""
    for letter in str(text):
        used += 1 if east_asian_width(letter) in "WFA" else 0.3 if letter in NARROW else 0.57
        if used > room:
            return kept.rstrip() + "…"
        kept += letter
    return kept


def slope(
    before: Point,
    after: Point,
    label: str,
    target: float | None = None,
    target_label: str = "",
    digits: int = 1,
) -> Markup:
    """Did it improve: two points with their intervals, the line between them, and the target as a dashed line."""
    values = [
        before.low,
        before.high,
        after.low,
        after.high,
        *([target] if target is not None else []),
    ]
    room = (max(values) - min(values)) * 0.12 or 1.0
    low, high = min(values) - room, max(values) + room

    def y(value: float) -> float:
        return round(24 + (high - value) / (high - low) * (SLOPE_HEIGHT - 68), 1)

    left, right = 92, SLOPE_WIDTH - 92
    parts = []
    if target is not None:
        parts.append(
            Markup('<line class="s-target" x1="20" x2="{1}" y1="{0}" y2="{0}"/>').format(y(target), SLOPE_WIDTH - 20)
        )
        parts.append(Markup('<text class="s-small" x="20" y="{}">{}</text>').format(y(target) - 5, target_label))
    parts.append(
        Markup('<line class="s-line" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
            left, y(before.value), right, y(after.value)
        )
    )
    for x, point, side in ((left, before, -1), (right, after, +1)):
        parts.append(_slope_point(x, side, point, y(point.value), y(point.low), y(point.high), digits))
    return Markup('<svg class="slope" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        SLOPE_WIDTH, SLOPE_HEIGHT, label, Markup("").join(parts)
    )


def _slope_point(x: int, side: int, point: Point, y: float, low: float, high: float, digits: int) -> Markup:
    anchor = "end" if side < 0 else "start"
    count = f"n={point.count}" if point.count is not None else ""
    return Markup(
        '<path class="s-span" d="M{0} {1}V{2}M{3} {1}h10M{3} {2}h10"/><circle class="s-dot" cx="{0}" cy="{4}" r="5"/>'
        '<text class="s-value" x="{5}" y="{6}" text-anchor="{7}">{8}</text>'
        '<text class="s-small" x="{0}" y="{9}" text-anchor="middle">{10}</text>'
        '<text class="s-small" x="{0}" y="{11}" text-anchor="middle">{12}</text>'
    ).format(
        x, high, low, x - 5, y, x + side * 12, y + 5, anchor, plain(point.value, digits),
        SLOPE_HEIGHT - 24, point.label, SLOPE_HEIGHT - 8, count,
    )  # fmt: skip


def spark(values: Sequence[float | None], label: str, marked: int | None = None) -> Markup:
    """A row of small bars from zero, one of them marked; a missing value leaves its place empty."""
    most = max((v for v in values if v is not None), default=0) or 1
    bars = Markup("").join(
        Markup('<rect class="{}" x="{}" y="{}" width="6" height="{}"/>').format(
            "b-now" if place == marked else "b-bar",
            place * 8,
            round(24 - 22 * value / most, 1),
            round(22 * value / most, 1),
        )
        for place, value in enumerate(values)
        if value is not None
    )
    width = max(8, len(values) * 8 - 2)
    base = Markup('<path class="b-base" d="M0 24.5H{}"/>').format(width)
    return Markup(
        '<svg class="spark" viewBox="0 0 {0} 25" width="{0}" height="25" role="img" aria-label="{1}">{2}{3}</svg>'
    ).format(width, label, bars, base)
