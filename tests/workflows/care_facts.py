"""Facts of the machines of care: records in order, and for each guard what keeps and what breaks it."""

from __future__ import annotations

from typing import Any

Case = tuple[dict[str, Any], list[dict[str, Any]]]

GOOD_ASSESSMENT: dict[str, Any] = {
    "asks_for_two": False,
    "is_signed_once": False,
    "has_interview": False,
    "has_decision": True,
    "lowers_two_steps": False,
    "keeps_the_level_in_force": True,
    "decide_by_at": None,
    "together_by_at": None,
    "is_old": True,
}
ASSESSMENT_CASES: dict[str, Case] = {
    "is_signed_once": (
        {"asks_for_two": True, "is_signed_once": True},
        [{"asks_for_two": True, "is_signed_once": False}],
    ),
    "has_interview": ({"asks_for_two": True, "has_interview": True}, [{"asks_for_two": True, "has_interview": False}]),
    "has_decision": ({"has_decision": True}, [{"has_decision": False}]),
    "keeps_the_level_in_force": ({"keeps_the_level_in_force": True}, [{"keeps_the_level_in_force": False}]),
    "is_one_step": ({"lowers_two_steps": False}, [{"lowers_two_steps": True}]),
    "is_old": ({"is_old": True}, [{"is_old": False}]),
}
GOOD_DUTY: dict[str, Any] = {"is_for_the_class": False, "has_account": True, "due_at": None}
DUTY_CASES: dict[str, Case] = {"has_account": ({"has_account": True}, [{"has_account": False}])}
GOOD_CHANGE: dict[str, Any] = {
    "asks_for_two": False,
    "goes_up": False,
    "is_one_step_down": True,
    "is_signed_once": False,
    "level_is_unchanged": True,
    "is_a_relapse": True,
    "lasted": True,
    "rules_suggest_it": True,
    "no_crisis": True,
    "interviews_agree": True,
    "guardian_was_told": True,
    "referral_came_back": True,
    "sessions_held": True,
    "was_assessed": True,
    "goals_met": True,
    "checked_in": True,
    "no_recent_event": True,
    "decide_by_at": None,
    "together_by_at": None,
}
OF_A_STEP_DOWN = (
    "lasted", "rules_suggest_it", "no_crisis", "interviews_agree", "guardian_was_told", "referral_came_back",
    "sessions_held", "was_assessed", "goals_met", "checked_in", "no_recent_event",
)  # fmt: skip
CHANGE_CASES: dict[str, Case] = {
    "is_one_step_down": ({"is_one_step_down": True}, [{"is_one_step_down": False}]),
    "goes_up": ({"goes_up": True}, [{"goes_up": False}]),
    "level_is_unchanged": ({"level_is_unchanged": True}, [{"level_is_unchanged": False}]),
    "is_a_relapse": ({"is_a_relapse": True}, [{"is_a_relapse": False}]),
    "is_signed_once": (
        {"asks_for_two": True, "is_signed_once": True},
        [{"asks_for_two": True, "is_signed_once": False}],
    ),
    **{code: ({code: True}, [{"goes_up": False, code: False}]) for code in OF_A_STEP_DOWN},
}
GOOD_OPENING: dict[str, Any] = {"until_at": None, "hour_is_over": True}
OPENING_CASES: dict[str, Case] = {"hour_is_over": ({"hour_is_over": True}, [{"hour_is_over": False}])}
GOOD_GRANT: dict[str, Any] = {"until_on": None, "days_are_over": True}
GRANT_CASES: dict[str, Case] = {"days_are_over": ({"days_are_over": True}, [{"days_are_over": False}])}
GOOD_REQUEST: dict[str, Any] = {"identity_is_proven": True}
REQUEST_CASES: dict[str, Case] = {"identity_is_proven": ({"identity_is_proven": True}, [{"identity_is_proven": False}])}
GOOD_HANDOVER: dict[str, Any] = dict.fromkeys(
    ("names_fields", "recipient_is_assessed", "has_basis", "is_unchanged"), True
)
HANDOVER_CASES: dict[str, Case] = {code: ({code: True}, [{code: False}]) for code in GOOD_HANDOVER}
GOOD_IMPACT: dict[str, Any] = {
    "is_written": True,
    "has_signed_file": True,
    "risk_is_bearable": True,
    "review_lies_ahead": True,
    "review_is_over": True,
    "review_on": None,
}
IMPACT_CASES: dict[str, Case] = {code: ({code: True}, [{code: False}]) for code in GOOD_IMPACT if code != "review_on"}
GOOD_AUDIT: dict[str, Any] = {
    "is_counted": True,
    "covers_the_year": True,
    "has_conclusion": True,
    "is_unchanged": True,
    "file_by": None,
}
AUDIT_CASES: dict[str, Case] = {code: ({code: True}, [{code: False}]) for code in GOOD_AUDIT if code != "file_by"}
GOOD_PURGE: dict[str, Any] = {"has_due_rows": True, "is_of_roll": False}
PURGE_CASES: dict[str, Case] = {
    "has_due_rows": ({"has_due_rows": True}, [{"has_due_rows": False}]),
    "nothing_is_due": ({"has_due_rows": False}, [{"has_due_rows": True}]),
    "all_is_erased": ({"has_due_rows": False}, [{"has_due_rows": True}]),
}
GOOD_RULE_SET: dict[str, Any] = {
    "has_impact_assessment": True,
    "vectors_pass": True,
    "was_tried": True,
    "is_agreed_once": True,
    "has_few_experts": True,
    "has_outside_expert": True,
}
RULE_SET_CASES: dict[str, Case] = {code: ({code: True}, [{code: False}]) for code in GOOD_RULE_SET}
GOOD_SCALE: dict[str, Any] = {
    "vectors_pass": True,
    "is_worded": True,
    "licence_holds": True,
    "is_agreed_once": True,
    "has_few_experts": True,
    "has_outside_expert": True,
}
SCALE_CASES: dict[str, Case] = {code: ({code: True}, [{code: False}]) for code in GOOD_SCALE}
