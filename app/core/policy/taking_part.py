"""Who holds which right of consent and screening on which scope (domain §2.3 and §3 B1–B3, decision 76)."""

from __future__ import annotations

from app.core.policy.scopes import ASSIGNED, CHILD, CLASSES, COUNTY, SCHOOL, Scope

Holders = dict[str, Scope | tuple[Scope, ...]]

PSYCHOLOGY: Holders = {"school_counselor": SCHOOL, "school_psych_lead": SCHOOL}
CONSENT: dict[str, Holders] = {
    "consent.answer_consent": {"guardian": CHILD, "student": CHILD},
    "consent.ask_consent": PSYCHOLOGY,
    "consent.issue_codes": {"school_counselor": SCHOOL, "homeroom_teacher": CLASSES},
    "consent.record_paper": {"school_counselor": SCHOOL},
    "consent.view_answers": {**PSYCHOLOGY, "homeroom_teacher": CLASSES},
    "consent.view_rounds": {**PSYCHOLOGY, "homeroom_teacher": SCHOOL},
}
AUTHORS: Holders = {"psych_center_lead": COUNTY, "assessment_member": COUNTY}
"""Who brings in the versions of scales and rule sets; experts agree to them (domain B13)."""
SCALES: dict[str, Holders] = {
    "screening.activate_scale": {"psych_center_lead": COUNTY},
    "screening.agree_scale": {"psych_expert": COUNTY},
    "screening.draft_scale": AUTHORS,
    "screening.view_scales": {
        **AUTHORS,
        "psych_expert": COUNTY,
        "bureau_psych_officer": COUNTY,
        "school_counselor": COUNTY,
    },
}
SCREENING: dict[str, Holders] = {
    "screening.add_newcomers": PSYCHOLOGY,
    "screening.agree_campaign": {"principal": SCHOOL},
    "screening.answer_questions": {"student": CHILD},
    "screening.approve_campaign": {"psych_center_lead": COUNTY},
    "screening.approve_county_campaign": {"leading_group_head": COUNTY},
    "screening.draft_campaign": {"school_counselor": SCHOOL, "psych_center_lead": COUNTY},
    "screening.exempt_student": {"school_counselor": SCHOOL},
    "screening.handle_alert": {"school_counselor": SCHOOL},
    "screening.read_second": {"psych_expert": ASSIGNED, "school_counselor": SCHOOL},
    "screening.review_campaign": {"school_counselor": SCHOOL, "psych_center_lead": COUNTY},
    "screening.view_alerts": {**PSYCHOLOGY, "psych_expert": ASSIGNED},
    "screening.view_campaigns": {
        **PSYCHOLOGY,
        "principal": SCHOOL,
        "homeroom_teacher": SCHOOL,
        "psych_center_lead": COUNTY,
        "leading_group_head": COUNTY,
    },
    "screening.view_progress": {**PSYCHOLOGY, "homeroom_teacher": CLASSES},
}
PAPER: dict[str, Holders] = {
    "imports.accept_answers": PSYCHOLOGY,
    "imports.accept_consents": PSYCHOLOGY,
    "imports.upload_answers": PSYCHOLOGY,
    "imports.upload_consents": PSYCHOLOGY,
    "screening.settle_paper": {"school_counselor": SCHOOL},
}
AREAS = (CONSENT, SCALES, SCREENING, PAPER)
