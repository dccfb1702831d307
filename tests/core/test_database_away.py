"""A start without its database: a sentence that says which setting and what to do, and never what stands in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.servers import ServerRefused
from app.core.servers.schema import refuse_unreachable
from config.settings import PROJECT, Settings
from tests.cluster import Cluster

SECRET = "Geheim-word"
NOWHERE = f"postgresql+psycopg://bihuan_owner:{SECRET}@127.0.0.1:1/bihuan"


def told(**addresses: str) -> str:
    """What is said of these addresses; "" when every one leads to a database."""
    try:
        refuse_unreachable(Settings.from_env({"BIHUAN_ENV": "test"} | addresses))
    except ServerRefused as refused:
        return str(refused)
    return ""


def test_the_product_ends_with_one_sentence_and_not_with_success(tmp_path: Path) -> None:
    left_out = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env |= {
        "BIHUAN_ENV": "test",
        "BIHUAN_DATA": str(tmp_path),
        "BIHUAN_PORT": "18931",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    env |= {"DATABASE_URL": NOWHERE, "DATABASE_OWNER_URL": NOWHERE}
    done = subprocess.run(
        [sys.executable, "-m", "app.core.servers"],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and SECRET not in done.stdout + done.stderr
    assert "DATABASE_" in done.stderr and "连不上数据库" in done.stderr and "check that it runs" in done.stderr


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "DATABASE_RELAY_URL"])
def test_the_setting_that_leads_nowhere_is_named(cluster: Cluster, name: str) -> None:
    good = {
        "DATABASE_URL": cluster.url("bihuan_app", "bihuan"),
        "DATABASE_OWNER_URL": cluster.url("bihuan_owner", "bihuan"),
    }
    assert told(**good) == ""
    assert told(**good | {name: NOWHERE}).startswith(f"{name}: 连不上数据库")


@pytest.mark.parametrize(
    "address",
    [f"nonsense:{SECRET}", f"postgresql+psycopg://a:{SECRET}@host:port/bihuan", f"oracle+none://a:{SECRET}@host/x"],
)
def test_an_address_that_is_none_is_told_how_it_is_written(address: str) -> None:
    said = told(DATABASE_OWNER_URL=address)
    assert said.startswith("DATABASE_OWNER_URL: 地址写法不对") and SECRET not in said
