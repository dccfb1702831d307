"""What every computed result carries: the rules, the code and the inputs it was made from, and why it is what it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict

from workflows.vocabulary import Sentence

RULES_FOLDER = Path(__file__).resolve().parents[2] / "config" / "findings"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule answered as it did: a stable code and the sentence in both languages."""

    code: str
    zh: str
    en: str

    @property
    def sentence(self) -> Sentence:
        """The words alone, as pages and refusals show them."""
        return Sentence(self.zh, self.en)

    def as_json(self) -> dict[str, str]:
        """Code and both sentences, ready for a JSON column."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


class Rules(BaseModel):
    """One version of a set of rules, read from a file; unknown or missing keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str


RulesT = TypeVar("RulesT", bound=Rules)


def read_rules(kind: type[RulesT], stem: str, version: int, folder: Path = RULES_FOLDER) -> RulesT:
    """The rules in `<stem>_v<version>.yaml`.

    `stem`: "findings" or "outcomes"; `version`: 1, 2, …
    Raises FileNotFoundError for a version that was never issued, pydantic.ValidationError for a key that is unknown,
    missing or outside its range. Source: domain §7, §8 (numbers marked as defaults).
    """
    text = (folder / f"{stem}_v{version}.yaml").read_text(encoding="utf-8")
    return kind.model_validate(yaml.safe_load(text))


def newest_version(stem: str, folder: Path = RULES_FOLDER) -> int:
    """The highest number among `<stem>_v<number>.yaml`; raises FileNotFoundError when there is none."""
    numbers = [int(path.stem.rpartition("_v")[2]) for path in folder.glob(f"{stem}_v*.yaml")]
    if not numbers:
        raise FileNotFoundError(folder / f"{stem}_v*.yaml")
    return max(numbers)


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, Chinese as it is; NaN and infinity raise ValueError."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def inputs_digest(value: Any) -> str:
    """SHA-256 (64 hex digits) of the canonical JSON of `value`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


@cache
def code_version(name: str, folder: Path, files: tuple[str, ...]) -> str:
    """`name` and the first 12 hex digits of the SHA-256 over source files, so that it changes with the code.

    `files`: those files in `folder` that decide the result; raises FileNotFoundError when one is missing.
    """
    digest = hashlib.sha256()
    for file in files:
        digest.update((folder / file).read_bytes())
    return f"{name}-{digest.hexdigest()[:12]}"


def sentences(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons as a list for a JSON column, in their order."""
    return [reason.as_json() for reason in reasons]
