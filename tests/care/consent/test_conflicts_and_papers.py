"""A no is not undone by asking anew, and a signed paper can be read again by whoever keeps it."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.consent.operations import answers
from app.care.consent.operations.answers import PaperIn
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.taking_part import Family
from tests.cast import Cast, sign_in
from tests.core.storage.sendings import pdf

CHILD = date(2014, 3, 7)
NAME, HTTPS = "学生00", "https://localhost"


@pytest.fixture
def family(app: Flask, cast: Cast) -> Family:
    made = Family(cast, CHILD).enrol()
    made.ask()
    return made


def says(family: Family, who: str, answer: str) -> None:
    consent, counsellor = family.consent(NAME), family.cast.actor("school_counselor")
    if consent.state == "granted":
        answers.record_withdrawal(counsellor, consent, PaperIn(who, "withdraw", reason="母亲来电话，不再参加测评"))
    else:
        answers.record_paper(counsellor, consent, PaperIn(who, answer))


@pytest.mark.parametrize("said", [("guardian1 agree", "guardian2 withdraw"), ("guardian2 refuse",)])
def test_a_new_round_does_not_let_one_guardian_undo_the_others_no(
    family: Family, clock: Any, said: tuple[str, ...]
) -> None:
    for who, answer in (one.split() for one in said):
        says(family, who, answer)
    with pytest.raises(Invalid, match="满 30 天"):
        family.ask()
    clock.advance(days=29)
    with pytest.raises(Invalid, match="满 30 天"):
        family.ask()
    withdrawn = family.consent(NAME).state == "withdrawn"
    clock.advance(days=2)
    if withdrawn:
        family.ask()
        use_context(SYSTEM.context())
        states = db.session.scalars(
            text("select c.state from consents c join students s on s.id = c.student_id where s.name = :name"),
            {"name": NAME},
        ).all()
        assert sorted(states) == ["requested", "withdrawn"]


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(csrf_token|version)" value="([^"]+)"', page))


def test_a_scan_is_opened_by_the_counsellor_and_by_nobody_else(family: Family, app: Flask) -> None:
    consent, paper = family.consent(NAME), pdf()
    browser = sign_in(app.test_client(), family.cast["school_counselor"])
    form = browser.get(consent.address, base_url=HTTPS).text
    given = fields(form) | {"who": "guardian1", "answer": "agree"}
    sent = browser.post(consent.address, data=given | {"file": (io.BytesIO(paper), "回执.pdf")}, base_url=HTTPS)
    assert sent.status_code == 303
    (said,) = family.consent(NAME).answers
    shown = browser.get(consent.address, base_url=HTTPS).text
    address = re.search(r'href="([^"]+/papers/[^"]+)"', shown)
    assert address and "回执.pdf" in shown
    opened = browser.get(address[1], base_url=HTTPS, follow_redirects=True)
    assert opened.status_code == 200 and hashlib.sha256(opened.data).hexdigest() == said.file_sha256
    use_context(SYSTEM.context())
    seen = "select count(*) from audit.access_log where step = 'consent.scan' or body::text like '%consent.scan%'"
    assert db.session.scalar(text(seen)) == 1
    assert browser.get(f"{consent.address}/papers/0000000000000000", base_url=HTTPS).status_code == 404
    other = family.consent("学生01")
    assert browser.get(f"{other.address}/papers/{said.ref}", base_url=HTTPS).status_code == 404
    for key in ("homeroom_teacher", "school_psych_lead", "principal", "psych_center_lead", "yuntai_counselor"):
        client = sign_in(app.test_client(), family.cast[key])
        assert client.get(address[1], base_url=HTTPS).status_code == 404, key


def test_a_paper_of_a_child_whose_roll_names_no_guardian_can_be_entered(family: Family, app: Flask) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.nobody_listed"):
        child = db.session.scalar(select(Student).where(Student.name == NAME))
        assert child is not None
        child.guardians = []
    consent = family.consent(NAME)
    browser = sign_in(app.test_client(), family.cast["school_counselor"])
    form = browser.get(consent.address, base_url=HTTPS).text
    assert "其他监护人" in form
    given = fields(form) | {"who": "guardian1", "answer": "agree"}
    assert browser.post(consent.address, data=given, base_url=HTTPS).status_code == 303
    assert family.consent(NAME).state == "granted"
