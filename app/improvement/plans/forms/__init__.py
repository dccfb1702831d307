"""Forms of plans, measures and evidence: shape only; each fills the frozen value that an operation takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms.fields import SelectChoice

from app.core.web.pages import say


def options(words: Mapping[str, Any], codes: Iterable[str] | None = None) -> list[SelectChoice]:
    """Words of the trade as choices of a field, in the language of the page."""
    return [SelectChoice(code, say(words[code])) for code in (words if codes is None else codes)]


def persons(rows: Iterable[tuple[Any, str]], empty: str) -> list[SelectChoice]:
    """Persons as choices; the first line stands for nobody yet."""
    return [SelectChoice("", empty), *(SelectChoice(str(identity), name) for identity, name in rows)]
