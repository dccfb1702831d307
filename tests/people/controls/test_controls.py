"""Security requirement 88, second half: evidence of controls comes from what runs, is kept, and nobody types any of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.core import backups, clock
from app.core.audit import trail
from app.core.audit.operations import keep
from app.core.audit.verification import Verdict
from app.core.database import db, use_context
from app.core.errors import NotAllowed, StepRefused
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.people.controls import operations, queries
from app.people.controls.measures import machine
from app.people.controls.models import ControlReport, digest_of
from app.people.controls.operations import ControlsPlace
from app.people.controls.register import BAD, MEASURES, OK, UNKNOWN, Found, Look, register
from app.people.identity.models import Account
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.usefixtures("app")
BASE = "https://localhost"


def look_at(app: Flask, cast: Cast, **settings: Any) -> Look:
    """What the worker would look at now, with some settings changed."""
    use_context(SYSTEM.context())
    given = replace(app.extensions["bihuan.settings"], **settings)
    return Look(given, cast.county.id, clock.now(), clock.machine_now(), register().limits)


def measured(app: Flask, cast: Cast, code: str, **settings: Any) -> Found:
    return MEASURES[code](look_at(app, cast, **settings))


def report(cast: Cast) -> ControlReport:
    """One that was asked for and measured by the worker."""
    made = operations.ask_for_report(cast.actor("security_admin"), ControlsPlace(cast.county.id), None)
    drain()
    use_context(SYSTEM.context())
    db.session.refresh(made)
    return made


def by_hand(sql: str, **given: Any) -> None:
    """What the database itself says to the application's own role, inside an act."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.by_hand"), db.session.begin_nested():
        db.session.execute(text(sql), given)


def test_security_88_every_line_of_the_register_is_measured_and_nothing_else_is(app: Flask) -> None:
    lines = [one.code for family in register().families for one in family.controls]
    assert len(lines) == len(set(lines)) and set(lines) == set(MEASURES)
    for family in register().families:
        assert set(family.clauses) <= {"2", "3"} and all(re.fullmatch(r"[78]\.1\.\d+(\.\d+)?", one)
                                                         for one in family.clauses.values())  # fmt: skip


def test_security_88_the_worker_measures_what_a_person_asked_for_and_keeps_it_under_its_digest(cast: Cast) -> None:
    made = report(cast)
    assert made.content is not None and made.is_unchanged and made.level == "3"
    lines = [line for family in made.content["families"] for line in family["controls"]]
    assert len(lines) == len(MEASURES) and {line["state"] for line in lines} <= {OK, BAD, UNKNOWN}
    assert all(line["said_zh"] and line["said_en"] for line in lines)
    assert sum(made.content["counts"].values()) == len(lines)
    by_code = {line["code"]: line["state"] for line in lines}
    assert by_code["walls"] == by_code["app_role"] == by_code["trail_grows"] == OK
    assert by_code["trusted_boot"] == by_code["process_logs"] == UNKNOWN


def test_security_88_the_level_of_the_settings_decides_which_lines_are_asked(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = replace(app.extensions["bihuan.settings"], protection_level="2")
    monkeypatch.setitem(app.extensions, "bihuan.settings", second)
    made = report(cast)
    assert made.content is not None
    assert {family["code"] for family in made.content["families"]} == {
        one.code for one in register().families if one.code != "confidentiality"
    }
    assert all(family["clause"].startswith("7.") for family in made.content["families"])


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("sessions", {"idle_minutes": 240}),
        ("sessions", {"idle_minutes_powerful": 60}),
        ("sizes", {"request_mb": 5000}),
        ("browser_way", {"tls_proxy": False}),
        ("server_ways", {"database_url": "postgresql://app@db.example.cn/bihuan"}),
        ("scanner", {"scanner": "clamd", "clamd_address": "/nowhere/clamd.ctl"}),
        ("master_key", {"master_key_file": Path("/nowhere/master.key")}),
        ("trail_anchored", {"anchor_files": (Path("/nowhere/chain.txt"),)}),
    ],
)
def test_security_88_a_setting_that_weakens_the_protection_shows_at_the_next_measuring(
    code: str, changed: dict[str, Any], app: Flask, cast: Cast
) -> None:
    assert measured(app, cast, code, **changed).state == BAD


def test_security_88_settings_that_hold_are_found_to_hold(app: Flask, cast: Cast) -> None:
    held = {"tls_proxy": True, "public_url": "https://b.example.cn", "content_url": "https://f.example.cn"}
    assert measured(app, cast, "browser_way", **held).state == OK
    for code in ("sessions", "sizes", "headers", "passwords", "attempts", "bill", "constraints", "sealed_columns"):
        assert measured(app, cast, code).state == OK, code


def test_security_88_accounts_are_counted_as_they_are(app: Flask, cast: Cast) -> None:
    assert measured(app, cast, "own_account").state == OK
    before = measured(app, cast, "second_factor")
    with trail.act(SYSTEM, "system", "test.unbound"):
        account = cast["evaluator"].account_id
        db.session.execute(update(Account).where(Account.id == account).values(totp_confirmed_at=None))
    after = measured(app, cast, "second_factor")
    assert (before.state, after.state) == (OK, BAD) and before.said != after.said
    assert measured(app, cast, "idle_accounts").state == OK
    with trail.act(SYSTEM, "system", "test.roleless"):
        gone = {"day": clock.today() - timedelta(days=1), "who": cast["evaluator"].person_id}
        db.session.execute(text("update role_assignments set to_on = :day where person_id = :who"), gone)
    assert measured(app, cast, "idle_accounts").state == BAD


def test_security_88_the_three_posts_are_filled_by_three_persons(app: Flask, cast: Cast) -> None:
    assert measured(app, cast, "three_admins").state == OK
    with trail.act(SYSTEM, "system", "test.vacant"):
        db.session.execute(
            text("update role_assignments set to_on = :day where role = 'auditor' and county_id = :county"),
            {"day": clock.today() - timedelta(days=1), "county": cast.county.id},
        )
    assert measured(app, cast, "three_admins").state == BAD


def test_security_88_the_trail_has_to_be_verified_in_time_and_to_be_whole(app: Flask, cast: Cast) -> None:
    assert measured(app, cast, "trail_verified").state == BAD
    keep(Verdict(10, 10, b"x" * 32, None))
    assert measured(app, cast, "trail_verified").state == OK
    late = look_at(app, cast)
    assert MEASURES["trail_verified"](replace(late, now=late.now + timedelta(hours=37))).state == BAD


def test_security_88_backups_count_when_they_were_made_and_when_one_was_opened(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    assert measured(app, cast, "backed_up", backups=tmp_path).state == BAD
    assert measured(app, cast, "restored", backups=tmp_path).state == BAD
    (tmp_path / f"bihuan-1{backups.ENDING}").write_bytes(b"x")
    (tmp_path / backups.OPENED).touch()
    assert measured(app, cast, "backed_up", backups=tmp_path).state == OK
    assert measured(app, cast, "restored", backups=tmp_path).state == OK
    later = look_at(app, cast, backups=tmp_path)
    later = replace(later, machine=later.machine + timedelta(days=101))
    assert {MEASURES[code](later).state for code in ("backed_up", "restored")} == {BAD}


@pytest.mark.parametrize(
    ("days", "sound", "asked", "state"),
    [(1, True, True, OK), (1, False, True, BAD), (1, True, False, UNKNOWN), (30, True, True, BAD)],  # fmt: skip
)
def test_security_88_the_last_scan_counts_with_its_day_and_what_it_could_not_ask(
    days: int, sound: bool, asked: bool, state: str, app: Flask, cast: Cast, tmp_path: Path, monkeypatch: Any
) -> None:
    file = tmp_path / "verdicts.json"
    monkeypatch.setattr(machine, "SCANNED", file)
    assert measured(app, cast, "known_holes").state == UNKNOWN
    at = (clock.machine_now() - timedelta(days=days)).isoformat()
    file.write_text(
        json.dumps({"at": at, "verdicts": [{"sound": True, "asked": True}, {"sound": sound, "asked": asked}]})
    )
    assert measured(app, cast, "known_holes").state == state


def test_security_88_a_fault_of_the_machine_is_an_answer_and_spoils_no_other_line(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(look: Look) -> Found:
        raise PermissionError("no")

    monkeypatch.setitem(MEASURES, "disk", away)
    made = report(cast)
    assert made.content is not None
    lines = {line["code"]: line for family in made.content["families"] for line in family["controls"]}
    assert (lines["disk"]["state"], "PermissionError" in lines["disk"]["said_zh"]) == (UNKNOWN, True)


@pytest.mark.parametrize(
    "sql",
    [
        "update control_reports set content = '{}' where id = :id",
        "update control_reports set level = '2' where id = :id",
        "delete from control_reports where id = :id",
        "update compliance_prints set content_sha256 = repeat('0', 64) where ref = (select ref from control_reports where id = :id)",
    ],
)
def test_security_88_what_was_measured_is_neither_changed_nor_deleted_by_sql(sql: str, cast: Cast) -> None:
    made = report(cast)
    with pytest.raises(DBAPIError):
        by_hand(sql, id=made.id)


def test_security_88_only_the_security_administrator_and_the_auditor_ask_and_read(app: Flask, cast: Cast) -> None:
    made = report(cast)
    for key in ("sys_admin", "dpo", "leading_group_head", "principal"):
        use_context(cast.actor(key).context())
        assert db.session.scalars(select(ControlReport)).all() == [], key
        with pytest.raises(NotAllowed):
            operations.ask_for_report(cast.actor(key), ControlsPlace(cast.county.id), None)
    use_context(cast.actor("auditor").context())
    assert [one.id for one in queries.reports(cast.actor("auditor"))] == [made.id]


def test_security_88_nobody_asks_twice_while_the_worker_measures(cast: Cast) -> None:
    place = ControlsPlace(cast.county.id)
    operations.ask_for_report(cast.actor("security_admin"), place, None)
    with pytest.raises(StepRefused) as refused:
        operations.ask_for_report(cast.actor("auditor"), place, None)
    assert refused.value.sentences == (operations.WAITING,)


def test_security_88_the_report_is_read_printed_and_checked_by_its_pages(app: Flask, cast: Cast) -> None:
    client = sign_in(app.test_client(), cast["security_admin"])
    assert "还没有测量过" in client.get("/audit/controls", base_url=BASE).text
    assert client.post("/audit/controls", base_url=BASE).status_code == 303
    assert "正在测量" in client.get("/audit/controls", base_url=BASE).text
    drain()
    use_context(SYSTEM.context())
    made = db.session.scalars(select(ControlReport)).one()
    db.session.refresh(made)
    digest = made.content_sha256 or "-"
    shown = client.get(made.address, base_url=BASE).text
    assert digest in shown and "两种鉴别" not in shown and "密码之外还有动态验证码" in shown
    paper = client.get(f"{made.address}/report.pdf", base_url=BASE)
    assert paper.data.startswith(b"%PDF") and "attachment" in paper.headers["Content-Disposition"]
    book = client.get(f"{made.address}/report.xlsx", base_url=BASE)
    assert book.data.startswith(b"PK")
    checked = app.test_client().get(f"/verify/compliance/{made.ref}?sha256={digest}", base_url=BASE)
    assert checked.status_code == 200 and "一致" in checked.text and "验证器" not in checked.text
    assert app.test_client().get("/verify/compliance/" + "0" * 16, base_url=BASE).status_code == 404


def test_security_88_no_name_of_a_person_stands_in_a_report(cast: Cast) -> None:
    made = report(cast)
    text_of_it = json.dumps(made.content, ensure_ascii=False)
    names = {player.name for player in cast.players.values()}
    assert not [name for name in names if name in text_of_it]
    assert digest_of(made.content or {}) == made.content_sha256
