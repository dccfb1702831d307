"""Staging: a table is checked cell by cell, row by row and row against row; nothing leaves without being counted."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.imports.columns import Column, Json, Kind
from app.core.imports.directory import Lookups
from app.core.imports.reading import Drop, Place, Table, read_table
from app.core.imports.reasons import note
from app.core.imports.row_checks import CROSS_CHECKS, ROW_CHECKS
from app.core.imports.staged import StagedSheet
from app.core.imports.work import BLOCKED, DROPPED, Work
from app.core.spreadsheets import Book
from app.core.spreadsheets.cell_by_cell import no_cycle_hunt

Progress = Callable[[int, int], None]
KEY_SEPARATOR = "|"


@dataclass(frozen=True)
class Choices:
    """What people chose on the report page.

    `values`: by column, the text to read instead of a typed text. `keep`: by natural key, the row that holds where rows
    contradict each other, None to send all of them back. `dropped`: rows left out by hand, with the reason.
    """

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keep: Mapping[str, Place | None] = field(default_factory=dict)
    dropped: Mapping[Place, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "values": {column: dict(words) for column, words in self.values.items()},
            "keep": {key: list(place) if place else None for key, place in self.keep.items()},
            "dropped": [[*place, reason] for place, reason in self.dropped.items()],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choices":
        """What `to_json` gave."""
        return cls(
            kept.get("values") or {},
            {key: Place(*place) if place else None for key, place in (kept.get("keep") or {}).items()},
            {Place(sheet, row_no): reason for sheet, row_no, reason in kept.get("dropped") or ()},
        )


def stage(
    book: Book,
    kind: Kind,
    mapping: Mapping[str, Any],
    lookups: Lookups,
    choices: Choices | None = None,
    progress: Progress | None = None,
) -> StagedSheet:
    """Read and check a whole file; `progress(done, total)` is called between steps.

    :raise ImportRefused: the file cannot be read with this mapping.
    """
    choices = choices or Choices()
    with no_cycle_hunt():
        table = read_table(book, kind, mapping, choices.dropped)
        return check_table(table, lookups, choices, progress)


def check_table(
    table: Table, lookups: Lookups, choices: Choices | None = None, progress: Progress | None = None
) -> StagedSheet:
    """Check a table that was read before."""
    choices = choices or Choices()
    kind, work = table.kind, Work(table, lookups)
    steps: list[Callable[[], None]] = [_column_step(work, column, choices) for column in kind.columns]
    steps.append(lambda: _tell_fills(work))
    steps += [_row_step(work, check) for check in ROW_CHECKS.get(kind.code, ())]
    steps.append(lambda: _ask_for_required(work))
    steps.append(lambda: _tell_missing_values(work))
    keys: list[str | None] = []
    steps.append(lambda: keys.extend(_keys(work)))
    duplicates: list[Drop] = []
    steps.append(lambda: duplicates.extend(_compare_rows(work, keys, choices)))
    steps += [_row_step(work, check) for check in CROSS_CHECKS.get(kind.code, ())]
    for done, step in enumerate(steps, start=1):
        step()
        if progress:
            progress(done, len(steps))
    staged = StagedSheet(work, keys, [*table.drops, *work.drops, *duplicates])
    staged.check_balance()
    return staged


def _column_step(work: Work, column: Column, choices: Choices) -> Callable[[], None]:
    return lambda: work.check_column(column, dict(choices.values.get(column.code, {})))


def _row_step(work: Work, check: Callable[[Work], None]) -> Callable[[], None]:
    return lambda: check(work)


def _tell_fills(work: Work) -> None:
    for fill in work.table.fills:
        value = work.typed(fill.row, fill.column)
        work.remark(fill.row, fill.column, note("merged", range=str(fill.range), value=value))


def _ask_for_required(work: Work) -> None:
    for column in work.kind.columns:
        values = work.values[column.code]
        if column.required and None in values:
            for row, value in enumerate(values):
                if value is None and work.stands(row) and not _is_excused(work, row, column):
                    work.remark(row, column.code, note("required"))


def _is_excused(work: Work, row: int, column: Column) -> bool:
    """Is an empty required cell all right, or has its fault been told already?"""
    told = (column.code, *work.kind.instead.get(column.code, ()))
    if any(said.column in told and said.note.level == "block" for said in work.remarks.get(row, ())):
        return True
    if not work.is_empty(row, column.code) and not column.value:
        return work.level[row] == BLOCKED
    lead = work.kind.lead_value
    if not lead or not column.value:
        return False
    return column.code == lead or work.values[lead][row] is None


def _tell_missing_values(work: Work) -> None:
    """An empty measured value counts as not given; a missing number beside a given value must be filled in."""
    lead = work.kind.lead_value
    if not lead:
        return
    for row, value in enumerate(work.values[lead]):
        if value is None and work.is_empty(row, lead):
            work.missing.setdefault(lead, {})[row] = "not_given"
            work.remark(row, lead, note("not_given"))


def _keys(work: Work) -> list[str | None]:
    codes = work.kind.key
    columns = [work.values[code] for code in codes]
    needed = [work.kind.column(code).required for code in codes]
    if len(columns) == 1:
        return [None if value is None else str(value) for value in columns[0]]
    return [_joined_key(parts, needed) for parts in zip(*columns, strict=True)]


def _joined_key(parts: Sequence[Json], needed: Sequence[bool]) -> str | None:
    if any(part is None and must for part, must in zip(parts, needed, strict=True)):
        return None
    return KEY_SEPARATOR.join("" if part is None else str(part) for part in parts)


def _compare_rows(work: Work, keys: Sequence[str | None], choices: Choices) -> list[Drop]:
    """Rows with one natural key: identical ones shrink to one, different ones block until somebody chooses."""
    if None not in keys and len(set(keys)) == len(keys):
        return []
    rows_by_key: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is not None:
            rows_by_key[key].append(row)
    drops: list[Drop] = []
    for key, rows in rows_by_key.items():
        if len(rows) > 1:
            rows = _drop_identical(work, rows, drops)
        if len(rows) > 1:
            _block_different(work, key, rows, choices)
    return drops


def _drop_identical(work: Work, rows: list[int], drops: list[Drop]) -> list[int]:
    kept: dict[tuple[Any, ...], int] = {}
    for row in rows:
        content = _content(work, row)
        if content in kept:
            other = work.where(kept[content], row)
            work.remarks.pop(row, None)
            work.remark(row, "", note("duplicate_same", other=other))
            work.level[row] = DROPPED
            drops.append(Drop(work.table.place(row), "duplicate", other[0]))
        else:
            kept[content] = row
    return list(kept.values())


def _content(work: Work, row: int) -> tuple[Any, ...]:
    """What makes two rows the same: all kept values; where a cell could not be read, what was typed."""
    values = (work.values[code][row] for code in work.kind.kept)
    cells = zip(work.kind.kept, values, strict=True)
    return tuple(work.typed(row, code) if value is None else repr(value) for code, value in cells)


def _block_different(work: Work, key: str, rows: list[int], choices: Choices) -> None:
    chosen = choices.keep.get(key)
    for row in rows:
        other = next(each for each in rows if each != row)
        if chosen is None and key in choices.keep:
            work.remark(row, "", note("sent_back"))
        elif chosen is None:
            differ, where = _differences(work, row, other), work.where(other, row)
            said = note("duplicate_differs", other=where, differences=differ, key_name=work.kind.key_name)
            work.remark(row, work.kind.key[0], said)
        elif work.table.place(row) != chosen:
            work.remark(row, "", note("chosen_elsewhere", other=f"{chosen.sheet} {chosen.row_no}"))


def _differences(work: Work, row: int, other: int) -> tuple[str, str]:
    labels = [
        work.kind.column(code).label
        for code in work.kind.kept
        if work.values[code][row] != work.values[code][other] or _typed_apart(work, row, other, code)
    ]
    return "、".join(label[0] for label in labels), ", ".join(label[1] for label in labels)


def _typed_apart(work: Work, row: int, other: int, code: str) -> bool:
    return work.values[code][row] is None and work.typed(row, code) != work.typed(other, code)
