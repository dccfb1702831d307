"""Names in pinyin, for sorting and for search by sound or initials; the same on every server, no collation needed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pypinyin import lazy_pinyin
from sqlalchemy import ColumnElement, func, or_

SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "盖": "ge",
    "区": "ou",
    "朴": "piao",
    "任": "ren",
    "华": "hua",
    "缪": "miao",
    "冼": "xian",
    "翟": "zhai",
    "晁": "chao",
    "乐": "yue",
    "员": "yun",
    "黑": "he",
    "秘": "bi",
    "折": "she",
    "召": "shao",
}
"""Characters that sound differently as a surname."""
LONGEST = 180


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    return "".join(lazy_pinyin(character)).lower()


def pinyin_of(name: str) -> str:
    """Syllables and initials of a name: 单小明 → "shan xiao ming|sxm"; letters and digits stay as they are."""
    name = name.strip()
    sounds = [SURNAMES.get(name[0], _sound(name[0])), *map(_sound, name[1:])] if name else []
    syllables = [sound for sound in sounds if sound.strip()]
    return f"{' '.join(syllables)[:LONGEST]}|{''.join(s[0] for s in syllables)[:18]}"


def sounds_like(column: Any, name_column: Any, typed: str) -> ColumnElement[bool]:
    """Whether a name holds what was typed: characters, pinyin with or without gaps, the first initials."""
    wanted = typed.strip().lower()
    if not wanted.isascii():
        return name_column.contains(wanted, autoescape=True)  # type: ignore[no-any-return]
    joined = wanted.replace(" ", "")
    return or_(
        func.replace(func.split_part(column, "|", 1), " ", "").contains(joined, autoescape=True),
        column.contains(f"|{joined}", autoescape=True),
        name_column.icontains(wanted, autoescape=True),
    )
