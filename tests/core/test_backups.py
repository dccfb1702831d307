"""Security requirement 38: what is sealed lies in clear in no byte of database, WAL, queue, logs or backups."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from app.core import backups
from app.core import clock as core_clock
from app.core.backups import BackupBroken
from app.core.database import db
from app.people.directory import bulk
from config.settings import PROJECT, Settings
from tests.cast import Cast
from tests.cluster import Cluster
from tests.people.directory.rolls import child

KEY = bytes(range(32))


def _sealed(content: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    backups.seal(io.BytesIO(content), out, key)
    return out.getvalue()


def _opened(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(backups.opened(io.BytesIO(content), key))


@given(st.binary(max_size=200), st.integers(min_value=1, max_value=50))
def test_security_38_a_sealed_stream_opens_to_what_it_was(content: bytes, frame: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "FRAME", frame)
        sealed = _sealed(content)
        assert _opened(sealed) == content
        assert len(content) < 8 or content not in sealed.removeprefix(backups.HEAD)


@given(st.data())
def test_security_38_a_changed_exchanged_or_cut_backup_is_refused(data: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "FRAME", 16)
        sealed = _sealed(b"four frames of content, cut into sixteen bytes each")
        place = data.draw(st.integers(0, len(sealed) - 1))
        changed = sealed[:place] + bytes([sealed[place] ^ (1 << data.draw(st.integers(0, 7)))]) + sealed[place + 1 :]
        for broken in (changed, sealed[:place]):
            with pytest.raises(BackupBroken):
                _opened(broken)
        head, frame = sealed[:16], 4 + 16 + 16
        swapped = head + sealed[16 + frame : 16 + 2 * frame] + sealed[16 : 16 + frame] + sealed[16 + 2 * frame :]
        for broken, key in ((swapped, KEY), (sealed, KEY[::-1])):
            with pytest.raises(BackupBroken):
                _opened(broken, key)


def _places(cluster: Cluster) -> list[Path]:
    """Folders and logs of both servers of this run."""
    root = Path(cluster.sockets).parent
    engine = create_engine(cluster.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("checkpoint"))
        data = Path(connection.execute(text("show data_directory")).scalar_one())
    engine.dispose()
    assert (data / "pg_wal").is_dir() and root.is_dir()
    return [data.parent, root]


def _bytes_of(folders: list[Path]) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()}


def test_security_38_a_sealed_number_lies_in_no_byte_of_files_wal_queue_and_logs(
    committed: Flask, cast: Cast, cluster: Cluster
) -> None:
    rows = [child(4711 + n, cast.units["shuangqiao"].code, "G7", 1) for n in range(3)]
    numbers, phones, name = [row[4] for row in rows], [row[13] for row in rows], rows[0][2]
    rows = [(code, f"L{n}", *rest) for n, (code, _number, *rest) in enumerate(rows)]  # a student number of another kind
    bulk.load_roster(cast.county.id, rows, core_clock.today())
    with pytest.raises(Exception, match="out of range|invalid input"):  # an error that quotes the number
        db.session.execute(text("select cast(:n as integer)"), {"n": numbers[0]})
    db.session.rollback()
    found = _bytes_of(_places(cluster))
    assert len(found) > 500 and any("pg_wal" in str(path) for path in found)
    assert [path for path, content in found.items() if name.encode() in content], "names are in clear by decision 22"
    for secret in (*numbers, *phones):
        assert [str(path) for path, content in found.items() if secret.encode() in content] == [], secret


@pytest.fixture
def kept(committed: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Cluster) -> Settings:
    """Settings with a backup folder and key of their own."""
    from dataclasses import replace

    before: Settings = committed.extensions["bihuan.settings"]
    database = before.database_url.partition("@/")[2].partition("?")[0]
    changed = replace(
        before,
        backups=tmp_path / "backups",
        backup_key_file=tmp_path / "backup.key",
        database_backup_url=cluster.url("bihuan_backup", database),
    )
    monkeypatch.setitem(committed.extensions, "bihuan.settings", changed)
    return changed


def test_security_38_a_backup_is_sealed_as_it_is_made_and_comes_back_whole(
    committed: Flask, cast: Cast, kept: Settings, tmp_path: Path
) -> None:
    rows = [child(4711, cast.units["shuangqiao"].code, "G7", 1)]
    bulk.load_roster(cast.county.id, rows, core_clock.today())
    runner = committed.test_cli_runner()
    made = runner.invoke(backups.backup, ["make"])
    assert made.exit_code == 0, made.output
    [place] = kept.backups.iterdir()
    assert place.stat().st_mode & 0o077 == 0
    content = place.read_bytes()
    assert rows[0][2].encode() not in content and b"PGDMP" not in content
    clear = tmp_path / "clear.dump"
    assert runner.invoke(backups.backup, ["open", str(place), str(clear)]).exit_code == 0
    assert clear.read_bytes().startswith(b"PGDMP")
    assert backups.newest(kept.backups) is not None
    kept.backup_key_file.write_bytes(os.urandom(32))
    refused = runner.invoke(backups.backup, ["open", str(place), str(tmp_path / "nothing")])
    assert refused.exit_code == 1 and "another key" in refused.output
    assert not (tmp_path / "nothing").exists() or (tmp_path / "nothing").stat().st_size == 0


def test_security_38_the_keys_of_backups_and_vault_are_two(committed: Flask, kept: Settings, tmp_path: Path) -> None:
    runner, given_file = committed.test_cli_runner(), tmp_path / "segment"
    given_file.write_bytes(b"a segment of the WAL")
    kept.backup_key_file.write_bytes(kept.master_key_file.read_bytes()[-32:])
    assert runner.invoke(backups.backup, ["seal", str(given_file), str(tmp_path / "one")]).exit_code == 1
    kept.backup_key_file.unlink()
    assert runner.invoke(backups.backup, ["seal", str(given_file), str(tmp_path / "two")]).exit_code == 0
    assert b"segment" not in (tmp_path / "two").read_bytes()


def test_security_38_a_disk_counts_as_sealed_only_on_encrypted_devices(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    own = tmp_path / f"{os.major(number)}:{os.minor(number)}"
    assert not backups.disk_is_sealed(tmp_path, tmp_path)
    (own / "dm").mkdir(parents=True)
    (own / "dm" / "uuid").write_text("LVM-of-two-disks\n", "ascii")
    for name, kind in (("dm-1", "CRYPT-LUKS2-1"), ("dm-2", "LVM-plain")):
        (own / "slaves" / name / "dm").mkdir(parents=True)
        (own / "slaves" / name / "dm" / "uuid").write_text(kind, "ascii")
    assert not backups.disk_is_sealed(tmp_path, tmp_path)
    (own / "slaves" / "dm-2" / "dm" / "uuid").write_text("CRYPT-LUKS2-2", "ascii")
    assert backups.disk_is_sealed(tmp_path, tmp_path)
    (own / "dm" / "uuid").write_text("CRYPT-LUKS2-0", "ascii")
    (own / "slaves" / "dm-1" / "dm" / "uuid").write_text("plain", "ascii")
    assert backups.disk_is_sealed(tmp_path, tmp_path)


def _without_the_application(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the backups where nothing runs and no key but that of the backups is to be had."""
    env = {"PATH": os.environ["PATH"], "BIHUAN_ENV": "production", "BIHUAN_DATA": str(folder)}
    command = [sys.executable, "-m", "app.core.backups", *words]
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)


def test_security_38_a_backup_opens_where_database_and_application_are_lost(tmp_path: Path) -> None:
    place = tmp_path / "segment.sealed"
    place.write_bytes(_sealed(b"all that was left"))
    assert "does not exist" in _without_the_application(tmp_path, "open", str(place), "-").stderr
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "backup.key").write_bytes(KEY)
    told = _without_the_application(tmp_path, "open", str(place), "-")
    assert (told.returncode, told.stdout) == (0, "all that was left"), told.stderr


def test_security_38_a_segment_sealed_twice_is_well_and_another_in_its_place_is_refused(tmp_path: Path) -> None:
    segment, place = tmp_path / "segment", tmp_path / "segment.sealed"
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "backup.key").write_bytes(KEY)
    segment.write_bytes(b"a segment of the WAL")
    (tmp_path / "segment.sealed.unfinished").write_bytes(b"what a fall left behind")
    for _again in range(2):
        told = _without_the_application(tmp_path, "seal", str(segment), str(place))
        assert told.returncode == 0, told.stderr
    assert _opened(place.read_bytes()) == b"a segment of the WAL"
    for other in (b"another segment", b"a segment of the WAL and more", b"a segment"):
        segment.write_bytes(other)
        assert _without_the_application(tmp_path, "seal", str(segment), str(place)).returncode == 1
    assert _opened(place.read_bytes()) == b"a segment of the WAL"


def _releases(folder: Path, *releases: int) -> None:
    """Programs that say they are pg_dump of these releases, each in its folder as a distribution packs them."""
    for release in releases:
        program = folder / str(release) / "bin" / "pg_dump"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {release}.3 (Debian)'\n")
        program.chmod(0o755)


@pytest.mark.parametrize(("server", "taken"), [(15, 15), (16, 16), (21, 22)])
def test_a_backup_is_dumped_by_the_program_nearest_to_the_server_and_never_older(
    server: int, taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _releases(tmp_path, 15, 16, 22)
    monkeypatch.setattr(backups, "PACKAGED", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert Path(backups._fitting(server)).parts[-3] == str(taken)
    with pytest.raises(click.ClickException, match="postgresql-client-23"):
        backups._fitting(23)
