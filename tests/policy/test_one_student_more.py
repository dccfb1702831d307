"""Security 31 for every page, export and route at once: one student more moves no number for who does not read that student.

The list of addresses is the route table: a new page that counts students is asked here on the day it is written. Two
states of the data differ by one student with a row in every table that names students, beside seven others. Whoever reads
a number that moved must read the student too, or the number is named in COUNTED with its reason.
"""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.policy.roles import ROLES
from tests.cast import Cast
from tests.policy.looks import looks_of

ENTRIES = "the trail counts its entries: writing the student down is one, whatever it was about"
COUNTED = dict.fromkeys(("audit.chain", "audit.entries", "audit.export"), ENTRIES)
"""Endpoints whose numbers may move by one for who does not read the students, each with why."""


@pytest.mark.parametrize("role", sorted(ROLES), scope="session")
def test_security_31_one_student_more_moves_no_number_for_who_does_not_read_that_student(
    role: str, app: Flask, cast: Cast
) -> None:
    looks = looks_of(role, app, cast)
    assert set(looks.after) == set(looks.before), "a page opens before and not after, or the other way round"
    told, by_name = looks.moved(), looks.by_name
    beyond = {endpoint: lines[:3] for endpoint, lines in told.items() if endpoint not in COUNTED}
    print(
        f"{role}: {len(looks.before)} pages, {len(told)} moved, {'reads the students' if by_name else 'reads none of them'}"
    )
    assert by_name or not beyond, f"a number moved by one student: {beyond}"
    assert told or not by_name, "who reads the students sees one more: else the look is not keen enough"
