"""Security requirements 9 and 10: a forgotten password, and changes of password and phone."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.people.directory import bulk
from app.people.directory.models import Student
from app.people.identity import factors
from app.people.identity.models import AccessRequest, Account
from tests.cast import PASSWORD, Cast, code, sign_in, with_token
from tests.people.directory.rolls import child
from tests.people.identity.races import race
from tests.people.identity.test_security_factors import halfway

RACES, THREADS = 50, 8


NEW = "新学期的第7个清晨有雾-云"


def asked(app: Flask, name: str = "principal") -> tuple[FlaskClient, str]:
    """A browser that asked for a new password, and the number it shows."""
    browser = with_token(app.test_client())
    browser.post("/sign-in/forgotten", data={"name": name})
    shown = re.search(r"(\d{3}) (\d{3})</b>", browser.get("/sign-in/new-password").text)
    assert shown is not None
    return browser, shown[1] + shown[2]


def released(app: Flask, cast: Cast, number: str) -> str:
    """The code that the administrator is given for it."""
    admin = sign_in(app.test_client(), cast["sys_admin"])
    page = admin.post(f"/accounts/{cast['principal'].account_ref}/release-code", data={"number": number})
    found = re.search(r"([2-9A-Z]{5}-[2-9A-Z]{5})</b>", page.text)
    assert found is not None, page.text
    return found[1]


def send(browser: FlaskClient, given: str) -> Any:
    """Send the code and a new password."""
    return with_token(browser).post("/sign-in/new-password", data={"code": given, "new_password": NEW, "again": NEW})


def test_security_9_a_reset_is_single_use_and_the_second_factor_is_still_asked_for(app: Flask, cast: Cast) -> None:
    running = sign_in(app.test_client(), cast["principal"])
    browser, number = asked(app)
    given = released(app, cast, number)
    assert NEW not in given and PASSWORD not in given
    assert send(browser, given).location == "/sign-in"
    assert running.get("/me").status_code == 303
    assert with_token(browser).get("/me").status_code == 303
    signed = with_token(browser).post("/sign-in", data={"name": "principal", "password": NEW})
    assert signed.location == "/sign-in/code"
    assert halfway(app.test_client(), "principal").status_code == 422
    with browser.session_transaction() as kept:
        kept["asked"] = "a token that was used"
    assert send(browser, given).location == "/sign-in/forgotten"


def test_security_9_a_code_works_ten_minutes(app: Flask, cast: Cast, clock: Any) -> None:
    browser, number = asked(app)
    given = released(app, cast, number)
    clock.advance(minutes=10, seconds=1)
    assert send(browser, given).location == "/sign-in/forgotten"


def test_security_9_a_code_works_only_in_the_browser_that_asked(app: Flask, cast: Cast) -> None:
    first, number = asked(app)
    second, _ = asked(app)
    given = released(app, cast, number)
    assert send(second, given).status_code == 422
    assert send(first, given).status_code == 303


def test_security_9_of_simultaneous_uses_one_succeeds(committed: Flask, cast: Cast) -> None:
    browser, number = asked(committed)
    given = released(committed, cast, number)
    with browser.session_transaction() as kept:
        token = kept["asked"]
    from app.people.identity import access

    met = race(committed, THREADS // 2, lambda _: access.use(token, given, NEW, NEW))
    assert met.count(None) == 1
    assert db.session.scalar(select(func.count()).where(AccessRequest.used_at.is_not(None))) == 1


def test_security_9_the_administrator_must_give_the_number_that_was_read_aloud(app: Flask, cast: Cast) -> None:
    asked(app)
    admin = sign_in(app.test_client(), cast["sys_admin"])
    answer = admin.post(f"/accounts/{cast['principal'].account_ref}/release-code", data={"number": "000000x"})
    assert answer.status_code == 422
    assert "没有这个申请号" in answer.text


def test_security_10_a_new_password_needs_the_present_one_and_a_fresh_code(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    player = cast["principal"]
    sign_in(client, player)
    elsewhere = sign_in(app.test_client(), player)
    given = {"password": PASSWORD, "new_password": NEW, "again": NEW, "code": code(player)}
    assert client.post("/me/password", data={**given, "password": "not the password"}).status_code == 422
    assert client.post("/me/password", data={**given, "code": "000000"}).status_code == 422
    assert client.post("/me/password", data={**given, "again": NEW + "x"}).status_code == 422
    assert client.post("/me/password", data=given).location == "/me"
    assert client.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303
    posted = db.session.scalars(select(OutboxRow.data).where(OutboxRow.kind == "account_notice")).all()
    assert {"person": str(player.person_id), "what": "password_changed"} in posted


def test_security_10_another_phone_needs_a_fresh_code_of_the_old_one(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    player = cast["principal"]
    sign_in(client, player, fresh=False)
    assert 'name="factor_code"' in client.get("/me/phone").text
    assert (
        client.post("/sign-in/again", data={"factor_code": code(player), "then": "/me/phone"}).location == "/me/phone"
    )
    page = client.get("/me/phone").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]
    offered = re.search(r'name="offered"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
    done = client.post("/me/phone", data={"offered": offered, "code": factors.code_now(secret, 1)})
    assert done.status_code == 200
    assert len(re.findall(r"<code>\d\d-", done.text)) == 10
    assert client.get("/me").status_code == 200
    posted = db.session.scalars(select(OutboxRow.data).where(OutboxRow.kind == "account_notice")).all()
    assert {"person": str(player.person_id), "what": "factor_changed"} in posted


def test_security_9_a_guardian_or_student_has_nothing_to_reset_and_gets_nothing_by_asking(
    app: Flask, cast: Cast
) -> None:
    code_of_school = cast.units["shuangqiao"].code
    bulk.load_roster(cast.county.id, [child(1, code_of_school, "G7", 1)], core_clock.today())
    use_context(SYSTEM.context())
    student = db.session.scalars(select(Student)).one()
    ref, number, guardians = student.ref, student.student_no, student.guardians
    assert {"guardian", "parent", "student"}.isdisjoint(ROLES)
    admin = sign_in(app.test_client(), cast["sys_admin"])
    assert admin.get(f"/accounts/new/{ref}").status_code == 404
    assert admin.post(f"/accounts/new/{ref}", data={"name": "guardian1"}).status_code == 404
    accounts = db.session.scalar(select(func.count()).select_from(Account))
    for typed in (number, str(guardians), ref):
        with_token(app.test_client()).post("/sign-in/forgotten", data={"name": typed[:60]})
    asked_for = db.session.scalars(select(AccessRequest)).all()
    assert len(asked_for) == 3 and {request.account_id for request in asked_for} == {None}
    assert db.session.scalar(select(func.count()).select_from(Account)) == accounts
    for number in [request.number for request in asked_for]:
        address = f"/accounts/{cast['principal'].account_ref}/release-code"
        assert not re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}</b>", admin.post(address, data={"number": number}).text)
