"""Finding units by what people type: characters anywhere in the name, or its sound, the county's name left out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_

from app.people.directory.models import Unit
from app.people.directory.pinyin import sounds_like


def unit_named(words: str) -> Any:
    """Whether a unit goes by `words`; pinyin also from the middle, for every school's name begins with the county's."""
    found = sounds_like(Unit.pinyin, Unit.name, words)
    joined = words.lower().replace(" ", "")
    if not joined.isascii():
        return found
    return or_(found, func.replace(Unit.pinyin, " ", "").contains(joined, autoescape=True))
