"""How value added is drawn: intervals in code order, before and after in cells, one school over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.web.chips import word
from app.core.web.drawings import Scale, forest_axis, forest_row, signed
from app.improvement.effects.models import ValueAddedEffect
from app.improvement.effects.words import VERDICTS, said

SPREAD = Scale(-0.75, 0.75, (-0.6, -0.3, 0.0, 0.3, 0.6))
"""Effects in standard deviations of pupils; what lies outside is drawn at the edge with an arrow head."""
LOOKS: dict[str | None, Any] = {"above": "strength", "below": "problem"}
SMALLEST, LARGEST = 4, 20


@dataclass(frozen=True)
class Line:
    """One row: whom it is about, what was found, its drawing, and in words what cannot be said."""

    effect: ValueAddedEffect
    label: str
    code: str
    url: str
    drawing: Markup | None
    span: str
    verdict: str
    why: str


@dataclass
class Subject:
    """One subject of one school: its rounds, the newest first, and the classes of the newest."""

    code: str
    rounds: list[Line] = field(default_factory=list)
    classes: list[Line] = field(default_factory=list)


def axis() -> Markup:
    """The numbers above the rows."""
    return forest_axis(SPREAD)


def line(effect: ValueAddedEffect, label: str, sd: float | None, code: str = "", url: str = "") -> Line:
    """An effect with its interval in standard deviations of pupils."""
    why = said(effect.reason) if effect.reason else ""
    verdict = word(VERDICTS[effect.verdict or "unsaid"])
    if effect.effect is None or effect.low is None or effect.high is None or not sd:
        return Line(effect, label, code, url, None, "", verdict, why)
    value, low, high = (number / sd for number in (effect.effect, effect.low, effect.high))
    span = _("%(a)s 至 %(b)s", a=signed(low), b=signed(high))
    interval = _("%(e)s（%(a)s 至 %(b)s）", e=signed(value), a=signed(low), b=signed(high))
    words = _("%(name)s：%(interval)s 个标准差", name=label, interval=interval)
    drawn = forest_row(value, low, high, LOOKS.get(effect.verdict, "none"), words, SPREAD)
    return Line(effect, label, code, url, drawn, span, verdict, why)


def caterpillar(rows: Iterable[Any], sd: float | None) -> list[Line]:
    """Schools in the order in which they came: by code."""
    return [line(one, short, sd, code, f"/value-added/schools/{ref}") for one, code, short, _name, ref in rows]


def summary(effects: Sequence[ValueAddedEffect]) -> list[Subject]:
    """By subject: every reckoning of the school, the newest first; of the newest also the classes, in their order."""
    found: dict[str, Subject] = {}
    newest: dict[str, Any] = {}
    for one in effects:
        subject = found.setdefault(one.subject, Subject(one.subject))
        newest.setdefault(one.subject, one.run_id)
        sd = one.about.get("post_sd")
        if one.class_no is None:
            subject.rounds.append(line(one, str(one.about.get("cycle", "")), sd))
        elif newest[one.subject] == one.run_id:
            subject.classes.append(line(one, _("%(n)s 班", n=one.class_no), sd))
    return list(found.values())


def scatter_chart(found: dict[str, Any]) -> dict[str, Any]:
    """Dots as large as the number of pupils in their cell, and the line; no pupil by itself."""
    cells = found["cells"]
    most = max((count for _x, _y, count in cells), default=1)
    dots = [
        {
            "value": [x, y],
            "name": _("%(n)s 名学生", n=count),
            "symbolSize": round(SMALLEST + (LARGEST - SMALLEST) * (count / most) ** 0.5, 1),
        }
        for x, y, count in cells
    ]
    series: list[dict[str, Any]] = [
        {"type": "scatter", "name": _("学生人数"), "color": "series-1", "data": dots, "itemStyle": {"opacity": 0.55}}
    ]
    if found.get("line"):
        series.append(
            {"type": "line", "name": _("全县拟合线"), "color": "series-2", "showSymbol": False, "data": found["line"]}
        )
    ends = {"type": "value", "scale": True}
    return {
        "xAxis": {**ends, "name": _("前测"), "nameLocation": "middle", "nameGap": 28},
        "yAxis": {**ends, "name": _("后测"), "nameLocation": "middle", "nameGap": 40},
        "grid": {"left": 28, "right": 24, "top": 40, "bottom": 28, "containLabel": True},
        "series": series,
    }


def version_lines(content: dict[str, Any]) -> dict[str, list[Line]]:
    """The schools of a frozen version as rows: all of them, or those that stand out."""
    sd = (content.get("county") or {}).get("post_sd")
    groups = {"schools": content.get("schools") or [], **(content.get("standing") or {})}
    return {name: [_frozen(one, sd) for one in lines] for name, lines in groups.items()}


def _frozen(one: dict[str, Any], sd: float | None) -> Line:
    names = ("rows", "n", "effect", "low", "high", "verdict", "reason")
    return line(ValueAddedEffect(**{name: one[name] for name in names}), one["name"], sd, one["code"])
