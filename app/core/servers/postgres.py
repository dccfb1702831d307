"""The embedded PostgreSQL: made, started, given its roles, and stopped."""

import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.core.servers.places import programs, socket_folder
from app.core.servers.processes import (
    SERVER_ENV,
    ServerRefused,
    ServerUser,
    as_user,
    at_home,
    end,
    end_left_behind,
    launch,
    lock_folder,
    private_folder,
    server_user,
    tail,
    until,
    works_in,
)

DATABASE = "bihuan"
NOBODY = 2**31 - 1
"""No process ever gets this number."""
FAST_THEN_AT_ONCE = ((int(signal.SIGINT), 60.0), (int(signal.SIGQUIT), 10.0))
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # An error message may quote a person's data: errors go to whoever asked, the log gets what the server itself has to say.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
}
UNSAFE_BUT_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


@dataclass
class PostgresServer:
    """A running server; `stop()` ends it."""

    folder: Path
    sockets: Path
    user: ServerUser | None
    durable: bool
    lock: IO[bytes]
    process: subprocess.Popen[bytes] = field(init=False)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Address for SQLAlchemy, of `database` as `role`."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    @property
    def url_app(self) -> str:
        """For web and workers."""
        return self.url("bihuan_app")

    @property
    def url_owner(self) -> str:
        """For migrations."""
        return self.url("bihuan_owner")

    def connect(self, database: str = "postgres", role: str = "postgres") -> psycopg.Connection:
        """A plain autocommit connection, as the superuser unless told otherwise: for roles and databases only."""
        return psycopg.connect(host=str(self.sockets), user=role, dbname=database, autocommit=True, connect_timeout=5)

    def start(self) -> None:
        """Start the server and wait until it answers.

        :raises ServerRefused: with the end of its log when it does not.
        """
        _end_earlier(self.folder, self.sockets)
        postgres, _ = programs(self.user)
        wanted = SETTINGS | {"unix_socket_directories": str(self.sockets)} | ({} if self.durable else UNSAFE_BUT_QUICK)
        options = [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]
        log = self.folder.with_suffix(".log")
        with log.open("ab") as writing:
            self.process = launch(
                [str(postgres / "postgres"), "-D", ".", *options],
                cwd=self.folder,
                log=writing,
                user=self.user,
                env=SERVER_ENV,
                when_orphaned=signal.SIGINT,
            )
        if not until(lambda: self.process.poll() is not None or self._answers(), 60) or self.process.poll() is not None:
            self.stop()
            raise ServerRefused(f"PostgreSQL 未能启动 (did not start):\n{tail(log)}")

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Finish open work, write everything to disk, end."""
        end(self.process, FAST_THEN_AT_ONCE)
        self.lock.close()

    def make_roles(self) -> None:
        """Create or correct the roles of the product."""
        statements = files("app.core.servers").joinpath("roles.sql").read_text("utf-8")
        with self.connect() as connection:
            connection.execute(statements.encode())

    def has_database(self, name: str = DATABASE) -> bool:
        """Whether database `name` exists."""
        with self.connect() as connection:
            return connection.execute("select from pg_database where datname = %s", (name,)).fetchone() is not None

    def create_database(self, name: str = DATABASE, template: str = "template0") -> None:
        """Create `name`, owned by the owner role; nobody else makes objects in it."""
        named = sql.Identifier(name)
        with self.connect() as connection:
            connection.execute(
                sql.SQL("create database {} owner bihuan_owner template {}").format(named, sql.Identifier(template))
            )
            connection.execute(sql.SQL("revoke all on database {} from public").format(named))
            connection.execute(
                sql.SQL("grant connect on database {} to bihuan_app, bihuan_audit_reader, bihuan_backup").format(named)
            )
            connection.execute(sql.SQL("grant temporary on database {} to bihuan_app").format(named))
        self.watch_schema(name)

    def watch_schema(self, name: str = DATABASE) -> None:
        """From now on every change of the schema of `name` is written down (security 45); once is enough."""
        statements = files("app.core.servers").joinpath("schema_watch.sql").read_text("utf-8")
        watched = "select from pg_event_trigger where evtname = 'note_schema_change'"
        with self.connect(name) as connection:
            if connection.execute(watched).fetchone() is None:
                connection.execute(statements.encode())

    def drop_database(self, name: str) -> None:
        """Drop `name`, whoever is connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def start_postgres(folder: Path, *, sockets: Path | None = None, durable: bool = True) -> PostgresServer:
    """Start PostgreSQL on `folder`, making the cluster, the roles and the database where they are missing.

    `durable=False` gives up safety against power loss for speed; for tests only.

    :raises ServerRefused: when another start uses the folder, it is of another major version, or the server fails.
    """
    user = server_user()
    lock = lock_folder(folder)
    try:
        _make_cluster(folder, user, durable)
        server = PostgresServer(folder, sockets or socket_folder(folder.with_suffix(".run"), user), user, durable, lock)
        server.start()
    except BaseException:
        lock.close()
        raise
    server.make_roles()
    if server.has_database():
        server.watch_schema()
    else:
        server.create_database()
    return server


def _make_cluster(folder: Path, user: ServerUser | None, durable: bool) -> None:
    postgres, _ = programs(user)
    if folder.exists():
        _same_version(folder, postgres, user)
        return
    unfinished = folder.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    private_folder(unfinished, user)
    made = subprocess.run(
        [str(postgres / "initdb"), "-D", ".", "--username=postgres", "--auth=trust", "--encoding=UTF8"]
        + ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"]
        + ([] if durable else ["--no-sync", "--wal-segsize=1"]),
        cwd=unfinished,
        env=SERVER_ENV,
        capture_output=True,
        check=False,
        umask=0o077,
        **as_user(user),
    )
    if made.returncode != 0:
        raise ServerRefused(f"PostgreSQL 数据文件夹创建失败 (initdb failed):\n{made.stderr.decode(errors='replace')}")
    unfinished.rename(folder)


def _same_version(folder: Path, postgres: Path, user: ServerUser | None) -> None:
    made_by = (folder / "PG_VERSION").read_text().strip()
    said = subprocess.run(
        [str(postgres / "postgres"), "--version"], capture_output=True, text=True, check=True, cwd="/", **as_user(user)
    )
    now = said.stdout.split()[-1].split(".")[0]
    if made_by != now:
        raise ServerRefused(
            f"{folder}: 数据由 PostgreSQL {made_by} 写成，现为 {now};请用旧版本备份后恢复 "
            "(made by another major version; back up with the old one and restore)."
        )


def _end_earlier(folder: Path, sockets: Path) -> None:
    """End what a killed start left behind, the server's own children too, and let its notes name nobody alive.

    PostgreSQL would take any process that has the old number by now, or a zombie, for the old server; the rest of the
    note stays, for its own check of shared memory.
    """
    notes = (folder / "postmaster.pid", sockets / ".s.PGSQL.5432.lock")
    for note in notes:
        with suppress(FileNotFoundError):
            noted, _, rest = note.read_text().partition("\n")
            if works_in(int(noted), folder, "postgres"):
                end_left_behind(int(noted), FAST_THEN_AT_ONCE)
            if note.exists():
                note.write_text(f"{NOBODY}\n{rest}")
    for pid in at_home(folder, "postgres"):
        end_left_behind(pid, ((int(signal.SIGQUIT), 5.0),))
