"""The labels of a document in their order, read from what the PDF is drawn from and from the Word file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.table import Table
from docx.text.paragraph import Paragraph

from app.core import pdf

TAIL = re.compile("说明：|内容指纹|打印人|核验真伪|用印处|编号(?= )")
"""Labels that stand in running text: below the title and at the foot."""


class _Labels(HTMLParser):
    """Titles and heads of rows and columns, and what TAIL finds in the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = ""
        self._words = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("th", "h1", "h2", "h3", "title"):
            self._within, self._words = tag, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            if tag != "title":
                self.found.append(_plain(self._words))
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self._words += data
        else:
            self.found += _tail(data)


def of_html(html: str) -> list[str]:
    """The labels of what is drawn as PDF."""
    reader = _Labels()
    reader.feed(html)
    return reader.found


def of_word(content: bytes) -> list[str]:
    """The labels of a Word file: title, headings, centred cells, what ends in a colon, and what TAIL finds."""
    return list(_of_word(docx.Document(io.BytesIO(content))))


def _of_word(paper: Any) -> Iterator[str]:
    first = True
    for part in paper.iter_inner_content():
        if isinstance(part, Paragraph):
            if first or part.paragraph_format.keep_with_next:
                yield _plain(part.text)
            else:
                yield from _tail(part.text)
            first = False
        else:
            yield from _of_table(part)


def _of_table(table: Table) -> Iterator[str]:
    for row in table.rows:
        for cell in {id(one._tc): one for one in row.cells}.values():
            words = cell.text
            if cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER:
                yield _plain(words)
            elif words.endswith("："):
                yield _plain(words[:-1])
            else:
                yield from _tail(words)


def _plain(words: str) -> str:
    return re.sub(r"\s+", "", words)


def _tail(words: str) -> list[str]:
    return [_plain(one) for one in TAIL.findall(words)]


def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is given to the printer from now on, instead of being printed."""
    pages: list[str] = []

    def keep(html: str, **_given: Any) -> pdf.Printed:
        pages.append(html)
        return pdf.Printed(b"", 1, "")

    monkeypatch.setattr(pdf, "render", keep)
    return pages
