"""Finding the header of a sheet: one or two rows among the first, told by how many columns of the kind they name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from app.core.imports.columns import Kind
from app.core.imports.vocabulary import header_words, ignored_headers, plain_word
from app.core.spreadsheets import Sheet, Typed, as_typed, limits

CERTAIN = 0.75
_MARKS = re.compile(r"[*＊:：]|[(（\[【](?:必填|选填|必填项|选填项)[)）\]】]")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_OTHER_PERSONS = re.compile("监护|家长|父|母|班主任|联系人|填表|校长|紧急")
_LEAST_COLUMNS = 2
_ALIKE = 0.8

Saved = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands (rows from 0) and the joined label over each column; `score` compares candidates."""

    rows: tuple[int, ...]
    labels: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The column a label stands for, and how sure that is (0–1); code "" is a column left out on purpose."""

    code: str
    confidence: float


def label_text(typed: Typed) -> str:
    """A header cell as it is compared and kept: without marks, spaces and line breaks."""
    text = as_typed(typed) if typed != "" else ""
    return plain_word(_MARKS.sub("", text))


@cache
def _known(kind: Kind) -> dict[str, str]:
    known: dict[str, str] = {}
    words = header_words(kind.code)
    for column in kind.columns:
        for word in (column.zh, column.code, column.en, *words.get(column.code, ())):
            known.setdefault(plain_word(word), column.code)
    return known


def match(kind: Kind, label: str, saved: Saved, alike: bool = True) -> Match | None:
    """The column a label most likely names: saved before, known word, known word without brackets, lower level, alike.

    `alike=False` leaves out the costly comparison with similar words.
    """
    if not label:
        return None
    if label in saved:
        return Match(saved[label], 1.0)
    known = _known(kind)
    if label in known:
        return Match(known[label], 1.0)
    bare = _BRACKETS.sub("", label)
    if bare in known:
        return Match(known[bare], 0.95)
    if bare in ignored_headers():
        return Match("", 0.95)
    upper, _, lower = bare.rpartition("/")
    if upper and not _OTHER_PERSONS.search(upper) and lower in known:
        return Match(known[lower], 0.8)
    return _alike(known, bare) if alike and not upper else None


def _alike(known: Mapping[str, str], label: str) -> Match | None:
    best, best_word = 0.0, ""
    for word in known:
        ratio = SequenceMatcher(None, label, word).ratio()
        if ratio > best:
            best, best_word = ratio, word
    return Match(known[best_word], round(best * _ALIKE, 2)) if best >= _ALIKE else None


def find_header(kind: Kind, sheet: Sheet, saved: Saved) -> Header | None:
    """The best header among the first rows of a sheet, or None where nothing names at least two columns of the kind."""
    best: Header | None = None
    last = min(limits().header_search_rows, len(sheet.cells))
    for row in range(last):
        for rows in ((row,), (row, row + 1)):
            if rows[-1] < last:
                header = header_at(kind, sheet, rows, saved)
                if header.score > (best.score if best else 0.0):
                    best = header
    return best


def header_at(kind: Kind, sheet: Sheet, rows: Sequence[int], saved: Saved) -> Header:
    """The header that these rows make."""
    lines = [[label_text(cell) for cell in sheet.cells[row]] for row in rows]
    labels = tuple(lines[0]) if len(lines) == 1 else tuple(_joined(lines[0], lines[1]))
    return Header(tuple(rows), labels, _score(kind, labels, saved, len(lines)))


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Two levels as one line: an upper label reaches right over empty cells as long as there are lower labels."""
    labels: list[str] = []
    group = ""
    for above, below in zip(upper, lower, strict=True):
        if above:
            group = above if below else ""
        elif not below:
            group = ""
        over = above or group
        labels.append(f"{over}/{below}" if over and below and over != below else over or below)
    return labels


def _score(kind: Kind, labels: Sequence[str], saved: Saved, levels: int) -> float:
    found: dict[str, float] = {}
    for label in dict.fromkeys(labels):
        matched = match(kind, label, saved, alike=False)
        if matched and matched.code:
            found[matched.code] = max(found.get(matched.code, 0.0), matched.confidence)
    if len(found) < _LEAST_COLUMNS:
        return 0.0
    weights = sum(sure * (2 if kind.column(code).required else 1) for code, sure in found.items())
    return weights - 0.01 * levels
