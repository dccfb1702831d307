"""The auditor's pages: filters, one entry without business text, the other county unseen, the export in the trail."""

import io
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text

from app.core.audit import operations, trail
from app.core.database import db, use_context
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.people.identity.models import Account
from app.people.identity.operations import WithReason, disable_account
from tests.cast import Cast, sign_in, sign_in_at_the_door

REASON = "核对身份后按本人申请办理，原因不入日志"


def rows_of(page: str) -> list[int]:
    """The numbers of the entries on a page."""
    return [int(n) for n in re.findall(r'href="/audit/entries/(\d+)"', page)]


def test_the_trail_is_filtered_by_kind_person_step_and_day(app: Flask, client: FlaskClient, cast: Cast) -> None:
    sign_in_at_the_door(app.test_client(), cast["principal"])
    trail.denied(cast.actor("evaluator"), "view.students", ref="0123456789abcdef")
    sign_in(client, cast["auditor"])
    everything = rows_of(client.get("/audit/entries").text)
    assert everything == sorted(everything, reverse=True)
    signed = client.get("/audit/entries?kind=sign_in&person=沈砚秋").text
    assert len(rows_of(signed)) == 2 and "密码正确，等验证码" in signed
    assert len(rows_of(client.get("/audit/entries?kind=denial&person=zhou").text)) == 1
    assert len(rows_of(client.get("/audit/entries?step=sign_in.code").text)) == 1
    assert rows_of(client.get("/audit/entries?month=2019-01").text) == []
    assert "没有符合条件的日志" in client.get("/audit/entries?month=2019-01").text
    assert rows_of(client.get("/audit/entries?kind=nonsense&month=2019-13&after=x&from=y&record=z").text) == everything


def test_the_trail_has_keyset_pages(app: Flask, client: FlaskClient, cast: Cast) -> None:
    for number in range(60):
        with trail.act(SYSTEM, "step", f"machine.page_{number}"):
            pass
    sign_in(client, cast["auditor"])
    first = client.get("/audit/entries?step=machine.page").text
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&")).text
    assert (len(rows_of(first)), len(rows_of(second))) == (50, 10)
    assert min(rows_of(first)) > max(rows_of(second))


def test_one_entry_shows_what_is_hashed_and_no_business_text(app: Flask, client: FlaskClient, cast: Cast) -> None:
    account = db.session.get_one(Account, cast["evaluator"].account_id)
    disable_account(cast.actor("sys_admin"), account, WithReason(REASON))
    seq = db.session.execute(text("select seq from audit.head()")).scalar_one()
    sign_in(client, cast["auditor"])
    page = client.get(f"/audit/entries/{seq}").text
    assert "停用账号" in page and "罗以宁" in page and str(account.id) in page
    assert REASON not in page and "disabled_at" not in page
    assert client.get("/audit/entries/999999").status_code == 404


def test_the_other_countys_entries_are_not_shown(app: Flask, client: FlaskClient, cast: Cast) -> None:
    trail.denied(cast.actor("other_evaluator"), "view.students", ref="0123456789abcdef")
    seq = db.session.execute(text("select seq from audit.head()")).scalar_one()
    sign_in(client, cast["auditor"])
    assert seq not in rows_of(client.get("/audit/entries").text)
    assert client.get(f"/audit/entries/{seq}").status_code == 404
    other = sign_in(app.test_client(), cast["other_auditor"])
    assert seq in rows_of(other.get("/audit/entries").text)


def test_the_export_needs_a_fresh_code_and_is_in_the_trail(app: Flask, client: FlaskClient, cast: Cast) -> None:
    stale = sign_in(app.test_client(), cast["auditor"], fresh=False)
    asked = stale.get("/audit/entries.xlsx?kind=sign_in")
    assert asked.location == "/sign-in/again?then=/audit/entries.xlsx?kind%3Dsign_in"
    sign_in_at_the_door(app.test_client(), cast["principal"])
    answer = sign_in(client, cast["auditor"]).get("/audit/entries.xlsx?kind=sign_in&person=沈砚秋")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [row[4].value for row in sheet.iter_rows(min_row=2)] == ["沈砚秋", "沈砚秋"]
    use_context(SYSTEM.context())
    wanted = text("select body->>'purpose' from audit.access_log where kind = 'read' and person_id = :p")
    assert db.session.execute(wanted, {"p": cast["auditor"].person_id}).scalars().all() == ["audit.export"]


@pytest.mark.parametrize("address", ["/audit/entries", "/audit/entries/1", "/audit/chain", "/audit/unusual"])
def test_the_trail_is_for_the_auditor_alone(address: str, app: Flask, cast: Cast) -> None:
    for key in ("sys_admin", "security_admin", "office_director", "principal", "dpo"):
        assert sign_in(app.test_client(), cast[key]).get(address).status_code == 404


def test_a_verification_that_was_asked_for_is_carried_out_by_the_worker(committed: Flask, cast: Cast) -> None:
    for place in committed.extensions["bihuan.settings"].anchor_files:
        place.unlink(missing_ok=True)
    browser = sign_in(committed.test_client(), cast["auditor"])
    assert "还没有校验过" in browser.get("/audit/chain").text
    assert browser.post("/audit/chain/verify").status_code == 303
    drain()
    assert "链条完整" in browser.get("/audit/chain").text


def test_a_broken_chain_is_said_first(app: Flask, client: FlaskClient, cast: Cast) -> None:
    from app.core.audit.verification import Finding, Verdict

    operations.keep(Verdict(6, 6, b"", Finding(7, "its text was changed")))
    page = sign_in(client, cast["auditor"]).get("/audit/chain").text
    assert "第 7 条对不上" in page and "its text was changed" in page


def test_where_the_web_server_cannot_read_the_chain_its_page_says_who_can(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.extensions["bihuan.settings"], database_owner_url="")
    monkeypatch.setitem(app.extensions, "bihuan.settings", settings)
    page = sign_in(client, cast["auditor"]).get("/audit/chain").text
    assert "请系统管理员在服务器上执行 flask audit verify" in page and "现在校验" not in page
