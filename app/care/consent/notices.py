"""The texts that people agree to: one notice per purpose and version, read from the settings file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[3] / "config" / "consent" / "notices.yaml"


@dataclass(frozen=True)
class Notice:
    """One notice: purpose, version, and per language a title and paragraphs."""

    purpose: str
    version: str
    text: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Digest of the words in both languages (hexadecimal): what exactly was agreed to."""
        return hashlib.sha256(json.dumps(self.text, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def notice_for(purpose: str) -> Notice:
    """The present notice of a purpose. Raises KeyError for a purpose that has none."""
    return _notices(FILE.stat().st_mtime_ns)[purpose]


def purposes() -> tuple[str, ...]:
    """Purposes that can be asked for: those with a notice."""
    return tuple(_notices(FILE.stat().st_mtime_ns))


@lru_cache(maxsize=4)
def _notices(changed: int) -> dict[str, Notice]:
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        purpose: Notice(purpose, str(given["version"]), {"zh": given["zh"], "en": given["en"]})
        for purpose, given in found.items()
    }
