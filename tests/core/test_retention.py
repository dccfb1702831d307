"""Security requirement 48: what is old enough is sealed to a stub that is verified, logs stay six months, the clock is watched."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.core import clock as core_clock
from app.core import sound_start, time_source
from app.core.audit import commands, trail
from app.core.audit.retention import NotSealed, latest_day, seal_before
from app.core.audit.verification import Anchor, head_of, verify
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.core.servers import children
from app.people.identity import state_of_system
from tests.cast import Cast

YEARS = timedelta(days=6 * 366)


def _write(number: int) -> None:
    for n in range(number):
        with trail.act(SYSTEM, "write", "test.deed", reason=f"Grund {n}"):
            pass


@pytest.fixture
def owner(committed: Flask) -> Iterator[Engine]:
    """With the rights of the database's owner."""
    engine = create_engine(committed.extensions["bihuan.settings"].database_owner_url)
    yield engine
    engine.dispose()


@pytest.fixture
def old(committed: Flask, cast: Cast, clock: Any, owner: Engine) -> list[Anchor]:
    """Entries of six years ago and of today, anchored in between."""
    _write(5)
    with owner.connect() as connection:
        seq, head = head_of(connection)
    clock.advance(days=YEARS.days)
    _write(3)
    with owner.connect() as connection:
        later, last = head_of(connection)
    return [Anchor("then", seq, head.hex()), Anchor("now", later, last.hex())]


def _counted(connection: Connection) -> tuple[int, int]:
    counts = text("select (select count(*) from audit.entries), (select count(*) from audit.details)")
    return tuple(connection.execute(counts).one())  # type: ignore[return-value]


def test_security_48_what_is_old_goes_and_the_chain_still_verifies_from_its_stub(
    old: list[Anchor], owner: Engine
) -> None:
    with owner.begin() as connection:
        done = seal_before(connection, latest_day(core_clock.today()), old)
    assert (done.first_seq, done.last_seq) == (1, old[0].seq)
    _write(2)
    with owner.connect() as connection:
        assert _counted(connection) == (3 + 1 + 2, 3 + 2)
        verdict = verify(connection, old)
        assert (verdict.fault, verdict.entries) == (None, 6)
        with pytest.raises(NotSealed, match="nothing is older"):
            seal_before(connection, latest_day(core_clock.today()), old)


def test_security_48_nothing_young_is_sealed_and_no_chain_that_does_not_hold(old: list[Anchor], owner: Engine) -> None:
    with owner.connect() as connection:
        with pytest.raises(NotSealed, match="kept 5 years"):
            seal_before(connection, latest_day(core_clock.today()) + timedelta(days=1), old)
        connection.rollback()
        changed = [Anchor("then", old[0].seq, "00" * 32)]
        with pytest.raises(NotSealed, match="evidence stays"):
            seal_before(connection, latest_day(core_clock.today()), changed)
        connection.rollback()
        assert _counted(connection)[0] == old[1].seq


FURTHER = "; ".join(
    f"delete from audit.{t} where seq <= (select max(last_seq) + 1 from audit.stubs)" for t in ("details", "entries")
)
SHORTENED = {
    "without a stub": "",
    "with a stub that nobody tells of": "update audit.stubs set told_at = told_at + 1",
    "with a stub of another hash": "update audit.stubs set last_hash = '\\x00'",
    "further than was told": FURTHER,
}


@pytest.mark.parametrize("how", SHORTENED)
def test_security_48_a_trail_that_somebody_shortened_is_found(old: list[Anchor], owner: Engine, how: str) -> None:
    with owner.begin() as connection:
        if SHORTENED[how]:
            seal_before(connection, latest_day(core_clock.today()), old)
        for table in ("entries", "details", "stubs"):
            connection.execute(text(f"alter table audit.{table} disable trigger only_grows"))
        by_hand = SHORTENED[how] or "delete from audit.details where seq <= 3; delete from audit.entries where seq <= 3"
        connection.execute(text(by_hand))
    with owner.connect() as connection:
        assert verify(connection, old).fault is not None


def test_security_48_the_application_role_seals_nothing(old: list[Anchor]) -> None:
    for attempt in (
        "insert into audit.stubs (last_seq, first_seq, last_hash, told_at) values (3, 1, 'x', 4)",
        "select set_config('bihuan.sealing', '3', true); delete from audit.entries where seq <= 3",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), db.engine.begin() as connection:
            connection.exec_driver_sql(attempt)


def test_security_48_the_command_needs_a_fresh_code_and_says_what_it_sealed(
    old: list[Anchor], committed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(committed.extensions, "bihuan.second_factor", lambda name, code: (name, code) == ("a", "1"))
    runner = committed.test_cli_runner()
    assert runner.invoke(commands.audit, ["seal", "--by=a", "--code=2"]).exit_code == 1
    done = runner.invoke(commands.audit, ["seal", "--by=a", "--code=1"])
    assert (done.exit_code, done.output) == (0, f"sealed 1 to {old[0].seq}\n"), done.output
    young = runner.invoke(commands.audit, ["seal", "--before=2100-01-01", "--by=a", "--code=1"])
    assert young.exit_code == 1 and "kept 5 years" in young.output


def test_security_48_logs_of_six_months_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LOG_LIMIT", 10)
    kept = []
    for days in (200, 180, 1):
        log = tmp_path / "web.log"
        log.write_text(f"a long log of {days} days ago", "utf-8")
        os.utime(log, (time.time() - days * 86_400,) * 2)
        (tmp_path / "web-other.1.log").touch()
        kept.append(days)
        assert children.fresh_log(log).stat().st_size == 0
    left = {path.read_text("utf-8") for path in tmp_path.glob("web.*.log")}
    assert left == {"a long log of 180 days ago", "a long log of 1 days ago"}
    assert (tmp_path / "web-other.1.log").exists()


def test_security_48_a_clock_that_nobody_keeps_is_alarmed(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = cast.actor("sys_admin")
    assert isinstance(time_source.is_kept(), bool)
    assert "clock" not in state_of_system.system_state(actor).alarms
    real = app.extensions["bihuan.settings"]
    monkeypatch.setitem(app.extensions, "bihuan.settings", replace(real, environment="production"))
    for kept in (True, False):
        monkeypatch.setattr(time_source, "is_kept", lambda kept=kept: kept)
        assert ("clock" in state_of_system.system_state(actor).alarms) is not kept
    monkeypatch.setitem(app.extensions, "bihuan.settings", real)
    monkeypatch.setattr(time_source, "seconds_apart", lambda: sound_start.MOST_SECONDS_APART + 1.0)
    assert "clock" in state_of_system.system_state(actor).alarms
