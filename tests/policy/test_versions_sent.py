"""Forms as pages draw them: each that is sent to an existing record carries the version which the page shows."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from app.core.policy.roles import ROLES
from tests.cast import Cast
from tests.policy.looks import looks_of

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
ACTION = re.compile(r'\baction="([^"#?]*)')
ADDS = "It adds something beside what stands there and changes none of it."
PRINTS = "A paper or workbook is made of what stands there."
ONCE = "It happens once; what is sent a second time is refused."
EXCUSED = {
    "actions.add_evidence": ADDS,
    "circulars.object_": ADDS,
    "directory.add_alias": ADDS,
    "directory.begin_duty": ADDS,
    "directory.end_duty": "A last day; no text is written over.",
    "directory.name_deputy": ADDS,
    "directory.request_role": ADDS,
    "effects.draft_closure": ADDS,
    "examples.adopt": ADDS,
    "identity.open_account": ADDS,
    "identity.release_code": "A new code takes the place of the one before, whatever the account says by then.",
    "library.export_receipts": PRINTS,
    "library.remind": "A reminder goes out; the paper does not change.",
    "monitoring.finish_follow_up": ONCE,
    "monitoring.record_meeting": ADDS,
    "monitoring.record_school_meeting": ADDS,
    "monitoring.remind_units": "A reminder goes out; the round does not change.",
    "plans.print_plan": PRINTS,
    "plans.remark": ADDS,
    "problem_items.add_cause": ADDS,
    "problem_items.export_held": PRINTS,
    "problem_items.give_back": ONCE,
    "problem_items.keep_proposal": ADDS,
    "problem_items.remark": ADDS,
    "value_added.reckon": ADDS,
    "visits.plan_visit": ADDS,
}
"""Forms about a record that send no version, each with its reason."""


def _bare(app: Flask, page: str) -> set[str]:
    """Endpoints of the area to which the page sends a form about a record without a version."""
    found, addresses = set(), app.url_map.bind("localhost")
    for attributes, inside in FORM.findall(page):
        if 'method="post"' not in attributes or 'name="version"' in inside:
            continue
        action = ACTION.search(attributes)
        try:
            endpoint, values = addresses.match(action[1] if action else "", "POST")
        except HTTPException:
            continue
        if values and app.view_functions[endpoint].__module__.startswith(("app.improvement", "app.people")):
            found.add(endpoint)
    return found


@pytest.mark.parametrize("role", sorted(ROLES), scope="session")
def test_a_form_about_a_record_carries_its_version(role: str, app: Flask, cast: Cast) -> None:
    found = set()
    for page in looks_of(role, app, cast).before.values():
        found |= _bare(app, page)
    assert found <= set(EXCUSED), (
        f"Give the form the version of its record (form_page(version=…)), or say why not: {sorted(found - set(EXCUSED))}"
    )
