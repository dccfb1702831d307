"""The numbers of citizens' letters that a county may replace by a new version of their file in config/letters."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field

from app.improvement.provenance import RULES_FOLDER, Rules, newest_version, read_rules

FOLDER = RULES_FOLDER.parent / "letters"
AtLeastOne = Annotated[int, Field(ge=1)]


class LetterNumbers(Rules):
    """Working days for answers, days for the rating and for keeping a contact, letters from one address in an hour."""

    answer_days: AtLeastOne
    second_answer_days: AtLeastOne
    rating_days: AtLeastOne
    contact_days: Annotated[int, Field(ge=0)]
    letters_per_hour: AtLeastOne


@cache
def letter_numbers(version: int | None = None) -> LetterNumbers:
    """The numbers of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    return read_rules(LetterNumbers, "letters", version or newest_version("letters", FOLDER), FOLDER)
