"""What personal data are processed for: one entry a purpose, read from the settings file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.care.retention.classes import classes
from app.core.errors import Sentence

FILE = Path(__file__).parents[3] / "config" / "protection" / "purposes.yaml"
BASES = ("consent", "duty", "emergency")


@dataclass(frozen=True)
class Purpose:
    """One purpose: on which basis, why, which data, how long, by which law; `tables`: where its data lie."""

    code: str
    basis: str
    title: Sentence
    why: Sentence
    data: Sentence
    retention: Sentence
    law: Sentence
    tables: tuple[str, ...]
    keeps: str | None = None
    """The class of data whose period stands for {period} in `retention`."""

    def kept(self, years: Mapping[str, int]) -> Sentence:
        """How long, by the years that are in force for each class."""
        if self.keeps is None:
            return self.retention
        period = classes()[self.keeps].said(years[self.keeps])
        return Sentence(self.retention.zh.format(period=period.zh), self.retention.en.format(period=period.en))


def purposes() -> dict[str, Purpose]:
    """Code → purpose, in the order of the file. Raises ValueError for a basis that the law does not know."""
    return _purposes(FILE.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _purposes(changed: int) -> dict[str, Purpose]:
    return {code: _purpose(code, given) for code, given in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()}


def _purpose(code: str, given: dict[str, Any]) -> Purpose:
    if given["basis"] not in BASES:
        raise ValueError(f"{code}: a basis is one of {', '.join(BASES)}")
    if given.get("keeps") not in (None, *classes()):
        raise ValueError(f"{code}: keeps is one of {', '.join(classes())}")
    said = {key: Sentence(given["zh"][key], given["en"][key]) for key in ("title", "why", "data", "retention", "law")}
    return Purpose(code, str(given["basis"]), **said, tables=tuple(given["tables"]), keeps=given.get("keeps"))
