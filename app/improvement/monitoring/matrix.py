"""Cells of a round set out as units against indicators, in code order on both sides; nothing is ranked or summed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Column = tuple[str, str]
"""Indicator code and grade ("" for none)."""


@dataclass(frozen=True)
class Row:
    """One unit with its cells by column; a class is a unit's row of its own."""

    code: str
    name: str
    ref: str
    class_no: int | None
    cells: dict[Column, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Matrix:
    """Columns as (key, indicator, grade), rows in code order."""

    columns: list[tuple[Column, Any, str | None]]
    rows: list[Row]


def matrix_of(cells: Sequence[Any]) -> Matrix:
    """Rows of `queries.result_cells` as a matrix."""
    columns: dict[Column, tuple[Any, str | None]] = {}
    rows: dict[tuple[str, int], Row] = {}
    for found in cells:
        cell, indicator = found[0], found[4]
        key = (indicator.code, cell.grade or "")
        columns[key] = (indicator, cell.grade)
        place = (found.unit_code, cell.class_no or 0)
        row = rows.setdefault(place, Row(found.unit_code, found.unit_name, found.unit_ref, cell.class_no))
        row.cells[key] = cell
    return Matrix([(key, *columns[key]) for key in sorted(columns)], [rows[place] for place in sorted(rows)])
