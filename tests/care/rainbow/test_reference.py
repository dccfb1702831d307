"""The second implementation of the rules agrees with every worked case, and the rule set refuses what cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.care.rainbow.rule_set import RuleSet, shipped_rule_set
from tests.care.rainbow.cases import CASES, TODAY, Case
from tests.care.rainbow.reference import compute

RULES = shipped_rule_set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_worked_case_gives_its_points_and_its_tier(case: Case) -> None:
    answer = compute(RULES, case.pupil, TODAY)
    assert tuple(answer.points.values()) == case.points
    assert answer.completeness == case.completeness
    assert (answer.kind, answer.tier, answer.flags) == (case.kind, case.tier, case.flags)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"colour": "red"}, "Extra inputs"),
        ({"tiers": {"green": 0, "yellow": 20, "red": 40, "orange": 60}}, "in this order"),
        ({"tiers": {"green": 0, "yellow": 20, "orange": 20, "red": 60}}, "begins above"),
        ({"caps": {"BG": 20, "EV": 15, "SC": 35, "TR": 15, "PA": 30}}, "background alone"),
        ({"factors": {"orphan": {"domain": "BG", "points": 6, "group": "family"}}}, "either days or months"),
    ],
)
def test_a_rule_set_that_cannot_be_is_refused_with_the_reason(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        RuleSet.model_validate(RULES.model_dump(mode="json", exclude_none=True) | change)
