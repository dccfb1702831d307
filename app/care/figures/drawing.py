"""Frozen figures as lines of a page, a workbook, a paper and a chart: every one shows the same published cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.care.figures.measures import ALL, CUTS, LONGER, PROCESS_MEASURES, Measure, measure_of
from app.care.figures.rates import FEWEST, Figure
from app.core.small_cells import FEW, KEPT, LEAST, POOL
from app.core.web.chips import word
from app.core.web.projecting import persons
from app.people.directory.words import GENDERS, SCHOOL_TYPES, grade_name

Names = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A label, the number of students, and the cells: numbers, FEW or KEPT."""

    label: str
    n: int
    cells: Sequence[Any]


@dataclass(frozen=True)
class Grid:
    """One cut of a measure: heads of its columns, rows in their fixed order, whether it is the one of an earlier week."""

    cut: str
    title: str
    heads: list[str]
    rows: list[Row]
    carried: bool


@dataclass(frozen=True)
class Part:
    """A measure with its line and its cuts."""

    code: str
    measure: Measure
    title: str
    heads: list[str]
    line: Row | None
    grids: list[Grid]
    carried: bool = False


def parts(measures: Mapping[str, Any], names: Names) -> list[Part]:
    """Every measure that was published, in the order of the list; versions of rules and scales in the order of their codes."""
    order = {measure.code: place for place, measure in enumerate(ALL)}
    found = [_part(code, one, names) for code, one in measures.items() if "line" in one]
    return sorted(found, key=lambda part: (order[part.measure.code], part.code))


def _part(code: str, one: Mapping[str, Any], names: Names) -> Part:
    measure = measure_of(code)
    heads = [word(column) for column in measure.columns]
    line = one["line"]
    grids = [_grid(measure, cut, table, names) for cut in CUTS if (table := one["cuts"].get(cut)) is not None]
    row = Row(_("全县"), line["total"], line["cells"]) if line else None
    return Part(code, measure, title_of(code), heads, row, grids, bool(line and line["carried"]))


def title_of(code: str) -> str:
    """A measure's name with the version of rules, the scale or the level that it is about."""
    measure, about = measure_of(code), code.partition(" ")[2]
    if measure.code == "moved":
        levels = dict(zip(("green", "yellow", "orange", "red"), measure.columns, strict=True))
        return str(_("%(name)s：原来是“%(level)s”", name=word(measure.name), level=word(levels[about])))
    return f"{word(measure.name)}：{about.upper()}" if about else word(measure.name)


def joined(measure: Measure, group: Sequence[int]) -> str:
    """The head of columns that are told together."""
    return " + ".join(word(measure.columns[place]) for place in group)


def _grid(measure: Measure, cut: str, table: Mapping[str, Any], names: Names) -> Grid:
    heads = [joined(measure, group) for group in table["groups"]]
    keys = sorted(table["rows"], key=lambda key: _place(cut, key, names))
    pooled = len(table["pooled"])
    rows = [
        Row(label_of(cut, key, names, pooled), table["rows"][key]["total"], table["rows"][key]["cells"]) for key in keys
    ]
    return Grid(cut, word(CUTS[cut][2]), heads, rows, table["carried"])


def _place(cut: str, key: str, names: Names) -> tuple[Any, ...]:
    if key == POOL:
        return (1, 0, "")
    if cut == "school":
        return (0, list(names).index(key) if key in names else len(names), key)
    return (0, int(key[1:]) if cut == "grade" and key[1:].isdigit() else 0, key)


def label_of(cut: str, key: str, names: Names, pooled: int = 0) -> str:
    """The name of a row."""
    if key == POOL:
        return str(_("人数少的 %(n)s 组合计", n=pooled))
    if cut == "school":
        return names.get(key, _("已撤并的学校"))
    if cut == "grade":
        return word(grade_name(key))
    if cut == "sex":
        return word(GENDERS.get(key, GENDERS["9"]))
    if cut == "school_type":
        return word(SCHOOL_TYPES[key]) if key in SCHOOL_TYPES else _("未说明")
    return _yes_no(cut, key == "True")


def cut_name(cut: str) -> str:
    """按学校, 按年级 …"""
    return word(CUTS[cut][2])


def _yes_no(cut: str, yes: bool) -> str:
    if cut == "boarding":
        return str(_("住校") if yes else _("不住校"))
    return str(_("父母外出（留守）") if yes else _("父母在家"))


def said(cell: Any) -> str:
    """A cell as text: the number, "<5", or a dash for what is kept back."""
    return {FEW: f"<{LEAST}", KEPT: "—"}.get(cell, str(cell)) if isinstance(cell, str) else str(cell)


def figure_said(one: Figure) -> tuple[str, str]:
    """A figure as text, and its interval, or why there is none; a number of persons as the screen may show it."""
    if one.value is None:
        return "—", word(one.why) if one.why else ""
    if one.kind == "count":
        return persons(one.done), "—"
    shown = {"agreement": "{:.2f}".format, "minutes": lasting}.get(one.kind, "{:.1%}".format)
    between = (
        str(_("%(a)s 至 %(b)s", a=shown(one.low), b=shown(one.high)))
        if one.low is not None and one.high is not None
        else ""
    )
    return shown(one.value), between


def lasting(minutes: float) -> str:
    """So long, as people say it: minutes up to two hours, then hours; beyond a day only that it was longer."""
    if minutes >= LONGER:
        return str(_("超过 24 小时"))
    return str(_("%(n)s 分钟", n=round(minutes)) if minutes < 120 else _("%(n)s 小时", n=f"{minutes / 60:.1f}"))


def sheet(measures: Mapping[str, Any], names: Names) -> list[list[Any]]:
    """One line a cell: measure, cut, row, students, column, number or what stands for it."""
    lines: list[list[Any]] = []
    for part in parts(measures, names):
        if part.line is not None:
            lines += _cells(part.title, _("全县"), part.heads, part.line)
        for grid in part.grids:
            for row in grid.rows:
                lines += _cells(part.title, grid.title, grid.heads, row)
    return lines


def _cells(title: str, cut: str, heads: Sequence[str], row: Row) -> list[list[Any]]:
    return [[title, cut, row.label, row.n, head, said(cell)] for head, cell in zip(heads, row.cells, strict=True)]


def own_parts(content: Mapping[str, Any]) -> list[Part]:
    """A school's own rows as they stand in the county's tables."""
    found = []
    for measure in ALL:
        one = content.get(measure.code)
        if one is not None:
            heads = [joined(measure, group) for group in one["groups"]]
            row = Row(_("本校"), one["row"]["total"], one["row"]["cells"])
            found.append(Part(measure.code, measure, word(measure.name), heads, row, [], one["carried"]))
    return found


@dataclass(frozen=True)
class Process:
    """A process fact of a school: how many were done in time of how many, as published; `share` where both are told."""

    done: Any
    n: int
    share: float | None


def process_heads() -> list[Measure]:
    """What an inspector reads of a school, in order."""
    return [measure_of(code) for code in PROCESS_MEASURES]


def process_cells(content: Mapping[str, Any] | None) -> list[Process | None]:
    """One a head; None where the school is too small to stand alone."""
    return [_process(content.get(code) if content else None) for code in PROCESS_MEASURES]


def _process(one: Mapping[str, Any] | None) -> Process | None:
    if one is None or one["groups"] != [[0], [1]]:
        return None
    done, n = one["row"]["cells"][0], one["row"]["total"]
    return Process(done, n, done / n if isinstance(done, int) and n >= FEWEST else None)


def coverage_chart(measures: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Share with valid answers a school, in code order; what is kept back leaves a gap."""
    grids = {part.code: {grid.cut: grid for grid in part.grids} for part in parts(measures, names)}
    grid = grids.get("coverage", {}).get("school")
    rows = grid.rows if grid and len(grid.heads) == 2 else []
    return {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 24, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 100},
        "yAxis": {"type": "category", "inverse": True, "data": [row.label for row in rows]},
        "series": [
            {
                "type": "bar", "name": _("有效完成（%%）").replace("%%", "%"), "color": "series-1", "barMaxWidth": 12,
                "data": [
                    round(100 * row.cells[0] / row.n, 1) if isinstance(row.cells[0], int) and row.n else None for row in rows
                ],
            }
        ],
    }  # fmt: skip


def levels_chart(measures: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Students by grade in stacked bars of one hue, a level a shade, with its name; what is kept back leaves a gap."""
    found = [part for part in parts(measures, names) if part.code == "levels"]
    grid = next((grid for part in found for grid in part.grids if grid.cut == "grade"), None)
    heads, rows = (grid.heads, grid.rows) if grid else ([], [])
    series = [
        {
            "type": "bar", "stack": "n", "name": head, "color": f"q{place + 1}",
            "data": [row.cells[place] if isinstance(row.cells[place], int) else None for row in rows],
        }
        for place, head in enumerate(heads)
    ]  # fmt: skip
    return {
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [row.label for row in rows]},
        "legend": {"data": heads},
        "series": series,
    }
