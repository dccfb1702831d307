"""The shape of what is counted: parts with heads and rows in both languages, and how a small number is told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from app.core import clock
from app.core.errors import Sentence
from app.core.small_cells import FEW, LEAST_OUTSIDE, stable

Cell = Sentence | str | int
KEY = "key"
NONE = Sentence("无", "None")


@dataclass(frozen=True)
class Year:
    """What is counted: a county's year, with what was told of it before (key → numbers, the oldest first)."""

    county_id: uuid.UUID
    year: int
    before: Mapping[str, Sequence[int | str]]

    @property
    def first(self) -> date:
        """1 January."""
        return date(self.year, 1, 1)

    @property
    def until(self) -> date:
        """1 January of the year after."""
        return date(self.year + 1, 1, 1)

    @property
    def begins(self) -> datetime:
        """Midnight at its beginning, by the county's clock."""
        return datetime.combine(self.first, time(), clock.SHANGHAI)

    @property
    def ends(self) -> datetime:
        """Midnight at its end."""
        return datetime.combine(self.until, time(), clock.SHANGHAI)

    @property
    def last(self) -> date:
        """Its last day, or today where that comes first."""
        return min(date(self.year, 12, 31), clock.today())

    def few(self, key: str, count: int) -> dict[str, Any]:
        """A number about minors as it may be told outside the county: none under ten, none that moved by less than ten."""
        past = self.before.get(key, ())
        shown = (
            FEW if past and past[-1] == FEW and count < 2 * LEAST_OUTSIDE - 1 else stable(count, past, LEAST_OUTSIDE)
        )
        return {KEY: key, "n": FEW if isinstance(shown, str) or shown < LEAST_OUTSIDE else shown}


def part(code: str, title: Sentence, heads: Sequence[Sentence], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """One part as it is kept: plain JSON."""
    return {
        "code": code,
        "title": _plain(title),
        "heads": [_plain(one) for one in heads],
        "rows": [[_plain(cell) for cell in row] for row in rows],
    }


def _plain(cell: Any) -> Any:
    if isinstance(cell, Sentence):
        return {"zh": cell.zh, "en": cell.en}
    if isinstance(cell, date):
        return cell.isoformat()
    return cell


def told_before(contents: Sequence[Mapping[str, Any]]) -> dict[str, list[int | str]]:
    """Key → what was told of it in earlier contents, the oldest first."""
    found: dict[str, list[int | str]] = {}
    for content in contents:
        for each in content["parts"]:
            for row in each["rows"]:
                for cell in row:
                    if isinstance(cell, dict) and KEY in cell:
                        found.setdefault(cell[KEY], []).append(cell["n"])
    return found
