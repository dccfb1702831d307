"""Writing xlsx and csv that no program runs: text stays text, and a second import gives the same values."""

import csv
import datetime as dt
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal

from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = on_demand("xlsxwriter")

Value = str | int | float | bool | dt.date | dt.datetime | None
_STARTS_A_FORMULA = frozenset("=+-@\t\r＝＋－＠")
_MARK = "'"
_LONGEST_CELL = 32_767
_EXACT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Head:
    """A column of an export: its title, width in characters and the form its cells take."""

    title: str
    width: float = 14
    form: Literal["text", "number", "date", "percent"] = "text"


def neutralise(text: str) -> str:
    """The text as a csv cell that no spreadsheet program takes for a formula (security 53)."""
    return _MARK + text if text[:1] in _STARTS_A_FORMULA or text[:1] == _MARK else text


def restore(text: str) -> str:
    """What `neutralise` was given; any other text comes back as it is."""
    if text[:1] == _MARK and (text[1:2] in _STARTS_A_FORMULA or text[1:2] == _MARK) and len(text) > 1:
        return text[1:]
    return text


def heads(columns: Iterable[str | Head]) -> list[Head]:
    """Columns as `Head`, plain titles taken as text columns."""
    return [Head(column) if isinstance(column, str) else column for column in columns]


class _Sheet:
    """One sheet being written row by row in constant memory."""

    def __init__(self, book: Any, sheet: Any, columns: Sequence[Head]) -> None:
        self._sheet = sheet
        text = book.add_format({"num_format": "@", "valign": "top"})
        text.set_quote_prefix()
        formats = {
            "text": text,
            "number": book.add_format({"valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
            "percent": book.add_format({"num_format": "0.0%", "valign": "top"}),
        }
        self._text = text
        self._date = formats["date"]
        self._formats = [formats[column.form] for column in columns]
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width, formats[column.form])

    def write(self, row: int, values: Sequence[Value]) -> None:
        for position, value in enumerate(values):
            if value is None or value == "":
                continue
            style = self._formats[position] if position < len(self._formats) else self._text
            if isinstance(value, (dt.datetime, dt.date)):
                self._write_date(row, position, value)
            elif isinstance(value, (int, float)) and not isinstance(value, bool) and _is_exact(value):
                self._sheet.write_number(row, position, value, style)
            else:
                self._write_text(row, position, str(value))

    def _write_text(self, row: int, position: int, text: str) -> None:
        if len(text) > _LONGEST_CELL:
            raise ValueError(f"a cell holds at most {_LONGEST_CELL} characters")
        self._sheet.write_string(row, position, text, self._text)

    def _write_date(self, row: int, position: int, value: dt.date) -> None:
        if isinstance(value, dt.datetime):
            self._write_text(row, position, value.isoformat(" "))
        elif value.year >= 1901:
            self._sheet.write_datetime(row, position, dt.datetime(value.year, value.month, value.day), self._date)
        else:
            self._write_text(row, position, value.isoformat())


def _is_exact(value: float) -> bool:
    return math.isfinite(value) and (isinstance(value, float) or len(str(abs(value))) <= _EXACT_DIGITS)


def write_workbook(
    columns: Iterable[str | Head],
    rows: Iterable[Sequence[Value]],
    sheet: str = "数据",
    target: IO[bytes] | None = None,
    made_at: dt.datetime | None = None,
) -> bytes:
    """An xlsx with one sheet: a frozen header row, then the rows; text is written as text and never becomes a formula.

    Rows may be a generator: memory stays constant. With `target` the file goes there and the answer is b"".
    With `made_at` (naive, UTC) the same rows give the same bytes, whenever they are written.
    When a row cannot be written nothing goes out, and no temporary file with what was written so far stays behind.
    """
    head = heads(columns)
    out = target if target is not None else io.BytesIO()
    book = xlsxwriter.Workbook(out, workbook_options())
    if made_at is not None:
        book.set_properties({"created": made_at})
    try:
        _fill(book, sheet, head, rows)
    except BaseException:
        book.filename = io.BytesIO()
        raise
    finally:
        book.close()
    return out.getvalue() if isinstance(out, io.BytesIO) and target is None else b""


def _fill(book: Any, name: str, head: Sequence[Head], rows: Iterable[Sequence[Value]]) -> None:
    worksheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bg_color": "#EEF2F6", "valign": "vcenter", "text_wrap": True})
    lines = _Sheet(book, worksheet, head)
    for position, column in enumerate(head):
        worksheet.write_string(0, position, column.title, bold)
    worksheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        lines.write(number, row)


def workbook_options() -> dict[str, bool]:
    """Options under which xlsxwriter never turns text into something that acts."""
    return {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": False,
    }


def write_csv(columns: Iterable[str | Head], rows: Iterable[Sequence[Value]]) -> bytes:
    """A csv in UTF-8 with BOM, so that Excel and WPS show Chinese; cells that look like formulas are neutralised."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([neutralise(column.title) for column in heads(columns)])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return repr(value) if value == value else ""
    return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
