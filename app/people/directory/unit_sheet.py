"""The table of units as a workbook or csv: code, names, kind, as what papers are sent to them, and the unit above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import Invalid, Sentence
from app.core.spreadsheets import Head, refuse_rows, table_lines, write_workbook
from app.people.directory.models import Unit
from app.people.directory.words import ADDRESSEES, SCHOOL_TYPES, UNIT_KINDS

SHEET = "机构"
HEADS = (
    Head("编码", 16), Head("全称", 36), Head("简称", 20), Head("类型", 16), Head("收文类型", 20), Head("学校类别", 20),
    Head("上级编码", 16),
)  # fmt: skip
MOST_ROWS = 1000
EMPTY = Sentence("表里一个单位都没有", "There is not a single unit in the table")
TOO_MANY = Sentence(f"最多 {MOST_ROWS} 行", f"At most {MOST_ROWS} rows")
NO_CODE = Sentence("编码用 2 至 20 位数字、字母或短横", "The code has 2 to 20 digits, letters or hyphens")
NO_NAME = Sentence(
    "全称要写，最多 60 个字；简称最多 30 个字", "Give the name, at most 60 characters; the short name at most 30"
)
DOUBLE = Sentence("这个编码在表里出现了两次", "This code stands in the table twice")


@dataclass(frozen=True)
class UnitRow:
    """One unit as the table has it, words turned into codes; `addressee` and `school_type` are None for an empty cell."""

    place: int
    code: str
    name: str
    short_name: str
    kind: str
    addressee: str | None
    school_type: str | None
    above: str


def read_units(content: bytes, name: str) -> list[UnitRow]:
    """The units of a table (xlsx, xls or csv). Raises Invalid with a sentence for each bad row, ImportRefused."""
    lines = table_lines(content, name, [head.title for head in HEADS])
    if not lines:
        raise Invalid("content", EMPTY)
    if len(lines) > MOST_ROWS:
        raise Invalid("content", TOO_MANY)
    faults: dict[int, Sentence] = {}
    rows = [_row(place, cells, faults) for place, cells in lines]
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            faults.setdefault(row.place, DOUBLE)
        seen.add(row.code)
    refuse_rows(faults)
    return rows


def _row(place: int, cells: Sequence[str], faults: dict[int, Sentence]) -> UnitRow:
    code, name, short, kind, addressee, school_type, above = cells
    if not (2 <= len(code) <= 20 and code.replace("-", "").isalnum() and code.isascii()):
        faults.setdefault(place, NO_CODE)
    if not name or len(name) > 60 or len(short) > 30:
        faults.setdefault(place, NO_NAME)
    return UnitRow(
        place, code, name, short,
        _coded(place, "类型", "kind", kind, UNIT_KINDS, faults) or "",
        _coded(place, "收文类型", "type for papers", addressee, ADDRESSEES, faults) if addressee else None,
        _coded(place, "学校类别", "type of school", school_type, SCHOOL_TYPES, faults) if school_type else None,
        above,
    )  # fmt: skip


def _coded(
    place: int, zh: str, en: str, typed: str, words: dict[str, Sentence], faults: dict[int, Sentence]
) -> str | None:
    for code, word in words.items():
        if typed in (word.zh, word.en, code, word.zh.split("（")[0]):
            return code
    known = "、".join(word.zh for word in words.values())
    faults.setdefault(
        place, Sentence(f"{zh}“{typed}”不认识，可写：{known}", f"The {en} “{typed}” is not known; write one of {known}")
    )
    return None


def _cells(units: Sequence[Unit]) -> list[list[str]]:
    codes = {unit.id: unit.code for unit in units}
    return [
        [
            unit.code, unit.name, unit.short_name, UNIT_KINDS[unit.kind].zh,
            ADDRESSEES[unit.sent_as].zh if unit.sent_as else "",
            SCHOOL_TYPES[unit.school_type].zh if unit.school_type in SCHOOL_TYPES else "",
            codes.get(unit.parent_id, "") if unit.parent_id else "",
        ]
        for unit in units
    ]  # fmt: skip


def units_book(units: Sequence[Unit]) -> bytes:
    """The units as a workbook that can be brought in again; an empty sequence gives the blank table."""
    return write_workbook(HEADS, _cells(units), sheet=SHEET)
