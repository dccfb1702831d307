"""The door behind a slip: what opens it, what does not, how often one may try, and what a forwarded slip is worth."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.care.consent.entrance import CodeRefused, Typed, enter
from app.care.consent.models import AccessCode
from app.care.consent.operations.codes import CodesIn, issue_codes
from app.core import limits
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.taking_part import Family, door, send
from tests.cast import Cast

BORN = date(2012, 3, 7)
NAME = "学生00"


@pytest.fixture
def family(app: Flask, cast: Cast) -> Family:
    made = Family(cast, BORN).enrol()
    made.ask()
    return made


def test_the_code_the_birth_date_and_any_guardians_number_open_one_childs_page(family: Family) -> None:
    slip = family.slips()[NAME, "guardian1"]
    for tail in ("1111", "2222"):
        holder = family.come_in(slip, tail)
        assert (holder.student.name, holder.actor.role, holder.actor.person_id) == (NAME, "guardian", None)


WRONG: dict[str, dict[str, Any]] = {
    "a code that nobody has": {"code": "2222-3333-4444"},
    "a code cut short": {"code": "22"},
    "another birth date": {"birth_date": date(2012, 3, 8)},
    "another telephone": {"tail": "9999"},
    "the number of the slip in full width with a wrong telephone": {"tail": "１２"},
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_refused_without_a_hint(family: Family, case: str) -> None:
    slip = family.slips()[NAME, "guardian1"]
    given = {"code": slip.code, "birth_date": BORN, "tail": "1111", "address": "127.0.0.1"} | WRONG[case]
    with pytest.raises(CodeRefused):
        enter(Typed(**given))


def test_five_wrong_tries_end_the_code_and_the_class_teacher_issues_another(family: Family) -> None:
    slip = family.slips()[NAME, "guardian1"]
    for _ in range(5):
        with pytest.raises(CodeRefused):
            family.come_in(slip, "9999")
    with pytest.raises(CodeRefused):
        family.come_in(slip)
    assert family.come_in(family.slips()[NAME, "guardian1"]).student.name == NAME


def test_a_new_slip_ends_the_old_one(family: Family) -> None:
    old = family.slips()[NAME, "student"]
    family.slips(guardians=False)
    with pytest.raises(CodeRefused):
        family.come_in(old)


def test_a_slip_lapses_after_sixty_days(family: Family, clock: Any) -> None:
    slip = family.slips()[NAME, "student"]
    clock.advance(days=61)
    with pytest.raises(CodeRefused):
        family.come_in(slip)


def test_a_child_who_left_is_not_let_in(family: Family) -> None:
    slip = family.slips()[NAME, "student"]
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.leave"):
        child = db.session.scalar(select(Student).where(Student.name == NAME))
        assert child is not None
        child.left_on = BORN
    with pytest.raises(CodeRefused):
        family.come_in(slip)


def test_only_hashes_are_kept_and_no_row_shows_without_the_schools_context(family: Family) -> None:
    slip = family.slips()[NAME, "student"]
    use_context(SYSTEM.context())
    kept = str(db.session.execute(text("select t::text from access_codes t")).all())
    assert slip.code not in kept and slip.code.replace("-", "") not in kept
    use_context(None)
    assert db.session.scalars(select(AccessCode)).all() == []


def test_a_teacher_makes_codes_for_the_own_class_alone(app: Flask, cast: Cast, family: Family) -> None:
    other = Family(cast, BORN, key="yuntai")
    for key in ("homeroom_teacher", "subject_teacher", "principal", "yuntai_coordinator"):
        with pytest.raises((NotAllowed, NotFound)):
            issue_codes(cast.actor(key), other.place, CodesIn(True, True))


def test_codes_for_nobody_are_asked_back_and_the_former_ones_stay(cast: Cast, family: Family) -> None:
    slip = family.slips()[NAME, "guardian1"]
    teacher = cast.actor("homeroom_teacher")
    use_context(teacher.context())
    with pytest.raises(Invalid) as told:
        issue_codes(teacher, family.place, CodesIn(False, False))
    assert list(told.value.sentences) == ["guardians"]
    assert family.come_in(slip, "1111").student.name == NAME


def test_a_street_of_strangers_is_slowed_down(family: Family) -> None:
    with pytest.raises(limits.TooSoon):
        for _ in range(200):
            with pytest.raises(CodeRefused):
                enter(Typed("2222-3333-4444", BORN, "1111", "192.0.2.7"))


def test_by_the_pages_a_guardian_agrees_and_changes_her_mind(family: Family, client: FlaskClient) -> None:
    slip = family.slips()[NAME, "guardian2"]
    assert door(client, slip, BORN, "2222").status_code == 303
    home = client.get("/code/home", base_url="https://localhost").text
    assert NAME in home and "12356" in home
    address = f"/code/consents/{family.consent(NAME).ref}"
    notice = client.get(address, base_url="https://localhost").text
    assert "只有学校心理教师" in notice
    given = {"answer": "agree", "notice": family.consent(NAME).round.notice_version}
    assert send(client, address, given).status_code == 303
    assert family.consent(NAME).state == "requested"  # fourteen: the child is asked too
    assert "你的答复：同意" in client.get("/code/home", base_url="https://localhost").text


def test_after_half_an_hour_a_guardian_comes_in_anew(family: Family, client: FlaskClient, clock: Any) -> None:
    assert door(client, family.slips()[NAME, "guardian1"], BORN).status_code == 303
    clock.advance(minutes=31)
    assert client.get("/code/home", base_url="https://localhost").headers["Location"] == "/code"


def test_a_link_without_the_rest_shows_nothing(family: Family, client: FlaskClient) -> None:
    slip = family.slips()[NAME, "guardian1"]
    page = client.get(f"/code?code={slip.code}", base_url="https://localhost").text
    assert slip.code in page and NAME not in page and "双桥" not in page
    assert client.get("/code/home", base_url="https://localhost").headers["Location"] == "/code"


def test_students_of_a_school_behind_one_address_are_counted_each_on_their_own(
    family: Family, app: Flask, client: FlaskClient
) -> None:
    address = "192.0.2.7"
    slips = [slip for (_name, kind), slip in family.slips().items() if kind == "student"]
    counted = set()
    for slip in slips[:2]:
        browser = app.test_client()
        assert door(browser, slip, BORN).status_code == 303
        with browser.session_transaction(base_url="https://localhost") as kept:
            inside = dict(kept)
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            assert limits.who_asks() == address
            session.update(inside)
            counted.add(limits.who_asks())
    assert len(counted) == 2 and address not in counted
