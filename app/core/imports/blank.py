"""Blank workbooks to fill in: headers that are recognised, text columns, how to write each cell."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from app.core.imports.columns import Column, Kind
from app.core.imports.vocabulary import load
from app.core.on_demand import on_demand
from app.core.spreadsheets.writing import workbook_options

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = on_demand("xlsxwriter")

_ROWS = 5_000
_LONGEST_LIST = 255


def blank_workbook(kind: Kind) -> bytes:
    """An xlsx with an empty sheet for the kind and a second sheet that explains its columns."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, workbook_options())
    sheet, notes = book.add_worksheet(kind.zh), book.add_worksheet("填写说明")
    text = book.add_format({"num_format": "@"})
    needed = book.add_format({"bold": True, "bg_color": "#E6EFFA", "text_wrap": True})
    free = book.add_format({"bold": True, "bg_color": "#F2F4F6", "text_wrap": True})
    for position, column in enumerate(kind.columns):
        sheet.set_column(position, position, column.width, text)
        sheet.write_string(0, position, _title(column), needed if column.required else free)
        words = _words(column)
        if words and len(",".join(words)) <= _LONGEST_LIST:
            options = {"validate": "list", "source": words, "error_type": "warning", "ignore_blank": True}
            sheet.data_validation(1, position, _ROWS, position, options)
    sheet.freeze_panes(1, 0)
    _explain(notes, kind, needed, text)
    book.close()
    return out.getvalue()


def _title(column: Column) -> str:
    return f"{column.zh}*" if column.required else column.zh


def _words(column: Column) -> list[str]:
    return [words[0] for words in load("words")[column.group].values()] if column.group else []


def _explain(sheet: xlsxwriter.worksheet.Worksheet, kind: Kind, bold: object, text: object) -> None:
    rows = [("列名 Column", "必填 Required", "怎么写 How to write it", "例 Example")]
    for column in kind.columns:
        hint = " / ".join(filter(None, column.hint)) or "、".join(_words(column))
        rows.append((f"{column.zh} {column.en}", "是 yes" if column.required else "", hint, column.example))
    for line, row in enumerate(rows):
        for position, cell in enumerate(row):
            sheet.write_string(line, position, cell, text if line else bold)
    for position, width in enumerate((36, 14, 60, 24)):
        sheet.set_column(position, position, width)
