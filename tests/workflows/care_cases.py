"""What makes the guards of the care machines hold, and single changes that make each fail."""

from typing import Any

Cases = dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]


def _plain(good: dict[str, Any]) -> Cases:
    """Guards that read one fact each."""
    return {name: ({}, [{name: False}]) for name in good}


GOOD_CONSENT: dict[str, Any] = dict.fromkeys(
    ("everybody_agreed", "somebody_refused", "may_be_asked_again", "year_is_over"), True
)
CONSENT_CASES = _plain(GOOD_CONSENT)
