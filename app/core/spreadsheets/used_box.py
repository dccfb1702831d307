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
    """An upper limit guessed from the first rows and the last ones, and proved by one look that keeps nothing.

    A sheet of three million cells is not listed cell by cell for it. None where some cell lies further out.
    """
    rows = _furthest(_ROWS, xml[-_A_LOOK:], 1)
    letters = max((each for each in _COLUMNS.findall(xml[:_A_LOOK]) if len(each) == 2), default=b"AA").upper()
    if not 10_000 <= rows < 90_000 or letters[:1] == b"Z":
        return None
    first, digit = letters[0], rows // 10_000
    further = re.compile(
        rb'r="(?:[%c-Z%c-z][A-Za-z]\d|[A-Za-z]{0,2}+(?:[%d-9]\d{4}|\d{6}|[A-Za-z]))'
        % (first + 1, first + 33, digit + 1)
    )
    if further.search(xml):
        return None
    return (digit + 1) * 10_000 - 1, column_number(bytes([first]).decode() + "Z")


def _furthest(pattern: re.Pattern[bytes], xml: bytes, at_least: int = 0) -> int:
    found = set(pattern.findall(xml))
    return max((int(each) if each.isdigit() else column_number(each.decode()) for each in found), default=at_least)


def _without_empty_cells(xml: bytes) -> bytes:
    prefix = tag_prefix(xml)
    for tag in (b"c", b"row"):
        name = prefix + tag
        xml = re.sub(rb"<%s%s(?:/>|>\s*</%s>)" % (name, _PLAIN_ATTRIBUTES, name), b"", xml)
    return xml
