"""Security requirements 11–20: sessions that are renewed, rest, end with the access, and cannot be revived."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.core.vault import commands
from app.people.directory.models import Person, RoleAssignment
from app.people.identity import lookup, operations, sessions
from app.people.identity.models import Account, SignInSession
from app.people.identity.operations import EndOfRole, WithReason
from tests.cast import PASSWORD, SINCE, Cast, Player, code, sign_in, sign_in_at_the_door, with_token

REASON = "本人已调离原岗位，按申请办理"


def token_of(client: FlaskClient) -> str:
    """What the browser carries."""
    with client.session_transaction() as browser:
        return str(browser.get("sign_in", ""))


def carries(client: FlaskClient, token: str) -> FlaskClient:
    """A browser with this token."""
    with client.session_transaction() as browser:
        browser["sign_in"] = token
    return client


def test_security_11_a_new_id_at_sign_in_step_up_and_role_switch(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player, unit = cast["subject_teacher"], cast.units["shuangqiao"]
    with trail.act(SYSTEM, "system", "test.change"):
        second = RoleAssignment(
            county_id=unit.county_id, school_id=unit.id, unit_id=unit.id, person_id=player.person_id,
            role="grade_leader", from_on=SINCE,
        )  # fmt: skip
        db.session.add(second)
    seen = []
    with_token(client).post("/sign-in", data={"name": player.account_name, "password": PASSWORD})
    seen.append(token_of(client))
    with_token(client).post("/sign-in/code", data={"code": code(player)})
    seen.append(token_of(client))
    with_token(client).post("/me/role", data={"assignment": str(second.id)})
    seen.append(token_of(client))
    client.post("/sign-in/again", data={"factor_code": code(player, 1)})
    seen.append(token_of(client))
    assert len(set(seen)) == 4
    for old in seen[:-1]:
        assert carries(app.test_client(), old).get("/me").location == "/sign-in?then=/me"
    assert client.get("/me").status_code == 200


@pytest.mark.parametrize("name", ["principal", "office_director", "sys_admin", "subject_teacher", "homeroom_teacher"])
def test_security_12_a_session_rests_15_or_30_minutes(
    name: str, app: Flask, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    minutes = 15 if ROLES[cast[name].role].powerful else 30
    sign_in(client, cast[name])
    clock.advance(minutes=minutes - 1)
    assert client.get("/me").status_code == 200
    clock.advance(minutes=minutes, seconds=1)
    assert client.get("/me").location == "/sign-in?then=/me"
    assert "离开太久" in client.get("/sign-in").text


def test_security_12_county_principal_and_administrators_rest_15_minutes_only() -> None:
    short = {code_ for code_, role in ROLES.items() if role.powerful}
    assert {"principal", "office_director", "sys_admin", "security_admin", "auditor", "dept_head"} <= short
    assert {"subject_teacher", "homeroom_teacher", "grade_leader"}.isdisjoint(short)


def test_security_12_twelve_hours_at_most(app: Flask, client: FlaskClient, cast: Cast, clock: Any) -> None:
    sign_in(client, cast["principal"])
    for _ in range(12 * 6 - 1):
        clock.advance(minutes=10)
        assert client.get("/me").status_code == 200
    clock.advance(minutes=10, seconds=1)
    assert client.get("/me").status_code == 303


def test_security_13_the_cookie_is_bound_and_only_a_hash_is_kept(app: Flask, client: FlaskClient, cast: Cast) -> None:
    answer = sign_in_at_the_door(client, cast["principal"])
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-bihuan="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain=" not in cookie
    token = token_of(client)
    assert len(token) >= 43  # 256 bits in base64
    row = db.session.scalars(select(SignInSession).where(SignInSession.ended_at.is_(None))).one()
    assert row.token_hash == hashlib.sha256(token.encode()).digest()


def _disable(cast: Cast, player: Player) -> None:
    account = db.session.get_one(Account, player.account_id)
    operations.disable_account(cast.actor("sys_admin"), account, WithReason(REASON))


def _end_role(cast: Cast, player: Player) -> None:
    held = db.session.get_one(RoleAssignment, player.assignment_id)
    operations.end_role(cast.actor("security_admin"), held, EndOfRole(REASON))


def _reset_factor(cast: Cast, player: Player) -> None:
    account = db.session.get_one(Account, player.account_id)
    operations.reset_factor(cast.actor("security_admin"), account, WithReason(REASON))


def _end_sessions(cast: Cast, player: Player) -> None:
    operations.end_sessions(cast.actor("sys_admin"), db.session.get_one(Account, player.account_id))


def _leave(cast: Cast, player: Player) -> None:
    with trail.act(SYSTEM, "system", "test.change"):
        yesterday = core_clock.today() - timedelta(days=1)
        db.session.execute(update(Person).where(Person.id == player.person_id).values(left_on=yesterday))


def _term_over(cast: Cast, player: Player) -> None:
    with trail.act(SYSTEM, "system", "test.change"):
        yesterday = core_clock.today() - timedelta(days=1)
        db.session.execute(
            update(RoleAssignment).where(RoleAssignment.id == player.assignment_id).values(to_on=yesterday)
        )


@pytest.mark.parametrize("deed", [_disable, _end_role, _reset_factor, _end_sessions, _leave, _term_over])
def test_security_14_access_ends_at_the_next_request(
    deed: Callable[[Cast, Player], None], app: Flask, client: FlaskClient, cast: Cast
) -> None:
    player = cast["evaluator"]
    sign_in(client, player)
    assert client.get("/me").status_code == 200
    deed(cast, player)
    assert client.get("/me").location == "/sign-in?then=/me"


def test_security_14_a_session_of_an_earlier_epoch_is_dead(app: Flask, client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast["principal"])
    with trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(
            update(Account).where(Account.id == cast["principal"].account_id).values(epoch=Account.epoch + 1)
        )
    assert client.get("/me").status_code == 303


def test_security_15_signing_out_ends_the_session_and_clears_the_browser(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["principal"])
    before = token_of(client)
    page = client.get("/me")
    assert page.headers["Cache-Control"] == "no-store"
    out = client.post("/sign-out")
    assert out.location == "/sign-in"
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert carries(app.test_client(), before).get("/me").status_code == 303
    ended = db.session.execute(select(SignInSession.end).where(SignInSession.ended_at.is_not(None))).scalars().all()
    assert "signed_out" in ended


def test_security_16_a_session_that_ends_during_a_request_is_not_revived(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["principal"])
    token = token_of(client)
    found = lookup.behind(token)
    assert found is not None and found.standing == "good"
    with trail.act(SYSTEM, "system", "test.end"):
        sessions.end("by_admin", SignInSession.id == found.row.id)
    sessions.seen(found.row.id, found.row.last_seen_at - timedelta(minutes=5))
    with trail.act(SYSTEM, "system", "test.renew"):
        assert sessions.renew(found.row.id, token) is None
    again = lookup.behind(token)
    assert again is not None and again.standing == "gone"
    assert again.row.last_seen_at == found.row.last_seen_at


def test_security_17_a_deed_that_needs_a_fresh_code_asks_and_loses_nothing(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    admin, account = cast["security_admin"], cast["principal"]
    sign_in(client, admin, fresh=False)
    address = f"/accounts/{account.account_ref}/reset-factor"
    asked = client.post(address, data={"reason": REASON, "version": "1"})
    assert asked.status_code == 422
    assert f'name="reason" value="{REASON}"' in asked.text and f'action="{address}"' in asked.text
    wrong = client.post(address, data={"reason": REASON, "version": "1", "factor_code": "000000"})
    assert (wrong.status_code, "验证码不对" in wrong.text) == (422, True)
    done = client.post(address, data={"reason": REASON, "version": "1", "factor_code": code(admin)})
    assert done.location == f"/accounts/{account.account_ref}"
    assert client.post("/role-requests/0123456789abcdef/grant").status_code == 404  # fresh now


def test_security_17_a_fresh_code_lasts_five_minutes(app: Flask, client: FlaskClient, cast: Cast, clock: Any) -> None:
    sign_in(client, cast["sys_admin"])
    clock.advance(minutes=4, seconds=50)
    assert client.get("/accounts.xlsx").mimetype.endswith("sheet")
    clock.advance(seconds=20)
    assert 'name="factor_code"' in client.get("/accounts.xlsx").text


def test_security_17_every_grant_reset_and_export_declares_it(app: Flask) -> None:
    wanted = {
        "identity.grant_role", "identity.decline_role", "identity.end_role", "identity.do_deed",
        "identity.release_code", "identity.export_accounts", "identity.change_phone", "identity.renew_codes",
        "rights.answer",
    }  # fmt: skip
    assert {name for name in wanted if not getattr(app.view_functions[name], "fresh", False)} == set()


def test_security_17_work_on_keys_needs_a_fresh_code_of_a_system_administrator(app: Flask, cast: Cast) -> None:
    rotated: list[object] = []
    runner, admin = app.test_cli_runner(), cast["sys_admin"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "rotate_tenant", lambda _ring, tenant: rotated.append(tenant))

        def rotate(by: Player, given: str) -> int:
            done = runner.invoke(
                commands.keys, ["rotate", f"--tenant={uuid7()}", f"--by={by.account_name}", f"--code={given}"]
            )
            return int(done.exit_code)

        assert rotate(admin, "000000") == rotate(cast["principal"], code(cast["principal"])) == 1 and not rotated
        right = code(admin)
        assert rotate(admin, right) == 0 and len(rotated) == 1
        assert rotate(admin, right) == 1 and len(rotated) == 1  # used once
    use_context(SYSTEM.context())
    told = text("select body->>'account' from audit.access_log where step = 'sign_in.confirmed_at_console'")
    assert list(db.session.execute(told).scalars()) == [str(admin.account_id)]


def test_security_17_break_glass_erasure_and_exports_of_persons_will_ask_too(app: Flask) -> None:
    grave = re.compile(r"break.?glass|erase|erasure|purge|export_(students|staff|accounts)|release_code|reset_factor")
    found = {rule.endpoint for rule in app.url_map.iter_rules() if grave.search(rule.endpoint)}
    assert {"directory.export_students", "identity.export_accounts", "identity.release_code"} <= found
    assert {name for name in found if not getattr(app.view_functions[name], "fresh", False)} == set()


def test_security_18_people_see_and_end_their_own_sessions_and_it_is_in_the_trail(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    player = cast["principal"]
    sign_in(client, player)
    elsewhere = sign_in(app.test_client(), player)
    foreign = sign_in(app.test_client(), cast["evaluator"])
    rows = lookup.sessions_of(player.account_id)
    assert len(rows) == 2
    other = next(r for r in rows if sessions.hash_of(token_of(elsewhere)) == _hash(r.id))
    assert foreign.post(f"/me/sessions/{other.ref}/end").status_code == 404
    assert elsewhere.get("/me").status_code == 200
    assert client.post(f"/me/sessions/{other.ref}/end").status_code == 303
    assert elsewhere.get("/me").status_code == 303
    assert client.get("/me").status_code == 200
    assert _told("sign_in.ended_by_owner", player) == 1


def _hash(session_id: Any) -> bytes:
    return bytes(
        db.session.execute(select(SignInSession.token_hash).where(SignInSession.id == session_id)).scalar_one()
    )


def _told(step: str, player: Player) -> int:
    """Entries of this step by this person, as the system sees them."""
    use_context(SYSTEM.context())
    wanted = text("select count(*) from audit.access_log where step = :s and person_id = :p")
    return int(db.session.execute(wanted, {"s": step, "p": player.person_id}).scalar_one())


def test_security_18_an_administrator_ends_all_sessions_of_an_account(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    victim = sign_in(app.test_client(), cast["principal"])
    sign_in(client, cast["security_admin"])
    assert client.post(f"/accounts/{cast['principal'].account_ref}/end-sessions").status_code == 303
    assert victim.get("/me").status_code == 303
    assert _told("account.end_sessions", cast["security_admin"]) == 1


def test_security_19_an_unsafe_request_needs_its_token_and_its_origin(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["principal"])
    ended = "/me/sessions/end-others"
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    assert client.post(ended).status_code == 400
    with_token(client)
    assert client.post(ended, headers={"Origin": "https://evil.example"}).status_code == 400
    assert client.post(ended, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert (
        client.post(ended, headers={"Sec-Fetch-Site": "same-origin", "Origin": "https://localhost"}).status_code == 303
    )


def test_security_19_every_post_of_this_feature_refuses_without_a_token(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["sys_admin"])
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint.split(".")[0] in ("identity", "audit", "drafts"):
            address = re.sub(r"<any[^>]*>", "disable", rule.rule)
            address = re.sub(r"<int:\w+>", "1", address)
            answer = client.post(re.sub(r"<[^>]*>", "0123456789abcdef", address))
            assert (rule.rule, answer.status_code) == (rule.rule, 400)


def _digest() -> str:
    tables = db.session.execute(
        text(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' order by 1"
        )
    ).scalars()
    parts = [
        str(db.session.execute(text(f"select md5(string_agg(t::text, '|' order by t::text)) from {name} t")).scalar())
        for name in tables.all()
    ]
    parts.append(str(db.session.execute(text("select seq from audit.head()")).scalar()))
    return "".join(parts)


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("sys_admin", "/accounts"), ("sys_admin", "/system"), ("sys_admin", "/me"), ("sys_admin", "/me/password"),
        ("sys_admin", "/me/phone"), ("sys_admin", "/me/unsent"), ("sys_admin", "/sign-in/again"),
        ("security_admin", "/role-requests"), ("security_admin", "/roles"), ("auditor", "/audit/entries"),
        ("auditor", "/audit/chain"), ("auditor", "/audit/unusual"), ("auditor", "/audit/entries/1"),
        ("principal", "/drafts/anything"), (None, "/sign-in"), (None, "/sign-in/forgotten"),
    ],
)  # fmt: skip
def test_security_19_a_get_never_changes_the_database(
    role: str | None, address: str, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    if role:
        sign_in(client, cast[role])
    before = _digest()
    assert client.get(address).status_code in (200, 303)
    assert _digest() == before


def test_security_20_a_fourth_session_ends_the_oldest_and_its_owner_is_told(app: Flask, cast: Cast, clock: Any) -> None:
    player, browsers = cast["principal"], []
    for _ in range(4):
        clock.advance(seconds=60)
        browsers.append(app.test_client())
        assert sign_in_at_the_door(browsers[-1], player).status_code == 303
    assert [b.get("/me").status_code for b in browsers] == [303, 200, 200, 200]
    assert "最多同时登录 3 处" in browsers[0].get("/sign-in").text
    posted = db.session.scalars(select(OutboxRow.data).where(OutboxRow.kind == "account_notice")).all()
    assert [p for p in posted if p["what"] == "session_ended"] == [
        {"person": str(player.person_id), "what": "session_ended"}
    ]


def test_drafts_are_sealed_and_come_back(app: Flask, client: FlaskClient, cast: Cast, clock: Any) -> None:
    sign_in(client, cast["principal"])
    typed = {"note": ["目标 472 低于最小有效改进"], "password": ["geheim"], "empty": [""]}
    saved = client.post("/drafts/plan:abc", json=typed)
    assert saved.status_code == 200 and re.fullmatch(r"\d\d:\d\d", saved.json["saved_at"])
    use_context(SYSTEM.context())
    kept = db.session.execute(text("select sealed from drafts")).scalars().all()
    assert len(kept) == 1 and b"472" not in bytes(kept[0])
    assert client.get("/drafts/plan:abc").json["fields"] == {"note": typed["note"], "empty": [""]}
    assert sign_in(app.test_client(), cast["evaluator"]).get("/drafts/plan:abc").json["fields"] is None
    clock.advance(days=7, minutes=1)
    sign_in(client, cast["principal"])
    assert client.get("/drafts/plan:abc").json["fields"] is None


@pytest.mark.parametrize("body", [{"note": "text"}, ["a"], {"note": [1]}, "x", {"note": [{"a": 1}]}])
def test_a_draft_of_another_shape_is_refused(body: Any, app: Flask, client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast["principal"])
    assert client.post("/drafts/plan:abc", json=body).status_code == 400
    assert db.session.scalar(select(func.count()).select_from(text("drafts"))) == 0


def test_a_draft_over_256_kb_is_refused(app: Flask, client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast["principal"])
    assert client.post("/drafts/plan:abc", json={"note": ["长" * 100_000]}).status_code == 413
