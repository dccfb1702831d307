"""Whether rows make a tree: every row that does not fit is told in one sentence with its place and what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from app.core.errors import Invalid, Sentence
from app.core.spreadsheets import refuse_rows
from app.improvement.inspection.rows import EMPTY, MOST_ROWS, TOO_MANY, Row, Rows
from app.improvement.inspection.words import LEVELS, POINT, PROOFS, STAGE_WORDS

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,11}")
LONGEST = {"title": 120, "look_for": 300}
TITLES = {"title": ("名称", "The title"), "look_for": ("看什么", "What to look for")}
MOST_TOPICS, LONGEST_TOPIC = 5, 12
LEVEL_CODES = {
    **{word.zh: str(level) for level, word in LEVELS.items()},
    **{f"{word.zh}指标": str(level) for level, word in LEVELS.items() if level != POINT},
    **{str(level): str(level) for level in LEVELS},
    "A": "1", "B": "2", "C": "3", "point": str(POINT),
}  # fmt: skip
Faults = dict[int, Sentence]
"""Place of a row → the first thing that is wrong with it."""


def sound_rows(given: Rows) -> list[Row]:
    """The rows with codes for their words, parents before children. Raises Invalid with a sentence for each bad row."""
    if not given.rows:
        raise Invalid("content", EMPTY)
    if len(given.rows) > MOST_ROWS:
        raise Invalid("content", TOO_MANY)
    faults: Faults = {}
    rows = [_read(row, faults) for row in given.rows]
    for check in (_doubles, _parents, _rounds, _depths, _leaves):
        check(rows, faults)
    refuse_rows(faults)
    return _in_order(rows)


def _read(row: Row, faults: Faults) -> Row:
    """Words become codes; what is missing or unknown is told."""
    proofs = _coded(row.proofs, {word.zh: code for code, word in PROOFS.items()})
    stages = _coded(row.stages, {word.zh: code for code, word in STAGE_WORDS.items()})
    found = replace(row, level=LEVEL_CODES.get(row.level, ""), proofs=proofs, stages=stages)
    for name, most in LONGEST.items():
        if len(getattr(row, name)) > most:
            zh, en = TITLES[name]
            faults.setdefault(row.place, Sentence(f"{zh}最多 {most} 个字", f"{en} is too long; the limit is {most}"))
    wrong = _unreadable(row, found)
    if wrong is not None:
        faults.setdefault(row.place, wrong)
    return found


def _coded(given: Sequence[str], words: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words.get(one, one) for one in given))


def _unreadable(row: Row, found: Row) -> Sentence | None:
    proof = next((one for one in found.proofs if one not in PROOFS), None)
    stage = next((one for one in found.stages if one not in STAGE_WORDS), None)
    known = "、".join(word.zh for word in PROOFS.values())
    lines: tuple[tuple[bool, Sentence], ...] = (
        (not found.level, Sentence(
            f"级别“{row.level}”不认识，请写一级、二级、三级或观测点",
            f"The level “{row.level}” is unknown; write 一级, 二级, 三级 or 观测点")),
        (not NUMBER.fullmatch(row.number), Sentence(
            f"编号“{row.number}”写法不对，用字母、数字、点和横线，最多 12 个",
            f"The number “{row.number}” has the wrong form: letters, digits, points and hyphens, at most 12")),
        (not row.title, Sentence("没有名称", "The title is missing")),
        (proof is not None, Sentence(f"佐证方式“{proof}”不认识，可以写{known}", f"The kind of proof “{proof}” is unknown")),
        (stage is not None, Sentence(
            f"学段“{stage}”不认识，可以写小学、初中、高中", f"The stage “{stage}” is unknown; write 小学, 初中 or 高中")),
        (len(row.topics) > MOST_TOPICS or any(len(one) > LONGEST_TOPIC for one in row.topics), Sentence(
            f"专题最多 {MOST_TOPICS} 个，每个最多 {LONGEST_TOPIC} 个字",
            f"At most {MOST_TOPICS} topics of at most {LONGEST_TOPIC} characters")),
    )  # fmt: skip
    return next((said for wrong, said in lines if wrong), None)


def _doubles(rows: Sequence[Row], faults: Faults) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.number in first:
            at = first[row.number]
            said = Sentence(f"编号 {row.number} 和第 {at} 行重复", f"The same number as in row {at}: {row.number}")
            faults.setdefault(row.place, said)
        elif row.number:
            first[row.number] = row.place


def _parents(rows: Sequence[Row], faults: Faults) -> None:
    known = {row.number for row in rows}
    for row in rows:
        if row.level == "1" and row.parent:
            said = Sentence("一级指标不写上级编号", "An indicator of the first level has no parent")
        elif row.level not in ("", "1") and not row.parent:
            said = Sentence("没有上级编号", "The number of the parent is missing")
        elif row.parent and row.parent not in known:
            said = Sentence(
                f"上级编号 {row.parent} 在表里没有", f"There is no row with the number {row.parent} of the parent"
            )
        else:
            continue
        faults.setdefault(row.place, said)


def _rounds(rows: Sequence[Row], faults: Faults) -> None:
    above = _above(rows)
    for row in rows:
        way = [row.number]
        while (parent := above.get(way[-1], "")) and parent not in way:
            way.append(parent)
        if parent == row.number:
            told = " → ".join([*way, parent])
            said = Sentence(f"{row.number} 绕一圈成了自己的上级（{told}）", f"It is above itself: {told}")
            faults.setdefault(row.place, said)


def _depths(rows: Sequence[Row], faults: Faults) -> None:
    above, levels = _above(rows), {row.number: row.level for row in rows}
    for row in rows:
        depth, number, seen = 1, row.number, {row.number}
        while (number := above.get(number, "")) and number not in seen:
            seen.add(number)
            depth += 1
        parent = levels.get(row.parent, "")
        said = _misplaced(row.level, parent, row.parent, depth)
        if said is not None and row.level and (row.level == "1" or parent):
            faults.setdefault(row.place, said)


def _misplaced(level: str, parent: str, number: str, depth: int) -> Sentence | None:
    point = str(POINT)
    if parent == point:
        return Sentence(
            f"上级 {number} 是观测点，观测点下面不能再分",
            f"The parent {number} is an observation point; nothing goes below",
        )
    if depth > POINT:
        return Sentence(
            "太深：最多三级指标，下面是观测点", "Too deep: at most three levels of indicators, then observation points"
        )
    if level == point and parent == "1":
        return Sentence(
            "观测点要放在二级或三级指标下面",
            "An observation point goes below an indicator of the second or third level",
        )
    if level not in (point, "1", "") and parent and int(level) != int(parent) + 1:
        above, due = LEVELS[int(parent)], LEVELS[int(parent) + 1]
        return Sentence(
            f"上级 {number} 是{above.zh}，这一行应是{due.zh}{'' if parent == '3' else '指标'}",
            f"The parent {number} is of {above.en}, so this row is of {due.en}",
        )
    return None


def _leaves(rows: Sequence[Row], faults: Faults) -> None:
    parents = Counter(row.parent for row in rows)
    for row in rows:
        if row.level not in ("", str(POINT)) and not parents[row.number]:
            said = Sentence(f"{row.number} 下面没有观测点", f"There is no observation point below {row.number}")
            faults.setdefault(row.place, said)


def _above(rows: Sequence[Row]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.number, row.parent)
    return found


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """Each indicator with all that is below it, siblings as they were written."""
    below: dict[str, list[Row]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(row)

    def walked(number: str) -> list[Row]:
        return [one for child in below.get(number, ()) for one in (child, *walked(child.number))]

    return walked("")
