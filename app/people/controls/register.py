"""The controls, read from the settings file: families with their numbers, lines, limits; and who measures each line."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.core.errors import Sentence
from config.settings import Settings

FILE = Path(__file__).parents[3] / "config" / "protection" / "controls.yaml"
OK, BAD, UNKNOWN = "ok", "bad", "unknown"
"""What a measure finds: it holds, it does not, it cannot be seen from here."""


@dataclass(frozen=True)
class Look:
    """What a measure may look at: settings, county, the two clocks, the limits of the file."""

    settings: Settings
    county_id: uuid.UUID
    now: datetime
    machine: datetime
    limits: Mapping[str, int]

    def older(self, at: datetime | None, **limit: float) -> bool:
        """Whether something never was, or is longer ago by the machine's clock than `limit`."""
        return at is None or self.machine - at > timedelta(**limit)


@dataclass(frozen=True)
class Found:
    """What a measure found, with the figures in words."""

    state: str
    said: Sentence


def judged(holds: bool | None, zh: str, en: str) -> Found:
    """ok, bad, or unknown where nobody can tell from here."""
    return Found(UNKNOWN if holds is None else OK if holds else BAD, Sentence(zh, en))


Measure = Callable[[Look], Found]
MEASURES: dict[str, Measure] = {}
"""Code of a control → its measure; areas that this one may not know hand theirs in through the factory."""


def measures(code: str) -> Callable[[Measure], Measure]:
    """Make a function the measure of a control."""

    def keep(function: Measure) -> Measure:
        MEASURES[code] = function
        return function

    return keep


@dataclass(frozen=True)
class Control:
    """One line: its code and title."""

    code: str
    title: Sentence


@dataclass(frozen=True)
class Family:
    """Controls of one kind; `clauses`: number by level, none where the level does not ask for it."""

    code: str
    title: Sentence
    clauses: Mapping[str, str]
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class Register:
    """The whole file."""

    limits: Mapping[str, int]
    families: tuple[Family, ...]

    def asked(self, level: str) -> tuple[Family, ...]:
        """The families that a level asks for."""
        return tuple(one for one in self.families if level in one.clauses)


def register() -> Register:
    """The file as it is now."""
    return _register(FILE.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _register(changed: int) -> Register:
    given = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Register(given["limits"], tuple(_family(one) for one in given["families"]))


def _family(given: dict[str, Any]) -> Family:
    lines = tuple(Control(one["code"], Sentence(one["zh"], one["en"])) for one in given["controls"])
    return Family(given["code"], Sentence(given["zh"], given["en"]), given["clause"], lines)
