"""What makes the guards of the care machines hold, and single changes that make each fail."""

from typing import Any

Cases = dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]


def _plain(good: dict[str, Any]) -> Cases:
    """Guards that read one fact each."""
    return {name: ({}, [{name: False}]) for name in good}


GOOD_CONSENT: dict[str, Any] = dict.fromkeys(
    (
        "everybody_agreed",
        "somebody_refused",
        "may_be_asked_again",
        "was_agreed",
        "left_since_asked",
        "never_left",
        "year_is_over",
    ),
    True,
)
CONSENT_CASES = _plain(GOOD_CONSENT)

GOOD_CAMPAIGN: dict[str, Any] = {
    **dict.fromkeys(
        (
            "is_described", "scales_fit", "licences_hold", "has_impact_assessment", "has_duty_roster", "principal_agreed",
            "guardians_were_asked", "day_has_come", "days_are_over", "everything_is_scored", "alerts_are_handled",
            "doubts_are_settled",
        ),
        True,
    ),
    "is_of_a_school": False,
}  # fmt: skip
CAMPAIGN_CASES = _plain({name: True for name in GOOD_CAMPAIGN if name != "is_of_a_school"})
GOOD_TASK: dict[str, Any] = dict.fromkeys(
    (
        "consent_is_granted", "campaign_is_open", "required_items_are_answered", "answers_hold", "answers_are_doubted",
        "answers_fail", "second_try_is_due", "time_is_over", "student_is_back",
    ),
    True,
)  # fmt: skip
TASK_CASES = _plain(GOOD_TASK)
GOOD_ALERT: dict[str, Any] = dict.fromkeys(("interview_is_recorded", "second_reader_agrees"), True)
ALERT_CASES = _plain(GOOD_ALERT)
GOOD_RELEASE: dict[str, Any] = dict.fromkeys(("is_unchanged", "replaced_is_out"), True)
RELEASE_CASES = _plain(GOOD_RELEASE)
