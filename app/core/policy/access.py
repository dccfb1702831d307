"""Who opens what of a child beyond the daily work, and who reads who looked (domain §2.3 rules a–f, decision 53, security 29)."""

from __future__ import annotations

from app.core.policy.rainbow import QUALIFIED, Holders
from app.core.policy.scopes import CHILD, COUNTY, OWN, SCHOOL

ACCESS: dict[str, Holders] = {
    "access.ask_identity": {"psych_center_lead": COUNTY},
    "access.assign_expert": {"psych_center_lead": COUNTY},
    "access.end_identity": {"psych_center_lead": OWN, "school_psych_lead": SCHOOL},
    "access.end_opening": {"school_counselor": OWN},
    "access.grant_identity": {"school_psych_lead": SCHOOL},
    "access.open_in_emergency": {"school_counselor": SCHOOL},
    "access.read_answers": QUALIFIED,
    "access.review_identity": {"dpo": COUNTY},
    "access.review_opening": {"dpo": COUNTY, "psych_center_lead": COUNTY},
    "access.tell_who_looked": {"school_psych_lead": SCHOOL},
    "access.view_factors": {"school_psych_lead": SCHOOL},
    "access.view_identity": {
        "psych_center_lead": OWN,
        "school_psych_lead": SCHOOL,
        "dpo": COUNTY,
        "security_admin": COUNTY,
    },
    "access.view_openings": {
        "school_counselor": OWN,
        "school_psych_lead": SCHOOL,
        "dpo": COUNTY,
        "psych_center_lead": COUNTY,
        "security_admin": COUNTY,
    },
    "access.view_own_account": {"guardian": CHILD, "student": CHILD},
    "access.view_urgent": {"principal": SCHOOL, "psych_center_lead": COUNTY},
}

RIGHTS: dict[str, Holders] = {
    "rights.answer_request": {"dpo": COUNTY},
    "rights.ask_request": {"guardian": CHILD, "student": CHILD},
    "rights.view_requests": {"dpo": COUNTY, "school_psych_lead": SCHOOL, "security_admin": COUNTY},
}
"""Requests of the persons whose data they are (security 43)."""

EMERGENCIES: dict[str, Holders] = {
    "emergencies.tell_guardian": dict.fromkeys(("school_counselor", "school_psych_lead"), SCHOOL),
    "emergencies.view_notices": {
        **dict.fromkeys(("school_counselor", "school_psych_lead"), SCHOOL),
        **dict.fromkeys(("dpo", "psych_center_lead"), COUNTY),
    },
}
"""What was done without an agreement because it could not wait (security 40)."""
PROTECTION: dict[str, Holders] = {
    "protection.approve_assessment": dict.fromkeys(("dpo", "leading_group_head"), COUNTY),
    "protection.draft_assessment": dict.fromkeys(("dpo", "psych_center_lead"), COUNTY),
    "protection.view_assessments": dict.fromkeys(
        ("dpo", "leading_group_head", "psych_center_lead", "school_counselor", "school_psych_lead"), COUNTY
    ),
}
"""Purposes and impact assessments (security 40, 87): what was weighed is no secret inside, and names nobody."""

RETENTION: dict[str, Holders] = {
    "retention.approve_care_purge": {"psych_center_lead": COUNTY},
    "retention.approve_period": {"leading_group_head": COUNTY},
    "retention.approve_roll_purge": {"leading_group_head": COUNTY},
    "retention.place_hold": {"dpo": COUNTY},
    "retention.propose_period": {"dpo": COUNTY},
    "retention.propose_purge": {"dpo": COUNTY},
    "retention.view_due": dict.fromkeys(("dpo", "leading_group_head", "psych_center_lead"), COUNTY),
    "retention.view_periods": dict.fromkeys(
        ("dpo", "leading_group_head", "psych_center_lead", "school_counselor", "school_psych_lead"), COUNTY
    ),
}
"""How long data are kept, and who erases them with whom (security 73, decision §3): by code number, without a name."""

SHARING: dict[str, Holders] = {
    "sharing.approve_handover": {"school_psych_lead": SCHOOL},
    "sharing.prepare_handover": {"school_counselor": SCHOOL},
    "sharing.read_packet": dict.fromkeys(("school_counselor", "school_psych_lead"), SCHOOL),
    "sharing.view_handovers": {
        **dict.fromkeys(("school_counselor", "school_psych_lead"), SCHOOL),
        **dict.fromkeys(("dpo", "psych_center_lead"), COUNTY),
    },
}
"""What is given to a hospital or another recipient (security 42); the county reads recipient, basis and fields alone."""

YEARLY: dict[str, Holders] = {
    "audit.draft_yearly": {"dpo": COUNTY},
    "audit.file_yearly": {"dpo": COUNTY},
    "audit.sign_yearly": dict.fromkeys(("auditor", "leading_group_head"), COUNTY),
    "audit.view_yearly": dict.fromkeys(("auditor", "dpo", "leading_group_head", "psych_center_lead"), COUNTY),
}
"""The yearly audit of the protection of minors' data (security 88): counts alone; the second person signs."""

AREAS: tuple[dict[str, Holders], ...] = (ACCESS, RIGHTS, EMERGENCIES, PROTECTION, RETENTION, SHARING, YEARLY)
