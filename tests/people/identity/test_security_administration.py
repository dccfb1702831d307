"""Security requirements 21, 24, 27, 30, 56, 57, 64 and 67: what administrators may, may not, and are told."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import NotAllowed, NotFound, Stale, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ADMINISTRATORS, ROLES
from app.people.directory.models import Person, RoleAssignment, RoleRequest
from app.people.identity import operations, state_of_system
from app.people.identity.models import Account
from app.people.identity.operations import EndOfRole, NewAccount, WithReason
from tests.cast import SINCE, Cast, Player, sign_in
from tests.people.identity.races import race

REASON = "本人已调离原岗位，按申请办理"


def ask_for_role(cast: Cast, who: str, role: str, by: str = "office_director") -> RoleRequest:
    """A unit's request, waiting for the security administrator."""
    player, unit = cast[who], cast[who].unit
    wish = RoleRequest(
        county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id, person_id=player.person_id,
        role=role, from_on=core_clock.today(), requested_by=cast[by].person_id,
    )  # fmt: skip
    with trail.act(SYSTEM, "system", "test.ask"):
        db.session.add(wish)
    return wish


def test_security_21_no_request_acts_as_the_system(app: Flask, client: FlaskClient, cast: Cast) -> None:
    for player in cast.players.values():
        actor = cast.actor(player.key)
        assert not actor.system and not actor.context().system
    assert "system" not in ROLES
    assert SYSTEM.context().system and SYSTEM.account_id is None


@pytest.mark.parametrize("address", ["/accounts/{}", "/accounts/{}/disable", "/roles/{}/end", "/role-requests/{}"])
def test_security_24_a_foreign_record_and_none_are_one_answer_and_the_try_is_told(
    address: str, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    foreign = cast["other_principal"]
    refs = {"/accounts/{}": foreign.account_ref, "/accounts/{}/disable": foreign.account_ref}
    held = db.session.get_one(RoleAssignment, foreign.assignment_id).ref
    wish = ask_for_role(cast, "other_dept_head", "evaluator", "other_office_director").ref
    refs |= {"/roles/{}/end": held, "/role-requests/{}": wish}
    sign_in(client, cast["security_admin"])
    there = client.get(address.format(refs[address]))
    absent = client.get(address.format("0123456789abcdef"))
    clean = lambda answer: re.sub(r'csrf_token" value="[^"]*|X-CSRFToken": "[^"]*|[0-9a-f]{16}', "", answer.text)  # noqa: E731
    assert (there.status_code, absent.status_code) == (404, 404)
    assert clean(there) == clean(absent)
    use_context(SYSTEM.context())
    told = text("select body->>'ref' from audit.access_log where kind = 'denial' and person_id = :p")
    tried = db.session.execute(told, {"p": cast["security_admin"].person_id}).scalars().all()
    assert {refs[address], "0123456789abcdef"} <= set(tried)


def test_security_24_pages_of_another_role_do_not_exist(app: Flask, client: FlaskClient, cast: Cast) -> None:
    pages = ("/accounts", "/roles", "/role-requests", "/system", "/audit/entries", "/audit/chain", "/audit/unusual")
    opens = {
        "sys_admin": {"/accounts", "/system"},
        "security_admin": {"/accounts", "/roles", "/role-requests"},
        "auditor": {"/audit/entries", "/audit/chain", "/audit/unusual"},
    }
    for role in ("sys_admin", "security_admin", "auditor", "principal", "leading_group_head", "homeroom_teacher"):
        browser = sign_in(app.test_client(), cast[role])
        seen = {page for page in pages if browser.get(page).status_code == 200}
        assert (role, seen) == (role, opens.get(role, set()))
        assert {browser.get(page).status_code for page in pages if page not in seen} == {404}


def test_security_27_nothing_but_the_forms_own_fields_is_taken(app: Flask, client: FlaskClient, cast: Cast) -> None:
    with trail.act(SYSTEM, "system", "test.person"):
        county = cast.county
        newcomer = Person(
            county_id=county.id, unit_id=county.id, staff_no="T0999", name="曾小满", pinyin="zeng xiao man|zxm"
        )
        db.session.add(newcomer)
    sign_in(client, cast["sys_admin"])
    extra = {
        "county_id": str(cast.other_county.id), "person_id": str(cast["sys_admin"].person_id), "epoch": "99",
        "password_hash": "x", "disabled_at": "2020-01-01", "totp_last_step": "99", "id": "1", "version": "99",
    }  # fmt: skip
    answer = client.post(f"/accounts/new/{newcomer.ref}", data={"name": "zengxiaoman", **extra})
    assert answer.status_code == 422 and "password_hash" in answer.text and 'value="zengxiaoman"' in answer.text
    assert db.session.scalars(select(Account).where(Account.name == "zengxiaoman")).first() is None
    answer = client.post(f"/accounts/new/{newcomer.ref}", data={"name": "zengxiaoman", "version": "99"})
    assert answer.status_code == 303
    made = db.session.scalars(select(Account).where(Account.name == "zengxiaoman")).one()
    assert (made.county_id, made.person_id, made.epoch, made.version) == (cast.county.id, newcomer.id, 1, 1)
    assert (made.password_hash, made.disabled_at, made.totp_last_step) == ("", None, 0)


@pytest.mark.parametrize("held", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("wanted", [*sorted(ADMINISTRATORS), "evaluator"])
def test_security_30_nobody_holds_an_administrators_role_and_another(
    held: str, wanted: str, app: Flask, cast: Cast
) -> None:
    wish = ask_for_role(cast, held, wanted)
    by = cast.actor("security_admin_2")
    if wanted == held:
        return
    with pytest.raises(StepRefused) as refused:
        operations.grant_role(by, wish)
    assert refused.value.sentences == (operations.APART,)


def test_security_30_the_database_keeps_two_administrators_roles_apart_too(app: Flask, cast: Cast) -> None:
    player = cast["sys_admin"]
    with pytest.raises(IntegrityError, match="uq_role_assignments_administrator"), trail.act(SYSTEM, "system", "test"):
        db.session.add(
            RoleAssignment(
                county_id=cast.county.id,
                unit_id=cast.county.id,
                person_id=player.person_id,
                role="auditor",
                from_on=SINCE,
            )
        )


def test_security_30_two_requests_at_once_give_one_administrators_role(committed: Flask, cast: Cast) -> None:
    wishes = [ask_for_role(cast, "guidance_member", role).id for role in ("sys_admin", "auditor")]
    with trail.act(SYSTEM, "system", "test.free"):
        over = core_clock.today() - timedelta(days=1)
        db.session.execute(
            update(RoleAssignment).where(RoleAssignment.id == cast["guidance_member"].assignment_id).values(to_on=over)
        )
    by = cast.actor("security_admin")

    def grant(number: int) -> Any:
        return operations.grant_role(by, db.session.get_one(RoleRequest, wishes[number])).role

    met = race(committed, 2, grant)
    assert sorted(isinstance(one, StepRefused) for one in met) == [False, True]


def test_security_30_the_three_read_no_business_data() -> None:
    allowed = (
        "api.approve",
        "api.end",
        "api.view",
        "identity.",
        "audit.",
        "people.view_units",
        "people.manage_",
        "people.view_staff",
        "people.import_staff",
        "casework.set_workdays",
        "access.view_identity",
        "access.view_openings",
        "rights.view_requests",
    )  # registers of openings and of requests: no child, no reason, no words; fmt: skip
    for name in ADMINISTRATORS:
        assert not ROLES[name].county_wide
        assert {right for right in ROLES[name].grants if not right.startswith(allowed)} == set()
        assert "people" not in ROLES[name].data_classes


def test_security_30_nobody_works_on_an_account_or_role_of_ones_own(app: Flask, cast: Cast) -> None:
    me, actor = cast["security_admin"], cast.actor("security_admin")
    own = db.session.get_one(Account, me.account_id)
    for deed in (operations.disable_account, operations.reset_factor):
        with pytest.raises(StepRefused) as refused:
            deed(actor, own, WithReason(REASON))
        assert refused.value.sentences == (operations.NOT_YOURSELF,)
    with pytest.raises(StepRefused):
        operations.end_role(actor, db.session.get_one(RoleAssignment, me.assignment_id), EndOfRole(REASON))
    with pytest.raises(StepRefused):
        operations.grant_role(actor, ask_for_role(cast, "evaluator", "office_director", "security_admin"))


@pytest.mark.parametrize(
    ("key", "refused"),
    [("sys_admin", NotAllowed), ("auditor", NotFound), ("office_director", NotAllowed), ("principal", NotFound)],
)
def test_security_30_only_the_security_administrator_grants(
    key: str, refused: type[Exception], app: Flask, cast: Cast
) -> None:
    """Those who may write nothing about staff of the unit do not reach the row; the others lack the right."""
    wish = ask_for_role(cast, "dept_officer", "dept_head", "health_head")
    with pytest.raises(refused):
        operations.grant_role(cast.actor(key), wish)
    with pytest.raises(refused):
        held = db.session.get_one(RoleAssignment, cast["evaluator"].assignment_id)
        operations.end_role(cast.actor(key), held, EndOfRole(REASON))


def test_a_granted_role_runs_and_a_declined_one_does_not(app: Flask, client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast["security_admin"])
    first, second = ask_for_role(cast, "dept_officer", "dept_head"), ask_for_role(cast, "evaluator", "guidance_member")
    assert client.post(f"/role-requests/{first.ref}/grant").status_code == 303
    assert client.post(f"/role-requests/{first.ref}/grant").status_code == 409
    short = client.post(f"/role-requests/{second.ref}/decline", data={"reason": "不行"})
    assert (short.status_code, "至少 10 个字" in short.text) == (422, True)
    assert client.post(f"/role-requests/{second.ref}/decline", data={"reason": REASON}).status_code == 303
    roles = select(RoleAssignment.role).where(RoleAssignment.person_id == cast["dept_officer"].person_id)
    assert set(db.session.scalars(roles)) == {"dept_officer", "dept_head"}
    posted = db.session.scalars(select(OutboxRow.data).where(OutboxRow.kind == "account_notice")).all()
    assert {"person": str(cast["dept_officer"].person_id), "what": "role_granted"} in posted


def test_security_57_a_fault_shows_a_code_and_nothing_else(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("select secret from vault at /srv/bihuan/app.py line 7")

    sign_in(client, cast["sys_admin"])
    monkeypatch.setattr(state_of_system, "system_state", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/system")
    assert answer.status_code == 500
    assert re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", answer.text)
    for word in ("select", "vault", "/srv", "RuntimeError", "Traceback", "line 7"):
        assert word not in answer.text


def test_security_64_a_stale_page_changes_nothing(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player = cast["evaluator"]
    sign_in(client, cast["sys_admin"])
    with trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(update(Account).where(Account.id == player.account_id).values(version=Account.version + 1))
    answer = client.post(f"/accounts/{player.account_ref}/disable", data={"reason": REASON, "version": "1"})
    assert answer.status_code == 409
    assert REASON in answer.text
    assert db.session.scalar(select(Account.disabled_at).where(Account.id == player.account_id)) is None


def test_security_64_of_two_deeds_on_one_version_one_is_taken(committed: Flask, cast: Cast) -> None:
    account_id, by = cast["evaluator"].account_id, cast.actor("sys_admin")

    def disable(_: int) -> None:
        operations.disable_account(by, db.session.get_one(Account, account_id), WithReason(REASON, version=1))

    met = race(committed, 4, disable)
    assert sum(one is None for one in met) == 1
    assert all(one is None or isinstance(one, Stale) for one in met)


def _end_other(cast: Cast, me: str, other: str) -> Any:
    held = db.session.get_one(RoleAssignment, cast[other].assignment_id)
    return operations.end_role(cast.actor(me), held, EndOfRole(REASON))


def test_security_67_two_security_administrators_cannot_end_each_other(committed: Flask, cast: Cast) -> None:
    pair = ("security_admin", "security_admin_2")
    met = race(committed, 2, lambda number: _end_other(cast, pair[number], pair[1 - number]))
    assert sum(one is None for one in met) == 1
    refused = next(one for one in met if one is not None)
    assert isinstance(refused, StepRefused) and refused.sentences == (operations.LAST_ONE,)


def test_security_67_the_last_security_administrator_cannot_remove_himself(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    _end_other(cast, "security_admin", "security_admin_2")
    sign_in(client, cast["security_admin"])
    held = db.session.get_one(RoleAssignment, cast["security_admin"].assignment_id)
    answer = client.post(f"/roles/{held.ref}/end", data={"reason": REASON, "version": str(held.version)})
    assert answer.status_code == 409
    assert "本县最后一位安全管理员" in answer.text
    assert REASON in answer.text
    disabled = sign_in(app.test_client(), cast["sys_admin"]).post(
        f"/accounts/{cast['security_admin'].account_ref}/disable", data={"reason": REASON, "version": "1"}
    )
    assert disabled.status_code == 409


def test_the_sentence_of_the_last_administrator_is_there_in_english(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    _end_other(cast, "security_admin", "security_admin_2")
    sign_in(client, cast["security_admin"])
    client.post("/language", data={"language": "en"})
    held = db.session.get_one(RoleAssignment, cast["security_admin"].assignment_id)
    answer = client.post(f"/roles/{held.ref}/end", data={"reason": REASON})
    assert "last security administrator" in answer.text


def test_the_first_administrators_come_from_the_command_line_only(app: Flask, cast: Cast) -> None:
    person = db.session.get_one(Person, cast["guidance_member"].person_id)
    with pytest.raises(StepRefused):
        operations.give_first_role(SYSTEM, person, "security_admin")
    with pytest.raises(NotAllowed):
        operations.give_first_role(cast.actor("security_admin"), person, "auditor")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ab", "3 到 40"),
        ("中文账号", "3 到 40"),
        ("a b c", "3 到 40"),
        ("principal", "已有人用"),
        ("", "请填写账号"),
        ("x" * 41, "40"),
    ],
)
def test_a_bad_account_name_is_refused_and_stays_in_the_form(
    name: str, told: str, app: Flask, client: FlaskClient, cast: Cast
) -> None:
    with trail.act(SYSTEM, "system", "test.person"):
        county = cast.county
        newcomer = Person(
            county_id=county.id, unit_id=county.id, staff_no="T0999", name="曾小满", pinyin="zeng xiao man|zxm"
        )
        db.session.add(newcomer)
    sign_in(client, cast["sys_admin"])
    assert 'value="zengxiaoman"' in client.get(f"/accounts/new/{newcomer.ref}").text
    answer = client.post(f"/accounts/new/{newcomer.ref}", data={"name": name})
    assert answer.status_code == 422
    assert told in answer.text and f'value="{name}"' in answer.text


def test_the_list_of_accounts_is_filtered_and_paged(app: Flask, client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast["sys_admin"])
    seen: list[str] = []
    address = "/accounts"
    for _ in range(5):
        page = client.get(address).text
        seen += re.findall(r'class="t-title"><a href="/accounts/([0-9a-f]{16})"', page)
        following = re.search(r'href="([^"]*after=[^"]*)" rel="next"', page)
        if following is None:
            break
        address = following[1].replace("&amp;", "&")
    own = {p.account_ref for p in cast.players.values() if p.unit.county_id == cast.county.id}
    assert len(seen) == len(set(seen)) and set(seen) == own
    assert "陈若澜" in client.get("/accounts?q=crl").text
    assert "陈若澜" not in client.get("/accounts?role=principal").text
    assert "没有符合条件的人" in client.get("/accounts?state=disabled").text


def account_of(player: Player) -> Account:
    """The account of a player as a record."""
    return db.session.get_one(Account, player.account_id)


def test_an_account_is_disabled_and_enabled_again(app: Flask, client: FlaskClient, cast: Cast) -> None:
    player = cast["evaluator"]
    sign_in(client, cast["sys_admin"])
    page = client.get(f"/accounts/{player.account_ref}/disable").text
    assert "停用周砚宁的账号？" in page
    for deed in ("disable", "enable"):
        version = db.session.scalar(select(Account.version).where(Account.id == player.account_id))
        answer = client.post(f"/accounts/{player.account_ref}/{deed}", data={"reason": REASON, "version": str(version)})
        assert answer.location == f"/accounts/{player.account_ref}"
        disabled = db.session.scalar(select(Account.disabled_at).where(Account.id == player.account_id))
        assert (disabled is not None) == (deed == "disable")


def test_a_person_who_left_gets_no_account(app: Flask, cast: Cast) -> None:
    with trail.act(SYSTEM, "system", "test.person"):
        county = cast.county
        gone = Person(
            county_id=county.id, unit_id=county.id, staff_no="T0998", name="曾小满", pinyin="zeng|z", left_on=SINCE
        )
        db.session.add(gone)
    with pytest.raises(StepRefused):
        operations.open_account(cast.actor("sys_admin"), gone, NewAccount("zengxiaoman"))
