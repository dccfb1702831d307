"""What is different between two versions of a tree, in words: a number is the same matter in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.errors import Sentence
from app.improvement.inspection.rows import Row
from app.improvement.inspection.words import LEVELS, PROOFS, STAGE_WORDS


@dataclass(frozen=True)
class Change:
    """One matter that is unlike: `kind` is added, gone or changed; `what` says how."""

    number: str
    kind: str
    what: Sentence


def differences(before: Sequence[Row], after: Sequence[Row]) -> list[Change]:
    """Every added, changed and removed node, in the order of the newer tree; removed ones last."""
    old, new = ({row.number: row for row in rows} for rows in (before, after))
    changes = []
    for number, row in new.items():
        if number not in old:
            changes.append(Change(number, "added", _new(row)))
        else:
            changes += [Change(number, "changed", said) for said in _unlike(old[number], row)]
    return changes + [Change(number, "gone", _gone(row)) for number, row in old.items() if number not in new]


def _level(row: Row) -> Sentence:
    return LEVELS[int(row.level)]


def _new(row: Row) -> Sentence:
    level = _level(row)
    zh, en = f"新增{level.zh} {row.number} {row.title}", f"New: {row.number} {row.title} ({level.en})"
    return Sentence(
        zh + (f"，放在 {row.parent} 下" if row.parent else ""), en + (f", below {row.parent}" if row.parent else "")
    )


def _gone(row: Row) -> Sentence:
    level = _level(row)
    return Sentence(f"取消{level.zh} {row.number} {row.title}", f"Gone: {row.number} {row.title} ({level.en})")


def _unlike(old: Row, new: Row) -> list[Sentence]:
    number, said = new.number, []
    if old.level != new.level:
        a, b = _level(old), _level(new)
        said.append(Sentence(f"{number} 由{a.zh}改为{b.zh}", f"{number} was {a.en} and is now {b.en}"))
    if old.parent != new.parent:
        a_, b_ = old.parent or "—", new.parent or "—"
        said.append(Sentence(f"{number} 从 {a_} 移到 {b_} 下", f"From {a_} to {b_}: {number}"))
    if old.title != new.title:
        said.append(
            Sentence(f"{number} 名称由“{old.title}”改为“{new.title}”", f"{number} “{old.title}” is now “{new.title}”")
        )
    if old.look_for != new.look_for:
        said.append(
            Sentence(
                f"{number} 看什么由“{old.look_for or '（空）'}”改为“{new.look_for or '（空）'}”",
                f"{number} what to look for: “{old.look_for or '(empty)'}” is now “{new.look_for or '(empty)'}”",
            )
        )
    known: dict[str, Sentence] = {}
    for words, (zh, en), was, now in (
        (PROOFS, ("佐证方式", "proof"), old.proofs, new.proofs),
        (STAGE_WORDS, ("适用学段", "stages"), old.stages, new.stages),
        (known, ("专题", "topics"), old.topics, new.topics),
    ):
        if set(was) != set(now):
            said.append(_lists(number, zh, en, words, was, now))
    return said


def _lists(
    number: str, zh: str, en: str, words: Mapping[str, Sentence], old: Sequence[str], new: Sequence[str]
) -> Sentence:
    def told(codes: Sequence[str], language: str) -> str:
        none = "不限" if language == "zh" else "any"
        between = "、" if language == "zh" else ", "
        return between.join(getattr(words[one], language) if one in words else one for one in codes) or none

    return Sentence(
        f"{number} {zh}由{told(old, 'zh')}改为{told(new, 'zh')}",
        f"{number} {en}: {told(old, 'en')} → {told(new, 'en')}",
    )
