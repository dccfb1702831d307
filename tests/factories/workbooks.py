"""Workbooks as counties send them: one description of a file, written as xlsx, csv in three encodings, or real xls."""

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import xlsxwriter
import xlwt

from app.core.imports.identifiers import check_digit


@dataclass(frozen=True)
class Formula:
    """A formula with the result that the sender's program stored (None: none was stored)."""

    text: str
    result: Any


@dataclass(frozen=True)
class Sheet:
    """One sheet as somebody made it; merges are (top, left, bottom, right) from 0."""

    rows: Sequence[Sequence[Any]]
    name: str = "Sheet1"
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Sent:
    """A whole file before it is written in one of the forms."""

    sheets: tuple[Sheet, ...]
    date1904: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def with_rows(self, rows: Sequence[Sequence[Any]]) -> "Sent":
        """The same file with other rows on its first sheet."""
        return replace(self, sheets=(replace(self.sheets[0], rows=rows), *self.sheets[1:]))


def sent(rows: Sequence[Sequence[Any]], **about: Any) -> Sent:
    """A file with one sheet."""
    date1904 = about.pop("date1904", False)
    return Sent((Sheet(rows, **about),), date1904)


def as_xlsx(file: Sent) -> bytes:
    """The file as Excel would save it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"date_1904": file.date1904, "strings_to_formulas": False, "strings_to_urls": False}
    )
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    percent = book.add_format({"num_format": "0%"})
    for described in file.sheets:
        sheet = book.add_worksheet(described.name)
        for top, left, bottom, right in described.merges:
            sheet.merge_range(top, left, bottom, right, "")
        for r, row in enumerate(described.rows):
            for c, cell in enumerate(row):
                _write_cell(sheet, r, c, cell, day, percent)
        for r in described.hidden_rows:
            sheet.set_row(r, None, None, {"hidden": True})
        for c in described.hidden_columns:
            sheet.set_column(c, c, None, None, {"hidden": True})
        if described.hidden:
            sheet.hide()
    book.close()
    return out.getvalue()


def _write_cell(sheet: Any, r: int, c: int, cell: Any, day: Any, percent: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Formula):
        sheet.write_formula(r, c, cell.text, None, "" if cell.result is None else cell.result)
    elif isinstance(cell, (dt.date, dt.datetime)):
        sheet.write_datetime(r, c, dt.datetime(cell.year, cell.month, cell.day), day)
    elif isinstance(cell, bool):
        sheet.write_boolean(r, c, cell)
    elif isinstance(cell, (int, float)):
        sheet.write_number(r, c, cell)
    else:
        sheet.write_string(r, c, str(cell))


def as_csv(file: Sent, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """The first sheet as text; numbers as Excel shows them in a csv, long ones in scientific notation."""
    lines = [delimiter.join(_csv_cell(cell, delimiter) for cell in row) for row in file.sheets[0].rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def _csv_cell(cell: Any, delimiter: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        cell = "" if cell.result is None else cell.result
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        text = f"{cell:.5E}" if abs(cell) >= 1e11 else f"{cell:g}" if abs(cell) < 1e6 else f"{cell:.0f}"
    else:
        text = str(cell)
    if any(mark in text for mark in (delimiter, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def as_utf8_bom(file: Sent) -> bytes:
    """csv in UTF-8 with BOM, as Excel writes "CSV UTF-8"."""
    return as_csv(file, "utf-8-sig")


def as_gb18030(file: Sent) -> bytes:
    """csv in GB18030, as Chinese Excel writes plain "CSV"."""
    return as_csv(file, "gb18030")


def as_xls(file: Sent) -> bytes:
    """The file as a real xls (BIFF8 in a compound file); formulas as their results."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = file.date1904
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for described in file.sheets:
        sheet = book.add_sheet(described.name, cell_overwrite_ok=True)
        for top, left, bottom, right in described.merges:
            sheet.merge(top, bottom, left, right)
        for r, row in enumerate(described.rows):
            for c, cell in enumerate(row):
                value = cell.result if isinstance(cell, Formula) else cell
                if value is None or value == "":
                    continue
                if isinstance(value, dt.date):
                    sheet.write(r, c, value, day)
                else:
                    sheet.write(r, c, value)
        for r in described.hidden_rows:
            sheet.row(r).hidden = True
        for c in described.hidden_columns:
            sheet.col(c).hidden = True
        sheet.visibility = 1 if described.hidden else 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMS: dict[str, tuple[Callable[[Sent], bytes], str]] = {
    "xlsx": (as_xlsx, "名册.xlsx"),
    "csv utf-8": (as_csv, "名册.csv"),
    "csv utf-8 bom": (as_utf8_bom, "名册.csv"),
    "csv gb18030": (as_gb18030, "名册.csv"),
    "xls": (as_xls, "名册.xls"),
}

STUDENT_HEAD = [
    "学校代码", "学籍号", "姓名", "证件类型", "身份证号", "性别", "出生日期", "年级", "班级",
]  # fmt: skip


def id_number(serial: int, birth: str = "20130307", area: str = "330000") -> str:
    """A valid ID number of the area that was never issued; odd serials are boys."""
    digits = f"{area}{birth}{serial:03d}"
    return digits + check_digit(digits)


def student(serial: int, **changes: Any) -> list[Any]:
    """A faultless row under STUDENT_HEAD; `changes` by header."""
    number = id_number(serial)
    surnames, names = "王李张刘陈杨黄赵周吴", "明华兰芳伟强敏静丽军"
    row = {
        "学校代码": "2133000001",
        "学籍号": f"G{number}",
        "姓名": surnames[serial % 10] + names[serial // 10 % 10] + names[serial % 7],
        "证件类型": "身份证",
        "身份证号": number,
        "性别": "男" if serial % 2 else "女",
        "出生日期": "2013-03-07",
        "年级": "六年级",
        "班级": "3班",
    }
    unknown = set(changes) - set(row)
    if unknown:
        raise KeyError(unknown)
    return list({**row, **changes}.values())


def roster(*rows: list[Any], **about: Any) -> Sent:
    """A student roster with its header in the first row."""
    return sent([STUDENT_HEAD, *rows], **about)


RESULT_HEAD = [
    "监测周期", "层级", "范围代码", "年级", "班级", "学科", "指标代码", "数值类型", "方向",
    "数值", "基准类型", "基准值", "基准标准误", "人数", "应测人数", "标准差", "设计效应",
]  # fmt: skip


def result(**changes: Any) -> list[Any]:
    """A faultless row under RESULT_HEAD: a school's mean in mathematics."""
    row = {
        "监测周期": "2026-JC-01",
        "层级": "学校",
        "范围代码": "2133000001",
        "年级": "六年级",
        "班级": "",
        "学科": "数学",
        "指标代码": "MATH",
        "数值类型": "均分",
        "方向": "越高越好",
        "数值": 482,
        "基准类型": "县均值",
        "基准值": 500,
        "基准标准误": 1.2,
        "人数": 120,
        "应测人数": 122,
        "标准差": 100,
        "设计效应": 1,
    }
    unknown = set(changes) - set(row)
    if unknown:
        raise KeyError(unknown)
    return list({**row, **changes}.values())


def results(*rows: list[Any], **about: Any) -> Sent:
    """A file of monitoring results with its header in the first row."""
    return sent([RESULT_HEAD, *rows], **about)
