"""A tree as rows: read from a workbook or from YAML, written as both; the columns are the same and so are the checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from app.core.errors import Invalid, Sentence
from app.core.spreadsheets import Head, table_lines, write_workbook
from app.core.yaml_files import checked, loaded
from app.improvement.inspection.words import LEVELS, POINT, PROOFS, STAGE_WORDS

SHEET = "督导指标"
HEADS = (
    Head("级别", 8), Head("编号", 10), Head("上级编号", 10), Head("名称", 36), Head("看什么", 48), Head("佐证方式", 22),
    Head("适用学段", 18), Head("专题", 22),
)  # fmt: skip
COLUMNS = ("level", "number", "parent", "title", "look_for", "proofs", "stages", "topics")
MOST_ROWS = 600
BETWEEN = re.compile(r"[、；;，,\s]+")
EMPTY = Sentence("表里一行指标都没有", "There is not a single indicator in the table")
TOO_MANY = Sentence(f"最多 {MOST_ROWS} 行", f"At most {MOST_ROWS} rows")


@dataclass(frozen=True)
class Row:
    """One indicator or observation point as it was written; `place` is its row in the sheet, or its place in the list."""

    place: int
    level: str
    number: str
    parent: str = ""
    title: str = ""
    look_for: str = ""
    proofs: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """What a file holds, in its order."""

    rows: tuple[Row, ...] = field(default_factory=tuple)


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    level: str
    number: str
    parent: str = ""
    title: str
    look_for: str = ""
    proofs: list[str] = Field(default_factory=list)
    stages: list[str] = Field(default_factory=list)
    topics: list[str] = Field(default_factory=list)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    nodes: list[_Node] = Field(min_length=1, max_length=MOST_ROWS)


def read_file(content: bytes, name: str) -> Rows:
    """The rows of an xlsx, xls or csv table, or of a YAML file. Raises Invalid or ImportRefused with what to do."""
    if name.lower().endswith((".yaml", ".yml")):
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Invalid("content", Sentence("文件要用 UTF-8 编码保存", "Save the file as UTF-8")) from None
        return read_yaml(text)
    return read_book(content, name)


def read_yaml(text: str) -> Rows:
    """The rows of a YAML document `nodes: [{level, number, parent, title, look_for, proofs, stages, topics}]`."""
    found = checked(lambda given: _File.model_validate(loaded(given)), text)
    return Rows(
        tuple(
            Row(place, node.level.strip(), node.number.strip(), node.parent.strip(), node.title.strip(),
                node.look_for.strip(), tuple(node.proofs), tuple(node.stages), tuple(node.topics))
            for place, node in enumerate(found.nodes, 1)
        )
    )  # fmt: skip


def read_book(content: bytes, name: str) -> Rows:
    """The rows of the first sheet that has the header; empty lines are left out. Raises Invalid, ImportRefused."""
    found = []
    for place, cells in table_lines(content, name, [head.title for head in HEADS]):
        level, number, parent, title, look_for = cells[:5]
        proofs, stages, topics = (tuple(one for one in BETWEEN.split(cell) if one) for cell in cells[5:])
        found.append(Row(place, level, number, parent, title, look_for, proofs, stages, topics))
    return Rows(tuple(found))


def _in_words(row: Row) -> list[str]:
    told = (
        "、".join(PROOFS[one].zh if one in PROOFS else one for one in row.proofs),
        "、".join(STAGE_WORDS[one].zh if one in STAGE_WORDS else one for one in row.stages),
        "、".join(row.topics),
    )
    level = LEVELS[int(row.level)].zh if row.level.isdigit() else row.level
    return [level, row.number, row.parent, row.title, row.look_for, *told]


def write_book(rows: Sequence[Row]) -> bytes:
    """The rows as a workbook in words; an empty sequence gives the blank table."""
    return write_workbook(HEADS, (_in_words(row) for row in rows), sheet=SHEET)


def write_yaml(rows: Sequence[Row]) -> str:
    """The rows as YAML with codes; the same rows give the same text."""
    nodes = []
    for row in rows:
        given: dict[str, Any] = {"level": "point" if row.level == str(POINT) else row.level, "number": row.number}
        for name in COLUMNS[2:]:
            value = getattr(row, name)
            if value:
                given[name] = list(value) if isinstance(value, tuple) else value
        nodes.append(given)
    return yaml.safe_dump({"nodes": nodes}, allow_unicode=True, sort_keys=False, width=120)
