"""Cells of a round as teachers read them: class by class in order of their numbers, small ones left out, never ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.small_cells import suppress
from app.improvement.monitoring.models import Indicator, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.snapshots import own_interval


@dataclass(frozen=True)
class ClassCell:
    """One value with its 95 % interval in its own units; `shown` is False where too few pupils stand behind it."""

    cell: MonitoringResult
    indicator: Indicator
    shown: bool
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ClassPart:
    """A class, or a whole grade where `class_no` is None, with its cells in the order of subjects and indicators."""

    grade: str | None
    class_no: int | None
    cells: list[ClassCell] = field(default_factory=list)


def parts_of_class(rows: Sequence[Any], cycle: MonitoringCycle, least: int) -> list[ClassPart]:
    """Rows of `queries.class_cells` by grade and class, the whole grade first.

    least: the smallest number of pupils behind a value that is shown. Where the value of the whole grade stands beside
    those of its classes, a hidden class could be reckoned from the others: one more is hidden then (domain P0).
    """
    hidden = _too_small([row[0] for row in rows], least)
    parts: dict[tuple[str, int], ClassPart] = {}
    for row in rows:
        cell, indicator = row[0], row[4]
        part = parts.setdefault((cell.grade or "", cell.class_no or 0), ClassPart(cell.grade, cell.class_no))
        part.cells.append(_read(cell, indicator, cycle, cell.id not in hidden))
    return [parts[key] for key in sorted(parts, key=lambda key: (int(key[0][1:] or 0), key[1]))]


def _read(cell: MonitoringResult, indicator: Indicator, cycle: MonitoringCycle, shown: bool) -> ClassCell:
    if not shown:
        return ClassCell(cell, indicator, False)
    return ClassCell(cell, indicator, True, *own_interval(cell, cycle.coverage))


def _too_small(cells: Sequence[MonitoringResult], least: int) -> set[Any]:
    measures: dict[tuple[Any, int | None], list[MonitoringResult]] = defaultdict(list)
    for cell in cells:
        measures[cell.indicator_id, cell.cohort].append(cell)
    hidden = {cell.id for cell in cells if cell.n < least}
    for group in measures.values():
        classes = [cell for cell in group if cell.class_no is not None]
        if len(classes) < len(group):
            shown = suppress([cell.n for cell in classes], least)
            hidden |= {cell.id for cell, n in zip(classes, shown, strict=True) if n is None}
    return hidden
