"""A workbook that was opened, written down column by column, so that nobody parses the same file a second time.

Each column is the list of what it holds, each content once, and for every row the place of its cell in that list: three
million answers from 0 to 3 are three megabytes, and when they are read again every 3 is the same object.
"""

import datetime as dt
import json
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from app.core.spreadsheets.book import Book, Range, Sheet, Surroundings, Typed

_NUMBERS = frozenset({bool, int, float})
_WIDTHS = ((1 << 8, "B"), (1 << 16, "H"), (1 << 32, "I"))


def written_down(book: Book) -> bytes:
    """Everything that the book says: one line of JSON, then the places of all cells."""
    places: list[bytes] = []
    told = {name: getattr(book, name) for name in Book.__slots__ if name != "sheets"}
    told["sheets"] = [_sheet(sheet, places) for sheet in book.sheets]
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return b"\n".join((head, b"".join(places)))


def read_again(kept: bytes) -> Book:
    """What `written_down` was given."""
    head, _, places = kept.partition(b"\n")
    told, rest = json.loads(head), memoryview(places)
    sheets = []
    for sheet in told.pop("sheets"):
        found, rest = _read_sheet(sheet, rest)
        sheets.append(found)
    return Book(**told, sheets=tuple(sheets))


def _sheet(sheet: Sheet, places: list[bytes]) -> dict[str, Any]:
    around = {name: _listed(getattr(sheet.around, name)) for name in Surroundings.__slots__}
    columns = []
    for column in zip(*sheet.cells, strict=True):
        contents, kind, where = _coded(column)
        columns.append([kind, [_told(content) for content in contents]])
        places.append(where)
    return {
        "name": sheet.name, "visibility": sheet.visibility, "merged": sheet.merged, "around": around,
        "rows": len(sheet.cells), "columns": columns,
    }  # fmt: skip


class _Places(dict[Any, int]):
    """Content → its number; one that was not there before takes the next."""

    def __missing__(self, content: Any) -> int:
        number = self[content] = len(self)
        return number


def _coded(column: Sequence[Typed]) -> tuple[list[Typed], str, bytes]:
    """Different contents in the order of their first cell; 1, 1.0 and TRUE are three of them."""
    mixed = len(_NUMBERS & set(map(type, column))) > 1
    keys: Sequence[Any] = list(zip(map(type, column), column, strict=True)) if mixed else column
    place = _Places()
    found = list(map(place.__getitem__, keys))
    kind = next(kind for most, kind in _WIDTHS if len(place) <= most)
    where = array(kind, found).tobytes()
    return [key[1] for key in place] if mixed else list(place), kind, where


def _read_sheet(told: dict[str, Any], places: memoryview) -> tuple[Sheet, memoryview]:
    columns: list[Sequence[Typed]] = []
    for kind, contents in told["columns"]:
        size = told["rows"] * array(kind).itemsize
        where = array(kind, bytes(places[:size]))
        columns.append([*map([_read(content) for content in contents].__getitem__, where)])
        places = places[size:]
    cells: list[list[Typed]] = [*map(list, zip(*columns, strict=True))] or [[] for _ in range(told["rows"])]
    around = told["around"]
    found = Surroundings(
        frozenset(around["hidden_rows"]), frozenset(around["hidden_columns"]),
        {(row, column): word for (row, column), word in around["errors"]},
        frozenset(map(tuple, around["uncomputed"])), around["formulas"], around["restored"],
    )  # fmt: skip
    return Sheet(told["name"], cells, told["visibility"], tuple(Range(*area) for area in told["merged"]), found), places


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return list(value.items())
    return sorted(value) if isinstance(value, frozenset) else value


def _told(content: Typed) -> Any:
    """Days and times in ISO form beside the name of their kind; text, numbers and truth as JSON has them."""
    if isinstance(content, dt.timedelta):
        return ["timedelta", [content.days, content.seconds, content.microseconds]]
    if isinstance(content, dt.date | dt.time):
        return [type(content).__name__, content.isoformat()]
    return content


def _read(told: Any) -> Typed:
    if not isinstance(told, list):
        return told  # type: ignore[no-any-return]
    kind, value = told
    return _KINDS[kind](value)


_KINDS: dict[str, Callable[[Any], Typed]] = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": lambda parts: dt.timedelta(*parts),
}
