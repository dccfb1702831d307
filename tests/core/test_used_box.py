"""The size of a wide sheet is guessed from both ends and proved: the guess is never smaller than the sheet."""

from __future__ import annotations

import pytest

from app.core.spreadsheets import column_letters
from app.core.spreadsheets.book import column_number, limits
from app.core.spreadsheets.used_box import _guessed, used_box

ROWS, COLUMNS = 12_000, 106


@pytest.fixture(scope="module")
def wide() -> bytes:
    """A sheet of 12,000 rows and 106 columns as programs write it."""
    names = [column_letters(column).encode() for column in range(COLUMNS)]
    lines = (
        b'<row r="%d">%b</row>' % (row, b"".join(b'<c r="%b%d"><v>1</v></c>' % (name, row) for name in names))
        for row in range(1, ROWS + 1)
    )
    relations = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    return b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (relations, b"".join(lines))


def test_a_wide_sheet_that_is_as_it_looks_fits_without_a_list_of_its_cells(wide: bytes) -> None:
    rows, columns = used_box(wide, limits())
    assert (rows, columns) == (ROWS, COLUMNS) == _guessed(wide)


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize(
    "cell", [("A", 1_000_000), ("XFD", 5), ("EA", 7), ("B", 45_000), ("B", 12_001), ("DC", 3), ("a", 20_001), ("zz", 7)]
)
def test_one_cell_far_out_is_never_overlooked(wide: bytes, cell: tuple[str, int], where: str) -> None:
    letters, row = cell
    far = b'<row><c r="%b%d"><v>1</v></c></row>' % (letters.encode(), row)
    at = {"first": wide.index(b"<row"), "middle": wide.index(b'<row r="6000"'), "last": wide.index(b"</sheetData>")}[
        where
    ]
    rows, columns = used_box(wide[:at] + far + wide[at:], limits())
    assert rows >= max(ROWS, row) and columns >= max(COLUMNS, column_number(letters.upper()))
