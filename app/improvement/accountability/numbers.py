"""Window lengths, quorums and measures that a county may replace by a new version of their file in config/accountability."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.improvement.provenance import RULES_FOLDER, Rules, newest_version, read_rules
from workflows.vocabulary import Sentence

FOLDER = RULES_FOLDER.parent / "accountability"
AtLeastOne = Annotated[int, Field(ge=1)]


class Measure(BaseModel):
    """One thing that may be decided: for which kind, its words, and months until it lapses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")]
    kind: Literal["accountability", "commendation"]
    zh: str
    en: str
    months: AtLeastOne

    @property
    def words(self) -> Sentence:
        """What it is called."""
        return Sentence(self.zh, self.en)


class AccountabilityNumbers(Rules):
    """Working days of the three windows, persons present, measures."""

    statement_days: AtLeastOne
    publicity_days: AtLeastOne
    appeal_days: AtLeastOne
    quorum: Annotated[int, Field(ge=2)]
    appeal_quorum: Annotated[int, Field(ge=2)]
    measures: tuple[Measure, ...]

    def window_of(self, kind: str) -> int:
        """Working days of the window of a kind."""
        return self.publicity_days if kind == "commendation" else self.statement_days

    def measures_of(self, kind: str) -> tuple[Measure, ...]:
        """What may be decided for a kind."""
        return tuple(one for one in self.measures if one.kind == kind)

    def measure(self, code: str | None) -> Measure | None:
        """The measure of a code; None where the county's file has it no longer."""
        return next((one for one in self.measures if one.code == code), None)


@cache
def accountability_numbers(version: int | None = None) -> AccountabilityNumbers:
    """The numbers of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    number = version or newest_version("accountability", FOLDER)
    return read_rules(AccountabilityNumbers, "accountability", number, FOLDER)
