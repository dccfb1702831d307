"""A workbook as it was sent: every cell as typed, with what a reader must know about its surroundings."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

import config

Typed = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Form = Literal["xlsx", "xls", "csv"]
Visibility = Literal["visible", "hidden", "very_hidden"]

UNCOMPUTED = "=…"


class Range(NamedTuple):
    """A block of cells, both corners included, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{a1(self.top, self.left)}:{a1(self.bottom, self.right)}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is taken (config/imports/limits.yaml)."""

    file_bytes: int
    unpacked_bytes: int
    ratio: int
    members: int
    rows: int
    columns: int
    cells: int
    header_search_rows: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What values alone do not tell: hidden parts, error cells, formulas without a stored result; counted from 0.

    `restored` counts cells of a csv from which the mark of our own exports was taken (see `neutralise`).
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    formulas: int = 0
    restored: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; `cells` starts at A1, every row is equally long, an empty cell is "".

    An error cell holds its error (#REF!), a formula without a stored result `UNCOMPUTED`.
    """

    name: str
    cells: list[list[Typed]]
    visibility: Visibility = "visible"
    merged: tuple[Range, ...] = ()
    around: Surroundings = Surroundings()


@dataclass(frozen=True, slots=True)
class Book:
    """A file that passed every structural check; `sha256` is the digest of the bytes as sent."""

    name: str
    form: Form
    sha256: str
    size: int
    sheets: tuple[Sheet, ...]
    date1904: bool = False
    encoding: str = ""
    delimiter: str = ""
    external_links: int = 0


@cache
def limits() -> Limits:
    """The sizes in force."""
    path = Path(config.__file__).parent / "imports" / "limits.yaml"
    return Limits(**yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def column_letters(column: int) -> str:
    """The letters over a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """How many columns lie up to and including these letters: A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def a1(row: int, column: int) -> str:
    """The address of a cell counted from 0: (11, 3) → D12."""
    return f"{column_letters(column)}{row + 1}"


def as_typed(value: Typed) -> str:
    """What the sender sees in the cell: whole numbers without a point, dates in ISO form, truth as Excel writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number_as_typed(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _number_as_typed(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if abs(value) < 1e21 and value == int(value):
        digits = str(abs(int(value)))
        if len(digits) > 15:
            digits = f"{round(int(digits) / 10 ** (len(digits) - 15))}" + "0" * (len(digits) - 15)
        return ("-" if value < 0 else "") + digits
    return f"{value:.15g}"
