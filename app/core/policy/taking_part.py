"""Who holds which right of consent and screening on which scope (domain §2.3 and §3 B1–B3, decision 76)."""

from __future__ import annotations

from app.core.policy.scopes import CHILD, CLASSES, SCHOOL, Scope

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
AREAS = (CONSENT,)
