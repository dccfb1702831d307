"""The numbers of visits that a county may replace by a new version of their file in config/visits."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.improvement.provenance import RULES_FOLDER, Rules, newest_version, read_rules

FOLDER = RULES_FOLDER.parent / "visits"
AtLeastOne = Annotated[int, Field(ge=1)]


class NoticeDays(BaseModel):
    """Calendar days between the notice and the visit, by kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    routine: Annotated[int, Field(ge=0)]
    special: AtLeastOne
    project: AtLeastOne


class VisitNumbers(Rules):
    """Notice, team, avoidance, rotation, photos."""

    notice_days: NoticeDays
    special_team: AtLeastOne
    former_years: Annotated[int, Field(ge=0)]
    leads_in_a_row: AtLeastOne
    rotating_kinds: tuple[Literal["routine", "special", "project"], ...]
    routine_per_term: AtLeastOne
    photos_per_line: AtLeastOne
    photos_per_visit: AtLeastOne
    photo_mb: Annotated[int, Field(ge=1, le=20)]

    def notice_for(self, kind: str | None) -> int:
        """Days of notice for a kind of visit; the longest where the kind is not known yet."""
        return int(getattr(self.notice_days, kind or "", max(self.notice_days.special, self.notice_days.project)))


@cache
def visit_numbers(version: int | None = None) -> VisitNumbers:
    """The numbers of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    return read_rules(VisitNumbers, "visits", version or newest_version("visits", FOLDER), FOLDER)
