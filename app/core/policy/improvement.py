"""Who holds which right of the improvement loop on which scope (domain §2.2 and §3 A1–A9, decisions 39, 41, 46–49)."""

from __future__ import annotations

from app.core.policy.scopes import (
    ASSIGNED,
    COUNTY,
    LED_CLASSES,
    LED_GRADE,
    LESSONS,
    OWN,
    SCHOOL,
    SCHOOLS,
    SELF,
    SUBJECT,
    UNIT,
    Scope,
)

Holders = dict[str, Scope | tuple[Scope, ...]]

OFFICE: Holders = {"office_director": COUNTY, "evaluator": COUNTY}
GROUP: Holders = {"leading_group_head": COUNTY, "leading_group_member": COUNTY}
OWNERS: Holders = {"dept_head": UNIT, "dept_officer": UNIT, "principal": SCHOOL, "school_coordinator": SCHOOL}
HELPERS: Holders = dict.fromkeys(OWNERS, UNIT)
"""To whose unit an item was handed for help: of another school's item they know the errand alone."""
HEADS: Holders = {"dept_head": UNIT, "principal": SCHOOL}
WORKERS: Holders = {"grade_leader": OWN, "subject_teacher": OWN, "homeroom_teacher": OWN}
HANDLERS: Holders = dict.fromkeys((*OWNERS, *WORKERS), ASSIGNED)
"""Whoever was named handler or deputy of the item, as long as the assignment lasts."""
COLLEAGUES: Holders = {"school_coordinator": SCHOOL, "grade_leader": SCHOOL}
"""Who checks what the school does for itself; who does where nobody else is there says `ladder` (decision 39)."""
READERS: Holders = {
    **GROUP,
    **OFFICE,
    **OWNERS,
    "subject_researcher": COUNTY,
    "guidance_member": COUNTY,
    "assessment_member": COUNTY,
    "inspector": SCHOOLS,
    "external_evaluator": ASSIGNED,
}
LIST_READERS: Holders = {role: scope for role, scope in READERS.items() if role != "external_evaluator"}
"""An outside evaluator is given single items; a list would show those of other schools."""

MONITORING: dict[str, Holders] = {
    "imports.accept_results": {"assessment_member": COUNTY, "evaluator": COUNTY, "office_director": COUNTY},
    "imports.upload_results": {"assessment_member": COUNTY, "evaluator": COUNTY, "office_director": COUNTY},
    "monitoring.acknowledge_release": {"principal": SCHOOL, "dept_head": UNIT},
    "monitoring.answer_conflict": {"assessment_member": COUNTY, "dept_head": UNIT, "principal": SCHOOL},
    "monitoring.ask_data_owner": {**OFFICE, "subject_researcher": SUBJECT, "principal": SCHOOL},
    "monitoring.close_cycle": {"office_director": COUNTY},
    "monitoring.comment_finding": {"principal": SCHOOL, "school_coordinator": SCHOOL, "dept_head": UNIT},
    "monitoring.confirm_finding": {"subject_researcher": SUBJECT},
    "monitoring.confirm_management_finding": OFFICE,
    "monitoring.detect_findings": {**OFFICE, "assessment_member": COUNTY},
    "monitoring.import_results": {"assessment_member": COUNTY, "evaluator": COUNTY},
    "monitoring.manage_indicators": {"office_director": COUNTY, "assessment_member": COUNTY},
    "monitoring.prepare_cycle": {"office_director": COUNTY},
    "monitoring.prepare_release": {"office_director": COUNTY},
    "monitoring.record_meeting": {**OFFICE, "principal": SCHOOL, "school_coordinator": SCHOOL},
    "monitoring.register_finding": {
        **OFFICE,
        "inspector": SCHOOLS,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
        "subject_researcher": SUBJECT,
        "dept_head": UNIT,
    },
    "monitoring.release_cycle": {"leading_group_head": COUNTY},
    "monitoring.settle_conflict": {"office_director": COUNTY},
    "monitoring.support_finding": {
        **OFFICE,
        "inspector": SCHOOLS,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
        "subject_researcher": SUBJECT,
    },
    "monitoring.tag_finding": {
        **OFFICE,
        "inspector": SCHOOLS,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
        "subject_researcher": SUBJECT,
        "dept_head": UNIT,
    },
    "monitoring.verify_cycle": {"assessment_member": COUNTY, "evaluator": COUNTY},
    # Teachers read values on a page of their own: that page leaves small cells out, which a cell's page does not.
    "monitoring.view_class_results": {
        "homeroom_teacher": LED_CLASSES,
        "subject_teacher": LESSONS,
        "grade_leader": LED_GRADE,
    },
    "monitoring.view_conflicts": {
        **GROUP,
        **OFFICE,
        "subject_researcher": COUNTY,
        "assessment_member": COUNTY,
        "dept_head": UNIT,
        "dept_officer": UNIT,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
    },
    "monitoring.view_cycles": {**GROUP, **OFFICE, "subject_researcher": COUNTY, "assessment_member": COUNTY},
    "monitoring.view_findings": {
        **GROUP,
        **OFFICE,
        "subject_researcher": SUBJECT,
        "guidance_member": COUNTY,
        "assessment_member": COUNTY,
        "inspector": SCHOOLS,
        "dept_head": UNIT,
        "dept_officer": UNIT,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
    },
    "monitoring.view_release": {
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
        "dept_head": UNIT,
        "dept_officer": UNIT,
    },
    "monitoring.view_results": {
        **GROUP,
        **OFFICE,
        "subject_researcher": SUBJECT,
        "assessment_member": COUNTY,
        "inspector": SCHOOLS,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
        "school_data_adviser": SCHOOL,
    },
    "monitoring.withdraw_cycle": {"leading_group_head": COUNTY},
}
PROBLEMS: dict[str, Holders] = {
    "problems.accept_item": HEADS,
    "problems.approve_list": {"leading_group_head": COUNTY},
    "problems.approve_school_list": {"principal": SCHOOL},
    "problems.check_onsite": {"inspector": SCHOOLS, "evaluator": COUNTY},
    # A school's own list cites what was found at that school; the finding itself goes on its way in the county.
    "problems.cite_finding": {"school_coordinator": SCHOOL},
    "problems.comment_item": READERS,
    "problems.contest_item": HEADS,
    "problems.convert_finding": OFFICE,
    "problems.decide_after_evaluation": {"office_director": COUNTY},
    "problems.decide_objection": {"office_director": COUNTY},
    "problems.diagnose_item": HANDLERS,
    "problems.draft_list": OFFICE,
    "problems.draft_school_list": {"school_coordinator": SCHOOL},
    "problems.edit_item": {**OFFICE, "school_coordinator": SCHOOL},
    "problems.edit_list": {**OFFICE, "school_coordinator": SCHOOL},
    "problems.give_back": HELPERS,
    "problems.handle_item": HANDLERS,
    "problems.issue_list": {"office_director": COUNTY},
    "problems.issue_school_list": {"school_coordinator": SCHOOL},
    "problems.name_evaluator": {"office_director": COUNTY},
    "problems.name_handler": HEADS,
    "problems.open_list": {"leading_group_head": COUNTY, "principal": SCHOOL},
    "problems.print_list": LIST_READERS,
    "problems.submit_list": {"office_director": COUNTY},
    "problems.submit_school_list": {"school_coordinator": SCHOOL},
    "problems.suspend_item": {"leading_group_head": COUNTY},
    "problems.view_drafts": {**GROUP, **OFFICE},
    "problems.pass_item": {
        **OFFICE,
        **dict.fromkeys(("principal", "school_coordinator"), SCHOOL),
        **dict.fromkeys(("dept_head", "dept_officer"), (UNIT, ASSIGNED)),
    },
    "problems.view_errands": HELPERS,
    "problems.view_items": {
        **READERS,
        **dict.fromkeys(WORKERS, (OWN, ASSIGNED)),
        **dict.fromkeys(("dept_head", "dept_officer"), (UNIT, ASSIGNED)),
    },
    "problems.view_lists": LIST_READERS,
    "problems.view_progress": {"city_officer": COUNTY, "province_viewer": COUNTY},
    "problems.view_reopenings": {**GROUP, **OFFICE, **OWNERS, "inspector": SCHOOLS},
    "problems.view_school_drafts": {"principal": SCHOOL, "school_coordinator": SCHOOL},
    "problems.void_item": {"leading_group_head": COUNTY},
}
PLANS: dict[str, Holders] = {
    "plans.approve_plan": {"office_director": COUNTY},
    "plans.approve_school_plan": {"principal": SCHOOL},
    "plans.approve_severe_plan": {"leading_group_head": COUNTY},
    "plans.comment_plan": {"guidance_member": COUNTY, "subject_researcher": COUNTY},
    "plans.draft_plan": OWNERS,
    "plans.judge_evidence": {"evaluator": COUNTY, "inspector": SCHOOLS},
    "plans.judge_school_evidence": {**COLLEAGUES, "inspector": SCHOOLS},
    "plans.manage_topics": OFFICE,
    "plans.print_bundle": {**GROUP, **OFFICE},
    "plans.report_progress": OWNERS,
    "plans.review_plan": {"evaluator": COUNTY},
    "plans.review_school_plan": COLLEAGUES,
    "plans.submit_evidence": {**OWNERS, **WORKERS},
    "plans.submit_plan": HEADS,
    "plans.submit_school_plan": {"school_coordinator": SCHOOL},
    "plans.verify_action": {"evaluator": COUNTY, "inspector": SCHOOLS},
    "plans.verify_school_action": COLLEAGUES,
    "plans.view_burden": {**GROUP, **OFFICE},
    "plans.view_evidence": {**READERS, **WORKERS, "grade_leader": SCHOOL},
    "plans.view_plans": {**READERS, **WORKERS, "grade_leader": SCHOOL},
    "plans.view_topics": dict.fromkeys((*LIST_READERS, *WORKERS), COUNTY),
    "plans.watch_evidence": {**GROUP, **OFFICE},
    "plans.work_on_action": {**OWNERS, **WORKERS},
}
MEMBERS: Holders = dict.fromkeys(("inspector", "evaluator", "subject_researcher", "guidance_member"), ASSIGNED)
"""Whoever is on the team of a visit (domain §2.2, column visit: V), as long as it lasts."""
COUNTY_STAFF = (
    "leading_group_member",
    "dept_head",
    "dept_officer",
    "assessment_member",
    "evaluator",
    "subject_researcher",
    "guidance_member",
    "inspector",
)
"""Who reads the feedback of a visit that is issued for the staff of the county, though not on its team."""
VISITS: dict[str, Holders] = {
    "visits.decide_objection": {"office_director": COUNTY},
    "visits.grant_exception": {"leading_group_head": COUNTY},
    "visits.lead_visit": {"inspector": OWN},
    "visits.manage_list": {"office_director": COUNTY},
    "visits.notify_visit": {"office_director": COUNTY, "inspector": OWN},
    "visits.observe_visit": MEMBERS,
    "visits.plan_visit": {"office_director": COUNTY, "inspector": SCHOOLS},
    "visits.prepare_answers": {"principal": SCHOOL, "school_coordinator": SCHOOL},
    "visits.print_sheet": {
        **MEMBERS,
        "office_director": COUNTY,
        "inspector": (SCHOOLS, ASSIGNED),
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
    },
    "visits.read_feedback": dict.fromkeys(COUNTY_STAFF, COUNTY),
    "visits.respond_visit": {"principal": SCHOOL},
    "visits.view_list": {
        **dict.fromkeys(("leading_group_head", "office_director", *MEMBERS, "principal", "school_coordinator"), COUNTY),
    },
    "visits.view_visits": {
        **MEMBERS,
        "leading_group_head": COUNTY,
        "office_director": COUNTY,
        "inspector": (SCHOOLS, ASSIGNED),
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
    },
}
INSPECTION: dict[str, Holders] = {
    "inspection.activate_tree": {"leading_group_head": COUNTY},
    "inspection.draft_tree": OFFICE,
    "inspection.review_tree": GROUP,
    "inspection.view_trees": {
        **GROUP,
        **OFFICE,
        **dict.fromkeys((*MEMBERS, "principal", "school_coordinator"), COUNTY),
    },
}
"""The office writes the tree of inspection indicators, the leading group reviews it, its head puts it in force."""
EFFECTS: dict[str, Holders] = {
    "effects.approve_closure": {"office_director": COUNTY},
    "effects.approve_school_closure": {"principal": SCHOOL},
    "effects.approve_severe_closure": {"leading_group_head": COUNTY},
    "effects.check_criteria": {
        "inspector": SCHOOLS,
        "evaluator": COUNTY,
        "assessment_member": COUNTY,
        "school_coordinator": SCHOOL,
        "grade_leader": SCHOOL,
    },
    "effects.decide_evaluation": {"office_director": COUNTY},
    "effects.decide_reopening": {"office_director": COUNTY},
    "effects.decide_school_evaluation": {"principal": SCHOOL},
    "effects.decide_severe_evaluation": {"leading_group_head": COUNTY},
    "effects.decide_severe_reopening": {"leading_group_head": COUNTY},
    "effects.draft_closure": OWNERS,
    "effects.give_opinion": {"external_evaluator": ASSIGNED},
    "effects.prepare_data": {"assessment_member": COUNTY},
    "effects.prepare_school_data": {"school_coordinator": SCHOOL, "assessment_member": COUNTY},
    "effects.print_document": READERS,
    "effects.propose_outcome": {"evaluator": COUNTY},
    "effects.publish_interpretation": {"office_director": COUNTY},
    "effects.propose_reopening": {"inspector": SCHOOLS, "evaluator": COUNTY},
    "effects.propose_school_outcome": COLLEAGUES,
    "effects.recheck_item": {"inspector": SCHOOLS, "evaluator": COUNTY},
    "effects.run_value_added": {"assessment_member": COUNTY},
    "effects.submit_closure": HEADS,
    "effects.submit_school_closure": {"school_coordinator": SCHOOL},
    "effects.verify_closure": {"inspector": SCHOOLS, "evaluator": COUNTY},
    "effects.verify_school_closure": COLLEAGUES,
    "effects.view_closures": {**READERS, "grade_leader": SCHOOL},
    "effects.view_evaluations": {**READERS, "grade_leader": SCHOOL},
    "effects.view_opinions": {**GROUP, **OFFICE, **OWNERS, "external_evaluator": OWN},
    "effects.view_own_value_added": {
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
        "school_data_adviser": SCHOOL,
    },
    "effects.view_pupil_scores": {"assessment_member": COUNTY},
    "effects.view_value_added": {
        **GROUP,
        **OFFICE,
        "subject_researcher": SUBJECT,
        "assessment_member": COUNTY,
    },
    "effects.write_interpretation": {
        "subject_researcher": SUBJECT,
        "assessment_member": COUNTY,
        "evaluator": COUNTY,
    },
}
BOARDS: dict[str, Holders] = {"boards.view_boards": {**GROUP, **OFFICE}}
PUBLISHERS: Holders = {**OFFICE, "principal": UNIT, "school_coordinator": UNIT}
"""Who prepares what is shown to the public: the office for the county, a school for itself."""
DATA_OWNERS: Holders = dict.fromkeys(("dept_head", "dept_officer", "assessment_member", "office_director"), UNIT)
"""Whose unit keeps data that others ask for."""
DISCLOSURE: dict[str, Holders] = {
    "disclosure.adopt_example": {"principal": COUNTY, "school_coordinator": COUNTY},
    "disclosure.agree_showcase": {"principal": UNIT, "dept_head": UNIT},
    "disclosure.answer_data_need": DATA_OWNERS,
    "disclosure.approve_disclosure": {"leading_group_head": COUNTY},
    "disclosure.approve_school_disclosure": {"office_director": COUNTY},
    "disclosure.ask_for_data": {**OFFICE, "subject_researcher": COUNTY, **dict.fromkeys(OWNERS, UNIT)},
    "disclosure.confirm_data_need": {
        **dict.fromkeys(("office_director", "evaluator", "subject_researcher", "dept_head", "dept_officer"), OWN),
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
    },
    "disclosure.draft_disclosure": PUBLISHERS,
    "disclosure.draft_showcase": {**OFFICE, **dict.fromkeys(OWNERS, UNIT)},
    "disclosure.end_adoption": {"principal": SCHOOL, "school_coordinator": SCHOOL},
    "disclosure.manage_library": OFFICE,
    "disclosure.publish_showcase": {"office_director": COUNTY},
    "disclosure.read_examples": dict.fromkeys((*LIST_READERS, *WORKERS), COUNTY),
    "disclosure.sign_for_document": OWNERS,
    "disclosure.submit_disclosure": {**OFFICE, "principal": UNIT},
    "disclosure.view_data_needs": {
        **GROUP,
        **OFFICE,
        "subject_researcher": OWN,
        "dept_head": (UNIT, OWN),
        "dept_officer": (UNIT, OWN),
        "assessment_member": UNIT,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
    },
    "disclosure.view_disclosures": {**GROUP, **OFFICE, "principal": SCHOOL, "school_coordinator": SCHOOL},
    "disclosure.view_library": dict.fromkeys((*LIST_READERS, *WORKERS), COUNTY),
    "disclosure.view_receipts": {**GROUP, **OFFICE, **OWNERS},
    "disclosure.view_school_page": {
        **GROUP,
        **OFFICE,
        "subject_researcher": COUNTY,
        "guidance_member": COUNTY,
        "assessment_member": COUNTY,
        "inspector": SCHOOLS,
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
        **dict.fromkeys(WORKERS, SCHOOL),
    },
    "disclosure.view_showcase": {**GROUP, **OFFICE, **dict.fromkeys(OWNERS, UNIT)},
    "disclosure.withdraw_disclosure": {"leading_group_head": COUNTY, "office_director": COUNTY},
    "disclosure.withdraw_showcase": {
        "leading_group_head": COUNTY,
        "office_director": COUNTY,
        "principal": UNIT,
        "dept_head": UNIT,
    },
}
PARTY: Holders = {
    "principal": SCHOOL,
    "dept_head": (UNIT, SELF),
    **dict.fromkeys((*WORKERS, "school_coordinator", "dept_officer"), SELF),
}
"""The unit concerned by its head, and the person concerned; whoever else works there reads nothing of it."""
NOTICE_READERS: Holders = dict.fromkeys((*LIST_READERS, *WORKERS), COUNTY)
ACCOUNTABILITY: dict[str, Holders] = {
    "accountability.appeal_decision": PARTY,
    "accountability.decide_record": GROUP,
    "accountability.disclose_record": {"office_director": COUNTY},
    "accountability.draft_record": {**OFFICE, "inspector": SCHOOLS},
    "accountability.make_statement": PARTY,
    "accountability.notify_party": {"office_director": COUNTY},
    "accountability.object_to_notice": dict.fromkeys((*OWNERS, *WORKERS), COUNTY),
    "accountability.print_paper": {**GROUP, **OFFICE, **PARTY},
    "accountability.read_notices": NOTICE_READERS,
    "accountability.revoke_record": {"leading_group_head": COUNTY},
    "accountability.settle_appeal": GROUP,
    "accountability.view_own_records": PARTY,
    "accountability.view_records": {**GROUP, **OFFICE, "inspector": OWN},
}
SUPPLIERS: dict[str, Holders] = {
    "suppliers.manage_suppliers": OFFICE,
    "suppliers.view_suppliers": MONITORING["monitoring.view_cycles"],
}
"""Who brings data from outside is read by whoever reads the rounds of monitoring, and by no school."""
AREAS = (ACCOUNTABILITY, BOARDS, MONITORING, PROBLEMS, PLANS, VISITS, INSPECTION, EFFECTS, DISCLOSURE, SUPPLIERS)
