"""The embedded servers: who runs them, who may do what in them, and what a hard end leaves behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import create_engine, text

from app.core.servers import (
    PostgresServer,
    ServerRefused,
    embedded,
    places,
    renew_context_secret,
    start_postgres,
    start_valkey,
)
from app.core.servers.processes import (
    ServerUser,
    at_home,
    end_left_behind,
    private_folder,
    server_user,
    started_at,
    until,
    works_in,
)
from app.core.servers.supervisor import start_behind_the_scenes
from config.settings import PROJECT, Settings, addresses_file
from tests.cluster import Cluster, quick_place


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the servers' user may enter, as a project folder usually is."""
    path = Path(tempfile.mkdtemp(prefix="bihuan-", dir=quick_place()))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def postgres(folder: Path) -> Iterator[PostgresServer]:
    server = start_postgres(folder / "postgres", durable=False)
    yield server
    server.stop()


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A living process that is none of ours."""
    with subprocess.Popen(["sleep", "60"], cwd="/") as process:
        yield process
        process.kill()


def one(cluster: Cluster, role: str, question: str) -> object:
    with psycopg.connect(host=cluster.sockets, user=role, dbname="bihuan") as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


# Who may do what


@pytest.mark.parametrize("role", ["bihuan_owner", "bihuan_app", "bihuan_audit_reader"])
def test_no_role_of_the_product_can_step_over_row_level_security(cluster: Cluster, role: str) -> None:
    strong = "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication from pg_roles where rolname = current_user"
    assert one(cluster, role, strong) is False


def test_the_app_role_makes_temporary_tables_only(cluster: Cluster) -> None:
    with psycopg.connect(host=cluster.sockets, user="bihuan_app", dbname="bihuan") as connection:
        connection.execute("create temporary table staging (row_number int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table mine (row_number int)")


def test_the_app_role_reads_no_files_and_runs_no_programs(cluster: Cluster) -> None:
    for attempt in (
        "select pg_read_file('postgresql.conf')",
        "copy (select 1) to program 'true'",
        "select pg_ls_dir('.')",
    ):
        with psycopg.connect(host=cluster.sockets, user="bihuan_app", dbname="bihuan") as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt.encode())


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("jit", "off"),
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("lock_timeout", "10s"),
        ("timezone", "UTC"),
    ],
)
def test_the_app_role_has_its_limits(cluster: Cluster, setting: str, value: str) -> None:
    assert one(cluster, "bihuan_app", f"select current_setting('{setting}')") == value


def test_the_audit_reader_cannot_write(cluster: Cluster) -> None:
    assert one(cluster, "bihuan_audit_reader", "select current_setting('default_transaction_read_only')") == "on"


def test_a_stranger_to_the_roles_is_not_let_into_the_database(postgres: PostgresServer) -> None:
    with postgres.connect() as connection:
        connection.execute("create role stranger login")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(host=str(postgres.sockets), user="stranger", dbname="bihuan")


def test_the_data_are_utf8_with_checksums_and_the_server_listens_on_no_port(postgres: PostgresServer) -> None:
    asked = "select current_setting('data_checksums'), current_setting('server_encoding'), current_setting('listen_addresses')"
    with postgres.connect("bihuan") as connection:
        assert connection.execute(asked.encode()).fetchone() == ("on", "UTF8", "")
        locale = connection.execute("select datlocale from pg_database where datname = 'bihuan'").fetchone()
    assert locale == ("C.UTF-8",)


def test_the_servers_never_run_as_root_and_their_folders_are_closed(postgres: PostgresServer) -> None:
    assert Path(f"/proc/{postgres.process.pid}").stat().st_uid != 0
    for closed in (postgres.folder, postgres.sockets):
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_one_start_per_folder(postgres: PostgresServer) -> None:
    with pytest.raises(ServerRefused, match="another start"):
        start_postgres(postgres.folder)


# Hard ends


def test_a_start_after_kill_keeps_what_was_committed(folder: Path) -> None:
    server = start_postgres(folder / "hard")
    with server.connect("bihuan", "bihuan_owner") as connection:
        connection.execute("create table kept as select 42 as answer")
    os.kill(server.process.pid, signal.SIGKILL)
    server.lock.close()
    again = start_postgres(folder / "hard")
    with again.connect("bihuan", "bihuan_owner") as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)
    again.stop()
    server.process.wait()


def test_a_note_with_the_number_of_a_living_stranger_does_not_stop_a_start(
    folder: Path, stranger: subprocess.Popen[bytes]
) -> None:
    server = start_postgres(folder / "hard", durable=False)
    server.stop()
    note = f"{stranger.pid}\n{server.folder}\n{int(time.time())}\n5432\n{server.sockets}\n\n         0         0\nready   \n"
    (server.folder / "postmaster.pid").write_text(note)
    (server.sockets / ".s.PGSQL.5432.lock").write_text(note)
    start_postgres(folder / "hard", durable=False).stop()
    assert stranger.poll() is None


def test_a_server_left_behind_is_ended_by_the_next_start(folder: Path) -> None:
    server = start_postgres(folder / "hard", durable=False)
    server.lock.close()
    again = start_postgres(folder / "hard", durable=False)
    assert server.process.wait(5) == 0
    assert works_in(again.process.pid, again.folder, "postgres")
    again.stop()
    assert at_home(again.folder, "postgres") == []


def test_data_of_another_major_version_are_refused(folder: Path) -> None:
    private_folder(folder / "old", server_user())
    (folder / "old" / "PG_VERSION").write_text("15\n")
    with pytest.raises(ServerRefused, match="PostgreSQL 15"):
        start_postgres(folder / "old")


def test_a_child_ends_with_its_killed_parent(tmp_path: Path) -> None:
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import time\nfrom pathlib import Path\nfrom app.core.servers.processes import launch\n"
        "print(launch(['sleep', '60'], cwd=Path('/')).pid, flush=True)\ntime.sleep(60)\n"
    )
    env = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen([sys.executable, str(parent)], stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert started_at(child) is not None
        process.kill()
    assert until(lambda: started_at(child) is None, 5)


def test_only_the_process_that_was_recognised_is_ended(stranger: subprocess.Popen[bytes]) -> None:
    assert until(lambda: works_in(stranger.pid, Path("/"), "sleep"), 5)
    assert not works_in(stranger.pid, Path("/tmp"), "sleep")
    assert not works_in(stranger.pid, Path("/"), "postgres")
    end_left_behind(stranger.pid, ((int(signal.SIGTERM), 5.0),))
    assert stranger.wait(5) == -signal.SIGTERM


# The queue


def test_the_queue_keeps_its_jobs_and_the_app_cannot_empty_it(folder: Path) -> None:
    server = start_valkey(folder / "queue")
    client = redis.Redis.from_url(server.url)
    client.rpush("jobs", "1", "2")
    for forbidden in (
        ("FLUSHALL",),
        ("FLUSHDB",),
        ("CONFIG", "GET", "*"),
        ("SHUTDOWN",),
        ("ACL", "LIST"),
        ("DEBUG", "RELOAD"),
    ):
        with pytest.raises(redis.exceptions.ResponseError, match="no permissions|not allowed"):
            client.execute_command(*forbidden)
    client.close()
    server.stop()
    again = start_valkey(folder / "queue")
    client = redis.Redis.from_url(again.url)
    assert client.llen("jobs") == 2
    client.close()
    again.stop()


def test_the_queue_asks_for_a_password(folder: Path) -> None:
    server = start_valkey(folder / "asking")
    client = redis.Redis(unix_socket_path=str(server.socket), retry=Retry(NoBackoff(), 0))
    with pytest.raises(redis.exceptions.AuthenticationError):
        client.ping()
    client.close()
    server.stop()
    assert stat.S_IMODE((folder / "asking" / "accounts.acl").stat().st_mode) == 0o600


# Places


def test_a_folder_that_was_there_before_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    (shared / "file").touch()
    with pytest.raises(ServerRefused, match="not a folder of ours"):
        private_folder(shared, server_user())
    (tmp_path / "link").symlink_to(shared)
    with pytest.raises(ServerRefused, match="not a folder of ours"):
        private_folder(tmp_path / "link", server_user())
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    assert shared.stat().st_uid == os.geteuid()


@pytest.mark.parametrize("project", ["/srv/" + "long-" * 18 + "path", "/srv/path with spaces", "/srv/闭环"])
def test_sockets_of_a_long_or_odd_path_lie_in_a_short_plain_one(project: str) -> None:
    sockets = places.socket_folder(Path(project) / ".data" / "servers" / "run", None)
    assert len(os.fsencode(sockets / ".s.PGSQL.5432.lock")) < 100
    assert " " not in str(sockets)
    assert str(sockets).isascii()
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    sockets.rmdir()


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ServerUser:
    """A servers' user who cannot enter the project folder; the safe root is a folder of the test."""
    monkeypatch.setattr(places, "SAFE_ROOT", tmp_path / "safe")
    monkeypatch.setattr(places, "reachable", lambda path, user: False)
    return ServerUser(os.geteuid(), os.getegid())


def test_data_of_an_unreachable_project_lie_in_the_safe_root_and_follow_a_moved_project(
    tmp_path: Path, unreachable: ServerUser
) -> None:
    home = places.server_home(tmp_path / "project", unreachable)
    assert home.parent == tmp_path / "safe"
    assert places.server_home(tmp_path / "project", unreachable) == home
    (tmp_path / "project").rename(tmp_path / "moved")
    assert places.server_home(tmp_path / "moved", unreachable) == home


def test_a_copied_project_gets_a_database_of_its_own(tmp_path: Path, unreachable: ServerUser) -> None:
    home = places.server_home(tmp_path / "project", unreachable)
    shutil.copytree(tmp_path / "project", tmp_path / "copy")
    assert places.server_home(tmp_path / "copy", unreachable) != home
    assert places.server_home(tmp_path / "project", unreachable) == home


def test_programs_that_cannot_be_reached_are_copied_once(tmp_path: Path, unreachable: ServerUser) -> None:
    postgres, valkey = places.programs(unreachable)
    assert postgres.is_relative_to(tmp_path / "safe")
    said = subprocess.run([str(postgres / "postgres"), "--version"], capture_output=True, text=True, check=True)
    assert "PostgreSQL" in said.stdout
    made = valkey.stat().st_ino
    assert places.programs(unreachable)[1].stat().st_ino == made


# Both together


def test_addresses_are_noted_for_other_commands_while_the_servers_run(folder: Path) -> None:
    env = {"BIHUAN_DATA": str(folder / "both")}
    with embedded(Settings.from_env(env), durable=False) as servers:
        noted = Settings.from_env(env)
        assert (noted.database_url, noted.redis_url) == (servers.settings.database_url, servers.settings.redis_url)
        assert stat.S_IMODE(addresses_file(folder / "both").stat().st_mode) == 0o600
    assert Settings.from_env(env).database_url == ""


def test_security_21_web_workers_and_relay_sign_on_under_names_of_their_own(folder: Path) -> None:
    started: dict[str, dict[str, str]] = {}

    class Noting:
        def start(self, name: str, _module: object, own: dict[str, str]) -> None:
            started[name] = own

    with embedded(Settings.from_env({"BIHUAN_DATA": str(folder / "own")}), durable=False) as servers:
        start_behind_the_scenes(servers.settings, Noting())  # type: ignore[arg-type]
        started["web"] = servers.settings.identity("web")
        for name, account in (("web", "app"), ("worker", "worker"), ("worker-urgent", "worker"), ("sweep", "worker"),
                              ("relay", "relay")):  # fmt: skip
            engine = create_engine(started[name]["DATABASE_URL"])
            with engine.connect() as connection:
                row = connection.execute(text(WHO_IS_THERE)).one()
            engine.dispose()
            with redis.Redis.from_url(started[name]["REDIS_URL"]) as queue:
                assert (*row, queue.acl_whoami()) == (f"bihuan_{account}", False, "30s", f"bihuan_{account}")
    assert set(started) == {"web", "worker", "worker-urgent", "sweep", "relay"}


WHO_IS_THERE = """select session_user, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication,
                         current_setting('statement_timeout') from pg_roles where rolname = session_user"""


def test_real_servers_win(folder: Path) -> None:
    real = {"DATABASE_URL": "postgresql+psycopg://bihuan_app@db/bihuan", "REDIS_URL": "redis://queue"}
    settings = Settings.from_env({"BIHUAN_DATA": str(folder / "real"), **real})
    with embedded(settings) as servers:
        assert servers.postgres is servers.valkey is None
        assert servers.settings == replace(settings)
    assert not (folder / "real").exists()


def test_the_context_secret_is_made_anew(cluster: Cluster, tmp_path: Path) -> None:
    cluster.make_database("bihuan_secret")
    engine = create_engine(cluster.url("bihuan_owner", "bihuan_secret"))
    path = tmp_path / "keys" / "context.key"
    with engine.begin() as connection:
        first = renew_context_secret(connection, path)
        second = renew_context_secret(connection, path)
        kept = connection.execute(text("select secret from ctx.secret")).scalar_one()
    engine.dispose()
    assert first != second == bytes(kept) == path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_answers_of_the_queues_server_are_read_by_the_librarys_part_in_c() -> None:
    assert redis.utils.HIREDIS_AVAILABLE
