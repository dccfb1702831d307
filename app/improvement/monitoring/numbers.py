"""The numbers of monitoring that a county may replace by a new version of their file in config/monitoring."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field

from app.improvement.provenance import RULES_FOLDER, Rules, newest_version, read_rules

FOLDER = RULES_FOLDER.parent / "monitoring"
Months = Annotated[int, Field(ge=1, le=120)]


class MonitoringNumbers(Rules):
    """Months, smallest numbers that are shown, and when two sources disagree (domain §3 A1, decision 54)."""

    improve_months: Months
    reopen_months: Months
    public_least: Annotated[int, Field(ge=2)]
    class_least: Annotated[int, Field(ge=2)]
    band_least_schools: Annotated[int, Field(ge=4)]
    conflict_months: Months
    conflict_gap: Annotated[float, Field(gt=0)]
    conflict_certainty: Annotated[float, Field(gt=0)]


@cache
def monitoring_numbers(version: int | None = None) -> MonitoringNumbers:
    """The numbers of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    number = version or newest_version("monitoring", FOLDER)
    return read_rules(MonitoringNumbers, "monitoring", number, FOLDER)


def months_after(day: date, months: int) -> date:
    """The same day so many months later (earlier for a negative number), the last day of a month too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
