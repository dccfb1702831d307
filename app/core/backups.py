"""Backups that nobody reads without their own key: a dump of the database, sealed as it is made; any stream, such as the WAL.

A sealed stream is a head, then frames of AES-256-GCM, numbered, the last one marked: a frame that is changed, moved, left out
or cut off is refused when it is opened. The key lies in a file of its own, apart from the master key of the vault (security 38).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import make_url

from app.core import clock
from app.core.servers.context_secret import write_key
from app.core.servers.places import programs
from app.core.servers.processes import server_user
from config.settings import Settings

HEAD = b"BIHUANB1"
FRAME = 1 << 20
PREFIX, LENGTH = 8, 4
ENDING = ".dump.sealed"
OPENED = "last-opened"
"""Name of the empty file whose time says when a backup was last opened whole."""


class BackupBroken(Exception):
    """The stream is none of ours, was changed or cut off, or the key is another."""


def seal(read: IO[bytes], write: IO[bytes], key: bytes) -> None:
    """Seal everything that `read` gives into `write`; `key` is 32 bytes."""
    box, prefix, number = AESGCM(key), os.urandom(PREFIX), 0
    write.write(HEAD + prefix)
    block = read.read(FRAME)
    while True:
        following = read.read(FRAME) if block else b""
        last = b"last" if not following else b"more"
        sealed = box.encrypt(prefix + number.to_bytes(LENGTH), block, HEAD + last)
        write.write(len(sealed).to_bytes(LENGTH) + sealed)
        if not following:
            return
        block, number = following, number + 1


def opened(read: IO[bytes], key: bytes) -> Iterator[bytes]:
    """The blocks of a sealed stream. Raises BackupBroken at the first that does not hold."""
    box, number = AESGCM(key), 0
    if read.read(len(HEAD)) != HEAD:
        raise BackupBroken("no sealed backup")
    prefix = read.read(PREFIX)
    frame = _frame(read)
    while frame:
        following = _frame(read)
        try:
            yield box.decrypt(prefix + number.to_bytes(LENGTH), frame, HEAD + (b"more" if following else b"last"))
        except InvalidTag:
            raise BackupBroken(f"block {number}: changed, cut off, or another key") from None
        frame, number = following, number + 1
    if number == 0:
        raise BackupBroken("block 0: cut off")


def _frame(read: IO[bytes]) -> bytes:
    """The next frame; empty at the end of the stream."""
    said = read.read(LENGTH)
    frame = read.read(int.from_bytes(said)) if said else b""
    if said and (len(said) < LENGTH or not frame or len(frame) != int.from_bytes(said)):
        raise BackupBroken("a block is cut off")
    return frame


def newest(folder: Path) -> datetime | None:
    """When the newest backup was finished; None when there is none."""
    found = [path.stat().st_mtime for path in folder.glob(f"*{ENDING}")] if folder.is_dir() else []
    return datetime.fromtimestamp(max(found), UTC) if found else None


def last_opened(folder: Path) -> datetime | None:
    """When a backup of ours was last opened from its first block to its last; None when it never was."""
    mark = folder / OPENED
    return datetime.fromtimestamp(mark.stat().st_mtime, UTC) if mark.is_file() else None


def disk_is_sealed(folder: Path, devices: Path = Path("/sys/dev/block")) -> bool:
    """Whether the folder lies on an encrypted device, or on one that stands on nothing else."""
    number = folder.stat().st_dev
    return _sealed(devices / f"{os.major(number)}:{os.minor(number)}")


def _sealed(device: Path) -> bool:
    name = device / "dm" / "uuid"
    if name.is_file() and name.read_text("ascii").startswith("CRYPT-"):
        return True
    below = device / "slaves"
    parts = list(below.iterdir()) if below.is_dir() else []
    return bool(parts) and all(_sealed(part) for part in parts)


def dump_command(settings: Settings) -> tuple[list[str], dict[str, str]]:
    """pg_dump as the backup role; the password stands in the environment, not in the list of processes."""
    url = make_url(settings.database_backup_url)
    told = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | {key: str(value) for key, value in told.items() if value}
    program = programs(server_user())[0] / "pg_dump"
    return [str(program) if program.exists() else shutil.which("pg_dump") or "pg_dump", "--format=custom"], env


@click.group("backup")
def backup() -> None:
    """Sealed backups of the database; files and the master key are copied apart."""


@backup.command("make")
@with_appcontext
def make() -> None:
    """Dump the database into a new sealed file; nothing of it ever lies in clear on the disk."""
    settings = _settings()
    settings.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = settings.backups / f"bihuan-{clock.machine_now():%Y%m%d-%H%M%S}{ENDING}"
    unfinished = place.with_suffix(".unfinished")
    command, env = dump_command(settings)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file, subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as dump:
        assert dump.stdout is not None
        seal(dump.stdout, file, _key(settings))
        file.flush()
        os.fsync(file.fileno())
    if dump.returncode:
        unfinished.unlink()
        raise click.ClickException(f"pg_dump ended with {dump.returncode}; nothing was kept.")
    unfinished.rename(place)
    click.echo(f"{place} {place.stat().st_size}")


@backup.command("seal")
@click.argument("source", type=click.File("rb"))
@click.argument("target", type=click.File("xb"))
@with_appcontext
def seal_(source: IO[bytes], target: IO[bytes]) -> None:
    """Seal SOURCE into TARGET: archive_command = 'flask backup seal %p /archive/%f.sealed'."""
    seal(source, target, _key(_settings()))


@backup.command("open")
@click.argument("source", type=click.File("rb"))
@click.argument("target", type=click.File("wb"))
@with_appcontext
def open_(source: IO[bytes], target: IO[bytes]) -> None:
    """Open SOURCE into TARGET, - for the standard output, as pg_restore reads it."""
    settings = _settings()
    try:
        for block in opened(source, _key(settings)):
            target.write(block)
    except BackupBroken as broken:
        raise click.ClickException(str(broken)) from None
    if settings.backups.is_dir():
        (settings.backups / OPENED).touch(0o600)


def _settings() -> Settings:
    found: Settings = current_app.extensions["bihuan.settings"]
    return found


def _key(settings: Settings) -> bytes:
    """The backup key; made at the first time outside production. Refuses the vault's own key."""
    path = settings.backup_key_file
    if not path.exists():
        if settings.production:
            raise click.ClickException(f"BIHUAN_BACKUP_KEY_FILE: {path} does not exist.")
        write_key(path, os.urandom(32))
    key = path.read_bytes()
    if len(key) != 32 or key in settings.master_key_file.read_bytes():
        raise click.ClickException("BIHUAN_BACKUP_KEY_FILE: needs 32 random bytes, other than the master key.")
    return key


COMMANDS: list[click.Command] = [backup]
