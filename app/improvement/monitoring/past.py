"""One indicator of one unit through the rounds: value, interval, coverage, and which rounds may be set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.imports.grades import cohort_of, school_year
from app.improvement.monitoring.models import MonitoringResult
from app.improvement.monitoring.queries import Measure
from app.improvement.monitoring.rule_set import finding_rules
from app.improvement.monitoring.snapshots import own_interval


@dataclass(frozen=True)
class PastRound:
    """A round as it was told. `differs`: why it cannot be compared with the round one came from (instrument, grades)."""

    cell: MonitoringResult
    name: str
    ends_on: date
    instrument: str
    here: bool
    low: float | None
    high: float | None
    differs: tuple[str, ...]


def rounds_of(rows: Sequence[Any], here: Any) -> list[PastRound]:
    """Rows of `queries.past_of` beside one of them.

    here: id of the round one came from; the newest stands for it where it is not among them. Rounds are comparable when
    they used the same instrument, whatever its edition, in the same band of grades (domain §7.4).
    """
    if not rows:
        return []
    base = next((row for row in rows if row[0].cycle_id == here), rows[-1])
    return [_read(row, base, here) for row in rows]


def _read(row: Any, base: Any, here: Any) -> PastRound:
    cell, band = row[0], finding_rules().grade_band
    differs = [
        *(["instrument"] if row.instrument.strip() != base.instrument.strip() else []),
        *(["grades"] if band(cell.grade) != band(base[0].grade) else []),
    ]
    low, high = own_interval(cell, row.coverage)
    instrument = f"{row.instrument} {row.edition}".strip()
    return PastRound(cell, row.round, row.ends_on, instrument, cell.cycle_id == here, low, high, tuple(differs))


def measure_of_cell(cell: MonitoringResult, indicator: str) -> Measure:
    """What a stored cell is one round of."""
    return Measure(cell.unit_id, indicator, cell.scope_level, cell.grade, cell.class_no, cell.cohort)


def measure_in_package(unit_id: Any, about: dict[str, Any], cell: dict[str, Any]) -> Measure:
    """The same for a cell of a school's package, which knows its grade and day, and by them the pupils' cohort."""
    day, grade = date.fromisoformat(about["ends_on"]), cell["grade"]
    cohort = cohort_of(grade, school_year(day.year, day.month)) if grade else None
    return Measure(unit_id, cell["indicator"], cell["level"], grade, cell["class_no"], cohort)


def mark_in_package(cell: dict[str, Any]) -> str:
    """How the address of a page names one measure of a package: indicator, level, grade, class."""
    parts = (cell["indicator"], cell["level"], cell["grade"], cell["class_no"])
    return "~".join("" if part is None else str(part) for part in parts)
