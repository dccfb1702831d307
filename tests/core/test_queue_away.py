"""A queue that goes away and comes back: people are served meanwhile, and what was posted is delivered afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.core.servers import ServerRefused, ValkeyServer, children, start_valkey
from app.core.servers.children import Children
from app.core.servers.processes import until
from config.settings import PROJECT
from tests.cluster import Cluster, quick_place
from tests.product import Product

DATABASE = "bihuan_queue_away"
AWAY = 32
"""Seconds: longer than a worker that died at each loss would have had patience."""
POST = """insert into outbox (kind, queue, data) values
          ('account_notice', %s, '{"what": "role_ended", "person": "00000000-0000-0000-0000-000000000000"}') returning id"""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="bihuan-", dir=quick_place()))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def valkey(folder: Path) -> Iterator[ValkeyServer]:
    server = start_valkey(folder / "valkey", durable=False)
    yield server
    server.stop()


@pytest.fixture
def product(cluster: Cluster, folder: Path, valkey: ValkeyServer) -> Iterator[Product]:
    """The product on a database and a queue that others run."""
    cluster.make_database(DATABASE)
    owner, app = (cluster.url(role, DATABASE) for role in ("bihuan_owner", "bihuan_app"))
    made = Product(folder / "data", DATABASE_OWNER_URL=owner, DATABASE_URL=app, REDIS_URL=valkey.url)
    yield made
    made.process.kill()
    made.process.wait()


def posted(cluster: Cluster, queue: str) -> int:
    """The number of one more letter that waits to be delivered."""
    with psycopg.connect(host=cluster.sockets, user="postgres", dbname=DATABASE) as connection:
        row = connection.execute(POST.encode(), (queue,)).fetchone()
    assert row is not None
    return int(row[0])


def delivered(cluster: Cluster, number: int) -> bool:
    with psycopg.connect(host=cluster.sockets, user="postgres", dbname=DATABASE) as connection:
        row = connection.execute("select done_at is not null from outbox where id = %s", (number,)).fetchone()
    return row == (True,)


def test_half_a_minute_without_a_queue_ends_nothing_and_the_letters_come_afterwards(
    cluster: Cluster, product: Product, valkey: ValkeyServer
) -> None:
    product.ready()
    earlier = posted(cluster, "letters")
    assert until(lambda: delivered(cluster, earlier), 30)
    before = product.children()

    valkey.stop()
    waiting = [posted(cluster, queue) for queue in ("urgent", "letters")]
    for _ in range(AWAY // 4):
        threading.Event().wait(4)
        assert (product.process.poll(), product.status()) == (None, 200)
    assert product.children() == before, "web, workers, relay and sweep are the same processes"

    valkey.start()
    assert until(lambda: all(delivered(cluster, number) for number in waiting), 40)

    valkey.stop()
    product.process.terminate()
    assert "stopped" in product.process.communicate(timeout=20)[0], "who waits for a queue ends when asked"


ENDS_AT_ONCE = "raise SystemExit('no queue')"


@pytest.fixture
def hasty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Children:
    """Children that end as soon as they are started, with pauses too short to wait for."""
    (folder / "ends.py").write_text(ENDS_AT_ONCE)
    monkeypatch.setattr(children, "LONGEST_PAUSE", 0.01)
    return Children(folder, os.environ | {"PYTHONPATH": f"{PROJECT}:{folder}"})


def test_what_works_behind_the_scenes_is_started_again_however_often_it_falls(hasty: Children) -> None:
    hasty.start("worker", ("ends",), {})
    again = [name for _ in range(children.PATIENCE + 3) if until(lambda: bool(hasty.all[0].process.poll()), 10)
             for name in _watched(hasty)]  # fmt: skip
    hasty.stop()
    assert again == ["worker"] * (children.PATIENCE + 3)


def test_a_web_server_that_keeps_falling_ends_the_start_with_its_last_words(hasty: Children) -> None:
    hasty.start("web", ("ends",))
    with pytest.raises(ServerRefused, match="no queue"):
        for _ in range(children.PATIENCE + 1):
            until(lambda: bool(hasty.all[0].process.poll()), 10)
            _watched(hasty)
    hasty.stop()


def _watched(some: Children) -> list[str]:
    found: list[str] = []
    until(lambda: bool(found.extend(some.watch()) or found), 10)
    return found


def test_a_child_that_keeps_falling_waits_longer_each_time_and_never_longer_than_a_minute(folder: Path) -> None:
    child = children.Child("worker", (), folder / "log", {}, False, True)
    pauses = []
    for falls in range(1, 12):
        child.falls = falls
        pauses.append(child._pause())
    assert pauses == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60]


COUNTS = """
import sys
from pathlib import Path
from types import SimpleNamespace
from flask import Flask
from app.core import limits
from app.core.servers import start_valkey

valkey = start_valkey(Path(sys.argv[1]), durable=False)
app = Flask("counting")
app.extensions["bihuan.settings"] = SimpleNamespace(environment="production")
app.config["REDIS_URL"] = valkey.url
limits.register(app)

@app.get("/costly")
@limits.throttle.limit("3 per minute")
def costly():
    return ""

ask = app.test_client().get
print(*(ask("/costly").status_code for _ in range(4)))
valkey.stop()
print(*(ask("/costly").status_code for _ in range(5)))
"""


def test_security_76_limits_hold_while_the_queue_is_really_away(folder: Path) -> None:
    asked = [sys.executable, "-c", COUNTS, str(folder / "counting")]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False, cwd=PROJECT)
    assert said.stdout.split("\n")[:2] == ["200 200 200 429", "200 200 200 429 429"], said.stderr
