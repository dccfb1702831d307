"""How a kind of file is declared: its columns, its natural key, what is checked across cells and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.core.imports.directory import Lookups
from app.core.imports.reasons import Note
from app.core.spreadsheets import Typed

Json = str | int | float | bool | list[str] | None
Outcome = tuple[Json, tuple[Note, ...]]
Check = Callable[[Typed], Outcome]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a column's check is built from: the lookups and the workbook's date system."""

    lookups: Lookups
    date1904: bool = False


MakeCheck = Callable[["Column", Setting], Check]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind of file.

    `required`: an empty cell blocks the row. `value`: a measured value that may be missing with a reason (缺考, /).
    `faultless`: a quick test; a text that passes it is its own value and needs no other check.
    `helper`: read to understand the row, not kept. `group`: words of words.yaml that may be written.
    """

    code: str
    zh: str
    en: str
    check: MakeCheck
    required: bool = False
    value: bool = False
    helper: bool = False
    group: str = ""
    faultless: Callable[[str], object] | None = None
    hint: tuple[str, str] = ("", "")
    example: str = ""
    width: int = 14

    @property
    def label(self) -> tuple[str, str]:
        """Name in Chinese and English."""
        return self.zh, self.en


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of file: columns in the order of the blank workbook and key columns; its rows are checked by row_checks.

    `partial`: good rows may be accepted while blocked ones wait (decisions, fine print on partial acceptance).
    `instead`: a required column that may be left out when one of others is there (the code of a school by its name).
    `quiet`: columns of which no cell is repeated outside the file; no column of such a kind has an example beside its name.
    `lead_value`: the measured value; where it is missing, the numbers that describe it may be missing too.
    """

    code: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    key_name: tuple[str, str]
    partial: bool = True
    instead: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lead_value: str = ""
    quiet: frozenset[str] = frozenset()

    def column(self, code: str) -> Column:
        """The column called `code`; KeyError where there is none."""
        for column in self.columns:
            if column.code == code:
                return column
        raise KeyError(code)

    @property
    def kept(self) -> tuple[str, ...]:
        """Codes of the columns whose values are kept."""
        return tuple(column.code for column in self.columns if not column.helper)
