"""Word and Excel files: checked part by part, with nothing in them that runs, is embedded or loads from outside."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import docx
from docx.opc.exceptions import PackageNotFoundError

from app.core.errors import ImportRefused, Sentence
from app.core.spreadsheets import Book, a1, as_typed, limits, open_book
from app.core.spreadsheets.archive import Archive
from app.core.storage.refusals import Refused, refused

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = b"wordprocessingml.document.main+xml"
_HARMLESS = ("/hyperlink", "/externalLinkPath", "/xlExternalLinkPath")
_DDE = re.compile(r"\s*\"?DDE(AUTO)?\b", re.IGNORECASE)
_READ = ("word/document", "word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments")


def document_texts(content: bytes, name: str, megabytes: int) -> list[tuple[Sentence, str]]:
    """Check a docx whole and return its paragraphs with their places; raises Refused."""
    try:
        archive = Archive(content, name, replace(limits(), file_bytes=megabytes << 20))
        archive.check_rest(set())
        types = archive.part("[Content_Types].xml") or b""
        if b"macroEnabled" in types:
            raise refused("macro", name=name)
        if _MAIN not in types:
            raise refused("disguised", name=name, zh="Word 文档", en="a Word document")
        _check_relations(archive, name)
        parts = [part for part in archive.names() if part.startswith(_READ) and part.endswith(".xml")]
        trees = {part: ElementTree.fromstring(archive.part(part) or b"") for part in parts}
        docx.Document(io.BytesIO(content))
    except ImportRefused:
        raise refused("macro" if b"vbaProject" in content else "structure", name=name) from None
    except (PackageNotFoundError, ElementTree.ParseError, KeyError, ValueError, AttributeError):
        raise refused("damaged", name=name) from None
    if any(_DDE.match(field) for tree in trees.values() for field in _joined(tree, "instrText")):
        raise refused("linked", name=name, detail="DDE")
    return [pair for part, tree in trees.items() for pair in _paragraphs(part, tree)]


def _paragraphs(part: str, tree: ElementTree.Element) -> Iterator[tuple[Sentence, str]]:
    for number, text in enumerate(_joined(tree, "t"), 1):
        if part == "word/document.xml":
            yield Sentence(f"第 {number} 段", f"paragraph {number}"), text
        else:
            yield Sentence("页眉、页脚、注释或批注", "header, footer, note or comment"), text


def _joined(tree: ElementTree.Element, kind: str) -> Iterator[str]:
    """Per paragraph, the text of its elements of one kind, however many pieces it was typed in."""
    for paragraph in tree.iter(f"{_WORD}p"):
        yield "".join(piece.text or "" for piece in paragraph.iter(f"{_WORD}{kind}"))


def table_texts(content: bytes, name: str, megabytes: int) -> Iterator[tuple[Sentence, str]]:
    """Check an xlsx, xls or csv whole and return its cells with their places; raises Refused."""
    try:
        sizes = replace(limits(), file_bytes=megabytes << 20)
        book = open_book(content, name, sizes)
        if book.form == "xlsx":
            archive = Archive(content, name, sizes)
            _check_relations(archive, name)
            if any(
                b"ddeLink" in (archive.part(p) or b"") for p in archive.names() if p.startswith("xl/externalLinks/")
            ):
                raise refused("linked", name=name, detail="DDE")
    except ImportRefused as error:
        raise Refused(error.sentences[0]) from None
    return _cells(book)


def _cells(book: Book) -> Iterator[tuple[Sentence, str]]:
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.cells):
            for column, value in enumerate(cells):
                if isinstance(value, (str, float, int)) and len(text := as_typed(value)) >= 18:
                    yield _cell_place(book, sheet.name, row, column), text


def _cell_place(book: Book, sheet: str, row: int, column: int) -> Sentence:
    if book.form == "csv":
        return Sentence(f"第 {row + 1} 行第 {column + 1} 列", f"line {row + 1}, column {column + 1}")
    return Sentence(f"工作表“{sheet}”{a1(row, column)}", f"sheet “{sheet}” {a1(row, column)}")


def _check_relations(archive: Archive, name: str) -> None:
    """Nothing may be loaded from outside but by a click or as a stored value."""
    for part in archive.names():
        if not part.endswith(".rels"):
            continue
        for relation in ElementTree.fromstring(archive.part(part) or b"<none/>").iter():
            if relation.get("TargetMode", "").lower() == "external" and not relation.get("Type", "").endswith(
                _HARMLESS
            ):
                raise refused("linked", name=name, detail=relation.get("Type", "").rpartition("/")[2][:30])
