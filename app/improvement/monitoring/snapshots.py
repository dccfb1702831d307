"""The four versions of a round's data, cut from one frozen data set: basic, analysis, by topic, public (domain §3 A1)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.intervals import wilson
from app.core.on_demand import on_demand
from app.core.small_cells import suppress
from app.improvement.monitoring.cells import plain
from app.improvement.monitoring.judging import Judged
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.monitoring.spread import spread_of
from app.improvement.monitoring.telling import UNTOLD
from app.improvement.provenance import inputs_digest

if TYPE_CHECKING:
    import numpy as np
else:
    np = on_demand("numpy")

Json = dict[str, Any]
DIGITS = 6
NEAR = ("watch", "none")
SAMPLED = 2.0
"""Design effect of a sample whose sheet gives none (domain §8.3); a census counts each pupil once."""


@dataclass(frozen=True)
class Versions:
    """What each audience gets, and the digest of the data set that all are cut from."""

    dataset_sha256: str
    snapshots: dict[str, Json]


def versions_of(cycle: MonitoringCycle, judged: Judged, earlier: Sequence[Json] = ()) -> Versions:
    """Cut the four versions; nothing is read beside the judged cells.

    A cell on which sources disagree, or that was decided against, stands in the basic version and in its school's package;
    no mean, quarter, count or topic is made of it.

    earlier: lines of the public versions of rounds that this one does again, oldest first.
    """
    numbers = monitoring_numbers()
    about = _about(cycle)
    cells = _cells(judged)
    digest = inputs_digest([about, cells])
    groups = _by_measure(cell for row, cell in zip(judged.rows, cells, strict=True) if not row.disputed)
    spread = spread_of(groups, numbers.band_least_schools)
    return Versions(
        digest,
        {
            "basic": {"about": about, "cells": cells, "packages": _packages(about, cells, groups, spread)},
            "analysis": {"about": about, "indicators": _analysis(groups), "spread": spread},
            "topic": {"about": about, "topics": _topics(groups)},
            "public": {"about": about, "indicators": _public(groups, numbers.public_least, earlier)},
        },
    )


def _about(cycle: MonitoringCycle) -> Json:
    return {
        "code": cycle.code,
        "name": cycle.name,
        "level": cycle.level,
        "stage": cycle.stage,
        "grades": list(cycle.grades),
        "subjects": list(cycle.subjects),
        "instrument": f"{cycle.instrument} {cycle.instrument_version}".strip(),
        "coverage": cycle.coverage,
        "benchmark_source": cycle.benchmark_source,
        "starts_on": cycle.starts_on.isoformat(),
        "ends_on": cycle.ends_on.isoformat(),
    }


def _cells(judged: Judged) -> list[Json]:
    found = judged.findings
    columns = zip(
        judged.rows,
        plain(found.deff),
        plain(found.effect),
        plain(found.low),
        plain(found.high),
        plain(found.verdict),
        plain(found.severity),
        strict=True,
    )
    return [_cell(row, deff, effect, low, high, word, grade) for row, deff, effect, low, high, word, grade in columns]


def _cell(row: Any, deff: float, effect: Any, low: Any, high: Any, verdict: str, severity: str | None) -> Json:
    value_low, value_high = interval_of(row.value_type, row.value, row.n, row.sd, deff)
    return {
        "unit": row.unit_name,
        "unit_code": row.cell_key.split("|")[1],
        "school": str(row.school_id) if row.school_id else None,
        "level": row.scope_level,
        "grade": row.grade,
        "class_no": row.class_no,
        "subject": row.subject,
        "indicator": row.indicator,
        "indicator_name": row.indicator_name,
        "unit_word": row.unit_word,
        "value_type": row.value_type,
        "direction": row.direction,
        "value": row.value,
        "missing": row.missing,
        "value_low": _rounded(value_low),
        "value_high": _rounded(value_high),
        "n": None if row.missing in UNTOLD else row.n,
        "n_expected": row.n_expected,
        "sd": row.sd,
        "benchmark_type": row.benchmark_type,
        "benchmark": row.benchmark_value,
        "effect": _rounded(effect),
        "effect_low": _rounded(low),
        "effect_high": _rounded(high),
        "verdict": verdict,
        "severity": severity,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def interval_of(
    value_type: str, value: float | None, n: int, sd: float | None, deff: float, z: float = 1.96
) -> tuple[float | None, float | None]:
    """95 % interval of a value in its own units: a mean by its spread, a rate after Wilson; none where nothing is known.

    n: pupils; deff: design effect by which n counts less. Source: domain §9.1 (own results with interval).
    """
    if value is None or n < 1:
        return None, None
    if value_type == "mean" and sd:
        half = z * sd * math.sqrt(deff / n)
        return value - half, value + half
    if value_type == "rate" and 0 <= value <= 1:
        return wilson(value, n / deff, z)
    return None, None


def own_interval(cell: MonitoringResult, coverage: str) -> tuple[float | None, float | None]:
    """The interval of a stored cell of a round that is a census or a sample; none where the value is not told."""
    deff = cell.deff or (SAMPLED if coverage == "sample" else 1.0)
    return interval_of(cell.value_type, cell.value, cell.n, cell.sd, deff)


Measure = tuple[str, str, str | None]
"""Level, indicator, grade: cells of one measure may be set side by side."""


def _by_measure(cells: Iterable[Json]) -> dict[Measure, list[Json]]:
    groups: dict[Measure, list[Json]] = defaultdict(list)
    for cell in cells:
        groups[cell["level"], cell["indicator"], cell["grade"]].append(cell)
    return dict(groups)


def _county(groups: dict[Measure, list[Json]], measure: Measure) -> tuple[float | None, str]:
    """The county's value for a measure: its own cell where there is one, else the mean weighted by pupils."""
    _, indicator, grade = measure
    for own in groups.get(("region", indicator, grade), []) or groups.get(("region", indicator, None), []):
        if own["value"] is not None:
            return own["value"], "region"
    known = [cell for cell in groups.get(measure, []) if cell["value"] is not None]
    pupils = sum(cell["n"] or 0 for cell in known)
    if not pupils:
        return None, ""
    return _rounded(sum(cell["value"] * cell["n"] for cell in known) / pupils), "weighted"


def _band(group: Sequence[Json], cell: Json, least: int) -> str | None:
    """lower, middle or upper: the quarter, the half between, the quarter of units in the good direction."""
    sign = -1 if cell["direction"] == "lower" else 1
    known = sorted(sign * other["value"] for other in group if other["value"] is not None)
    if cell["value"] is None or len(known) < least:
        return None
    low, high = np.quantile(known, (0.25, 0.75)).tolist()
    value = sign * cell["value"]
    return "lower" if value < low else "upper" if value > high else "middle"


def _packages(
    about: Json, cells: Iterable[Json], groups: dict[Measure, list[Json]], spread: Sequence[Json]
) -> dict[str, Json]:
    """Per school: its own cells, beside each the county's value and a band, and quartiles; never another school's value."""
    packages: dict[str, list[Json]] = defaultdict(list)
    counties = {measure: _county(groups, measure) for measure in groups}
    for cell in cells:
        if cell["school"] is None:
            continue
        measure = cell["level"], cell["indicator"], cell["grade"]
        value, source = counties.get(measure, (None, ""))
        schools = groups.get(measure, []) if cell["level"] != "class" else []
        band = _band(schools, cell, monitoring_numbers().band_least_schools)
        packages[cell["school"]].append({**cell, "county": value, "county_from": source, "band": band})
    return {
        school: {"about": about, "cells": own, "spread": _spread_beside(own, spread)}
        for school, own in packages.items()
    }


def _spread_beside(own: Iterable[Json], spread: Sequence[Json]) -> list[Json]:
    measured = {(cell["level"], cell["indicator"], cell["grade"]) for cell in own}
    return [line for line in spread if (line["level"], line["indicator"], line["grade"]) in measured]


def _analysis(groups: dict[Measure, list[Json]]) -> list[Json]:
    found = []
    for measure, group in groups.items():
        if measure[0] in ("school", "grade"):
            value, source = _county(groups, measure)
            effects = [cell["effect"] for cell in group if cell["effect"] is not None]
            quartiles = np.quantile(effects, (0, 0.25, 0.5, 0.75, 1)).tolist() if effects else None
            found.append(
                {
                    **_named(group[0]),
                    "county": value,
                    "county_from": source,
                    "benchmark": group[0]["benchmark"],
                    "benchmark_type": group[0]["benchmark_type"],
                    "units": len(group),
                    "n": sum(cell["n"] or 0 for cell in group),
                    "verdicts": _verdicts(group),
                    "effects": None if quartiles is None else [_rounded(each) for each in quartiles],
                }
            )
    return found


def _named(cell: Json) -> Json:
    return {
        key: cell[key]
        for key in ("level", "grade", "subject", "indicator", "indicator_name", "value_type", "direction")
    }


def _verdicts(group: Iterable[Json]) -> dict[str, int]:
    counts = {"candidate": 0, "watch": 0, "none": 0, "strength": 0}
    for cell in group:
        counts[cell["verdict"] or "none"] += 1
    return counts


def _topics(groups: dict[Measure, list[Json]]) -> list[Json]:
    """Per subject and indicator: which units stand out below or above, in code order."""
    topics: dict[str, list[Json]] = defaultdict(list)
    for measure, group in groups.items():
        if measure[0] in ("school", "grade"):
            keys = ("unit_code", "unit", "n", "value", "effect", "effect_low", "effect_high", "severity")
            standing = {
                verdict: [{key: cell[key] for key in keys} for cell in group if cell["verdict"] == verdict]
                for verdict in ("candidate", "strength")
            }
            topics[group[0]["subject"]].append({**_named(group[0]), "units": len(group), **standing})
    return [{"subject": subject, "indicators": found} for subject, found in sorted(topics.items())]


def _public(groups: dict[Measure, list[Json]], least: int, earlier: Sequence[Json]) -> list[Json]:
    """County figures without any unit; cells of fewer than `least` pupils or units are not shown.

    A figure that moved by fewer than `least` pupils since it was published is published as it was.
    """
    found = []
    for measure, group in groups.items():
        if measure[0] in ("school", "grade"):
            value, _ = _county(groups, measure)
            pupils, verdicts = sum(cell["n"] or 0 for cell in group), _verdicts(group)
            spread = suppress(
                (verdicts["candidate"], sum(verdicts[word] for word in NEAR), verdicts["strength"]), least
            )
            shown = pupils >= least
            line = {
                **_named(group[0]),
                "county": value if shown else None,
                "benchmark": group[0]["benchmark"],
                "benchmark_type": group[0]["benchmark_type"],
                "n": pupils if shown else None,
                "units": len(group) if len(group) >= least else None,
                "below": spread[0],
                "near": spread[1],
                "above": spread[2],
            }
            found.append(_as_published(line, earlier, least))
    return found


def _as_published(line: Json, earlier: Sequence[Json], least: int) -> Json:
    same = [one for one in earlier if all(one[key] == line[key] for key in ("level", "grade", "indicator"))]
    near = [one for one in same if one["n"] and line["n"] and 0 < abs(one["n"] - line["n"]) < least]
    if not near:
        return line
    closest = min(near, key=lambda one: abs(one["n"] - line["n"]))
    return line | {key: closest[key] for key in ("county", "benchmark", "n")}
