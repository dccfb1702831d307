"""The sentences with which a file is refused before anything is read from it: what is wrong and what to do."""

from functools import cache
from pathlib import Path

import yaml

import config
from app.core.errors import ImportRefused, Sentence


@cache
def _sentences() -> dict[str, dict[str, str]]:
    path = Path(config.__file__).parent / "imports" / "refusals.yaml"
    loaded: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def refusal(code: str, **words: object) -> ImportRefused:
    """The refusal to raise for `code`; a word given as a pair differs between the languages (zh, en)."""
    sentence = _sentences()[code]
    return ImportRefused(Sentence(sentence["zh"].format(**_in(0, words)), sentence["en"].format(**_in(1, words))))


def _in(language: int, words: dict[str, object]) -> dict[str, object]:
    return {name: word[language] if isinstance(word, tuple) else word for name, word in words.items()}
