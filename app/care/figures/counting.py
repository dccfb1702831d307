"""From students to what may be published: counted by sets in the database, small cells taken out before anything is kept."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median_high
from typing import Any

from sqlalchemy import Date, bindparam, text

from app.care.figures.measures import (
    AGREEMENT,
    CUTS,
    DAY_STEPS,
    FEWEST_FOR_AGREEMENT,
    FEWEST_FOR_WAITS,
    PROCESS_MEASURES,
    ROSTER,
    STEP_MINUTES,
    WAITS,
    WHOLE,
    Measure,
    measure_of,
)
from app.care.rainbow.computing import AS_BEFORE, SET_BASED
from app.core.database import db
from app.core.intervals import median_interval, weighted_kappa
from app.core.small_cells import LEAST, Line, Table, publish_line, publish_table, stable

COUNT = text((Path(__file__).parent / "counting.sql").read_text(encoding="utf-8")).bindparams(
    bindparam("today", type_=Date), bindparam("began", type_=Date)
)
Content = dict[str, Any]
"""Measure → {"line": Line, "cuts": {cut: Table}}, "agreement" and "waits": {value, low, high, n}; all as plain JSON."""


WIDTHS = {AGREEMENT: 16, ROSTER: 1, WAITS: DAY_STEPS + 1}


@dataclass
class Counted:
    """Numbers of one measure before anything is taken out; they are never kept."""

    width: int
    line: list[int]
    cuts: dict[str, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(dict))


def count(county: uuid.UUID, school_year: int, today: date) -> dict[str, Counted]:
    """Count a county by one statement; only worker code paths see rows of all its schools (decision 13)."""
    found: dict[str, Counted] = {}
    masks = {mask: (cut, column) for cut, (mask, column, _name) in CUTS.items()}
    db.session.execute(SET_BASED)
    about = {"county": county, "year": school_year, "today": today, "began": date(school_year, 9, 1)}
    rows = db.session.execute(COUNT, about | {"step_minutes": STEP_MINUTES, "day_steps": DAY_STEPS}).all()
    db.session.execute(AS_BEFORE)
    for row in rows:
        width = WIDTHS.get(row.measure) or len(measure_of(row.measure).columns)
        one = found.setdefault(row.measure, Counted(width, [0] * width))
        if row.cut == WHOLE:
            one.line[row.at] = row.n
        else:
            cut, column = masks[row.cut]
            one.cuts[cut].setdefault(str(getattr(row, column)), [0] * width)[row.at] = row.n
    return found


def published(counted: Mapping[str, Counted], earlier: Sequence[Content], least: int = LEAST) -> Content:
    """What may be told of the numbers, given all that was told in the same school year (oldest first)."""
    content: Content = {}
    roster = counted[ROSTER].line[0] if ROSTER in counted else 0
    for code, one in sorted(counted.items()):
        if code == ROSTER:
            continue
        before = [old[code] for old in earlier if code in old]
        if code in (AGREEMENT, WAITS):
            content[code] = (_agreement if code == AGREEMENT else _waits)(one, before, least)
            continue
        begun = code != "levels" or 2 * sum(one.line) >= roster
        content[code] = _measure(measure_of(code), one, before, least, begun)
    _guard(content, earlier)
    _reasons_by_school(content, counted, earlier, least)
    return content


def _measure(measure: Measure, one: Counted, before: Sequence[Content], least: int, begun: bool) -> Content:
    """`begun`: cuts keep the shape in which they are given first, so they wait until there is enough to give."""
    line = publish_line(one.line, [Line.of(old["line"]) for old in before if old["line"]], least)
    cuts = {}
    for cut in measure.cuts if measure.code != "reasons" else ():
        past = [Table.of(old["cuts"][cut]) for old in before if cut in old["cuts"]]
        if not begun and not past:
            continue
        table = publish_table(one.cuts.get(cut, {}), line, past, least)
        if table is not None:
            cuts[cut] = table.as_dict()
    return {"line": line.as_dict() if line else None, "cuts": cuts}


def _reasons_by_school(
    content: Content, counted: Mapping[str, Counted], earlier: Sequence[Content], least: int
) -> None:
    """Reasons stand beside the schools once nobody is still answering, and only where taking part itself is shown there."""
    if "reasons" not in content or content["reasons"]["line"] is None:
        return
    past = [Table.of(old["reasons"]["cuts"]["school"]) for old in earlier if old.get("reasons", {}).get("cuts")]
    taking = content["coverage"]["cuts"].get("school")
    if taking is None or (not past and counted["reasons"].line[0] > 0):
        return
    told = {key for key, line in taking["rows"].items() if all(isinstance(cell, int) for cell in line["cells"])}
    rows = counted["reasons"].cuts.get("school", {})
    line = Line.of(content["reasons"]["line"])
    table = publish_table(rows, line, past, least, apart=set(rows) - told)
    if table is not None:
        content["reasons"]["cuts"]["school"] = table.as_dict()


def _guard(content: Content, earlier: Sequence[Content]) -> None:
    """A sum that another measure shows must not fill in what a line keeps back: then the older one stands, or none."""
    levels, coverage = (content.get(code, {}).get("line") for code in ("levels", "coverage"))
    shown = [isinstance(cell, int) for cell in levels["cells"]] if levels else [False] * 4
    if "found_by" in content and not all(shown[1:]) and not shown[0]:
        content["found_by"] = _older("found_by", earlier)
    if "reasons" in content and not (coverage and all(isinstance(cell, int) for cell in coverage["cells"])):
        content["reasons"] = _older("reasons", earlier)


def _older(code: str, earlier: Sequence[Content]) -> Content:
    old = [one[code] for one in earlier if code in one]
    return old[-1] if old else {"line": None, "cuts": {}}


def _agreement(one: Counted, before: Sequence[Content], least: int) -> Content:
    n = sum(one.line)
    if before and before[-1].get("n") is not None and stable(n, [old["n"] for old in before if old["n"]], least) != n:
        return before[-1]
    found = weighted_kappa([one.line[4 * row : 4 * row + 4] for row in range(4)]) if n >= FEWEST_FOR_AGREEMENT else None
    if found is None:
        return {"n": None}
    value, low, high = (round(number, 2) for number in found)
    return {"n": n, "value": value, "low": low, "high": high}


def _waits(one: Counted, before: Sequence[Content], least: int) -> Content:
    """Half waited so many minutes at most, rounded up; told anew only where `least` students more or fewer stand behind it."""
    n = sum(one.line)
    near = [old for old in reversed(before) if old["n"] is not None and abs(old["n"] - n) < least]
    if near:
        return near[0]
    known = [STEP_MINUTES * (place + 1) for place, many in enumerate(one.line) for _ in range(many)]
    between = median_interval(known) if n >= FEWEST_FOR_WAITS else None
    if between is None:
        return {"n": None}
    return {"n": n, "value": median_high(known), "low": between[0], "high": between[1]}


def process_of(part: Content) -> Content:
    """What an inspector reads of a school's part: how far the work is and whether it is in time, no level and no reason."""
    return {code: one for code, one in part.items() if code in PROCESS_MEASURES}


def of_one_school(content: Content, school: str) -> Content:
    """The part of the county's publication that is about one school: its own rows, exactly as they stand there."""
    part: Content = {}
    for code, one in content.items():
        table = one.get("cuts", {}).get("school")
        if table is not None and school in table["rows"]:
            part[code] = {"groups": table["groups"], "row": table["rows"][school], "carried": table["carried"]}
    return part
