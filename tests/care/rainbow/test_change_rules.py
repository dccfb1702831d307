"""Whatever is asked for: down is one step and never more, up is any number, and evidence is asked of steps down alone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as any_of

from app.care.rainbow.evidence import ASKED_OF, Found, below, needs
from app.care.rainbow.models import CodeChangeRequest, place
from app.care.rainbow.rule_set import TIERS, shipped_rule_set
from workflows.care.code_change_request import EVIDENCE

RULES, TODAY = shipped_rule_set(), date(2026, 11, 16)
WHOLE = Found(
    kind="step_down", tier="orange", total=0, no_crisis=True, interviews_agree=True, interviews=2, guardian_on=TODAY,
    referred_on=None, feedback_on=None, sessions=2, assessed="mild", goals_percent=50, check_ins=2, no_recent_event=True,
)  # fmt: skip


@pytest.mark.parametrize(("start", "end"), list(product((None, *TIERS), TIERS)))
def test_of_every_pair_of_levels_only_one_step_down_and_any_step_up_is_lawful(start: str | None, end: str) -> None:
    down = CodeChangeRequest(from_tier=start, to_tier=end, upward=False)
    up = CodeChangeRequest(from_tier=start, to_tier=end, upward=True)
    assert down.is_one_step_down == (start is not None and place(start) - place(end) == 1)
    assert up.goes_up == (start is None or place(end) > place(start))
    assert not up.is_one_step_down and not down.goes_up
    assert up.asks_for_two == down.asks_for_two == ("red" in (start, end))


def test_everything_asked_of_a_level_is_a_guard_of_the_machine() -> None:
    guards = {guard.code for guard in EVIDENCE}
    asked = {code for codes in ASKED_OF.values() for code in codes} | {"lasted", "rules_suggest_it"}
    assert asked == guards


@given(
    any_of.sampled_from(("red", "orange", "yellow")), any_of.integers(0, 60), any_of.booleans(), any_of.booleans(),
    any_of.integers(0, 4), any_of.sampled_from((None, "none", "mild", "moderate", "high")),
    any_of.one_of(any_of.none(), any_of.integers(0, 100)), any_of.integers(0, 4), any_of.booleans(), any_of.integers(0, 30),
)  # fmt: skip
@settings(max_examples=400, deadline=None, derandomize=True)
def test_one_missing_thing_keeps_the_level_and_the_whole_lets_it_go(
    tier: str, days: int, calm: bool, agree: bool, sessions: int, assessed: str | None, goals: int | None, check_ins: int,
    quiet: bool, told_ago: int,
) -> None:  # fmt: skip
    target = below(tier)
    assert target is not None
    there = Found(
        "step_down", target, 0, calm, agree, 2, TODAY - timedelta(days=told_ago), None, None, sessions, assessed, goals,
        check_ins, quiet,
    )  # fmt: skip
    met = all(need.met for need in needs(tier, target, TODAY - timedelta(days=days), TODAY, there, RULES))
    of_people = {
        "red": calm and agree and told_ago <= 14,
        "orange": sessions >= 2 and assessed in ("none", "mild") and goals is not None and goals >= 50,
        "yellow": check_ins >= 2 and quiet,
    }[tier]
    assert met == (days >= 30 and of_people)


@pytest.mark.parametrize(
    ("kind", "tier"), [("hold_once", "orange"), ("propose", "red"), (None, None), ("step_down", "yellow")]
)
def test_without_the_newest_computation_saying_this_very_step_nothing_goes_down(
    kind: str | None, tier: str | None
) -> None:
    there = Found(**{**vars(WHOLE), "kind": kind, "tier": tier})
    missing = [
        need.code for need in needs("red", "orange", TODAY - timedelta(days=40), TODAY, there, RULES) if not need.met
    ]
    assert missing == ["rules_suggest_it"]
    whole = needs("red", "orange", TODAY - timedelta(days=40), TODAY, WHOLE, RULES)
    assert all(need.met for need in whole)
