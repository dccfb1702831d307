"""How the guards of plans, actions and evidence come to hold or to fail."""

from datetime import date
from typing import Any

Cases = dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]

PLAN_CASES: Cases = {
    "problem_is_stated": ({}, [{"problem": " "}]),
    "goal_is_set": (
        {},
        [
            {"target_on": None},
            {"indicator": None},
            {"baseline": None},
            {"target": None},
            {"design": "criterion", "is_from_monitoring": False, "criteria": []},
        ],
    ),
    "target_lies_ahead": ({}, [{"target_is_ahead": False}]),
    "target_lies_in_the_cycle": ({}, [{"target_on": date(2028, 9, 2)}]),
    "every_cause_has_its_action": ({}, [{"causes_without_action_count": 1}, {"action_count": 0}]),
    "every_action_has_its_owner": ({}, [{"actions_without_owner_count": 1}]),
    "has_one_accountable_person": ({}, [{"accountable_count": 0}, {"accountable_count": 2}]),
    "budget_is_stated": ({}, [{"budget_stated": False}]),
    "has_risks": ({}, [{"risks": ""}]),
    "design_fits": ({}, [{"design": None}, {"design": "feeling"}, {"design": "criterion", "criteria": ["门锁"]}]),
    "measured_design_has_its_cell": (
        {},
        [{"has_measured_cell": False}, {"design": "small_n", "has_measured_cell": False}],
    ),
    "baseline_stands": ({}, [{"baseline_stands": False}]),
    "minimum_effect_is_meant": ({}, [{"min_effect": 0.19}, {"min_effect": None}]),
    "effect_can_be_measured_in_time": (
        {},
        [{"follow_up_on": date(2027, 6, 1)}, {"follow_up_on": None}, {"item_due_on": None}],
    ),
    "severe_has_guidance": (
        {"is_severe": True, "guidance_comment_count": 1},
        [{"is_severe": True, "guidance_comment_count": 0}],
    ),
    "target_is_worth_it": ({"target_effect": 0.20}, [{"target_effect": 0.19}, {"target_effect": None}]),
    "nobody_has_opened_it": ({}, [{"was_opened": True}]),
    "item_is_at_work": ({}, [{"item_is_at_work": False}]),
    "newer_version_is_approved": ({}, [{"newer_version_approved": False}]),
    "item_is_closed": ({}, [{"item_is_closed": False}]),
    "list_is_archived": ({}, [{"list_is_archived": False}]),
    "item_is_void": ({}, [{"item_is_void": False}]),
}
ACTION_CASES: Cases = {
    "plan_is_in_force": ({}, [{"plan_in_force": False}]),
    "start_has_come": (
        {"start_reached": False, "early_start_reason": "提前备课"},
        [{"start_reached": False, "early_start_reason": " "}],
    ),
    "has_evidence": ({}, [{"has_submitted_evidence": False}]),
    "is_fully_done": ({}, [{"progress": 99}]),
    "has_a_result": ({}, [{"result": ""}]),
    "evidence_is_judged": ({}, [{"undecided_evidence_count": 1}]),
    "criteria_are_covered": ({}, [{"criteria_short_of_evidence_count": 1}]),
    "checklist_is_complete": ({}, [{"checklist_complete": False}]),
    "cancellation_is_grounded": (
        {"cancellation_ground": "replaced", "replaced_by": object()},
        [
            {"cancellation_ground": None},
            {"cancellation_ground": "tired"},
            {"cancellation_ground": "replaced", "replaced_by": None},
        ],
    ),
    "lost_its_evidence": ({}, [{"has_rejected_evidence": False}]),
    "plan_is_over": ({}, [{"plan_is_over": False}]),
}
EVIDENCE_CASES: Cases = {
    "has_content": ({}, [{"has_content": False}, {"kind": None}, {"kind": "poem"}]),
    "is_described": ({}, [{"description": ""}, {"happened_on": None}, {"place": ""}, {"person": " "}]),
    "belongs_to_an_action": ({}, [{"action_id": None}]),
    "privacy_is_checked": ({}, [{"privacy_checked": False}]),
    "shows_no_identity_number": ({}, [{"identity_number_count": 1}]),
    "files_are_checked": ({}, [{"unchecked_file_count": 1}]),
    "criterion_has_room": ({}, [{"criterion_has_room": False}]),
    "is_a_new_version": ({}, [{"is_new_version": False}]),
    "nobody_has_opened_it": ({}, [{"was_opened": True}]),
}
