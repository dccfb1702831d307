"""Monitoring results as columns, the shape in which the rules of findings read a whole cycle at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self

from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Words = NDArray[np.str_]
    Counts = NDArray[np.int64]
else:
    np = on_demand("numpy")


VALUE_TYPES = ("mean", "rate", "index")
DIRECTIONS = ("higher", "lower")
SCOPE_LEVELS = ("region", "school", "grade", "class")


@dataclass(frozen=True, slots=True)
class Cell:
    """One monitoring result and its benchmark (domain §6.2 "results").

    `value`, `benchmark`, `benchmark_se`, `sd`: units of the indicator, a rate as a share 0–1; `sd` only for means.
    `n`, `n_expected`: pupils measured, pupils on the roster (None: not known, the ratio counts as 1).
    `deff`: design effect (None: the default for a census or a sample, see `sampled`).
    `direction`: which side is good. `margin`: for an index, how far below the benchmark it may lie, in its own units.
    `flagged_before`: the same unit and indicator was a finding in the previous cycle.
    `person`: what is evaluated is a teacher or a student, on whom no verdict is given.
    `disputed`: another source says otherwise, and nobody decided for this one: no verdict is given either.
    `key`: whatever names the cell for the caller; handed back untouched.
    """

    key: str
    cycle: str
    indicator: str
    scope_level: str
    value_type: str
    direction: str
    value: float | None
    benchmark: float | None
    n: int
    grade_band: str = ""
    benchmark_se: float | None = None
    sd: float | None = None
    n_expected: int | None = None
    deff: float | None = None
    sampled: bool = False
    margin: float | None = None
    flagged_before: bool = False
    person: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns of N cells, one array of shape (N,) per field of `Cell`; None is NaN."""

    key: Words
    cycle: Words
    indicator: Words
    scope_level: Words
    value_type: Words
    direction: Words
    value: Floats
    benchmark: Floats
    n: Floats
    grade_band: Words
    benchmark_se: Floats
    sd: Floats
    n_expected: Floats
    deff: Floats
    sampled: Flags
    margin: Floats
    flagged_before: Flags
    person: Flags
    disputed: Flags

    def __post_init__(self) -> None:
        for column in fields(self):
            if getattr(self, column.name).shape != self.key.shape or self.key.ndim != 1:
                raise ValueError(f"column {column.name} has another shape than the keys")
            if getattr(self, column.name).dtype.kind == "f":
                self._refuse(np.isinf(getattr(self, column.name)), column.name, ("a finite number",))
        self._refuse(~np.isin(self.value_type, VALUE_TYPES), "value_type", VALUE_TYPES)
        self._refuse(~np.isin(self.direction, DIRECTIONS), "direction", DIRECTIONS)
        self._refuse(~np.isin(self.scope_level, SCOPE_LEVELS), "scope_level", SCOPE_LEVELS)
        self._refuse(~(self.n >= 0), "n", ("0 or more",))
        self._refuse(self.n_expected <= 0, "n_expected", ("more than 0",))
        self._refuse(self.deff <= 0, "deff", ("more than 0",))
        self._refuse(self.benchmark_se < 0, "benchmark_se", ("0 or more",))
        self._refuse(self.margin <= 0, "margin", ("more than 0",))

    def _refuse(self, wrong: Flags, column: str, allowed: tuple[str, ...]) -> None:
        if wrong.any():
            first = int(np.argmax(wrong))
            raise ValueError(f"cell {self.key[first]}: {column} must be {' | '.join(allowed)}")

    def __len__(self) -> int:
        return int(self.key.shape[0])

    def columns(self, chosen: Counts | None = None) -> dict[str, list[Any]]:
        """Plain JSON columns of the chosen rows (default all): None for NaN and "", whole numbers of pupils."""
        rows = slice(None) if chosen is None else chosen
        listed = {column.name: plain(getattr(self, column.name)[rows]) for column in fields(self)}
        for name in ("n", "n_expected"):
            listed[name] = [None if count is None else int(count) for count in listed[name]]
        return listed

    @classmethod
    def of(cls, records: Iterable[Cell]) -> Self:
        """Columns from records (anything with the attributes of `Cell`), in their order.

        Raises ValueError, naming the first cell, for an unknown word or a number outside its range.
        """
        names = [column.name for column in fields(cls)]
        rows = list(map(attrgetter(*names), records))
        columns: Iterable[Any] = zip(*rows, strict=True) if rows else [()] * len(names)
        return cls(**{name: _column(name, values) for name, values in zip(names, columns, strict=True)})


_WORDS = frozenset({"key", "cycle", "indicator", "scope_level", "value_type", "direction", "grade_band"})
_FLAGS = frozenset({"sampled", "flagged_before", "person", "disputed"})


def _column(name: str, values: Any) -> NDArray[Any]:
    if name in _WORDS:
        return np.array(values, dtype=np.str_)
    return np.array(values, dtype=np.bool_ if name in _FLAGS else np.float64)


def plain(column: NDArray[Any]) -> list[Any]:
    """An array as a list of Python values; NaN and "" become None."""
    listed: list[Any] = column.tolist()
    if column.dtype.kind == "f":
        return [None if math.isnan(value) else value for value in listed]
    if column.dtype.kind == "U":
        return [value or None for value in listed]
    return listed
