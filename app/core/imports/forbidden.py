"""Lists that nobody may bring in: refused by their words before anything of the file is kept (domain §6.3, §10)."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.imports.vocabulary import load, plain_word
from app.core.spreadsheets import Book, as_typed, limits, refusal

_SHOWN = 30
"""Characters of the heading that are told."""


def refuse_forbidden(book: Book, kind: str) -> None:
    """Look at the names of file and sheets and at the rows where headings stand. Raises ImportRefused naming the word."""
    known = load("forbidden")
    if kind in known["left_out"]:
        return
    words = [plain_word(word) for word in known["words"]]
    for said in _said(book):
        if any(word in plain_word(said) for word in words):
            raise refusal("forbidden_list", name=book.name, word=said.strip()[:_SHOWN])


def _said(book: Book) -> Iterator[str]:
    yield book.name
    for sheet in book.sheets:
        yield sheet.name
        for row in sheet.cells[: limits().header_search_rows]:
            yield from (as_typed(cell) for cell in row if isinstance(cell, str) and cell)
