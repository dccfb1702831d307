"""Fixtures of all tests: real PostgreSQL as the app role, real Valkey, the application, a client, a clock; no network."""

import contextvars
import gc
import importlib.metadata
import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import hypothesis
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from limits.storage.memory import MemoryStorage
from sqlalchemy.orm import Session

from app.core import clock as core_clock
from config.settings import Settings
from tests import one_operation, savepoints, standing
from tests.cluster import KEPT, Cluster, running

pytest_plugins = ["tests.cast"]
# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")

servers_of_the_run = ExitStack()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The controller of xdist starts the servers once and tells every worker where they are."""
    config = node.config
    if not hasattr(config, "bihuan_cluster"):
        try:
            config.bihuan_cluster = servers_of_the_run.enter_context(running()).as_dict()
        except Exception as refused:  # the workers say it, at the tests that need a database
            config.bihuan_cluster = {"refused": f"{type(refused).__name__}: {refused}"}
    node.workerinput["cluster"] = config.bihuan_cluster


LONG = ("demo", "browser", "stories", "test_setup.py", "test_setup_settings.py", "test_scan.py")
"""What takes minutes begins first, so that no worker is left with it when the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first; otherwise the order of the folders, and modules stay whole."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        first = item.path.relative_to(here).parts[0] if item.path.is_relative_to(here) else ""
        return LONG.index(first) if first in LONG else len(LONG)

    items.sort(key=place)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The servers end with the run."""
    servers_of_the_run.close()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """The servers of this run."""
    handed: dict[str, str] | None = getattr(request.config, "workerinput", {}).get("cluster")
    if handed is None:
        return servers_of_the_run.enter_context(running())
    if "refused" in handed:
        pytest.fail(handed["refused"], pytrace=False)
    return Cluster(**handed)


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """Name of this process among those that share the run: main, gw0, gw1 …"""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with this run's secret and master key."""
    from app.core.vault import MasterKeys

    data = tmp_path_factory.mktemp("data")
    (data / "keys").mkdir(mode=0o700)
    (data / "keys" / "secret.key").write_bytes(os.urandom(32))
    (data / "keys" / "secret.key").chmod(0o600)
    MasterKeys.create(data / "keys" / "master.key")
    return data


def settings_for(cluster: Cluster, database: str, worker: str, data: Path) -> Settings:
    """The settings of an application on `database` of `cluster`, as the app role."""
    number = int(worker.removeprefix("gw")) % 15 if worker != "main" else 15
    return Settings.from_env(
        {
            "BIHUAN_ENV": "test",
            "BIHUAN_DATA": str(data),
            "BIHUAN_CONTEXT_KEY_FILE": cluster.context_key,
            "DATABASE_URL": cluster.url("bihuan_app", database),
            "DATABASE_OWNER_URL": cluster.url("bihuan_owner", database),
            "REDIS_URL": cluster.redis_url.replace("?db=0", f"?db={number}"),
        }
    )


@pytest.fixture(scope="session")
def settings(cluster: Cluster, worker: str, keys: Path) -> Settings:
    """Settings on this worker's own database."""
    cluster.make_database(f"bihuan_{worker}")
    return settings_for(cluster, f"bihuan_{worker}", worker, keys)


gc.set_threshold(20_000, 20, 20)
"""Looking for rubbish is a sixth of the work of a run with the numbers that Python begins with."""
mock.patch.object(MemoryStorage, "_MemoryStorage__schedule_expiry", lambda counts: None).start()
"""Counts of requests end by their time when they are read; a thread for each, to sweep them up, would cost a tenth of a page."""
TEMPLATES = KEPT.parent / f"test-templates-{importlib.metadata.version('jinja2')}"
"""Compiled templates, each under the digest of its source: every worker and every site of a browser test would compile anew."""


class Visitor(FlaskClient):
    """A client whose every request has a context of its own, as in a server, even while the test holds one open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """One request, start to end; one that changes something calls one operation."""
        one_operation.listen()
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        one_operation.check(self.application, answer)
        return answer


def _application(settings: Settings) -> Flask:
    from app.factory import create_app

    application = create_app(settings)
    application.config.update(TESTING=True, PREFERRED_URL_SCHEME="https")
    application.test_client_class = Visitor
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    application.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(TEMPLATES))
    return application


@pytest.fixture(scope="session")
def application(settings: Settings) -> Iterator[Flask]:
    """The application, made once per worker; tests use `app`."""
    from app.core.database import db

    made = _application(settings)
    with made.app_context():
        savepoints.straight_to_the_server(db.engine)
    _what_is_loaded_stays()
    yield made
    _close(made)


def _what_is_loaded_stays() -> None:
    """Three quarters of a million objects of modules and tests are not searched for rubbish again and again."""
    gc.collect()
    gc.freeze()


def _close(made: Flask) -> None:
    """Give back the connections that its pool holds."""
    from app.core.database import db

    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application inside a transaction that is rolled back afterwards; its commits end savepoints only.

    One connection, so: what belongs to a transaction alone (the signed context) outlives `commit()` here, and threads
    would share it. Tests of those things take `committed`.
    """
    with standing.one_transaction(application):
        yield application


@pytest.fixture
def db_session(app: Flask) -> Session:
    """The session of `app`, as the app role."""
    from app.core.database import db

    return db.session


@pytest.fixture(scope="session")
def application_for_real(cluster: Cluster, worker: str, keys: Path) -> Flask:
    """A second application, on a database of its own where commits are real; tests use `committed`."""
    database = f"bihuan_{worker}_real"
    cluster.make_database(database)
    return _application(settings_for(cluster, database, worker, keys))


@pytest.fixture
def committed(application_for_real: Flask, cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with real commits, many connections and threads; database and queues are made anew afterwards."""
    from app.core.database import db

    if "app" in request.fixturenames:
        pytest.fail(
            "A test takes `app` (or what stands on it: db_session, client) or `committed`, not both.", pytrace=False
        )
    settings: Settings = application_for_real.extensions["bihuan.settings"]
    with application_for_real.app_context():
        yield application_for_real
        db.session.close()
        db.engine.dispose()
    cluster.make_database(str(settings.database_url).partition("@/")[2].partition("?")[0])
    keeper = redis.Redis.from_url(
        cluster.keeper_url.replace("?db=0", settings.redis_url[settings.redis_url.index("?db=") :])
    )
    keeper.flushdb()
    keeper.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without pictures, signed in as nobody; every request is https and has its own context."""
    return app.test_client()


class Clock:
    """The business clock in the hand of a test."""

    def set(self, moment: datetime) -> None:
        """Let it be `moment` now (aware); time goes on from there."""
        self.offset(moment - core_clock.machine_now())

    def advance(self, **amount: float) -> None:
        """Move on by `days=…`, `hours=…`, `minutes=…`."""
        self.offset(core_clock.offset() + timedelta(**amount))

    def offset(self, offset: timedelta) -> None:
        """Let it run ahead of the machine's clock by `offset`."""
        core_clock.set_offset_source(lambda: offset)

    def now(self) -> datetime:
        """What it shows."""
        return core_clock.now().astimezone(UTC)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The business clock; back on real time afterwards."""
    yield Clock()
    core_clock.set_offset_source(None)


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """No test reaches beyond loopback and local sockets."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def allow(made: socket.socket, address: Any) -> None:
        if made.family in {socket.AF_INET, socket.AF_INET6} and not _loopback(str(address[0])):
            raise AssertionError(f"a test tried to reach {address[0]}: tests stay on this machine")

    def guarded_connect(made: socket.socket, address: Any) -> None:
        allow(made, address)
        connect(made, address)

    def guarded_connect_ex(made: socket.socket, address: Any) -> int:
        allow(made, address)
        return connect_ex(made, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
