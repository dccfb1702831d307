"""The numbers of plans and evidence that a county may replace by a new version of their file in config/plans."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.improvement.provenance import RULES_FOLDER, Rules, newest_version, read_rules

FOLDER = RULES_FOLDER.parent / "plans"
AtLeastOne = Annotated[int, Field(ge=1)]


class PlanNumbers(Rules):
    """Counts per criterion, months of the lamps, megabytes of storage."""

    criterion_minimum: Annotated[int, Field(ge=0)]
    criterion_maximum: AtLeastOne
    criterion_most: AtLeastOne
    min_effect: Annotated[float, Field(ge=0.2)]
    report_day: Annotated[int, Field(ge=1, le=28)]
    yellow_months: AtLeastOne
    red_months: AtLeastOne
    months_shown: AtLeastOne
    person_waiting_mb: AtLeastOne
    unit_mb: AtLeastOne
    waiting_days: AtLeastOne
    burden_months: AtLeastOne

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.criterion_minimum <= self.criterion_maximum <= self.criterion_most:
            raise ValueError("criterion_minimum, criterion_maximum and criterion_most rise in this order")
        if not self.yellow_months < self.red_months <= self.months_shown:
            raise ValueError("yellow_months, red_months and months_shown rise in this order")
        return self


@cache
def plan_numbers(version: int | None = None) -> PlanNumbers:
    """The numbers of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    return read_rules(PlanNumbers, "plans", version or newest_version("plans", FOLDER), FOLDER)
