"""Texts that a licensed bureau brings for a scale of which the project may only ship the key (domain §5.1, §5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.care.screening.scales.definition import Scale
from app.core.errors import Invalid, Sentence

LONGEST = 500
"""Characters of one text, as in the schema of scale files."""


def worded(key: Scale, version: str, items: str, options: str) -> Scale:
    """The key with its texts as another version; everything else, its scoring above all, stays as it is.

    `items`, `options`: one line each, as a spreadsheet copies them: number or value, Chinese, and English if there is
    one, with tabs (or a run of spaces or a comma after the number) between. Raises Invalid with the lines that are
    wrong: a number that the scale has not, one that stands twice, one without a text, one that is missing.
    """
    texts = _read("items", items, [item.id for item in key.items], ("题", "question"))
    words = _read("options", options, [option.value for option in key.options], ("选项", "option"))
    content = key.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content["version"] = version
    for number, told in zip(key.by_id, content["items"], strict=True):
        told |= texts[number]
    for option, told in zip(key.options, content["options"], strict=True):
        told |= words[option.value]
    return Scale.model_validate(content)


def _read(field: str, text: str, known: Iterable[int], kind: tuple[str, str]) -> Mapping[int, dict[str, str]]:
    wanted, found, wrong = list(known), dict[int, dict[str, str]](), list[Sentence]()
    zh, en = kind
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        head, *parts = _cells(line)
        place = int(head) if head.isdecimal() and len(head) <= 3 else None
        here = f"第 {number} 行", f"line {number}"
        if place is None or place not in wanted:
            wrong.append(
                Sentence(f"{here[0]}：没有“{head[:20]}”这个{zh}", f"{here[1]}: there is no {en} “{head[:20]}”")
            )
        elif place in found:
            wrong.append(Sentence(f"{here[0]}：{zh} {place} 写了两次", f"{here[1]}: {en} {place} stands twice"))
        elif not parts or not parts[0]:
            wrong.append(Sentence(f"{here[0]}：{zh} {place} 没有文字", f"{here[1]}: {en} {place} has no text"))
        elif any(len(part) > LONGEST for part in parts):
            wrong.append(Sentence(f"{here[0]}：最多 {LONGEST} 个字", f"{here[1]}: at most {LONGEST} characters"))
        else:
            found[place] = {"zh": parts[0]} | ({"en": parts[1]} if len(parts) > 1 and parts[1] else {})
    missing = [str(one) for one in wanted if one not in found]
    if missing and not wrong:
        listed = "、".join(missing[:20]) + ("…" if len(missing) > 20 else "")
        wrong.append(Sentence(f"还缺这些{zh}的文字：{listed}", f"Texts are missing for {en} {listed}"))
    if wrong:
        told = wrong[:5]
        raise Invalid(field, Sentence("；".join(one.zh for one in told), "; ".join(one.en for one in told)))
    return found


def _cells(line: str) -> list[str]:
    """A line as a spreadsheet copies it; typed by hand, the number ends at the first space, stop or comma."""
    if "\t" in line:
        return [cell.strip() for cell in line.strip("\r\n").split("\t")]
    stripped = line.strip()
    end = next((place for place, sign in enumerate(stripped) if not sign.isdecimal()), len(stripped))
    return [stripped[:end] or stripped[:20], stripped[end:].lstrip(" \u3000.．、,，:：").strip()]


def blank(key: Scale) -> tuple[str, str]:
    """What stands in the two boxes at the beginning: every number, and the texts that are there already."""
    lines = "\n".join(f"{item.id}\t{item.zh}" for item in key.items)
    return lines, "\n".join(f"{option.value}\t{option.zh}" for option in key.options)


def next_version(numbers: Iterable[str]) -> str:
    """The number after the highest of these, counted in its last place: 1.0.9 → 1.0.10."""
    major, minor, patch = max(tuple(map(int, one.split("."))) for one in numbers)
    return f"{major}.{minor}.{patch + 1}"
