"""How the guards of evaluations, closure requests, rechecks and reopenings come to hold or to fail."""

from typing import Any

Cases = dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]

SUPPORTED = {"difference_reason": "两次课堂观察都显示进步", "qualitative_evidence_count": 2}
EVALUATION_CASES: Cases = {
    "design_is_fixed": ({}, [{"design_as_planned": False}]),
    "follow_up_is_verified": ({}, [{"follow_up_verified": False}]),
    "follow_up_is_after_the_plan": ({}, [{"follow_up_after_plan": False}]),
    "compared_cells_stand": ({}, [{"cells_stand": False}]),
    "a_compared_cell_fell": ({"cells_stand": False}, [{"cells_stand": True}]),
    "comparability_is_checked": ({}, [{"comparability_answered": False}]),
    "criteria_are_verified_on_site": (
        {"design": "criterion", "unverified_criterion_count": 0},
        [{"design": "criterion", "unverified_criterion_count": 1}],
    ),
    "small_groups_are_pooled": (
        {"design": "small_n", "pooled_round_count": 2},
        [{"design": "small_n", "pooled_round_count": 1}],
    ),
    "result_is_stored": ({}, [{"result_stored": False}, {"computed_outcome": None}]),
    "result_is_traceable": ({}, [{"input_digests_stored": False}]),
    "has_a_judgement": ({}, [{"judgement": " "}, {"outcome": None}, {"outcome": "wonderful"}]),
    "another_outcome_is_supported": (
        {"outcome": "improved", **SUPPORTED},
        [
            {"outcome": "improved", "difference_reason": "看着好多了", "qualitative_evidence_count": 2},
            {"outcome": "improved", "difference_reason": "两次课堂观察都显示进步", "qualitative_evidence_count": 1},
        ],
    ),
    "no_kinder_than_the_data": (
        {"outcome": "improved", "computed_outcome": "achieved", **SUPPORTED},
        [
            {"outcome": "achieved", "computed_outcome": "improved", **SUPPORTED},
            {"outcome": "improved", "computed_outcome": "partly_improved", **SUPPORTED},
            {"outcome": "improved", "computed_outcome": "insufficient_evidence", **SUPPORTED},
            {"outcome": "partly_improved", "computed_outcome": "no_change", **SUPPORTED},
            {"outcome": "partly_improved", "computed_outcome": "worsened", **SUPPORTED},
            {"outcome": "insufficient_evidence", "computed_outcome": "worsened", **SUPPORTED},
        ],
    ),
    "outcome_is_proposed": ({}, [{"has_proposal": False}]),
    "work_has_ended": ({}, [{"item_is_evaluating": False}]),
    "opinion_is_answered": ({}, [{"opinion_is_answered": False}]),
    "item_is_void": ({}, [{"item_is_void": False}]),
    "judges_a_school": ({}, [{"object_code": "teacher"}, {"object_code": "student"}]),
    "whom_and_who_are_stored": ({}, [{"whom_and_who_stored": False}]),
    "what_is_stored": ({}, [{"what_stored": False}]),
    "how_is_stored": ({}, [{"how_stored": False}]),
    "use_is_stored": ({}, [{"uses": []}]),
}
CLOSURE_CASES: Cases = {
    "item_awaits_closure": ({}, [{"item_awaits_closure": False}]),
    "has_a_self_summary": ({}, [{"self_summary": ""}]),
    "has_before_and_after": ({}, [{"has_before_and_after": False}]),
    "lists_its_evidence": ({}, [{"listed_evidence_count": 0}]),
    "actions_are_ended": ({}, [{"open_action_count": 1}]),
    "evidence_is_judged": ({}, [{"undecided_evidence_count": 1}]),
    "effect_is_decided": ({}, [{"effect_decided": False}]),
    "chain_has_no_gaps": ({}, [{"chain_gaps": ["visit"]}]),
    "severe_was_verified_on_site": (
        {"is_severe": True, "verified_on_site": True},
        [{"is_severe": True, "verified_on_site": False}],
    ),
    "has_the_verifiers_opinion": ({}, [{"verifier_opinion": ""}]),
    "nobody_has_opened_it": ({}, [{"was_opened": True}]),
    "item_is_closed": ({}, [{"item_is_closed": False}]),
    "item_is_void": ({}, [{"item_is_void": False}]),
}
INTERPRETATION_CASES: Cases = {
    "is_written": ({}, [{"is_written": False}]),
    "data_are_out": ({}, [{"data_are_out": False}]),
    "public_words_name_nobody": ({}, [{"public_words_name_nobody": False}]),
}
RECHECK_CASES: Cases = {
    "has_a_note": ({}, [{"note": " "}]),
    "item_is_open_again": ({}, [{"item_is_closed": True}]),
}
LIST_CHECK_CASES: Cases = {
    "has_a_checker": ({}, [{"has_checker": False}]),
    "checker_is_free": ({}, [{"checker_is_free": False}]),
    "says_what_was_looked_at": ({}, [{"says_what_was_looked_at": False}]),
    "every_item_is_answered": ({}, [{"every_item_is_answered": False}]),
    "failures_are_told": ({}, [{"failures_are_told": False}]),
    "no_item_failed": ({"failed_item_count": 0}, [{"failed_item_count": 1}]),
}
REOPENING_CASES: Cases = {
    "names_its_trigger": ({}, [{"trigger": None}, {"trigger": "mood"}]),
    "item_is_closed": ({}, [{"item_is_closed": False}]),
    "is_within_window": ({}, [{"is_within_window": False}]),
}
