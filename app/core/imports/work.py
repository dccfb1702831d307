"""A table while it is being checked: values column by column, and what was said about which row."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from app.core.imports.columns import Check, Column, Json, Kind, Setting
from app.core.imports.directory import Lookups
from app.core.imports.reading import Drop, Table
from app.core.imports.reasons import Note, note
from app.core.imports.vocabulary import EMPTY_WORDS, missing_words, no_values, plain_word
from app.core.spreadsheets import UNCOMPUTED, Typed, as_typed

OK, WARNED, BLOCKED, DROPPED = 0, 1, 2, 3
STATUS = ("ok", "warned", "blocked", "dropped")
_LEVELS = {"coded": OK, "tidy": WARNED, "warn": WARNED, "block": BLOCKED}
_ERROR_CELLS = frozenset("#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #ERROR #SPILL! #CALC!".split())
_LONGEST_SPECIAL = 8

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class Remark(NamedTuple):
    """A note about one cell, or about the row where the column is ""."""

    column: str
    note: Note


class Cells(dict[Typed, Json]):
    """Values by cell content: each different content is checked once.

    `notes` holds what must be said at every cell with that content, `coded` what is listed once per content.
    """

    def __init__(self, check: Check, faultless: Callable[[str], object] | None = None) -> None:
        super().__init__({"": None})
        self._check = check
        self._faultless = faultless
        self.notes: dict[Typed, tuple[Note, ...]] = {}
        self.coded: dict[Typed, tuple[Note, ...]] = {}

    def __missing__(self, typed: Typed) -> Json:
        if self._faultless is not None and type(typed) is str and self._faultless(typed):
            self[typed] = typed
            return typed
        value, notes = self._check(typed)
        self[typed] = value
        if notes:
            aloud = tuple(each for each in notes if each.level != "coded")
            if aloud:
                self.notes[typed] = aloud
            if len(aloud) < len(notes):
                self.coded[typed] = tuple(each for each in notes if each.level == "coded")
        return value


class Answers(dict[Key, Answer]):
    """Answers remembered per key, for questions about several cells of a row."""

    def __init__(self, ask: Callable[[Key], Answer]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, key: Key) -> Answer:
        answer = self[key] = self._ask(key)
        return answer


class Work:
    """The table, its values so far, the remarks on its rows."""

    def __init__(self, table: Table, lookups: Lookups) -> None:
        self.table = table
        self.kind: Kind = table.kind
        self.lookups = lookups
        self.setting = Setting(lookups, table.date1904)
        self.values: dict[str, list[Json]] = {}
        self.cells: dict[str, Cells] = {}
        self.remarks: dict[int, list[Remark]] = {}
        self.missing: dict[str, dict[int, str]] = {}
        self.drops: list[Drop] = []
        self.level = bytearray(len(table))

    def remark(self, row: int, column: str, said: Note) -> None:
        """Say something about a cell; the row takes the gravest level said about it."""
        self.remarks.setdefault(row, []).append(Remark(column, said))
        self.level[row] = max(self.level[row], _LEVELS[said.level])

    def stands(self, row: int) -> bool:
        """Does the row count, or was it left out because another says the same?"""
        return self.level[row] != DROPPED

    def remarks_on(self, row: int, column: str) -> list[Note]:
        """What was said about one cell."""
        return [each.note for each in self.remarks.get(row, ()) if each.column == column]

    def block(self, row: int, column: str, said: Note) -> None:
        """Say a blocking note and take the value away."""
        self.remark(row, column, said)
        self.values[column][row] = None

    def typed(self, row: int, column: str) -> str:
        """A cell as typed."""
        return as_typed(self.table.typed[column][row])

    def is_empty(self, row: int, column: str) -> bool:
        """Was nothing typed there?"""
        return self.table.typed[column][row] == ""

    def where(self, row: int, beside: int | None = None) -> tuple[str, str]:
        """A row in words (zh, en), with its sheet unless it is the one of the row `beside`."""
        place = self.table.place(row)
        if len(self.table.parts) == 1 or (beside is not None and self.table.part[beside] == self.table.part[row]):
            return f"第 {place.row_no} 行", f"row {place.row_no}"
        return f"“{place.sheet}”第 {place.row_no} 行", f"row {place.row_no} of “{place.sheet}”"

    def column_in_use(self, code: str) -> bool:
        """Does any sheet of the file have the column, or is it given for all rows?"""
        return any(code in part.columns for part in self.table.parts) or any(self.table.typed[code])

    def check_column(self, column: Column, replacements: dict[str, str]) -> None:
        """Fill the values of one column and remark on its cells."""
        typed = self.table.typed[column.code]
        if not any(typed) and not any(cell != "" for cell in typed):
            self.values[column.code] = [None] * len(typed)
            return
        if bool in set(map(type, typed)):
            typed = self.table.typed[column.code] = [as_typed(cell) if type(cell) is bool else cell for cell in typed]
        faultless = None if replacements else column.faultless
        cells = self.cells[column.code] = Cells(guarded(column, self.setting, replacements), faultless)
        self.values[column.code] = list(map(cells.__getitem__, typed))
        if cells.notes:
            said = cells.notes
            for row, cell in enumerate(typed):
                if cell in said:
                    for each in said[cell]:
                        self.remark(row, column.code, each)
        if column.value:
            self._note_missing(column, typed)

    def _note_missing(self, column: Column, typed: Sequence[Typed]) -> None:
        found = {cell: reason for cell in self.cells[column.code] if (reason := missing_reason(cell))}
        if found:
            self.missing[column.code] = {row: found[cell] for row, cell in enumerate(typed) if cell in found}

    def ask(self, keys: Iterable[Key], question: Callable[[Key], Answer]) -> list[Answer]:
        """The answers to one question per row, each different key asked once."""
        return list(map(Answers(question).__getitem__, keys))


def missing_reason(typed: Typed) -> str | None:
    """absent or not_given when a cell says that there is no value (缺考, /, —), else None."""
    if not isinstance(typed, str) or len(typed) > _LONGEST_SPECIAL:
        return None
    word = plain_word(typed)
    return missing_words().get(word) if word else None


def guarded(column: Column, setting: Setting, replacements: dict[str, str]) -> Check:
    """The column's check behind what holds for every column: error cells, missing words, choices made on the report."""
    inner = column.check(column, setting)

    def check(typed: Typed) -> tuple[Json, tuple[Note, ...]]:
        if replacements and as_typed(typed) in replacements:
            chosen = replacements[as_typed(typed)]
            value, notes = inner(chosen)
            return value, (*notes, note("chosen", value=chosen))
        if not isinstance(typed, str) or len(typed) > _LONGEST_SPECIAL:
            return inner(typed)
        return _special(column, typed) or inner(typed)

    return check


def _special(column: Column, typed: str) -> tuple[Json, tuple[Note, ...]] | None:
    if typed.isalpha() and typed not in no_values():
        return None
    if typed.strip().upper() in _ERROR_CELLS:
        return None, (note("error_value"),)
    if typed == UNCOMPUTED:
        return None, (note("uncomputed"),)
    reason = missing_reason(typed)
    if reason and column.value:
        return None, (note(reason),)
    if reason and column.required:
        return None, (note("missing_in_key"),)
    nothing = reason == "not_given" or (not column.group and plain_word(typed) in EMPTY_WORDS)
    if nothing and not column.required and not column.helper:
        return None, (note("slash_empty"),)
    return None
