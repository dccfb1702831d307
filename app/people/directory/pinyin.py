"""Names in pinyin, for sorting and for search by sound or initials; the same on every server, no collation needed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_

from app.core.pinyin import syllables

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


MOST_REMEMBERED = 20_000


class _Sounds(dict[str, str]):
    """The sound of each character, remembered; nothing for a gap."""

    def __missing__(self, character: str) -> str:
        sound = "".join(syllables(character)).lower()
        sound = sound if sound.strip() else ""
        if len(self) < MOST_REMEMBERED:
            self[character] = sound
        return sound


_SOUNDS = _Sounds()


def pinyin_of(name: str) -> str:
    """Syllables and initials of a name: 单小明 → "shan xiao ming|sxm"; letters and digits stay as they are."""
    name = name.strip()
    sounds = list(map(_SOUNDS.__getitem__, name))
    if name[:1] in SURNAMES:
        sounds[0] = SURNAMES[name[0]]
    heard = list(filter(None, sounds))
    return f"{' '.join(heard)[:LONGEST]}|{''.join([sound[0] for sound in heard])[:18]}"


def sounds_like(column: Any, name_column: Any, typed: str) -> ColumnElement[bool]:
    """Whether a name holds what was typed: characters, pinyin with or without gaps, the first initials."""
    wanted = typed.strip().lower()
    if not wanted.isascii():
        return name_column.contains(wanted, autoescape=True)  # type: ignore[no-any-return]
    return or_(heard(column, *patterns(wanted)), name_column.icontains(wanted, autoescape=True))


def patterns(typed: str) -> tuple[str, str]:
    """What a name is heard by, for LIKE: its sound without gaps, and its first initials."""
    joined = escaped(typed.lower().replace(" ", ""))
    return f"%{joined}%", f"%|{joined}%"


def escaped(typed: str) -> str:
    """What was typed, for LIKE to take word for word."""
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def heard(column: Any, sound: Any, initials: Any) -> ColumnElement[bool]:
    """Whether a name fits `patterns`, or what stands for them."""
    return or_(func.replace(func.split_part(column, "|", 1), " ", "").like(sound), column.like(initials))
