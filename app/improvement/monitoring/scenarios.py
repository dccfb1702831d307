"""The ten application scenarios (场景1–10) by which findings are tagged and examples sorted: one list for both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.core.errors import Sentence
from app.core.web.chips import word
from app.improvement.monitoring.numbers import FOLDER
from app.improvement.provenance import Rules, newest_version, read_rules


class Scenario(BaseModel):
    """One scenario: its number in the source, the code that is stored, its words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    code: Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")]
    zh: str
    en: str


class ScenarioList(Rules):
    """The whole list, in the order of the numbers."""

    scenarios: tuple[Scenario, ...]


LISTED = read_rules(ScenarioList, "scenarios", newest_version("scenarios", FOLDER), FOLDER).scenarios
SCENARIOS: dict[str, Sentence] = {one.code: Sentence(one.zh, one.en) for one in LISTED}
"""Code → words, in the order of the numbers."""
BETWEEN = Sentence("、", ", ")


def in_order(codes: Iterable[str]) -> list[str]:
    """The codes that are known, each once, in the order of the numbers; how tags are stored."""
    chosen = set(codes)
    return [code for code in SCENARIOS if code in chosen]


def scenario_words(codes: Iterable[str]) -> str:
    """Scenarios in the language of the page, as one cell or one line."""
    return word(BETWEEN).join(word(SCENARIOS[code]) for code in codes)
