"""The list of training topics as a workbook or csv: theme, number, title; what is wrong is told row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import Invalid, Sentence
from app.core.spreadsheets import Head, refuse_rows, table_lines, write_workbook
from app.improvement.plans.models import TrainingTopic

SHEET = "培训专题"
HEADS = (Head("主题", 28), Head("编号", 10), Head("专题", 48))
LONGEST = (("主题", "The theme", 40), ("编号", "The number", 12), ("专题", "The topic", 80))
MOST_ROWS = 200
EMPTY = Sentence("表里一个专题都没有", "There is not a single topic in the table")
TOO_MANY = Sentence(f"最多 {MOST_ROWS} 个专题", f"At most {MOST_ROWS} topics")
DOUBLE = Sentence("这个编号在表里出现了两次", "This number stands in the table twice")


@dataclass(frozen=True)
class TopicRow:
    """One topic as it was written."""

    theme: str
    number: str
    title: str


def read_topics(content: bytes, name: str) -> list[TopicRow]:
    """The topics of a table (xlsx, xls, csv) in its order; an empty theme is that of the row above. Raises as table_lines."""
    lines = table_lines(content, name, [head.title for head in HEADS])
    if not lines:
        raise Invalid("content", EMPTY)
    if len(lines) > MOST_ROWS:
        raise Invalid("content", TOO_MANY)
    faults: dict[int, Sentence] = {}
    found: list[TopicRow] = []
    theme = ""
    for place, (named, number, title) in lines:
        theme = named or theme
        for (zh, en, most), text in zip(LONGEST, (theme, number, title), strict=True):
            if not text:
                faults.setdefault(place, Sentence(f"{zh}没有写", f"{en} is missing"))
            elif len(text) > most:
                faults.setdefault(place, Sentence(f"{zh}最多 {most} 个字", f"{en} is too long; the limit is {most}"))
        if any(one.number == number for one in found):
            faults.setdefault(place, DOUBLE)
        found.append(TopicRow(theme, number, title))
    refuse_rows(faults)
    return found


def topics_book(topics: Sequence[TrainingTopic]) -> bytes:
    """The topics as a workbook that can be brought in again; an empty sequence gives the blank table."""
    return write_workbook(HEADS, ([one.theme, one.number, one.title] for one in topics), sheet=SHEET)
