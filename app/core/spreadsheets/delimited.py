"""Reading csv: encoding, delimiter and quotes found out, never guessed past an error."""

import codecs
import csv
import io
from collections import Counter
from itertools import islice
from typing import Any

from app.core.spreadsheets.book import Limits, Sheet, Surroundings, Typed
from app.core.spreadsheets.refusals import refusal
from app.core.spreadsheets.writing import restore

_DELIMITERS = ",\t;|"
_SAMPLE_LINES = 40
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ALLOWED_CONTROLS = frozenset("\t\r\n\x0b\x0c\x1a\x1c\x1d\x1e\x1f\x85")


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The text and its encoding: UTF-8 with or without BOM, else GB18030; anything else is refused with the line."""
    if data.startswith(_UTF16) or b"\0" in data:
        raise refusal("encoding", name=name, line=data[: data.find(b"\0") + 1].count(b"\n") + 1)
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data[3:], "utf-8", name), "utf-8-sig"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strict(data, "gb18030", name), "gb18030"


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise refusal("encoding", name=name, line=data[: error.start].count(b"\n") + 1) from None
    odd = next((i for i, c in enumerate(text[:20_000]) if c < " " and c not in _ALLOWED_CONTROLS), None)
    if odd is not None:
        raise refusal("encoding", name=name, line=text[:odd].count("\n") + 1)
    return text


def sniff_delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, more than one, most often."""
    lines = [line for line in text[:100_000].splitlines()[:_SAMPLE_LINES] if line.strip()]
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if times * width > best_score:
            best, best_score = delimiter, times * width
    return best


def read(data: bytes, name: str, limits: Limits) -> tuple[Sheet, str, str]:
    """The one sheet of a csv, its encoding and its delimiter."""
    text, encoding = decode(data, name)
    delimiter = sniff_delimiter(text)
    reader: Any = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    most = limits.rows + limits.header_search_rows
    try:
        rows: list[list[Typed]] = [*islice(reader, most + 1)]
    except csv.Error:
        raise refusal("csv", name=name, line=reader.line_num) from None
    if len(rows) > most:
        raise refusal("rows", name=name, sheet=name, rows=len(rows), limit=limits.rows)
    width = max(map(len, rows), default=0)
    if width > limits.columns or width * len(rows) > limits.cells:
        raise refusal("columns", name=name, sheet=name, columns=width, limit=limits.columns)
    for cells in rows:
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
    restored = _restore_marked(rows) if "'" in text else 0
    return (
        Sheet(name.rpartition(".")[0][:60] or name[:60], rows, around=Surroundings(restored=restored)),
        encoding,
        delimiter,
    )


def _restore_marked(rows: list[list[Typed]]) -> int:
    """Take the mark from cells that an export of ours neutralised; how many there were."""
    count = 0
    for row in rows:
        for position, cell in enumerate(row):
            if isinstance(cell, str) and cell[:1] == "'" and (plain := restore(cell)) != cell:
                row[position] = plain
                count += 1
    return count
