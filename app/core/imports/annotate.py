"""The report as a workbook to mend in: the sender's own xlsx with comments, or a new one with a column 问题."""

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from app.core.imports.staged import StagedSheet
from app.core.imports.work import STATUS
from app.core.on_demand import on_demand
from app.core.spreadsheets import Head, write_workbook

if TYPE_CHECKING:
    import openpyxl.cell.cell
    import openpyxl.comments
    import openpyxl.styles
else:
    openpyxl = on_demand("openpyxl")

Language = Literal["zh", "en"]
_AUTHOR = "Bihuan"
_MOST_COMMENTS = 5_000
_MOST_CELLS = 1_500_000
_FILLS = {"block": "F8D7DA", "warn": "FFF3CD"}
_SUMMARY = ("核对结果", "Check results")
_HEADS = {
    "zh": ("工作表", "单元格", "级别", "表里写的", "问题", "怎么改"),
    "en": ("Sheet", "Cell", "Level", "As typed", "Problem", "What to do"),
}
_LEVELS = {"block": ("必须先改", "Must be mended"), "warn": ("提醒", "Reminder")}
_EXTRA = {"zh": ("原工作表", "原行号", "问题", "怎么改"), "en": ("原工作表", "原行号", "问题", "怎么改")}


def annotated(data: bytes, staged: StagedSheet, language: Language = "zh") -> bytes:
    """The sender's file with what was found.

    An xlsx comes back as it was, blocked cells coloured and commented, a sheet of results added; formulas are
    replaced by their results and links to other files dropped, so that opening it does nothing. Anything else, and
    very large files, come back as a new workbook (`problem_workbook`).
    """
    table = staged.table
    if not data.startswith(b"PK") or len(staged) * max(len(part.columns) for part in table.parts) > _MOST_CELLS:
        return problem_workbook(staged, ("blocked", "warned"), language)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, keep_vba=False)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
            return problem_workbook(staged, ("blocked", "warned"), language)
        _mark_cells(book, staged, language)
        out = io.BytesIO()
        book.save(out)
    return out.getvalue()


def _mark_cells(book: Any, staged: StagedSheet, language: Language) -> None:
    summary = book.create_sheet(_free_name(book, _SUMMARY[language == "en"]))
    for position, head in enumerate(_HEADS[language], start=1):
        _put(summary, 1, position, head)
    marked: dict[tuple[str, str], list[str]] = {}
    for line, (sheet, message) in enumerate(_messages(staged), start=2):
        words = _LEVELS[message["level"]][language == "en"]
        address = message["address"] or f"A{message['row_no']}"
        cells = (sheet, address, words, message["typed"], message[language], message[f"fix_{language}"])
        for position, text in enumerate(cells, start=1):
            _put(summary, line, position, text)
        marked.setdefault((sheet, address), []).append("\n".join(filter(None, cells[4:])))
        if sheet in book.sheetnames and (message["level"] == "block" or len(marked[sheet, address]) == 1):
            book[sheet][address].fill = openpyxl.styles.PatternFill("solid", fgColor=_FILLS[message["level"]])
    for (sheet, address), texts in list(marked.items())[:_MOST_COMMENTS]:
        if sheet in book.sheetnames:
            book[sheet][address].comment = openpyxl.comments.Comment(
                _legal("\n".join(texts)), _AUTHOR, height=120, width=260
            )


def _messages(staged: StagedSheet) -> Iterator[tuple[str, dict[str, Any]]]:
    """Blocking messages and reminders in file order, with the sheet they belong to."""
    for row in sorted(staged.work.remarks):
        place = staged.table.place(row)
        for remark in staged.work.remarks[row]:
            if remark.note.level in _LEVELS:
                yield place.sheet, {**staged.message(row, remark), "row_no": place.row_no}


def _put(sheet: Any, row: int, column: int, text: str) -> None:
    """Write text that stays text, whatever it begins with."""
    cell = sheet.cell(row=row, column=column)
    cell.value = _legal(text)
    cell.data_type = "s"
    cell.quotePrefix = True


def _legal(text: str) -> str:
    cleaned: str = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text)
    return cleaned


def _free_name(book: Any, wanted: str) -> str:
    name, number = wanted, 1
    while name in book.sheetnames:
        number += 1
        name = f"{wanted} {number}"
    return name


def problem_workbook(staged: StagedSheet, statuses: tuple[str, ...] = ("blocked",), language: Language = "zh") -> bytes:
    """Rows of these statuses as typed, with where they stood and what is wrong; may be mended and sent again."""
    used = [column for column in staged.kind.columns if staged.work.column_in_use(column.code)]
    heads = [*(Head(column.zh, column.width) for column in used), *(Head(title, 24) for title in _EXTRA[language])]
    return write_workbook(heads, _problem_rows(staged, [column.code for column in used], statuses, language))


def _problem_rows(
    staged: StagedSheet, columns: list[str], statuses: tuple[str, ...], language: Language
) -> Iterator[list[str]]:
    for row, level in enumerate(staged.work.level):
        if STATUS[level] not in statuses:
            continue
        place = staged.table.place(row)
        remarks = staged.work.remarks.get(row, ())
        messages = [staged.message(row, each) for each in remarks if each.note.level in _LEVELS]
        problem = "\n".join(f"{m['address']} {m[language]}".strip() for m in messages)
        fixes = "\n".join(dict.fromkeys(m[f"fix_{language}"] for m in messages if m[f"fix_{language}"]))
        typed = [staged.work.typed(row, code) for code in columns]
        yield [*typed, place.sheet, str(place.row_no), problem, fixes]
