"""The outcome of checking: rows with their status and messages, values ready to be kept, counts that must add up."""

import json
from collections.abc import Iterator, Sequence
from itertools import compress
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from app.core.imports.columns import Json, Kind
from app.core.imports.good_rows import GoodRows
from app.core.imports.reading import Drop, Table
from app.core.imports.reasons import Note, fill
from app.core.imports.work import BLOCKED, DROPPED, STATUS, Remark, Work
from app.core.spreadsheets import as_typed


class Unbalanced(RuntimeError):
    """Rows read ≠ accepted + rejected + listed drops: a fault of ours, never to be kept."""


class StagedRow(NamedTuple):
    """One row in waiting. `typed` holds every cell of a blocked row, else the cells that something was said about."""

    row_no: int
    sheet: str
    key: str | None
    values: dict[str, Any]
    status: str
    messages: list[dict[str, Any]]
    typed: dict[str, str]


class Counts(NamedTuple):
    """read = accepted + blocked + dropped; `warned` are those of the accepted that carry a reminder."""

    read: int
    accepted: int
    warned: int
    blocked: int
    dropped: int


class StagedSheet:
    """All data rows of a file after checking; rows are counted from 0 in file order."""

    def __init__(self, work: Work, keys: Sequence[str | None], drops: Sequence[Drop]) -> None:
        self.work = work
        self.table: Table = work.table
        self.kind: Kind = work.kind
        self.keys = keys
        self.drops = tuple(drops)
        self.headings = tuple(work.table.headings)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def counts(self) -> Counts:
        """How many rows of data were read and what became of them; the lines down to a header are none."""
        level = self.work.level
        blocked, duplicates = level.count(BLOCKED), level.count(DROPPED)
        accepted = len(level) - blocked - duplicates
        return Counts(self.table.rows_read, accepted, level.count(1), blocked, len(self.drops))

    def check_balance(self) -> None:
        """Raise `Unbalanced` unless every row read is accepted, blocked or left out, and every line a row or a heading."""
        counts = self.counts
        told = (*self.headings, *self.drops)
        whole = counts.read == counts.accepted + counts.blocked + counts.dropped
        whole = whole and counts.read + len(self.headings) == self.table.lines
        if not whole or len({one.place for one in told}) != len(told):
            raise Unbalanced(f"{counts}")

    def status(self, row: int) -> str:
        """ok, warned, blocked or dropped."""
        return STATUS[self.work.level[row]]

    def messages(self, row: int) -> list[dict[str, Any]]:
        """What was said about a row, as JSON."""
        return [self.message(row, remark) for remark in self.work.remarks.get(row, ())]

    def rows(self, statuses: Sequence[str] = STATUS) -> Iterator[StagedRow]:
        """Rows of these statuses in file order, ready to be kept."""
        wanted = {STATUS.index(status) for status in statuses}
        for row, level in enumerate(self.work.level):
            if level in wanted:
                yield self.row(row)

    def row(self, row: int) -> StagedRow:
        """One row."""
        place, remarks = self.table.place(row), self.work.remarks.get(row, ())
        values, typed, status = self.row_values(row), self._typed(row, remarks), self.status(row)
        return StagedRow(place.row_no, place.sheet, self.keys[row], values, status, self.messages(row), typed)

    def row_values(self, row: int) -> dict[str, Any]:
        """Values of a row by column; `missing` says why a measured value is empty."""
        values: dict[str, Any] = {code: self.work.values[code][row] for code in self.kind.kept}
        missing = {column: reasons[row] for column, reasons in self.work.missing.items() if row in reasons}
        if missing:
            values["missing"] = missing
        return values

    def _typed(self, row: int, remarks: Sequence[Remark]) -> dict[str, str]:
        if self.work.level[row] == BLOCKED:
            typed = {code: self.work.typed(row, code) for code in self.table.typed}
            return {code: text for code, text in typed.items() if text}
        return {remark.column: self.work.typed(row, remark.column) for remark in remarks if remark.column}

    def message(self, row: int, remark: Remark) -> dict[str, Any]:
        """One remark as JSON: code, level, column, address, typed, sentence and what to do in both languages."""
        column, said = remark
        typed = self.work.typed(row, column) if column else ""
        zh, en, fix_zh, fix_en = sentences(self.kind, column, typed, said)
        message: dict[str, Any] = {
            "code": said.reason.code,
            "level": said.reason.level,
            "column": column,
            "address": self.table.address(row, column) if column else "",
            "typed": typed,
            "zh": zh,
            "en": en,
            "fix_zh": fix_zh,
            "fix_en": fix_en,
        }
        if said.choices:
            message["choices"] = [list(choice) for choice in said.choices]
        return message

    def column(self, code: str) -> list[Json]:
        """Values of one column, all rows."""
        return self.work.values[code]

    def accepted(self, *codes: str) -> Iterator[tuple[Json, ...]]:
        """Values of these columns for every row that may be accepted, in file order; quick enough for bulk loading."""
        columns = [self.work.values[code] for code in codes]
        return compress(zip(*columns, strict=True), self._good())

    def accepted_places(self) -> Iterator[tuple[str, int]]:
        """Sheet and row number of every row that may be accepted, in the order of `accepted`."""
        sheets = [part.sheet for part in self.table.parts]
        places = ((sheets[part], number) for part, number in zip(self.table.part, self.table.row_no, strict=True))
        return compress(places, self._good())

    def good(self) -> GoodRows:
        """The rows that may be accepted, apart from the sheet."""
        picked = self._good()
        columns = {code: list(compress(self.work.values[code], picked)) for code in self.kind.kept}
        missing: dict[str, dict[str, str]] = {}
        if self.work.missing:
            place = {row: str(n) for n, row in enumerate(compress(range(len(picked)), picked))}
            for code, reasons in self.work.missing.items():
                missing[code] = {place[row]: why for row, why in sorted(reasons.items()) if row in place}
        return GoodRows(columns, list(compress(self.keys, picked)), missing)

    def _good(self) -> bytes:
        return bytes(self.work.level).translate(bytes([1, 1, 0, 0]) + bytes(252))

    def values_json(self, statuses: Sequence[str] = STATUS) -> Iterator[str]:
        """Values of the rows of these statuses as JSON objects, without building a dict for each."""
        wanted = bytes(int(level < len(STATUS) and STATUS[level] in statuses) for level in range(256))
        return compress(self._values_json(), bytes(self.work.level).translate(wanted))

    def _values_json(self) -> Iterator[str]:
        lacking = {row for reasons in self.work.missing.values() for row in reasons}
        for row, line in enumerate(self._json_lines()):
            yield json.dumps(self.row_values(row), ensure_ascii=False) if row in lacking else line

    def _json_lines(self) -> Iterator[str]:
        parts = [_as_json(self.work.values[code]) for code in self.kind.kept]
        template = "{" + ", ".join(f"{json.dumps(code)}: %s" for code in self.kind.kept) + "}"
        return map(template.__mod__, zip(*parts, strict=True))


def _as_json(values: Sequence[Json]) -> Iterator[str]:
    return (
        encode_basestring(value) if type(value) is str else "null" if value is None else json.dumps(value)
        for value in values
    )


def sentences(kind: Kind, column: str, typed: str, said: Note) -> tuple[str, str, str, str]:
    """What a note says about a cell: (zh, en, fix zh, fix en)."""
    label = kind.column(column).label if column else ("", "")
    words = {"column": label, "typed": typed, **said.words}
    reason = said.reason
    return (
        fill(reason.text[0], words, 0),
        fill(reason.text[1], words, 1),
        fill(reason.fix[0], words, 0),
        fill(reason.fix[1], words, 1),
    )


def shown(value: Json) -> str:
    """A value as the report shows it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(value)
    return as_typed(value)
