"""How far schools and classes lie apart: the middle half of each measure, and the median with its interval (row 92)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.core.intervals import median_interval
from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import numpy as np
else:
    np = on_demand("numpy")

LEVELS = ("school", "grade", "class")
NAMED = ("level", "grade", "subject", "indicator", "indicator_name", "value_type")
DIGITS = 6


def spread_of(groups: Mapping[Any, Sequence[dict[str, Any]]], least: int) -> list[dict[str, Any]]:
    """Of every measure of schools, grades and classes the quartiles of the values that are told, by subject and grade.

    least: so many units must stand behind quartiles that are shown, or a single one could be guessed from them.
    """
    lines = [_line(group, least) for measure, group in groups.items() if measure[0] in LEVELS]
    return sorted(lines, key=lambda line: (line["subject"], int((line["grade"] or "G0")[1:]), line["indicator"]))


def _line(group: Sequence[dict[str, Any]], least: int) -> dict[str, Any]:
    known = sorted(cell["value"] for cell in group if cell["value"] is not None)
    line = {**{key: group[0][key] for key in NAMED}, "units": len(known), "quartiles": None, "median": None}
    if len(known) >= least:
        line["quartiles"] = [round(each, DIGITS) for each in np.quantile(known, (0.25, 0.5, 0.75)).tolist()]
        line["median"] = median_interval(known)
    return line


def beside_classes(package: Mapping[str, Any]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """A school's classes measure by measure, each measure with the county's middle half: classes in their own order.

    A package that was sent before quartiles were reckoned, or a school without cells of classes, has none.
    """
    found = []
    for line in package.get("spread", []):
        own = [
            cell
            for cell in package["cells"]
            if (cell["level"], cell["indicator"], cell["grade"]) == ("class", line["indicator"], line["grade"])
        ]
        if line["level"] == "class" and own:
            found.append((line, sorted(own, key=lambda cell: cell["class_no"] or 0)))
    return found
