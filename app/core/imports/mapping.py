"""Which column of a sender's file means what: proposed, corrected by a person, remembered as a plain dict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.imports.columns import Kind
from app.core.imports.headers import CERTAIN, Header, Match, Saved, find_header, header_at, match
from app.core.spreadsheets import Book, Sheet, as_typed, column_letters

_SAMPLES = 3
_SAMPLE_ROWS = 60


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """One column of a sheet: its label, the code proposed ("" left out, None undecided) and what it holds."""

    position: int
    label: str
    code: str | None
    confidence: float
    suggested: str | None
    samples: tuple[str, ...]

    @property
    def letters(self) -> str:
        """The letters over the column."""
        return column_letters(self.position)


@dataclass(frozen=True, slots=True)
class SheetProposal:
    """One sheet: whether it is read, where its header stands (rows from 1) and what its columns mean."""

    name: str
    visibility: str
    use: bool
    header_rows: tuple[int, ...]
    columns: tuple[ColumnProposal, ...]
    data_rows: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the mapping page shows; `missing` are required columns that no sheet in use has."""

    kind: Kind
    sheets: tuple[SheetProposal, ...]
    missing: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Can the file be read without anybody's help?"""
        return not self.missing and any(sheet.use for sheet in self.sheets)

    def mapping(self, fixed: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The proposal as the dict that `stage` takes; `fixed` are texts that hold for every row."""
        return {
            "sheets": {sheet.name: {"use": sheet.use, "header": list(sheet.header_rows)} for sheet in self.sheets},
            "headers": self.saved(),
            "fixed": dict(fixed or {}),
        }

    def saved(self) -> dict[str, str]:
        """What to remember of this sender: label → code, "" for columns left out."""
        return {
            column.label: column.code
            for sheet in self.sheets
            if sheet.use
            for column in sheet.columns
            if column.label and column.code is not None
        }


def propose(
    book: Book,
    kind: Kind,
    saved: Saved | None = None,
    header_rows: Mapping[str, Sequence[int]] | None = None,
    fixed: Mapping[str, str] | None = None,
) -> Proposal:
    """Find sheets, headers and columns.

    `saved` is what the sender's columns meant last time. `header_rows` (by sheet, rows from 1) overrules the search,
    an empty list leaves the sheet out. `fixed` names columns whose text is given for all rows.
    """
    sheets = tuple(_sheet(sheet, kind, saved or {}, (header_rows or {}).get(sheet.name)) for sheet in book.sheets)
    return Proposal(kind, sheets, missing_columns(kind, sheets, fixed or {}))


def missing_columns(kind: Kind, sheets: Sequence[SheetProposal], fixed: Mapping[str, str]) -> tuple[str, ...]:
    """Required columns that a sheet in use lacks and nothing stands in for."""
    lacking: dict[str, None] = {}
    for sheet in sheets:
        if sheet.use:
            codes = {column.code for column in sheet.columns if column.code}
            lacking.update(dict.fromkeys(lacks(kind, codes | set(fixed))))
    return tuple(lacking)


def lacks(kind: Kind, codes: set[str]) -> list[str]:
    """Required columns of the kind that are not among `codes`."""
    return [
        column.code
        for column in kind.columns
        if column.required and column.code not in codes and not kind.instead.get(column.code, frozenset()) & codes
    ]


def _sheet(sheet: Sheet, kind: Kind, saved: Saved, rows: Sequence[int] | None) -> SheetProposal:
    header: Header | None
    if rows is None:
        header = find_header(kind, sheet, saved)
    else:
        header = header_at(kind, sheet, [row - 1 for row in rows], saved) if rows else None
    if header is None:
        return SheetProposal(sheet.name, sheet.visibility, False, (), (), len(sheet.cells))
    first = header.rows[-1] + 1
    return SheetProposal(
        sheet.name,
        sheet.visibility,
        True,
        tuple(row + 1 for row in header.rows),
        _columns(kind, sheet, header, saved, first),
        len(sheet.cells) - first,
    )


def _columns(kind: Kind, sheet: Sheet, header: Header, saved: Saved, first: int) -> tuple[ColumnProposal, ...]:
    matches = [match(kind, label, saved) for label in header.labels]
    winners = _winners(matches)
    proposals = []
    for position, (label, found) in enumerate(zip(header.labels, matches, strict=True)):
        samples = _samples(sheet, first, position)
        if not label and not samples:
            continue
        chosen = found is not None and (not found.code or winners.get(found.code) == position)
        sure = chosen and found is not None and found.confidence >= CERTAIN
        proposals.append(
            ColumnProposal(
                position,
                label,
                found.code if sure and found else None,
                found.confidence if found and chosen else 0.0,
                found.code if found else None,
                samples,
            )
        )
    return tuple(proposals)


def _winners(matches: Sequence[Match | None]) -> dict[str, int]:
    """Where two labels name the same column the surer one gets it, else the first."""
    winners: dict[str, int] = {}
    for position, found in enumerate(matches):
        if found and found.code:
            held = matches[winners[found.code]] if found.code in winners else None
            if held is None or found.confidence > held.confidence:
                winners[found.code] = position
    return winners


def _samples(sheet: Sheet, first: int, position: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in sheet.cells[first : first + _SAMPLE_ROWS]:
        shown = as_typed(row[position]).strip()
        if shown:
            found[shown] = None
        if len(found) == _SAMPLES:
            break
    return tuple(found)
