"""Backups that nobody reads without their own key: a dump of the database, sealed as it is made; any stream, such as the WAL.

A sealed stream is a head, then frames of AES-256-GCM, numbered, the last one marked: a frame that is changed, moved, left out
or cut off is refused when it is opened. The key lies in a file of its own, apart from the master key of the vault (security 38).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app, has_app_context
from sqlalchemy import NullPool, create_engine, make_url, text

from app.core import clock
from app.core.servers.context_secret import write_key
from app.core.servers.places import programs
from app.core.servers.processes import ServerRefused, server_user
from config.settings import Settings

HEAD = b"BIHUANB1"
FRAME = 1 << 20
PREFIX, LENGTH = 8, 4
ENDING = ".dump.sealed"
PACKAGED = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu put the programs of each release."""
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
    return [_fitting(_release_of(settings.database_backup_url)), "--format=custom"], env


def _fitting(server: int) -> str:
    """The pg_dump nearest to the server's release, never older: what a newer one writes, the server's own tools may not read."""
    own = []
    with suppress(ServerRefused):
        own.append(str(programs(server_user())[0] / "pg_dump"))
    packaged = sorted(str(path) for path in PACKAGED.glob("*/bin/pg_dump"))
    known = {
        release: program
        for program in filter(None, (*own, shutil.which("pg_dump"), *packaged))
        if (release := _release_said(program)) >= server
    }
    if not known:
        raise click.ClickException(f"pg_dump: install postgresql-client-{server}, as new as the server at least.")
    return known[min(known)]


def _release_of(address: str) -> int:
    """The major release of the server."""
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.execute(text("select current_setting('server_version_num')")).scalar_one()) // 10000


def _release_said(program: str) -> int:
    """The major release that a program says it is of; 0 where it says nothing."""
    with suppress(OSError):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        if found := re.search(r"\) (\d+)", said):
            return int(found[1])
    return 0


@click.group("backup")
def backup() -> None:
    """Sealed backups of the database; files and the master key are copied apart."""


@backup.command("make")
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
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def seal_(source: IO[bytes], target: Path) -> None:
    """Seal SOURCE, - for the standard input, into the new file TARGET.

    What stands there whole already, sealed by this key, is well; anything else in its place is refused.
    """
    key = _key(_settings())
    if target.exists():
        if not _holds(target, source, key):
            raise click.ClickException(f"{target} holds something else; nothing was written.")
        return
    unfinished = target.with_name(f"{target.name}.unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        seal(source, file, key)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(target)


def _holds(place: Path, source: IO[bytes], key: bytes) -> bool:
    """Whether the sealed file opens to just what `source` gives: a server that fell asks for the same segment again."""
    try:
        with place.open("rb") as file:
            return all(source.read(len(block)) == block for block in opened(file, key)) and not source.read(1)
    except BackupBroken:
        return False


@backup.command("open")
@click.argument("source", type=click.File("rb"))
@click.argument("target", type=click.File("wb"))
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
    """Of the application where it runs, else of the environment: where a database is lost, there is no application."""
    if not has_app_context():
        return Settings.from_env()
    found: Settings = current_app.extensions["bihuan.settings"]
    return found


def _key(settings: Settings) -> bytes:
    """The backup key; made at the first time outside production. Refuses the vault's own key."""
    path = settings.backup_key_file
    if not path.exists():
        if settings.production:
            raise click.ClickException(f"BIHUAN_BACKUP_KEY_FILE: {path} does not exist.")
        write_key(path, os.urandom(32))
    key, master = path.read_bytes(), b""
    with suppress(OSError):  # whoever keeps the backups need not be able to read the vault's key
        master = settings.master_key_file.read_bytes()
    if len(key) != 32 or key in master:
        raise click.ClickException("BIHUAN_BACKUP_KEY_FILE: needs 32 random bytes, other than the master key.")
    return key


COMMANDS: list[click.Command] = [backup]

if __name__ == "__main__":
    backup()
