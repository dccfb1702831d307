"""What no column takes, typed or in an address, is answered in words; nothing breaks and what was typed stays."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.cast import Cast, sign_in, with_token

HTTPS = "https://localhost"
HUGE = "9" * 20
ODD = {
    "nul": dict.fromkeys(
        ("q", "after", "unit", "school", "state", "grade", "name", "cursor", "page", "owner"), "a\x00b"
    ),
    "huge": dict.fromkeys(("from", "page", "year", "at", "number", "after"), HUGE),
    "negative": dict.fromkeys(("from", "page", "year", "at", "number", "after"), "-1"),
    "long": {"q": "%\\" * 2000, "after": "x" * 5000, "unit": "é"},
}
WHO = {
    "school_counselor": ("/support/proposals", "/support/changes", "/support/duties", "/alerts", "/screenings", "/consents"),
    "homeroom_teacher": ("/support/class", "/students", "/todo"),
    "school_psych_lead": ("/support/levels", "/identity-requests", "/openings"),
    "office_director": ("/items", "/items.xlsx", "/plans", "/actions", "/lists", "/visits", "/evaluations", "/units",
                        "/imports/", "/library", "/circulars", "/monitoring/findings", "/search"),
    "security_admin": ("/staff",),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("role", WHO)
def test_a_list_answers_whatever_stands_in_its_address(role: str, odd: str, app: Flask, cast: Cast) -> None:
    client, faults = sign_in(app.test_client(), cast[role]), []
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        for place in WHO[role]:
            answer = client.get(f"{place}?{urlencode(ODD[odd])}", base_url=HTTPS)
            if answer.status_code not in (200, 302, 303, 404, 422):
                faults.append(f"{place}: {answer.status_code}")
            elif answer.status_code == 422 and "存不下" not in answer.text:
                faults.append(f"{place}: refused without a word")
    finally:
        client.application.config["PROPAGATE_EXCEPTIONS"] = None
    assert not faults, "\n".join(faults)


def test_at_the_doors_a_sign_that_nobody_sees_is_refused_and_what_was_typed_stays(app: Flask, cast: Cast) -> None:
    door = with_token(app.test_client())
    answer = door.post("/sign-in", data={"name": "wang\x00lei", "password": "a\x00b"}, base_url=HTTPS)
    assert answer.status_code in (200, 422)
    child = {"code": "ABCD-\x00EFG-HJKM", "birth_date": "20130307", "tail": "1\x0011"}
    answer = door.post("/code", data=child, base_url=HTTPS)
    assert answer.status_code == 422 and "20130307" in answer.text
