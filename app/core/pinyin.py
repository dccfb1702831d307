"""How characters sound: the one place that knows pypinyin, whose dictionary is 56 MiB and opened at first use."""

from __future__ import annotations


def syllables(text: str) -> list[str]:
    """One syllable for each character without tone, phrases read as a whole; other signs stay together as they are."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin(text)
