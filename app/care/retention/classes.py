"""Classes of data with their periods, read from the settings file: what goes when a period is over, and what stays as a trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from sqlalchemy import Table

from app.core.erasure import table_of
from app.core.errors import Sentence
from workflows.wording import plural

FILE = Path(__file__).parents[3] / "config" / "retention" / "retention_v1.yaml"
Counted = Literal["school_years", "adult_or_leaving", "leaving", "record"]
Approver = Literal["care", "roll"]
Emptied = Mapping[str, Any]
"""Column → what stands there afterwards; nothing where the row goes."""
PERIODS: dict[str, Callable[[int], Sentence]] = {
    "school_years": lambda n: Sentence(
        f"离开本县学校 {n} 个学年后删除", f"Deleted {plural(n, 'school year')} after leaving the county's schools"
    ),
    "adult_or_leaving": lambda n: Sentence(
        f"到孩子 18 岁或离校后 {n} 年，以较晚的为准",
        f"Until 18 or {plural(n, 'year')} after leaving, whichever is later",
    ),
    "leaving": lambda n: Sentence(f"离校后 {n} 年", f"{plural(n, 'year')} after leaving"),
    "record": lambda n: Sentence(f"办结后 {n} 年", f"{plural(n, 'year')} after the matter was settled"),
}
"""A period in words, by the way it is counted."""


@dataclass(frozen=True)
class RetentionClass:
    """One class: how its period is counted, the default and its bounds in years, who approves, which tables."""

    code: str
    counted: Counted
    years: int
    least: int
    most: int
    approved_by: Approver
    title: Sentence
    data: Sentence
    law: Sentence
    source: Sentence
    parts: Mapping[str, Emptied]
    imports: tuple[str, ...]

    def tables(self) -> list[tuple[Table, Emptied]]:
        """The tables, each with what is emptied in it."""
        return [(table_of(name), emptied) for name, emptied in self.parts.items()]

    def said(self, years: int) -> Sentence:
        """A period of so many years in words."""
        return PERIODS[self.counted](years)


def classes() -> dict[str, RetentionClass]:
    """Code → class, in the order of the file. Raises ValueError for a way of counting that nobody knows."""
    return _classes(FILE.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _classes(changed: int) -> dict[str, RetentionClass]:
    return {code: _class(code, given) for code, given in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()}


def _class(code: str, given: dict[str, Any]) -> RetentionClass:
    if given["counted"] not in get_args(Counted) or given["approved_by"] not in get_args(Approver):
        raise ValueError(f"{code}: counted is one of {get_args(Counted)}, approved_by one of {get_args(Approver)}")
    if not given["least"] <= given["years"] <= given["most"]:
        raise ValueError(f"{code}: the default lies between the least and the most")
    said = {key: Sentence(given["zh"][key], given["en"][key]) for key in ("title", "data", "law", "source")}
    parts = {table: {} if what == "gone" else what for table, what in given["parts"].items()}
    return RetentionClass(
        code, given["counted"], int(given["years"]), int(given["least"]), int(given["most"]), given["approved_by"],
        **said, parts=parts, imports=tuple(given["imports"]),
    )  # fmt: skip


def emptied_answers() -> list[tuple[Table, Emptied]]:
    """Where answers lie sealed, and what stays of their rows: the same for a period that is over and for a request."""
    return [(table, emptied) for table, emptied in classes()["answers"].tables() if emptied]
