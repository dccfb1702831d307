"""Security requirements 75–79: what is counted, limited, watched and written to logs."""

import io
import os
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import EnvironBuilder

from app.core import backups, limits, logs
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.audit.models import Verification
from app.core.database import db, use_context
from app.core.outbox import handlers
from app.core.outbox.deliver import drain
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM, Actor
from app.core.web.trusted_proxy import TrustedProxy
from app.people.identity import state_of_system
from tests.cast import Cast, sign_in, with_token
from tests.cluster import Cluster
from tests.counting import counted_statements


def test_security_75_a_day_with_many_reads_or_refusals_stands_out(app: Flask, client: FlaskClient, cast: Cast) -> None:
    from app.core.audit import queries

    reader, foreign = cast.actor("office_director"), cast.actor("other_evaluator")
    for _ in range(queries.REFUSALS_A_DAY):
        trail.denied(reader, "view.students", ref="0123456789abcdef")
        trail.denied(foreign, "view.students", ref="0123456789abcdef")
    page = sign_in(client, cast["auditor"]).get("/audit/unusual").text
    assert "陈若澜" in page
    assert "谢长风" not in page


def test_security_76_too_many_requests_are_answered_with_429_and_when_to_come_back(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["sys_admin"])
    limits.throttle.reset()
    answers = [client.get("/accounts.xlsx") for _ in range(31)]
    limits.throttle.reset()
    assert [a.status_code for a in answers[:30]] == [200] * 30
    assert (answers[30].status_code, answers[30].headers["Retry-After"]) == (429, "60")


def test_security_76_a_limited_request_asks_the_database_nothing_and_is_one_small_page(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["sys_admin"])
    limits.throttle.reset()
    assert [client.get("/accounts.xlsx").status_code for _ in range(30)] == [200] * 30
    with counted_statements() as seen:
        refused = [client.get("/accounts.xlsx") for _ in range(5)]
    limits.throttle.reset()
    assert [one.status_code for one in refused] == [429] * 5 and seen == [], "not even who it is was looked up"
    for words in ("请等一分钟再试", "Wait a minute and try again"):
        assert words in refused[0].text
    assert len(refused[0].data) < 2000 and refused[0].headers["Retry-After"] == "60"


def test_security_76_one_persons_limit_shuts_no_other_page_and_nobody_else_out(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["sys_admin"])
    other = sign_in(app.test_client(), cast["office_director"])
    limits.throttle.reset()
    for _ in range(31):
        client.get("/accounts.xlsx")
    answers = [client.get("/accounts"), other.get("/items.xlsx"), other.get("/items")]
    limits.throttle.reset()
    assert [one.status_code for one in answers] == [200, 200, 200]


def test_security_76_another_browser_of_the_same_person_shares_the_count(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["sys_admin"])
    second = sign_in(app.test_client(), cast["sys_admin"])
    limits.throttle.reset()
    for _ in range(30):
        client.get("/accounts.xlsx")
    answers = [second.get("/accounts.xlsx").status_code for _ in range(2)]
    limits.throttle.reset()
    assert answers == [429, 429], "counted by the account, whatever the browser"


def test_security_76_after_the_pause_it_is_counted_anew(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, cast["sys_admin"])
    limits.throttle.reset()
    for _ in range(31):
        client.get("/accounts.xlsx")
    later = core_clock.monotonic() + limits.PAUSE + 1
    limits.throttle.storage.reset()  # the minute of the count is over
    monkeypatch.setattr(core_clock, "monotonic", lambda: later)
    answer = client.get("/accounts.xlsx").status_code
    limits.throttle.reset()
    assert answer == 200


def test_security_76_limits_hold_when_redis_is_lost(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, cast["sys_admin"])
    limits.throttle.reset()
    monkeypatch.setattr(limits.throttle.limiter.storage, "incr", _lost)
    answers = [client.get("/accounts.xlsx").status_code for _ in range(32)]
    assert limits.throttle._storage_dead, "the count went on in memory"
    monkeypatch.undo()
    limits.throttle._storage_dead = False
    limits.throttle.reset()
    assert answers == [200] * 30 + [429] * 2


def _lost(*_given: object, **_named: object) -> int:
    raise ConnectionError("no Redis there")


def test_security_77_only_a_declared_proxy_is_believed_about_addresses() -> None:
    seen: list[str] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(f"{environ['REMOTE_ADDR']} {environ['wsgi.url_scheme']} {environ['HTTP_HOST']}")
        return []

    proxied = TrustedProxy(application, ("10.0.0.5", "10.1.0.0/24"))
    spoofed = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}
    for peer in ("10.0.0.5", "10.1.0.77", "10.0.0.6", "192.0.2.1", ""):
        environ = EnvironBuilder(headers=spoofed).get_environ()
        proxied(environ | {"REMOTE_ADDR": peer}, lambda *_: None)
    assert seen == [
        "198.51.100.7 https evil", "198.51.100.7 https evil", "10.0.0.6 http localhost", "192.0.2.1 http localhost",
        " http localhost",
    ]  # fmt: skip


def test_security_77_a_spoofed_address_changes_no_limit(app: Flask, client: FlaskClient, cast: Cast) -> None:
    for number in range(3):
        with_token(client).post(
            "/sign-in", data={"name": f"n{number}", "password": "x"}, headers={"X-Forwarded-For": f"203.0.113.{number}"}
        )
    counted = db.session.execute(text("select bucket, count from attempts where bucket like 'address:%'")).all()
    assert [tuple(row) for row in counted] == [("address:127.0.0.1", 3)]


def _alarms(actor: Actor) -> set[str]:
    return set(state_of_system.system_state(actor).alarms)


def test_security_78_each_alarm_is_given(app: Flask, client: FlaskClient, cast: Cast, clock: Any) -> None:
    from app.core.audit.verification import write_anchor

    actor = cast.actor("sys_admin")
    settings = app.extensions["bihuan.settings"]
    settings.anchor_files[0].unlink(missing_ok=True)
    assert {"anchor", "unverified", "scanner"} <= _alarms(actor)
    write_anchor(db.session.connection(), settings.anchor_files)
    db.session.add(Verification(at=core_clock.now(), entries=3, head=b"", first_bad=None))
    db.session.commit()
    assert {"anchor", "unverified", "outbox", "dead", "chain"}.isdisjoint(_alarms(actor))
    with trail.act(SYSTEM, "system", "test.message"):
        own, foreign = (
            OutboxRow(kind="mail_step", county_id=c.id, dead_at=core_clock.now(), tries=8, trouble="MailRefused")
            for c in (cast.county, cast.other_county)
        )
        db.session.add_all([own, foreign, OutboxRow(kind="account_notice")])
    clock.advance(seconds=61)
    db.session.add(Verification(at=core_clock.now(), entries=3, head=b"", first_bad=2, finding="its text was changed"))
    db.session.commit()
    assert {"outbox", "dead", "chain"} <= _alarms(actor)
    page = sign_in(client, cast["sys_admin"]).get("/system")
    assert page.text.count("MailRefused") == 1
    assert client.post(f"/system/messages/{own.id}/redrive").status_code == 303
    assert client.post(f"/system/messages/{foreign.id}/redrive").status_code == 404
    db.session.refresh(own)
    assert (own.dead_at, own.tries) == (None, 0)


def test_security_78_a_burst_of_refusals_is_alarmed_and_nobody_is_named(
    app: Flask, client: FlaskClient, cast: Cast, clock: Any
) -> None:
    actor, reader = cast.actor("sys_admin"), cast.actor("evaluator")
    for _ in range(state_of_system.MOST_OF_ONE):
        trail.denied(reader, "view.students", ref="0123456789abcdef")
    assert "refusals" not in _alarms(actor)
    trail.denied(reader, "view.students", ref="0123456789abcdef")
    assert "refusals" in _alarms(actor)
    page = sign_in(client, cast["sys_admin"]).get("/system").text
    assert f"{state_of_system.MOST_OF_ONE + 1} 次查阅被拒绝" in page and cast["evaluator"].name not in page
    clock.advance(minutes=state_of_system.BURST_MINUTES + 1)
    assert "refusals" not in _alarms(actor)


def test_security_78_an_old_backup_and_an_open_disk_are_alarmed(
    app: Flask, client: FlaskClient, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, before = cast.actor("sys_admin"), app.extensions["bihuan.settings"]
    changed = replace(before, backups=tmp_path)
    monkeypatch.setitem(app.extensions, "bihuan.settings", changed)
    assert "backup" not in _alarms(actor)
    made = tmp_path / "bihuan-20261128.dump.sealed"
    made.write_bytes(b"")
    assert "backup" not in _alarms(actor)
    for hours, late in ((25.9, False), (26.1, True)):
        at = time.time() - hours * 3600
        os.utime(made, (at, at))
        assert ("backup" in _alarms(actor)) is late
    assert "26 小时没有新的备份" in sign_in(client, cast["sys_admin"]).get("/system").text
    made.unlink()
    monkeypatch.setitem(app.extensions, "bihuan.settings", replace(changed, environment="production"))
    monkeypatch.setattr(backups, "disk_is_sealed", lambda _folder: False)
    assert {"backup", "disk"} <= _alarms(actor)
    monkeypatch.setattr(backups, "disk_is_sealed", lambda _folder: True)
    assert "disk" not in _alarms(actor)


def test_security_78_metrics_are_numbers_without_labels_for_the_holder_of_the_word(
    app: Flask, client: FlaskClient, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = tmp_path / "metrics.token"
    monkeypatch.setitem(
        app.extensions, "bihuan.settings", replace(app.extensions["bihuan.settings"], metrics_token_file=word)
    )
    asked = {"Authorization": "Bearer a-word-of-the-monitor-1"}
    assert client.get("/metrics", headers=asked).status_code == 404
    for short in ("", "short"):
        word.write_text(short, "ascii")
        assert client.get("/metrics", headers={"Authorization": f"Bearer {short}"}).status_code == 404
    word.write_text("a-word-of-the-monitor-1\n", "ascii")
    assert (
        client.get("/metrics").status_code
        == client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code
        == 404
    )
    with trail.act(SYSTEM, "system", "test.message"):
        db.session.add(OutboxRow(kind="mail_step", county_id=cast.county.id, dead_at=core_clock.now(), trouble="x"))
    answer = client.get("/metrics", headers=asked)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"bihuan_[a-z0-9_]+ -?[\d.e+]+", line) for line in lines)
    assert {"bihuan_outbox_dead 1", "bihuan_queue_reachable 1", "bihuan_chain_faults 0"} <= set(lines)
    assert {line.split()[0] for line in lines} >= {
        "bihuan_outbox_oldest_seconds", "bihuan_anchor_age_seconds", "bihuan_backup_age_seconds", "bihuan_refusals_10_minutes",
    }  # fmt: skip


def test_security_79_no_log_of_database_queue_web_or_worker_holds_what_somebody_typed(
    committed: Flask, cast: Cast, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary, stream = "canary-88f3-Qx", io.StringIO()
    logs.configure(level="DEBUG", stream=stream)
    client = committed.test_client()
    with_token(client).post("/sign-in", data={"name": canary, "password": canary})
    client.get(f"/verify/plans/{canary}?q={canary}", headers={"X-Forwarded-For": canary, "User-Agent": canary})

    def broken(_row: OutboxRow) -> None:
        db.session.execute(text("select cast(:typed as integer)"), {"typed": canary})

    monkeypatch.setitem(handlers.HANDLERS, "account_notice", broken)
    with trail.act(SYSTEM, "system", "test.message"):
        db.session.add(OutboxRow(kind="account_notice", data={"note": canary}))
    drain()
    logs.configure()
    assert "delivery_failed" in stream.getvalue()
    root = Path(cluster.sockets).parent
    written = {path: path.read_text("utf-8", errors="replace") for path in root.rglob("*.log")}
    assert {path.stem for path in written} >= {"postgres", "valkey"}
    for place, said in {**written, "web and worker": stream.getvalue()}.items():
        assert "88f3" not in said, place


def test_security_79_logs_and_entries_hold_no_password_and_no_name(app: Flask, client: FlaskClient, cast: Cast) -> None:
    stream = io.StringIO()
    logs.configure(level="DEBUG", stream=stream)
    canary = "canary-7c1f-Zq\r\n\x1b[31mfalse line"
    for name in ("principal", canary):
        with_token(client).post("/sign-in", data={"name": name, "password": canary})
        with_token(client).post("/sign-in/forgotten", data={"name": name})
    client.get(f"/accounts?q={canary}")
    logs.configure()
    use_context(SYSTEM.context())
    bodies = "".join(db.session.execute(text("select body::text from audit.access_log")).scalars())
    for said in (stream.getvalue(), bodies):
        for word in ("canary", "7c1f", "沈砚秋", "\x1b"):
            assert word not in said
