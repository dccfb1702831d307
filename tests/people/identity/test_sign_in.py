"""Signing in: two steps, one answer for every name, enrolment, recovery codes, roles, language, and what was not sent."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from app.core.audit import trail
from app.core.database import db
from app.core.outbox.deliver import drain
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.people.directory.models import RoleAssignment
from app.people.identity import factors
from app.people.identity.models import Account
from tests.cast import PASSWORD, Cast, Player, code, sign_in, sign_in_at_the_door, with_token


def change(player: Player, **values: object) -> None:
    """Something happens to the account, as if an administrator or time had done it."""
    with trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(update(Account).where(Account.id == player.account_id).values(**values))


def test_password_and_code_lead_to_where_the_person_wanted_to_go(app: Flask, client: FlaskClient, cast: Cast) -> None:
    first = with_token(client).post("/sign-in", data={"name": " Principal ", "password": PASSWORD, "then": "/me"})
    assert (first.status_code, first.location) == (303, "/sign-in/code?then=/me")
    second = with_token(client).post("/sign-in/code", data={"code": code(cast["principal"]), "then": "/me"})
    assert (second.status_code, second.location) == (303, "/me/unsent?then=/me")
    assert client.get(second.location).location == "/me"
    assert "沈砚秋" in client.get("/me").text


@pytest.mark.parametrize(
    "then", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
def test_nobody_is_sent_to_another_site_afterwards(then: str, app: Flask, client: FlaskClient, cast: Cast) -> None:
    answer = with_token(client).post("/sign-in", data={"name": "principal", "password": PASSWORD, "then": then})
    assert (answer.status_code, answer.location) == (303, "/sign-in/code")


def test_the_first_sign_in_enrols_a_phone_and_shows_ten_codes_once(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player = cast["evaluator"]
    change(player, totp_sealed=None, totp_confirmed_at=None, totp_last_step=0)
    with_token(client).post("/sign-in", data={"name": player.account_name, "password": PASSWORD})
    page = client.get("/sign-in/code")
    assert 'src="data:image/svg+xml' in page.text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")  # type: ignore[index]
    done = with_token(client).post("/sign-in/code", data={"code": factors.code_now(secret)})
    codes = re.findall(r"<code>(\d\d(?:-[0-9A-Z]{4}){4})</code>", done.text)
    assert (done.status_code, len(codes), len(set(codes))) == (200, 10, 10)
    assert client.get("/me").status_code == 200
    other = app.test_client()
    with_token(other).post("/sign-in", data={"name": player.account_name, "password": PASSWORD})
    spaced = f" {codes[2].lower().replace('-', ' ')} "
    used = with_token(other).post("/sign-in/recovery", data={"code": spaced})
    assert (used.status_code, used.location) == (303, "/me/unsent?then=/")
    assert "还剩 9 个" in other.get("/me").text
    third = app.test_client()
    with_token(third).post("/sign-in", data={"name": player.account_name, "password": PASSWORD})
    assert with_token(third).post("/sign-in/recovery", data={"code": codes[2]}).status_code == 422


def test_a_person_without_a_role_today_is_told_so(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player = cast["principal"]
    with trail.act(SYSTEM, "system", "test.change"):
        over = RoleAssignment.from_on
        db.session.execute(update(RoleAssignment).where(RoleAssignment.id == player.assignment_id).values(to_on=over))
    answer = sign_in_at_the_door(client, player)
    assert answer.status_code == 403
    assert "没有在任的岗位" in answer.text
    assert client.get("/me").location == "/sign-in?then=/me"


def test_several_roles_are_switched_between(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player, unit = cast["subject_teacher"], cast.units["shuangqiao"]
    with trail.act(SYSTEM, "system", "test.change"):
        second = RoleAssignment(
            county_id=unit.county_id, school_id=unit.id, unit_id=unit.id, person_id=player.person_id,
            role="grade_leader", from_on=cast_day(),
        )  # fmt: skip
        db.session.add(second)
    sign_in(client, player)
    assert "任课教师・双桥中学" in client.get("/me").text
    assert client.post("/me/role", data={"assignment": str(second.id)}).status_code == 303
    assert "年级组长</span>" in client.get("/me").text
    foreign = client.post("/me/role", data={"assignment": str(cast["sys_admin"].assignment_id)})
    assert foreign.status_code == 404


def cast_day() -> object:
    """A day on which everybody of the cast is in office."""
    from tests.cast import SINCE

    return SINCE


def test_the_language_is_kept_for_the_next_sign_in(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player = cast["principal"]
    sign_in(client, player)
    answer = client.post("/language", data={"language": "en", "then": "/me"})
    assert (answer.status_code, answer.location) == (303, "/me")
    assert '<html lang="en"' in client.get("/me").text
    assert db.session.scalar(select(Account.language).where(Account.id == player.account_id)) == "en"


def test_a_teacher_acts_with_the_classes_of_running_duties(app: Flask, client: FlaskClient, cast: Cast) -> None:
    from app.people.identity import lookup

    sign_in(client, cast["homeroom_teacher"])
    with client.session_transaction() as browser:
        found = lookup.behind(browser["sign_in"])
    assert found is not None
    actor = lookup.actor_of(found.row)
    assert actor.classes == (cast.classes["shuangqiao"],)
    assert (actor.role, actor.school_id) == ("homeroom_teacher", cast.units["shuangqiao"].id)


def test_an_inspector_acts_on_the_schools_of_running_responsibilities(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    from app.people.identity import lookup

    sign_in(client, cast["inspector"])
    with client.session_transaction() as browser:
        found = lookup.behind(browser["sign_in"])
    assert found is not None
    assert set(lookup.actor_of(found.row).schools) == {cast.units["shuangqiao"].id, cast.units["yuntai"].id}


def test_a_form_sent_after_the_session_ended_is_offered_again(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player = cast["sys_admin"]
    sign_in(client, player)
    db.session.execute(text("update sign_in_sessions set last_seen_at = now() - interval '1 hour'"))
    db.session.commit()
    person = "/accounts/new/0123456789abcdef"
    sent = client.post(person, data={"name": "zengxiaoman", "version": "3", "password": "never kept"})
    assert (sent.status_code, sent.location) == (303, "/sign-in")
    again = sign_in_at_the_door(client, player)
    page = client.get(again.location)
    assert page.status_code == 200
    assert 'value="zengxiaoman"' in page.text and 'name="version" value="3"' in page.text
    assert f'action="{person}?_unsent=1"' in page.text
    assert "never kept" not in page.text
    with_token(client).post(f"{person}?_unsent=1", data={"name": "zengxiaoman"})
    assert client.get("/me/unsent").status_code == 303


def test_notices_reach_the_inbox_once(committed: Flask, cast: Cast) -> None:
    browser = committed.test_client()
    sign_in(browser, cast["sys_admin"])
    answer = browser.post(f"/accounts/{cast['principal'].account_ref}/end-sessions")
    assert answer.status_code == 303
    assert drain() >= 1
    drain()
    wanted = select(InboxLetter.title_zh).where(InboxLetter.person_id == cast["principal"].person_id)
    assert db.session.scalars(wanted).all() == ["管理员结束了你的全部登录"]
