"""Opening a file that somebody sent: told by its content, checked before it is parsed, refused with a sentence."""

import hashlib
import io
import re

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.core.spreadsheets import biff, compound, delimited
from app.core.spreadsheets.archive import Archive, attributes, sheet_parts
from app.core.spreadsheets.book import (
    UNCOMPUTED,
    Book,
    Form,
    Limits,
    Range,
    Sheet,
    Surroundings,
    Typed,
    Visibility,
    limits,
)
from app.core.spreadsheets.cell_by_cell import give_back, no_cycle_hunt
from app.core.spreadsheets.refusals import refusal
from app.core.spreadsheets.sheet_scan import scan
from app.core.spreadsheets.used_box import used_box

_WEB_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head)", re.IGNORECASE)
_PROPERTIES = re.compile(rb"<(?:\w+:)?workbookPr(\s[^<>]*)>")
_FOUND = {
    "zip": ("另一种压缩文件", "another kind of archive"),
    "xlsx": ("xlsx 工作簿", "an xlsx workbook"),
    "xls": ("旧版 xls 工作簿", "an xls workbook"),
    "web": ("网页", "a web page"),
    "text": ("纯文本", "plain text"),
    "pdf": ("PDF", "a PDF"),
    "word": ("Word 文档", "a Word document"),
    "picture": ("图片", "a picture"),
}
_MAGIC = ((b"%PDF", "pdf"), (b"\xff\xd8\xff", "picture"), (b"\x89PNG", "picture"), (b"GIF8", "picture"))


def open_book(data: bytes, name: str, sizes: Limits | None = None) -> Book:
    """Read an xlsx, xls or csv file; extension, first bytes and full parse must agree.

    :raise ImportRefused: a sentence in two languages: what is wrong and what to do (security 49, 50).
    """
    sizes = sizes or limits()
    if not data:
        raise refusal("empty", name=name)
    if len(data) > sizes.file_bytes:
        raise refusal("too_big", name=name, size=-(-len(data) // 1048576), limit=sizes.file_bytes >> 20)
    opened = {"xlsx": _open_xlsx, "xls": _open_xls, "csv": _open_csv}[_form(data, name)]
    try:
        with no_cycle_hunt():
            return opened(data, name, sizes)
    finally:
        give_back()


def _form(data: bytes, name: str) -> Form:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension == "xlsm":
        raise refusal("macro", name=name)
    if extension not in ("xlsx", "xls", "csv"):
        raise refusal("extension", name=name)
    found = _content(data)
    if found == "encrypted":
        raise refusal("password", name=name)
    if found == {"csv": "text"}.get(extension, extension):
        return extension  # type: ignore[return-value]
    if found not in _FOUND:
        raise refusal("unknown" if found == "unknown" else "damaged", name=name)
    raise refusal("disguised", name=name, extension=extension, found=_FOUND[found])


def _content(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/workbook" in data or b"[Content_Types].xml" in data[:4096] else "zip"
    if data.startswith(compound.MAGIC):
        return _compound_content(data)
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    if _WEB_PAGE.match(data[:400]):
        return "web"
    return "unknown" if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")) else "text"


def _compound_content(data: bytes) -> str:
    try:
        names = {entry.name.lower() for entry in compound.Compound(data).entries}
    except compound.Broken:
        return "broken"
    if "encryptedpackage" in names:
        return "encrypted"
    if "worddocument" in names:
        return "word"
    return "xls" if names & {"workbook", "book"} else "unknown"


def _open_csv(data: bytes, name: str, sizes: Limits) -> Book:
    sheet, encoding, delimiter = delimited.read(data, name, sizes)
    if not any(any(row) for row in sheet.cells):
        raise refusal("no_sheet", name=name)
    return Book(name, "csv", _digest(data), len(data), (sheet,), encoding=encoding, delimiter=delimiter)


def _open_xlsx(data: bytes, name: str, sizes: Limits) -> Book:
    archive = Archive(data, name, sizes)
    types = archive.part("[Content_Types].xml") or b""
    if b"macroEnabled" in types:
        raise refusal("macro", name=name)
    workbook = archive.part("xl/workbook.xml")
    if workbook is None or b"spreadsheetml.sheet.main+xml" not in types:
        raise refusal("disguised", name=name, extension="xlsx", found=_FOUND["zip"])
    around: dict[str, Surroundings] = {}
    read = {"[content_types].xml", "xl/workbook.xml"}
    for sheet, part in sheet_parts(archive, workbook, "xl/workbook.xml").items():
        xml = archive.part(part)
        read.add(part.lower())
        if xml is not None:
            _check_box(*used_box(xml, sizes), name, sheet, sizes)
            around[sheet] = scan(xml)
        del xml
    archive.check_rest(read)
    properties = _PROPERTIES.search(workbook)
    return Book(
        name,
        "xlsx",
        _digest(data),
        len(data),
        _values(data, name, around),
        date1904=bool(properties and attributes(properties[1]).get("date1904") in ("1", "true")),
        external_links=sum(part.startswith("xl/externalLinks/externalLink") for part in archive.names()),
    )


def _open_xls(data: bytes, name: str, sizes: Limits) -> Book:
    try:
        opened = compound.Compound(data)
        if any(entry.name.lower() in ("_vba_project_cur", "vba", "_vba_project") for entry in opened.entries):
            raise refusal("macro", name=name)
        embedded = next((e.name for e in opened.entries if e.kind == 1 and e.name.startswith("MBD")), None)
        if embedded:
            raise refusal("embedded", name=name, member=embedded)
        seen = biff.walk(opened.stream("Workbook") or opened.stream("Book") or b"")
    except compound.Broken:
        raise refusal("damaged", name=name) from None
    if seen.barrier:
        raise refusal(seen.barrier, name=name)
    for sheet in seen.names.values():
        _check_box(*seen.used_box(sheet), name, sheet, sizes)
    around = {sheet: seen.surroundings(sheet) for sheet in seen.names.values()}
    return Book(
        name,
        "xls",
        _digest(data),
        len(data),
        _values(data, name, around),
        date1904=seen.date1904,
        external_links=seen.external_links,
    )


def _check_box(rows: int, columns: int, name: str, sheet: str, sizes: Limits) -> None:
    if rows > sizes.rows + sizes.header_search_rows:
        raise refusal("rows", name=name, sheet=sheet, rows=rows, limit=sizes.rows)
    if columns > sizes.columns or rows * columns > sizes.cells:
        raise refusal("columns", name=name, sheet=sheet, columns=columns, limit=sizes.columns)


def _values(data: bytes, name: str, around: dict[str, Surroundings]) -> tuple[Sheet, ...]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as opened:
            sheets = tuple(
                _sheet(opened, meta.name, _visibility(meta.visible), around.get(meta.name, Surroundings()))
                for meta in opened.sheets_metadata
                if meta.typ == SheetTypeEnum.WorkSheet
            )
    except PasswordError:
        raise refusal("password", name=name) from None
    except (CalamineError, ValueError, OSError, OverflowError):
        raise refusal("damaged", name=name) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise refusal("damaged", name=name) from None
    if not any(sheet.cells for sheet in sheets):
        raise refusal("no_sheet", name=name)
    return sheets


def _sheet(opened: CalamineWorkbook, name: str, visibility: Visibility, around: Surroundings) -> Sheet:
    sheet = opened.get_sheet_by_name(name)
    merged = tuple(Range(*first, *last) for first, last in sheet.merged_cell_ranges or ())
    cells: list[list[Typed]] = [*sheet.to_python(skip_empty_area=False)]
    for row, column in around.uncomputed:
        _put(cells, row, column, UNCOMPUTED)
    for (row, column), word in around.errors.items():
        _put(cells, row, column, word)
    return Sheet(name, cells, visibility, merged, around)


def _put(cells: list[list[Typed]], row: int, column: int, word: str) -> None:
    """Write what the fast reader leaves empty; the box grows where such a cell lies outside it."""
    width = max(column + 1, len(cells[0]) if cells else 0)
    if cells and len(cells[0]) < width:
        for line in cells:
            line.extend([""] * (width - len(line)))
    while len(cells) <= row:
        cells.append([""] * width)
    cells[row][column] = word


def _visibility(state: SheetVisibleEnum) -> Visibility:
    if state == SheetVisibleEnum.Visible:
        return "visible"
    return "hidden" if state == SheetVisibleEnum.Hidden else "very_hidden"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
