"""Editable Word documents in 公文 form, built row by row: title, facts, lists, signatures (ui §11)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core import clock
from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import docx
    import docx.enum.section
    import docx.enum.table
    import docx.enum.text
    import docx.oxml
    import docx.oxml.ns
    import docx.shared
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph
else:
    docx = on_demand("docx")


MARGINS = {"top": 37, "bottom": 35, "left": 28, "right": 26}
PAPER = (210, 297)
SIZES = {"title": 22, "body": 16, "table": 12, "small": 10.5, "page": 14}
FONTS = {
    "title": "方正小标宋简体",
    "body": "仿宋_GB2312",
    "heading1": "黑体",
    "heading2": "楷体_GB2312",
    "table": "仿宋_GB2312",
}
LATIN = "Times New Roman"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

Value = str | int | float | None


@dataclass(frozen=True)
class Signature:
    """A line to be signed by hand: who signs, what is known already."""

    label: str
    name: str = ""
    day: str = ""


class Paper:
    """One document; every method adds below what is there. Values None are printed empty."""

    def __init__(self, title: str, *, landscape: bool = False, number: str = "") -> None:
        self.landscape = landscape
        self._document = docx.Document()
        self._set_page()
        self._set_properties(title)
        self._add(title, "title", centred=True)
        if number:
            self._add(number, "body", centred=True)

    @property
    def width(self) -> int:
        """Millimetres between the margins."""
        return PAPER[1 if self.landscape else 0] - MARGINS["left"] - MARGINS["right"]

    def heading(self, level: int, text: str) -> Paper:
        """A heading: level 1 is 黑体 (一、), level 2 楷体 (（一）)."""
        written = self._add(text, f"heading{level}", indent=True)
        written.paragraph_format.keep_with_next = True
        return self

    def paragraph(self, text: str) -> Paper:
        """A paragraph of body text, first line indented by two characters; empty lines part paragraphs."""
        for part in re.split(r"\n\s*\n", text.strip()):
            self._add(part, "body", indent=True)
        return self

    def facts(self, pairs: Sequence[tuple[str, Value]], columns: int = 2) -> Paper:
        """A grid of labels and values, `columns` pairs in a row; a long value takes the rest of its row."""
        rows = _in_rows(pairs, columns)
        grid = self._grid(len(rows), columns * 2)
        label, value = 24, self.width / columns - 24
        _set_widths(grid, [label, value] * columns)
        for row, cells in zip(rows, grid.rows, strict=True):
            for place, (name, text) in enumerate(row):
                self._fill(cells.cells[place * 2], name, centred=True)
                target = cells.cells[place * 2 + 1]
                if place == len(row) - 1 and len(row) < columns:
                    target = target.merge(cells.cells[-1])
                self._fill(target, text)
        return self._gap()

    def table(
        self, headers: Sequence[str], rows: Sequence[Sequence[Value]], widths: Sequence[float] | None = None
    ) -> Paper:
        """A list with its header repeated on every page and no row split. widths: shares of the page, one a column."""
        grid = self._grid(1 + len(rows), len(headers))
        shares = widths or [1] * len(headers)
        _set_widths(grid, [self.width * share / sum(shares) for share in shares])
        _mark(grid.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        for row, values in zip(grid.rows, [headers, *rows], strict=True):
            _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
            for cell, value in zip(row.cells, values, strict=True):
                self._fill(cell, value, centred=values is headers, bold=values is headers)
        return self._gap()

    def signatures(self, lines: Sequence[Signature]) -> Paper:
        """Lines for signature, seal and date; what is not known stays open for the pen."""
        grid = self._grid(len(lines), 3, ruled=False)
        _set_widths(grid, [self.width * 0.34, self.width * 0.33, self.width * 0.33])
        for line, row in zip(lines, grid.rows, strict=True):
            _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
            row.height = docx.shared.Mm(14)
            self._fill(row.cells[0], f"{line.label}：", size="body")
            self._fill(row.cells[1], line.name or "（签名）", size="body")
            self._fill(row.cells[2], line.day or "　　年　月　日", size="body")
        return self

    def seal(self, signed_by: str, day: str = "") -> Paper:
        """Who issues it, on which day, and the place for the seal: nobody draws one."""
        for text in (signed_by, day, "（用印处）"):
            if text:
                self._add(text, "body").alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
        return self

    def page_break(self) -> Paper:
        """Go on on a new page."""
        self._document.add_page_break()  # type: ignore[no-untyped-call]
        return self

    def content(self) -> bytes:
        """The docx file."""
        target = io.BytesIO()
        self._document.save(target)
        return target.getvalue()

    def _set_page(self) -> None:
        section = self._document.sections[0]
        width, height = PAPER
        if self.landscape:
            section.orientation, (width, height) = docx.enum.section.WD_ORIENT.LANDSCAPE, (height, width)
        section.page_width, section.page_height = docx.shared.Mm(width), docx.shared.Mm(height)
        section.top_margin, section.bottom_margin = docx.shared.Mm(MARGINS["top"]), docx.shared.Mm(MARGINS["bottom"])
        section.left_margin, section.right_margin = docx.shared.Mm(MARGINS["left"]), docx.shared.Mm(MARGINS["right"])
        foot = section.footer.paragraphs[0]
        foot.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
        for piece in ("— ", "PAGE", " —"):
            run = foot.add_run("" if piece == "PAGE" else piece)
            _dress(run, "body", SIZES["page"])
            if piece == "PAGE":
                _add_field(run, piece)

    def _set_properties(self, title: str) -> None:
        about = self._document.core_properties
        about.title, about.author, about.comments, about.language = _printable(title)[:200], "Bihuan", "", "zh-CN"
        about.created = about.modified = clock.now().replace(tzinfo=None, microsecond=0)

    def _add(self, text: str, style: str, *, centred: bool = False, indent: bool = False) -> Paragraph:
        paragraph = self._document.add_paragraph()
        places = docx.enum.text.WD_ALIGN_PARAGRAPH
        paragraph.alignment = places.CENTER if centred else places.JUSTIFY
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = docx.shared.Pt(0)
        size = SIZES.get(style, SIZES["body"])
        shape.line_spacing_rule, shape.line_spacing = (
            docx.enum.text.WD_LINE_SPACING.EXACTLY,
            docx.shared.Pt(max(29, size * 1.6)),
        )
        if indent:
            shape.first_line_indent = docx.shared.Pt(size * 2)
        _write(paragraph, text, style, size)
        return paragraph

    def _grid(self, rows: int, columns: int, *, ruled: bool = True) -> Table:
        grid: Table = self._document.add_table(rows, columns)
        grid.alignment, grid.autofit = docx.enum.table.WD_TABLE_ALIGNMENT.CENTER, False
        if ruled:
            grid.style = "Table Grid"
        return grid

    def _fill(
        self, cell: _Cell, value: Value, *, centred: bool = False, bold: bool = False, size: str = "table"
    ) -> None:
        paragraph = cell.paragraphs[0]
        if centred:
            paragraph.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
        elif isinstance(value, (int, float)):
            paragraph.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
        _write(paragraph, "" if value is None else str(value), "table", SIZES[size], bold=bold)

    def _gap(self) -> Paper:
        self._add("", "small")
        return self


def _in_rows(pairs: Sequence[tuple[str, Value]], columns: int) -> list[list[tuple[str, Value]]]:
    """Pairs in rows of at most `columns`; a value of more than 20 characters ends its row."""
    rows: list[list[tuple[str, Value]]] = [[]]
    for pair in pairs:
        long = len(str(pair[1] or "")) > 20
        if len(rows[-1]) == columns or (long and rows[-1] and columns - len(rows[-1]) < columns):
            rows.append([])
        rows[-1].append(pair)
        if long:
            rows.append([])
    return [row for row in rows if row]


def _write(paragraph: Paragraph, text: str, style: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(_printable(text))
    run.bold = bold
    _dress(run, style, size)


def _dress(run: Any, style: str, size: float) -> None:
    run.font.size, run.font.name = docx.shared.Pt(size), LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(
        docx.oxml.ns.qn("w:eastAsia"), FONTS.get(style, FONTS["body"])
    )


def _add_field(run: Any, name: str) -> None:
    for kind in ("begin", None, "end"):
        if kind is None:
            element = docx.oxml.OxmlElement("w:instrText")
            element.text = name
        else:
            element = docx.oxml.OxmlElement("w:fldChar")
            element.set(docx.oxml.ns.qn("w:fldCharType"), kind)
        run._element.append(element)


def _mark(properties: Any, name: str) -> None:
    properties.append(docx.oxml.OxmlElement(name))


def _set_widths(grid: Table, millimetres: Sequence[float]) -> None:
    for column, width in zip(grid.columns, millimetres, strict=True):
        column.width = docx.shared.Mm(width)
        for cell in column.cells:
            cell.width = docx.shared.Mm(width)


def _printable(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return _UNPRINTABLE.sub("", text)
