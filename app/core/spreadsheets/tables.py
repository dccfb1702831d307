"""A small table that people fill in: found by its header in any sheet, read line by line, refused with every bad row named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.errors import Invalid, Sentence
from app.core.spreadsheets.book import as_typed
from app.core.spreadsheets.opening import open_book

HEADER_ROWS = 10
MOST_TOLD = 12
Line = tuple[int, list[str]]
"""The row in the sheet, and its cells in the order of the titles, without spaces around."""


def table_lines(content: bytes, name: str, titles: Sequence[str], field: str = "content") -> list[Line]:
    """The lines of the first sheet with all `titles` in a row near its top, empty ones left out. Raises Invalid, ImportRefused."""
    for sheet in open_book(content, name).sheets:
        for at, line in enumerate(sheet.cells[:HEADER_ROWS]):
            found = [as_typed(cell).strip() for cell in line]
            if all(title in found for title in titles):
                columns = [found.index(title) for title in titles]
                return _lines(sheet.cells[at + 1 :], columns, at + 2)
    named = "、".join(titles)
    raise Invalid(
        field,
        Sentence(
            f"没有找到表头。第一行要有这些列：{named}；请用下载的空表填写",
            f"No header was found. The first row has the columns {', '.join(titles)}; fill the blank table that can be downloaded",
        ),
    )


def _lines(rows: Sequence[Sequence[object]], columns: Sequence[int], first: int) -> list[Line]:
    found = []
    for place, row in enumerate(rows, first):
        cells = [as_typed(row[column]).strip() if column < len(row) else "" for column in columns]  # type: ignore[arg-type]
        if any(cells):
            found.append((place, cells))
    return found


def refuse_rows(faults: Mapping[int, Sentence], field: str = "content") -> None:
    """Raises Invalid with one sentence for each row that does not fit; nothing where every row does."""
    if not faults:
        return
    places = sorted(faults)
    told = {f"row {place}": _at(place, faults[place]) for place in places[:MOST_TOLD]}
    if len(places) > MOST_TOLD:
        more = len(places) - MOST_TOLD
        told["more"] = Sentence(f"还有 {more} 行不对，改好前面的再传", f"Mend these first; wrong besides: {more}")
    told[field] = Sentence(
        f"有 {len(places)} 行不对，没有导入", f"Nothing was brought in. Rows that are wrong: {len(places)}"
    )
    raise Invalid(told)


def _at(place: int, said: Sentence) -> Sentence:
    return Sentence(f"第 {place} 行：{said.zh}", f"Row {place}: {said.en}")
