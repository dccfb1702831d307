"""A walk over the records of an xls for what the fast reader leaves out: hidden parts, errors, passwords, macros."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from app.core.spreadsheets.book import Surroundings
from app.core.spreadsheets.compound import Broken

_FORMULA, _EOF, _DATE_1904, _PASSWORD, _COLUMN = 0x06, 0x0A, 0x22, 0x2F, 0x7D
_SHEET, _EXTERNAL_BOOK, _ROW, _ERROR, _OPENING = 0x85, 0x01AE, 0x0208, 0x0205, (0x0809, 0x0409, 0x0209)
_ONE_CELL = frozenset({0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x0006})
_MANY_CELLS = 0x00BD
_ERROR_WORDS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

Barrier = Literal["password", "macro"]


@dataclass(slots=True)
class _SheetNotes:
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: int = 0
    last_row: int = 0
    last_column: int = 0


@dataclass(slots=True)
class Walk:
    """What the records tell; `sheets` by the offset at which each sheet begins."""

    barrier: Barrier | None = None
    date1904: bool = False
    external_links: int = 0
    names: dict[int, str] = field(default_factory=dict)
    sheets: dict[int, _SheetNotes] = field(default_factory=dict)

    def surroundings(self, name: str) -> Surroundings:
        """Hidden parts, errors and formulas of the sheet called `name`."""
        notes = self._notes(name)
        return Surroundings(
            hidden_rows=frozenset(notes.hidden_rows),
            hidden_columns=frozenset(notes.hidden_columns),
            errors=notes.errors,
            formulas=notes.formulas,
        )

    def used_box(self, name: str) -> tuple[int, int]:
        """Rows and columns up to the last cell with content."""
        notes = self._notes(name)
        return notes.last_row, notes.last_column

    def _notes(self, name: str) -> _SheetNotes:
        offset = next((each for each, known in self.names.items() if known == name), -1)
        return self.sheets.get(offset, _SheetNotes())


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    position, end = 0, len(stream)  # some programs leave rubbish after the last record
    while position + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, position)
        if position + 4 + length > end:
            return
        yield position, kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def walk(stream: bytes) -> Walk:
    """Read every record once; `Broken` where lengths contradict the stream."""
    result = Walk()
    notes = _SheetNotes()
    for position, kind, body in _records(stream):
        if kind in _OPENING:
            notes = result.sheets.setdefault(position, _SheetNotes())
        elif kind == _PASSWORD:
            result.barrier = "password"
            return result
        else:
            try:
                _take_global(result, kind, body)
                _take_cell(notes, kind, body)
            except (struct.error, IndexError):
                raise Broken from None
    return result


def _take_global(result: Walk, kind: int, body: bytes) -> None:
    if kind == _DATE_1904:
        result.date1904 = body[:2] == b"\1\0"
    elif kind == _EXTERNAL_BOOK and len(body) > 4:
        result.external_links += 1
    elif kind == _SHEET:
        offset, sheet_kind = struct.unpack_from("<IxB", body)
        if sheet_kind in (1, 6):
            result.barrier = "macro"
        length, wide = body[6], body[7] & 1
        text = body[8 : 8 + length * (2 if wide else 1)]
        result.names[offset] = text.decode("utf-16-le" if wide else "latin-1", "replace")


def _take_cell(notes: _SheetNotes, kind: int, body: bytes) -> None:
    if kind in _ONE_CELL:
        row, column = struct.unpack_from("<HH", body)
        notes.last_row = max(notes.last_row, row + 1)
        notes.last_column = max(notes.last_column, column + 1)
        if kind == _FORMULA:
            notes.formulas += 1
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                notes.errors[row, column] = _ERROR_WORDS.get(body[8], "#ERROR")
        elif kind == _ERROR and body[7]:
            notes.errors[row, column] = _ERROR_WORDS.get(body[6], "#ERROR")
    elif kind == _MANY_CELLS:
        row = struct.unpack_from("<H", body)[0]
        notes.last_row = max(notes.last_row, row + 1)
        notes.last_column = max(notes.last_column, struct.unpack_from("<H", body, len(body) - 2)[0] + 1)
    elif kind == _ROW and len(body) >= 14 and body[12] & 0x20:
        notes.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif kind == _COLUMN and len(body) >= 10 and body[8] & 1:
        first, last = struct.unpack_from("<HH", body)
        notes.hidden_columns.update(range(first, min(last, 255) + 1))
