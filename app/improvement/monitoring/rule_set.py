"""The numbers behind findings, one frozen version at a time, as a county keeps them in config/findings."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.improvement.provenance import Rules, newest_version, read_rules

Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]

SEVERITIES = ("minor", "moderate", "severe")
"""轻, 中, 重: from the mildest to the most severe (domain §1.3)."""


class FindingRules(Rules):
    """Every number of domain §8; units are standard deviations (d) or Cohen's h unless the name says otherwise."""

    least_n: Annotated[int, Field(ge=2)]
    least_n_class: Annotated[int, Field(ge=2)]
    least_coverage: Share
    design_effect_census: Positive
    design_effect_sampled: Positive
    false_discovery_rate: Share
    least_effect: Positive
    severities: dict[str, float]
    interval_z: Positive
    grade_bands: dict[str, tuple[int, int]]
    index_margins: dict[str, Positive]

    @model_validator(mode="after")
    def _grades_of_severity_rise(self) -> Self:
        if tuple(self.severities) != SEVERITIES:
            raise ValueError(f"severities must name {', '.join(SEVERITIES)} in this order")
        cuts = list(self.severities.values())
        if cuts[0] != -self.least_effect or cuts != sorted(cuts, reverse=True) or len(set(cuts)) != len(cuts):
            raise ValueError("severities start at minus least_effect and fall from grade to grade")
        return self

    def grade_band(self, grade: int | str | None) -> str:
        """Name of the band that holds a grade (1–12 or "G1"–"G12"), or "" for a cell that belongs to no grade.

        Raises ValueError for a grade outside every band. Source: domain §8, decisions §6.
        """
        if grade is None:
            return ""
        number = int(str(grade).removeprefix("G"))
        for name, (first, last) in self.grade_bands.items():
            if first <= number <= last:
                return name
        raise ValueError(f"grade {grade} lies in no grade band")


@cache
def finding_rules(version: int | None = None) -> FindingRules:
    """The rules of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    return read_rules(FindingRules, "findings", version or newest_version("findings"))
