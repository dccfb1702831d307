"""How far a sheet's cells reach, found before the fast reader sets aside room for the whole box from A1."""

import re

from app.core.spreadsheets.book import Limits, column_number
from app.core.spreadsheets.sheet_scan import tag_prefix

_ODDLY_WRITTEN = re.compile(rb'r(?:\s+=|=[^"])')
_COLUMNS = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,20})\d")
_ROWS = re.compile(rb"\br\s*=\s*[\"'][A-Za-z]*(\d{1,20})[\"']")
_FAR_COLUMNS = re.compile(rb'r="([A-Za-z]{2,20})\d')
_FAR_ROWS = re.compile(rb'r="[A-Za-z]{0,20}(\d{6,20})')
_FAR = re.compile(rb'r="(?:[A-Za-z]{2,20}|[A-Za-z]?\d{5})\d')
_NEAR_ROWS, _NEAR_COLUMNS = 99_999, 26
_A_LOOK = 200_000
"""Bytes at both ends of a sheet from which its size is guessed."""
_PLAIN_ATTRIBUTES = rb"(?:\s+[\w:]+=\"[^\"<>]*\")*\s*"


def used_box(xml: bytes, limits: Limits) -> tuple[int, int]:
    """Rows and columns of the box from A1 to the last cell; an upper limit where that is small enough, else exact.

    Cells that hold only formatting do not count: whole formatted columns down to row 1,048,576 are an everyday sight.
    """
    if _ODDLY_WRITTEN.search(xml):
        rows, columns = _furthest(_ROWS, xml), _furthest(_COLUMNS, xml)
    elif not _FAR.search(xml):
        rows, columns = _NEAR_ROWS, _NEAR_COLUMNS
    else:
        rows, columns = _guessed(xml) or (
            _furthest(_FAR_ROWS, xml, _NEAR_ROWS),
            _furthest(_FAR_COLUMNS, xml, _NEAR_COLUMNS),
        )
    if rows <= limits.rows and columns <= limits.columns and rows * columns <= limits.cells:
        return rows, columns
    content = _without_empty_cells(xml)
    return _furthest(_ROWS, content), _furthest(_COLUMNS, content)


def _guessed(xml: bytes) -> tuple[int, int] | None:
    """The box guessed from the first rows and the last ones, and proved by one look that keeps nothing.

    A sheet of three million cells is not listed cell by cell for it. None where some cell lies further out, or is
    written in another way.
    """
    rows = _furthest(_ROWS, xml[-_A_LOOK:])
    letters = max(
        (each.upper() for each in _COLUMNS.findall(xml[:_A_LOOK])), key=lambda each: (len(each), each), default=b""
    )
    if not 0 < rows < 1_000_000 or not 0 < len(letters) < 3 or _beyond(rows, letters).search(xml):
        return None
    return rows, column_number(letters.decode())


def _beyond(rows: int, letters: bytes) -> re.Pattern[bytes]:
    """Finds a cell or row whose number lies after `rows`, or a cell in a column after `letters` (one or two of them)."""
    number = str(rows).encode()
    later = [rb"%s[%d-9]\d{%d}" % (number[:n], int(number[n : n + 1]) + 1, len(number) - n - 1)
             for n in range(len(number)) if number[n : n + 1] != b"9"]  # fmt: skip
    right = [rb"%s[%s]%s" % (_either(letters[:n]), _from(letters[n] + 1), rb"[A-Za-z]" * (len(letters) - n - 1))
             for n in range(len(letters)) if letters[n] != ord("Z")]  # fmt: skip
    longer = rb"[A-Za-z]{%d,20}" % (len(letters) + 1)  # xmlns:r="http://…" is no cell
    columns = b"|".join(each + rb"\d" for each in (*right, longer))
    # The letters are never given back: without them nothing after them could be a number.
    return re.compile(
        rb'r="(?:%s|[A-Za-z]{0,2}+(?:%s))' % (columns, b"|".join([*later, rb"\d{%d}" % (len(number) + 1)]))
    )


def _either(letters: bytes) -> bytes:
    return b"".join(rb"[%c%c]" % (each, each + 32) for each in letters)


def _from(letter: int) -> bytes:
    return rb"%c-Z%c-z" % (letter, letter + 32)


def _furthest(pattern: re.Pattern[bytes], xml: bytes, at_least: int = 0) -> int:
    found = set(pattern.findall(xml))
    return max((int(each) if each.isdigit() else column_number(each.decode()) for each in found), default=at_least)


def _without_empty_cells(xml: bytes) -> bytes:
    prefix = tag_prefix(xml)
    for tag in (b"c", b"row"):
        name = prefix + tag
        xml = re.sub(rb"<%s%s(?:/>|>\s*</%s>)" % (name, _PLAIN_ATTRIBUTES, name), b"", xml)
    return xml
