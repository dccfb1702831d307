"""How the guards of cycles, findings, lists, items and imports come to hold or to fail."""

from datetime import date
from types import SimpleNamespace as Of
from typing import Any

Cases = dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]


def cause(**changes: Any) -> Of:
    return Of(**{"category": "data", "controllable": False, "has_evidence_link": True, "five_whys": "…"} | changes)


def listed(**changes: Any) -> dict[str, Any]:
    """A list with one whole item and one that is changed."""
    whole: dict[str, Any] = {
        "category": "management",
        "source_type": "audit",
        "severity": "severe",
        "responsible_unit_id": 1,
        "responsible_person_id": 2,
        "co_units_settled": True,
        "has_target": True,
        "target_is_named": True,
        "due_on": date(2027, 1, 1),
        "was_accepted": True,
        "is_settled": True,
    }
    return {"items": [Of(**whole), Of(**whole | changes)]}


CYCLE_CASES: Cases = {
    "says_what_is_measured": ({}, [{"name": ""}, {"level": None}, {"stage": None}, {"grades": []}, {"subjects": []}]),
    "names_the_instrument": ({}, [{"instrument": ""}, {"instrument_version": ""}, {"coverage": None}]),
    "has_indicators": ({}, [{"indicators": []}]),
    "names_the_benchmark": ({}, [{"benchmark_source": ""}]),
    "has_dates": ({}, [{"starts_on": None}, {"ends_on": None}, {"ends_on": date(2020, 1, 1)}]),
    "has_accepted_batch": ({}, [{"accepted_batch_count": 0}]),
    "has_no_blocking_error": ({}, [{"blocking_error_count": 1}]),
    "reconciliation_is_complete": ({}, [{"reconciliation_complete": False}]),
    "little_is_missing": ({}, [{"missing_share": 0.0501}]),
    "reconciliation_is_signed": ({}, [{"reconciliation_signed": False}]),
    "every_audience_has_a_release": ({}, [{"audiences_without_release": ["public"]}]),
    "every_school_has_its_package": ({}, [{"schools_without_package": [3]}]),
    "has_issued_a_list": ({}, [{"issued_list_count": 0}]),
    "knows_its_improvement_period": ({}, [{"improve_until": None}]),
    "every_list_is_done": ({}, [{"open_list_count": 1}]),
    "needed_no_list": ({"list_count": 0}, [{"list_count": 1}]),
}
FINDING_CASES: Cases = {
    "has_provenance": ({}, [{"provenance_complete": False}, {"source_type": "visit"}]),
    "names_its_source": (
        {"source_type": "petition"},
        [{"source_type": "monitoring"}, {"source_type": "rumour"}, {"source_reference": ""}],
    ),
    "names_its_unit": ({}, [{"unit_id": None}]),
    "is_interpreted": ({}, [{"interpretation": "读" * 49}, {"interpretation": " " * 60}]),
    "has_a_cause_hypothesis": ({}, [{"cause_hypotheses": []}]),
    "is_supported": ({}, [{"supporting_evidence": []}]),
    "explanation_has_the_schools_comment": (
        {"rejection_kind": "explained", "school_comment": "缺考三人"},
        [{"rejection_kind": "explained", "school_comment": " "}],
    ),
    "source_stands": ({}, [{"source_is_withdrawn": True}]),
    "cell_is_not_disputed": ({}, [{"cell_standing": "disputed"}]),
    "cell_was_not_set_aside": ({}, [{"cell_standing": "set_aside"}]),
    "cell_was_set_aside": (
        {"cell_standing": "set_aside"},
        [{"cell_standing": "stands"}, {"cell_standing": "disputed"}],
    ),
    "judges_a_school": ({}, [{"object_code": "teacher"}, {"object_code": "student"}]),
    "has_a_merge_target": ({}, [{"merged_into": None}]),
    "has_its_item": ({}, [{"problem_item": None}]),
    "has_a_newer_finding": ({}, [{"superseded_by": None}]),
    "next_cycle_is_released": ({}, [{"newer_cycle_released": False}]),
}
LIST_CASES: Cases = {
    "has_items": ({}, [{"items": []}]),
    "every_item_has_a_category": ({}, [listed(category=None), listed(category="sport")]),
    "every_item_has_source_and_severity": ({}, [listed(source_type=None), listed(severity=None)]),
    "every_item_has_somebody_responsible": (
        {},
        [listed(responsible_unit_id=None), listed(responsible_person_id=None)],
    ),
    "every_item_settles_its_co_units": ({}, [listed(co_units_settled=False)]),
    "every_item_has_a_target": ({}, [listed(has_target=False)]),
    "every_target_names_its_indicator": ({}, [listed(target_is_named=False)]),
    "every_item_has_a_due_date": ({}, [listed(due_on=None)]),
    "nobody_has_opened_it": ({}, [{"was_opened": True}]),
    "has_a_document_number": ({}, [{"document_number": ""}]),
    "is_frozen": ({}, [{"is_frozen": False}]),
    "has_an_accepted_item": ({}, [{"items": [Of(was_accepted=False, is_settled=False)]}]),
    "every_item_is_settled": ({}, [listed(is_settled=False)]),
    "has_a_summary": ({}, [{"summary": ""}]),
    "successor_is_issued": ({}, [{"successor_issued": False}]),
}
ITEM_CASES: Cases = {
    "is_of_an_issued_list": ({}, [{"list_is_issued": False}]),
    "names_its_handler": ({}, [{"handler_id": None}, {"deputy_id": None}, {"deputy_id": 1}]),
    "grounds_are_given": ({}, [{"objection_grounds": " "}, {"objection_has_evidence": False}]),
    "has_a_new_unit": ({}, [{"has_new_unit": False}]),
    "has_two_causes": ({}, [{"causes": [cause()]}]),
    "causes_are_complete": (
        {},
        [
            {"causes": [cause(), cause(category="luck")]},
            {"causes": [cause(), cause(controllable=None)]},
            {"causes": [cause(), cause(has_evidence_link=False)]},
            {"causes": [cause(), cause(five_whys="")]},
        ],
    ),
    "has_a_plan_in_force": ({}, [{"has_plan_in_force": False}]),
    "actions_are_ended": ({}, [{"action_counts": (2, 1)}, {"action_counts": (0, 0)}]),
    "severe_was_seen_on_site": (
        {"is_severe": True, "has_onsite_check": True},
        [{"is_severe": True, "has_onsite_check": False}],
    ),
    "effect_allows_closure": (
        {"outcome": "partly_improved", "rationale_accepted": True},
        [
            {"outcome": None},
            {"outcome": "no_change"},
            {"outcome": "worsened"},
            {"outcome": "insufficient_evidence"},
            {"outcome": "partly_improved", "rationale_accepted": False},
        ],
    ),
    "effect_asks_for_a_new_plan": (
        {"outcome": "worsened"},
        [
            {"outcome": None},
            {"outcome": "improved"},
            {"outcome": "improved", "plan_lacks_its_cell": True},
            {"outcome": "partly_improved", "rationale_accepted": True},
            {"outcome": "insufficient_evidence", "extension_count": 0},
        ],
    ),
    "effect_is_unclear": ({"outcome": "insufficient_evidence"}, [{"outcome": "no_change"}, {"outcome": None}]),
    "was_not_extended_before": ({}, [{"extension_count": 1}]),
    "has_a_new_data_date": ({}, [{"new_data_on": None}]),
    "closure_is_approved": ({}, [{"closure_state": "verified"}, {"closure_state": None}]),
    "has_a_chain_without_gaps": ({}, [{"chain_gaps": ["evidence"]}]),
    "closure_is_rejected": ({"closure_state": "rejected"}, [{"closure_state": "approved"}, {"closure_state": None}]),
    "has_an_approved_reopening": ({}, [{"has_approved_reopening": False}]),
    "names_a_new_handler": ({}, [{"handler_id": None}, {"handler_named_anew": False}]),
    "resumes_within_limit": (
        {},
        [{"suspended_for_days": None}, {"suspended_for_days": 0}, {"suspended_for_days": 181}],
    ),
    "is_of_withdrawn_data": ({}, [{"source_is_withdrawn": False}]),
}
BATCH_CASES: Cases = {
    "mapping_is_complete": ({}, [{"mapping_complete": False}]),
    "rows_balance": ({}, [{"rows_balance": False}]),
    "has_good_rows": ({}, [{"good_row_count": 0}]),
    "nothing_blocks": ({}, [{"all_or_nothing": True, "blocked_row_count": 1}]),
    "blocked_rows_have_an_owner": (
        {"all_or_nothing": False, "blocked_row_count": 2, "blocked_rows_have_owner": True},
        [{"all_or_nothing": False, "blocked_row_count": 2, "blocked_rows_have_owner": False}],
    ),
    "rollback_is_open": ({}, [{"rollback_open": False}]),
    "nothing_depends_on_it": ({}, [{"dependant_count": 1}]),
    "newer_batch_is_accepted": ({}, [{"newer_batch_accepted": False}]),
}
