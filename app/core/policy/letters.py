"""Who holds which right on citizens' letters (mission row 108): the writer, the office, the one who answers; no school."""

from __future__ import annotations

from app.core.policy.scopes import COUNTY, OWN, OWN_LETTER, UNIT, Scope

Holders = dict[str, Scope | tuple[Scope, ...]]

OFFICE: Holders = {"office_director": COUNTY, "evaluator": COUNTY}
"""Who sorts what comes in."""
ANSWERERS: Holders = {"inspector": OWN, "evaluator": OWN, "dept_head": UNIT, "dept_officer": UNIT}
"""Whoever was given the letter; the contact of the writer is for them alone."""
LETTERS: dict[str, Holders] = {
    "letters.answer_letter": ANSWERERS,
    "letters.carry_letter": {**ANSWERERS, **OFFICE},
    "letters.open_box": {"office_director": COUNTY},
    "letters.publish_reply": {"office_director": COUNTY},
    "letters.rate_answer": {"citizen": OWN_LETTER},
    "letters.read_contact": ANSWERERS,
    "letters.send_letter": {"citizen": OWN_LETTER},
    "letters.triage_letter": OFFICE,
    "letters.view_figures": {"leading_group_head": COUNTY, "leading_group_member": COUNTY, "office_director": COUNTY},
    "letters.view_letters": {**ANSWERERS, **OFFICE},
}
AREAS = (LETTERS,)
