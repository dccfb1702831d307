"""flask account: list, open, release, totp, tidy."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import limits
from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Person, RoleAssignment, Unit
from app.people.identity import factors
from app.people.identity.commands import account
from app.people.identity.models import Account
from tests.cast import Cast, code, with_token


def run(app: Flask, *words: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    result = app.test_cli_runner().invoke(account, list(words))
    return result.exit_code, result.output


def test_list_names_every_account_with_its_roles(committed: Flask, cast: Cast) -> None:
    status, said = run(committed, "list")
    assert status == 0
    assert "principal\t沈砚秋\tprincipal@双桥中学\tactive" in said
    assert len(said.splitlines()) == len(cast.players)


def test_totp_prints_a_code_that_works_now(committed: Flask, cast: Cast) -> None:
    status, said = run(committed, "totp", "principal")
    assert (status, said.split()[0]) == (0, code(cast["principal"]))
    with trail.act(SYSTEM, "sign_in", "sign_in.code"):
        assert factors.use_up(cast["principal"].account_id, factors.present_step())
    assert run(committed, "totp", "principal")[1].split()[0] == code(cast["principal"], 1)
    assert run(committed, "totp", "nobody")[0] == 1


def test_totp_is_refused_in_production(committed: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = replace(committed.extensions["bihuan.settings"], environment="production")
    monkeypatch.setitem(committed.extensions, "bihuan.settings", strict)
    status, said = run(committed, "totp", "principal")
    assert (status, "Refused in production" in said) == (1, True)
    assert not re.search(r"\d{6}", said)


def test_the_first_administrator_of_a_new_county_comes_in_by_the_command_line(committed: Flask) -> None:
    with trail.act(SYSTEM, "system", "test.county"):
        bureau = Unit(kind="county_bureau", code="330999", name="青禾县教育局", short_name="青禾县")
        db.session.add(bureau)
        db.session.flush()
        bureau.county_id = bureau.id
        db.session.add(
            Person(county_id=bureau.id, unit_id=bureau.id, staff_no="Q1", name="钟离安", pinyin="zhong li an|zla")
        )
    status, said = run(committed, "open", "zhonglian", "--staff-no", "Q1", "--role", "security_admin")
    assert status == 0, said
    assert db.session.scalars(select(RoleAssignment.role)).all() == ["security_admin"]
    browser = with_token(committed.test_client())
    browser.post("/sign-in/forgotten", data={"name": "zhonglian"})
    number = re.search(r"(\d{3}) (\d{3})</b>", browser.get("/sign-in/new-password").text)
    assert number is not None
    assert run(committed, "release", "zhonglian", "000")[0] == 1
    status, given = run(committed, "release", "zhonglian", number[1] + number[2])
    assert status == 0
    new = "青禾的第1场雪下在山那边"
    data = {"code": given.strip(), "new_password": new, "again": new}
    assert with_token(browser).post("/sign-in/new-password", data=data).location == "/sign-in"
    assert with_token(browser).post("/sign-in", data={"name": "zhonglian", "password": new}).status_code == 303
    assert "绑定验证器" in browser.get("/sign-in/code").text
    assert run(committed, "open", "zhonglian2", "--staff-no", "Q1")[0] == 1
    assert run(committed, "open", "zhonglian3", "--staff-no", "Q2")[0] == 1


def test_tidy_removes_what_is_over(committed: Flask, cast: Cast) -> None:
    limits.take(limits.ACCOUNT, "old")
    db.session.execute(text("update attempts set since = since - interval '2 days'"))
    db.session.commit()
    status, said = run(committed, "tidy")
    assert (status, said.split()[0]) == (0, "attempts=1")
    assert db.session.scalars(select(Account.name)).first() is not None
