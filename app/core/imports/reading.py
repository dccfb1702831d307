"""From a workbook and a mapping to one table: the typed cells of every data row, and a list of every row left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.core.errors import ImportRefused
from app.core.imports.columns import Kind
from app.core.imports.headers import header_at as read_header
from app.core.imports.mapping import lacks
from app.core.imports.vocabulary import footer_words, plain_word
from app.core.spreadsheets import Book, Range, Sheet, Typed, as_typed, column_letters, limits, refusal

_SHOWN_DROP = 60
_BLANKS = frozenset({"", " ", "  ", "   ", "\u3000", "\xa0", "\t", "\n", "\r\n"})


class Place(NamedTuple):
    """A row of the file: its sheet and its number as the spreadsheet program counts."""

    sheet: str
    row_no: int


@dataclass(frozen=True, slots=True)
class Drop:
    """A row that is no data: title, header, repeated_header, blank, footer, duplicate or by_hand, and what it says."""

    place: Place
    code: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Fill:
    """A cell filled from the merged range it lies in."""

    row: int
    column: str
    range: Range


@dataclass(slots=True)
class Part:
    """One sheet in use: where its columns stand and what of it was hidden."""

    sheet: str
    columns: dict[str, int]
    visibility: str = "visible"
    hidden_rows: int = 0
    hidden_columns: int = 0
    rows: int = 0
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """Data rows of all sheets in use, column by column; `part` and `row_no` say where each row stands."""

    kind: Kind
    typed: dict[str, list[Typed]]
    row_no: list[int]
    part: list[int]
    parts: list[Part]
    drops: list[Drop] = field(default_factory=list)
    headings: list[Drop] = field(default_factory=list)
    """The lines down to the header of each sheet: titles, blank ones, the header itself. They are no rows that were read."""
    fills: list[Fill] = field(default_factory=list)
    date1904: bool = False
    formulas: int = 0
    restored: int = 0
    external_links: int = 0
    rows_read: int = 0
    lines: int = 0
    """Rows read, and the headings above them."""
    unused_sheets: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.row_no)

    def place(self, row: int) -> Place:
        """Where a data row stands."""
        return Place(self.parts[self.part[row]].sheet, self.row_no[row])

    def address(self, row: int, column: str) -> str:
        """The address of a cell, "" where the file has no such column."""
        position = self.parts[self.part[row]].columns.get(column)
        return "" if position is None else f"{column_letters(position)}{self.row_no[row]}"


def read_table(book: Book, kind: Kind, mapping: Mapping[str, Any], dropped: Mapping[Place, str] | None = None) -> Table:
    """Read every sheet in use.

    :raise ImportRefused: no sheet in use, required columns missing, or more rows than are taken at a time.
    """
    fixed: Mapping[str, str] = mapping.get("fixed") or {}
    wanted = mapping.get("sheets") or {}
    table = Table(kind, {column.code: [] for column in kind.columns}, [], [], [], date1904=book.date1904)
    table.external_links = book.external_links
    unused: list[str] = []
    for sheet in book.sheets:
        plan = wanted.get(sheet.name) or {}
        if plan.get("use") and plan.get("header"):
            header_rows = [row - 1 for row in plan["header"]]
            _read_sheet(table, sheet, header_rows, mapping.get("headers") or {}, fixed, dropped or {})
        elif sheet.cells:
            unused.append(sheet.name)
    table.unused_sheets = tuple(unused)
    if not table.parts:
        raise _no_header(book, kind)
    if table.rows_read > limits().rows:
        raise refusal("rows", name=book.name, sheet=table.parts[0].sheet, rows=table.rows_read, limit=limits().rows)
    return table


def table_from_rows(kind: Kind, rows: Iterable[tuple[Place, Mapping[str, Typed]]]) -> Table:
    """A table from rows that were kept as typed, to check them again after somebody mended them."""
    kept = list(rows)
    sheets = list(dict.fromkeys(place.sheet for place, _ in kept))
    parts = [Part(sheet, {column.code: n for n, column in enumerate(kind.columns)}) for sheet in sheets]
    typed = {column.code: [cells.get(column.code, "") for _, cells in kept] for column in kind.columns}
    numbers = [place.row_no for place, _ in kept]
    return Table(
        kind,
        typed,
        numbers,
        [sheets.index(place.sheet) for place, _ in kept],
        parts,
        rows_read=len(kept),
        lines=len(kept),
    )


def _no_header(book: Book, kind: Kind) -> ImportRefused:
    names = [column.label for column in kind.columns if column.required][:4]
    zh, en = "、".join(name[0] for name in names), ", ".join(name[1] for name in names)
    return refusal("no_header", name=book.name, rows=limits().header_search_rows, columns=(zh, en))


def _read_sheet(
    table: Table,
    sheet: Sheet,
    header_rows: Sequence[int],
    headers: Mapping[str, str],
    fixed: Mapping[str, str],
    dropped: Mapping[Place, str],
) -> None:
    labels = read_header(table.kind, sheet, header_rows, headers).labels
    part = _part(table.kind, sheet, labels, headers, fixed)
    first = header_rows[-1] + 1
    rows = sheet.cells[first:]
    by_position = list(zip(*rows, strict=True)) or [()] * len(labels)
    columns = {code: list(by_position[position]) for code, position in part.columns.items()}
    filled = _fill_merged(sheet, part, columns, first)
    leave = _rows_to_leave(table.kind, sheet, part, columns, header_rows, dropped)
    base, number = len(table), len(table.parts)
    keep = [index for index in range(len(rows)) if index not in leave] if leave else range(len(rows))
    for column in table.kind.columns:
        table.typed[column.code] += _take(columns.get(column.code), keep, fixed.get(column.code, ""), bool(leave))
    table.row_no += [first + index + 1 for index in keep]
    table.part += [number] * len(keep)
    if filled:
        new = {index: base + n for n, index in enumerate(keep)}
        table.fills += [Fill(new[index], code, area) for index, code, area in filled if index in new]
    table.headings += _above(sheet, header_rows)
    table.drops += [leave[index] for index in sorted(leave)]
    hidden = sheet.around.hidden_rows
    part.hidden_rows = sum(first + index in hidden for index in keep) if hidden else 0
    part.hidden_columns = sum(position in sheet.around.hidden_columns for position in part.columns.values())
    part.rows = len(keep)
    table.parts.append(part)
    table.formulas += sheet.around.formulas
    table.restored += sheet.around.restored
    table.rows_read += len(rows)
    table.lines += len(sheet.cells)


def _take(column: list[Typed] | None, keep: Sequence[int], fixed: str, some_left: bool) -> list[Typed]:
    if column is None:
        return [fixed] * len(keep)
    kept = list(map(column.__getitem__, keep)) if some_left else column
    return [cell if cell != "" else fixed for cell in kept] if fixed else kept


def _part(
    kind: Kind, sheet: Sheet, labels: Sequence[str], headers: Mapping[str, str], fixed: Mapping[str, str]
) -> Part:
    columns: dict[str, int] = {}
    for position, label in enumerate(labels):
        code = headers.get(label, "") if label else ""
        if code and code not in columns:
            columns[code] = position
    missing = [kind.column(code).label for code in lacks(kind, set(columns) | set(fixed))]
    if missing:
        zh, en = "、".join(each[0] for each in missing), ", ".join(each[1] for each in missing)
        raise refusal("no_columns", sheet=sheet.name, columns=(zh, en))
    known = set(columns.values())
    unread = tuple(label for position, label in enumerate(labels) if label and position not in known)
    return Part(sheet.name, columns, sheet.visibility, unread=unread)


def _fill_merged(sheet: Sheet, part: Part, columns: dict[str, list[Typed]], first: int) -> list[tuple[int, str, Range]]:
    """Fill down inside merged ranges only; ordinary blanks stay blank."""
    filled: list[tuple[int, str, Range]] = []
    by_position = {position: code for code, position in part.columns.items()}
    for area in sorted(sheet.merged):
        code = by_position.get(area.left)
        if code is None or area.top < first or area.bottom == area.top:
            continue
        column = columns[code]
        value = column[area.top - first] if area.top - first < len(column) else ""
        for index in range(area.top - first + 1, min(area.bottom - first + 1, len(column))):
            if column[index] == "" and value != "":
                column[index] = value
                filled.append((index, code, area))
    return filled


def _rows_to_leave(
    kind: Kind,
    sheet: Sheet,
    part: Part,
    columns: Mapping[str, list[Typed]],
    header_rows: Sequence[int],
    dropped: Mapping[Place, str],
) -> dict[int, Drop]:
    first = header_rows[-1] + 1
    rows = sheet.cells[first:]
    needed = [column.code for column in kind.columns if column.required and column.code in columns]
    leave: dict[int, Drop] = {}
    for index in _suspects(rows, [columns[code] for code in needed]):
        row = rows[index]
        code = "blank" if is_blank(row) else "footer" if _is_footer(row, [part.columns[key] for key in needed]) else ""
        if code:
            leave[index] = _drop(sheet, first + index, code)
    for index in _repeated(sheet, header_rows, part):
        leave.setdefault(index, _drop(sheet, first + index, "repeated_header"))
    for place, reason in dropped.items():
        index = place.row_no - 1 - first
        if place.sheet == sheet.name and 0 <= index < len(rows):
            leave[index] = Drop(place, "by_hand", _shown(rows[index]), reason)
    return leave


def _suspects(rows: Sequence[Sequence[Typed]], needed: Sequence[Sequence[Typed]]) -> list[int]:
    """Rows worth a closer look: nothing in them, or a required cell that is empty."""
    found = {index for index, row in enumerate(rows) if not any(row)}
    for column in needed:
        if not _BLANKS.isdisjoint(column):
            found.update(n for n, cell in enumerate(column) if cell == "" or (type(cell) is str and cell.isspace()))
    return sorted(found)


def is_blank(row: Sequence[Typed]) -> bool:
    """Is there nothing but spaces in the row?"""
    return all(isinstance(cell, str) and not cell.strip("\u200b\ufeff \t\r\n\u3000\xa0") for cell in row)


def _is_footer(row: Sequence[Typed], needed: Sequence[int]) -> bool:
    """Does the row begin with 合计, 填表人 and the like, with less than half of its required cells filled?"""
    first = next((n for n, cell in enumerate(row) if as_typed(cell).strip()), None)
    if first is None or not plain_word(as_typed(row[first])).startswith(footer_words()):
        return False
    filled = sum(position != first and bool(as_typed(row[position]).strip()) for position in needed)
    return 2 * filled < len(needed)


def _repeated(sheet: Sheet, header_rows: Sequence[int], part: Part) -> list[int]:
    """Data rows (from 0) that say one of the header rows again, as printed lists do on every page."""
    first, positions = header_rows[-1] + 1, list(part.columns.values())
    found: list[int] = []
    for number in header_rows:
        header = [sheet.cells[number][position] for position in positions]
        filled = [(position, cell) for position, cell in zip(positions, header, strict=True) if cell != ""]
        if len(filled) > 1:
            at, cell = filled[0]
            rows = (n for n, row in enumerate(sheet.cells[first:]) if row[at] == cell)
            found += [n for n in rows if all(sheet.cells[first + n][position] == said for position, said in filled)]
    return found


def _above(sheet: Sheet, header_rows: Sequence[int]) -> list[Drop]:
    drops = []
    for number in range(header_rows[-1] + 1):
        code = "header" if number in header_rows else "blank" if is_blank(sheet.cells[number]) else "title"
        drops.append(_drop(sheet, number, code))
    return drops


def _drop(sheet: Sheet, number: int, code: str) -> Drop:
    return Drop(Place(sheet.name, number + 1), code, _shown(sheet.cells[number]))


def _shown(row: Sequence[Typed]) -> str:
    return " ".join(filter(None, (as_typed(cell).strip() for cell in row)))[:_SHOWN_DROP]
