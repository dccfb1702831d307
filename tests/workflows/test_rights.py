"""Whose right it is: the county's, the school's on its own list, the group head's where it is severe."""

import pytest

from tests.workflows.facts import record
from workflows import catalogue
from workflows.vocabulary import Joint, Needs

SEVERE, SCHOOL = {"is_severe": True}, {"is_school_level": True}


@pytest.mark.parametrize(
    ("step", "facts", "right"),
    [
        ("remediation_plan.approve", {}, "plans.approve_plan"),
        ("remediation_plan.approve", SEVERE, "plans.approve_severe_plan"),
        ("remediation_plan.approve", SCHOOL, "plans.approve_school_plan"),
        ("remediation_plan.approve", SCHOOL | SEVERE, "plans.approve_school_plan"),
        ("remediation_plan.submit", SCHOOL, "plans.submit_school_plan"),
        ("remediation_action.verify", {}, "plans.verify_action"),
        ("remediation_action.verify", SCHOOL, "plans.verify_school_action"),
        ("remediation_action.cancel", SEVERE, "plans.approve_severe_plan"),
        ("evidence.reject", SCHOOL, "plans.judge_school_evidence"),
        ("problem_list.approve", {}, "problems.approve_list"),
        ("problem_list.approve", SCHOOL, "problems.approve_school_list"),
        ("data_finding.confirm", {}, "monitoring.confirm_finding"),
        ("data_finding.confirm", {"category": "management"}, "monitoring.confirm_management_finding"),
        ("data_finding.reject", {"category": "teacher"}, "monitoring.confirm_management_finding"),
        ("effect_evaluation.decide", {}, "effects.decide_evaluation"),
        ("effect_evaluation.decide", SEVERE, "effects.decide_severe_evaluation"),
        ("effect_evaluation.decide", {"is_unadjusted": True}, "effects.decide_severe_evaluation"),
        ("effect_evaluation.decide", {"effect_not_measurable": True}, "effects.decide_severe_evaluation"),
        ("effect_evaluation.decide", SCHOOL, "effects.decide_school_evaluation"),
        ("closure_request.approve", {}, "effects.approve_closure"),
        ("closure_request.approve", SEVERE, "effects.approve_severe_closure"),
        ("closure_request.approve", {"effect_not_measurable": True}, "effects.approve_severe_closure"),
        ("closure_request.approve", SCHOOL, "effects.approve_school_closure"),
        ("reopening.approve", {}, "effects.decide_reopening"),
        ("reopening.approve", SEVERE, "effects.decide_severe_reopening"),
        ("supervision_visit.close", {}, "visits.lead_visit"),
        ("supervision_visit.lapse", {}, None),
        ("import_batch.accept", {}, "imports.accept_results"),
        ("import_batch.accept", {"is_results": False}, "imports.accept_roster"),
        ("result_disclosure.approve", {}, "disclosure.approve_disclosure"),
        ("result_disclosure.approve", {"is_of_a_school": True}, "disclosure.approve_school_disclosure"),
        ("purge_batch.approve", {}, "retention.approve_care_purge"),
        ("purge_batch.return_purge", {"is_of_roll": True}, "retention.approve_roll_purge"),
        ("problem_item.void", {}, "problems.void_item"),
        ("problem_item.close", {}, None),
    ],
)
def test_the_right_depends_on_the_record(step: str, facts: dict[str, object], right: str | None) -> None:
    declared = catalogue.step(step)
    assert declared.right_for(record(declared.machine, **facts)) == right


def test_every_right_is_an_area_and_a_verb_with_a_noun() -> None:
    for right in catalogue.rights():
        area, _, words = right.partition(".")
        assert area in {
            "monitoring",
            "problems",
            "plans",
            "effects",
            "imports",
            "visits",
            "inspection",
            "sampling",
            "disclosure",
            "letters",
            "accountability",
            "consent",
            "screening",
            "rainbow",
            "access",
            "rights",
            "protection",
            "emergencies",
            "sharing",
            "retention",
            "figures",
            "audit",
        }
        assert "_" in words and words.islower(), right


def test_every_case_of_a_right_is_asked_for_by_some_record() -> None:
    for workflow in catalogue.ALL:
        for step in workflow.steps:
            if isinstance(step.needs, Needs):
                assert len(set(step.rights)) == len(step.rights) > 1
                assert all(case.zh and case.en for case in step.needs.cases)


def test_the_second_person_is_asked_for_where_the_kind_of_data_needs_one() -> None:
    accept = catalogue.step("import_batch.accept")
    assert accept.others_than(record("import_batch", needs_second_person=True)) == accept.four_eyes != ()
    assert accept.others_than(record("import_batch", needs_second_person=False)) == ()


def test_the_doers_of_an_item_are_kept_out_of_its_verification_and_its_closure() -> None:
    for name in ("verify", "approve", "reject"):
        others = catalogue.step(f"closure_request.{name}").others_than(record("closure_request"))
        assert {"submit", "remediation_plan.submit", "remediation_action.submit_evidence", "evidence.submit"} <= set(
            others
        )


def test_a_joint_signature_asks_for_as_many_persons_as_rights() -> None:
    assert Joint(("tests.sign_first", "tests.sign_second")).count == 2


def test_whoever_returns_rejects_cancels_suspends_voids_or_reopens_gives_a_reason() -> None:
    verbs = (
        "return",
        "reject",
        "cancel",
        "suspend",
        "void",
        "reopen",
        "refuse",
        "dismiss",
        "roll_back",
        "drop",
        "amend",
    )
    for workflow in catalogue.ALL:
        for step in workflow.steps:
            if not step.system and step.name.startswith(verbs):
                assert step.reason, step.key
