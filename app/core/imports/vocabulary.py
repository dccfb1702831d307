"""The words of schools and counties (config/imports): headers, codes behind words, missing values, footers."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import config

_FOLDER = Path(config.__file__).parent / "imports"
_SHOWN_WORDS = 8
EMPTY_WORDS = frozenset({"无", "没有", "暂无"})


@cache
def load(name: str) -> dict[str, Any]:
    """One of the word lists, read once."""
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def plain_word(text: str) -> str:
    """A word as lists compare it: width and case evened out, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@cache
def codes(group: str) -> Mapping[str, str]:
    """Code by plain word for one group of words.yaml; each code is a word of its own."""
    table: dict[str, str] = {}
    for code, words in load("words")[group].items():
        for word in (code, *words):
            table.setdefault(plain_word(word), code)
    return table


def labels(group: str) -> str:
    """The first word of each code of a group, for sentences that say what may be written."""
    return "、".join(words[0] for words in list(load("words")[group].values())[:_SHOWN_WORDS])


def choices(group: str) -> tuple[tuple[str, str], ...]:
    """The first word of each code of a group as something to choose: (what is then read, what is shown)."""
    return tuple((words[0], words[0]) for words in list(load("words")[group].values())[:_SHOWN_WORDS])


def label(group: str, code: str) -> str:
    """The first Chinese word of a code."""
    words: list[str] = load("words")[group].get(code) or [code]
    return words[0]


@cache
def missing_words() -> Mapping[str, str]:
    """Plain word → absent or not_given."""
    return codes("missing")


@cache
def no_values() -> frozenset[str]:
    """Words that stand in a cell in place of a value: those of missing values and those for nothing (无)."""
    return frozenset(missing_words()) | EMPTY_WORDS


@cache
def footer_words() -> tuple[str, ...]:
    """How rows below a table begin that are no data."""
    return tuple(sorted((plain_word(word) for word in load("words")["footer"]), key=len, reverse=True))


@cache
def header_words(kind: str) -> Mapping[str, list[str]]:
    """Header synonyms by column code for one kind of file."""
    words: Mapping[str, list[str]] = load("headers")[kind]
    return words


@cache
def ignored_headers() -> frozenset[str]:
    """Headers of columns that are never data."""
    return frozenset(plain_word(word) for word in load("headers")["ignored"])
