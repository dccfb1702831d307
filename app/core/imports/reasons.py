"""What can be said about a cell or a row, in two languages: why it is blocked, what to watch, what was tidied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from app.core.imports.vocabulary import load

Level = Literal["block", "warn", "tidy", "coded"]
Words = Mapping[str, object]
Choice = tuple[str, str]


def fill(template: str, words: Words, language: int) -> str:
    """The template with its words; a word given as a pair is (zh, en)."""
    chosen = {key: word[language] if isinstance(word, tuple) else word for key, word in words.items()}
    return template.format_map(chosen)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that may be said; `title`, `text`, `fix` are pairs (zh, en).

    `by_value`: rows with the same typed value are mended together. `by_key`: rows with the same key belong together.
    """

    code: str
    level: Level
    title: tuple[str, str]
    text: tuple[str, str]
    fix: tuple[str, str]
    by_value: bool = False
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A reason with its words and, where a person may choose, the choices as (value, label)."""

    reason: Reason
    words: Words = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()

    @property
    def level(self) -> Level:
        return self.reason.level


@cache
def reasons() -> Mapping[str, Reason]:
    """All reasons of config/imports/reasons.yaml by code."""
    return {code: _reason(code, row) for code, row in load("reasons").items()}


def _reason(code: str, row: Mapping[str, Any]) -> Reason:
    title = _pair(row["title"])
    return Reason(
        code,
        row["level"],
        title,
        _pair(row.get("text", title)),
        _pair(row.get("fix", ("", ""))),
        bool(row.get("by_value")),
        bool(row.get("by_key")),
    )


def _pair(value: Any) -> tuple[str, str]:
    zh, en = value
    return str(zh), str(en)


@cache
def plain(code: str) -> Note:
    """The note of a reason that needs no words of its own."""
    return Note(reasons()[code])


def note(code: str, /, *, choices: tuple[Choice, ...] = (), **words: object) -> Note:
    """A note with words; unknown codes raise KeyError."""
    return Note(reasons()[code], words, choices)
