"""The numbers behind outcomes, one frozen version at a time, as a county keeps them in config/findings."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field

from app.improvement.provenance import Rules, newest_version, read_rules

Share = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class OutcomeRules(Rules):
    """Every number of domain §7.4 and of decisions 41–43."""

    least_n: Annotated[int, Field(ge=2)]
    least_response: Share
    design_effect_census: Positive
    design_effect_sampled: Positive
    least_effect: Positive
    interval_z_95: Positive
    interval_z_90: Positive
    least_reference_units: Annotated[int, Field(ge=4)]
    prediction_level: Annotated[float, Field(gt=0.5, lt=1)]
    pooled_rounds: Annotated[int, Field(ge=2)]


@cache
def outcome_rules(version: int | None = None) -> OutcomeRules:
    """The rules of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    return read_rules(OutcomeRules, "outcomes", version or newest_version("outcomes"))
