"""Scales that people ask for and that may be used here in no way: the registry says so instead of keeping silent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.care.screening.scales.shelf import SHELF
from app.core.errors import Sentence
from app.core.yaml_files import loaded

FILE = SHELF.parent / "scales_not_shipped.yaml"


@dataclass(frozen=True)
class NotShipped:
    """A scale by its code, its title, and why it is not here."""

    code: str
    title: Sentence
    why: Sentence


@cache
def not_shipped() -> tuple[NotShipped, ...]:
    """All of them, as `config/scales_not_shipped.yaml` lists them."""
    listed = loaded(FILE.read_text(encoding="utf-8"))
    return tuple(NotShipped(one["code"], Sentence(one["zh"], one["en"]), Sentence(**one["why"])) for one in listed)
