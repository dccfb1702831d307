"""Who holds which right of the rainbow code on which scope (domain §2.3 with decisions 10, 52, 53)."""

from __future__ import annotations

from app.core.policy.scopes import ASSIGNED, CLASSES, COUNTY, OWN, SCHOOL, Scope
from app.core.policy.taking_part import AUTHORS

Holders = dict[str, Scope | tuple[Scope, ...]]

QUALIFIED: Holders = {"school_counselor": SCHOOL, "psych_expert": ASSIGNED}
"""The counsellor for the own school, the expert for the students that he or she was given."""


RAINBOW: dict[str, Holders] = {
    "rainbow.activate_rules": {"psych_center_lead": COUNTY},
    "rainbow.agree_rules": {"psych_expert": COUNTY},
    "rainbow.ask_step_down": QUALIFIED,
    "rainbow.assess_student": QUALIFIED,
    "rainbow.compute_school": {"school_counselor": SCHOOL},
    "rainbow.confirm_proposal": QUALIFIED,
    "rainbow.confirm_listed": {"school_counselor": SCHOOL},
    "rainbow.confirm_second": {"psych_expert": ASSIGNED},
    "rainbow.decide_change": QUALIFIED,
    "rainbow.do_class_duty": {"homeroom_teacher": CLASSES},
    "rainbow.do_duty": QUALIFIED,
    "rainbow.draft_rules": AUTHORS,
    "rainbow.escalate_student": {
        **QUALIFIED,
        "homeroom_teacher": (CLASSES, OWN),
        "school_psych_lead": (SCHOOL, OWN),
    },
    "rainbow.rate_student": {"homeroom_teacher": CLASSES},
    "rainbow.view_aid": {"school_counselor": SCHOOL, "principal": SCHOOL},
    "rainbow.view_changes": {**QUALIFIED, "homeroom_teacher": OWN, "school_psych_lead": OWN},
    "rainbow.view_duties": {**QUALIFIED, "homeroom_teacher": CLASSES},
    "rainbow.view_own_class": {"homeroom_teacher": CLASSES},
    "rainbow.view_proposals": QUALIFIED,
    "rainbow.view_rules": {**AUTHORS, "psych_expert": COUNTY, "bureau_psych_officer": COUNTY},
    "rainbow.view_school_levels": {"school_psych_lead": SCHOOL},
    "rainbow.view_unclear": {"school_counselor": SCHOOL},
}

AREAS: tuple[dict[str, Holders], ...] = (RAINBOW,)
