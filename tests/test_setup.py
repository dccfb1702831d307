"""The two commands: what make offers, what is installed from where, and the product under its supervisor."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.servers.processes import started_at, until
from config.settings import PROJECT, Settings, addresses_file
from tests.cluster import quick_place
from tests.product import Product

PINS = ("requirements.txt", "requirements-dev.txt")
ALL_PINS = (*PINS, "requirements-scan.txt")


def test_every_target_says_what_it_does() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    assert targets == set(re.findall(r"^([a-z]+):.*## \S", makefile, re.M))
    assert targets >= {"demo", "test", "check", "bench", "handbook", "pins", "drill", "scan"}


def test_continuous_integration_runs_what_people_run() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("make test")


@pytest.mark.parametrize("name", ALL_PINS)
def test_every_package_is_pinned_with_hashes_and_no_file_names_a_registry(name: str) -> None:
    pins = (PROJECT / name).read_text()
    packages = re.split(r"\n(?=[a-z0-9])", pins.strip())
    assert len(packages) > 50
    assert all(re.match(r"[\w.\[\],-]+==\S+", package) and "--hash=sha256:" in package for package in packages)
    assert "://" not in pins


def test_runtime_and_tools_agree_on_versions() -> None:
    runtime, tools = (
        dict(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;]+)", (PROJECT / name).read_text(), re.M)) for name in PINS
    )
    assert {package: tools.get(package) for package in runtime} == runtime


def script(name: str, *arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    """One of our shell scripts as an ordinary user without sudo would see it, with `path` searched first."""
    env = {"PATH": f"{path}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": path}
    return subprocess.run(
        [f"bin/{name}", *arguments], cwd=PROJECT, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Path]:
    """A folder of programs that answer as on a machine where nothing is installed and we may install nothing."""
    for name, answer in {"ldconfig": "exit 0", "id": "echo 1000", "sudo": "exit 1", "apt-get": "exit 99"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{answer}\n")
        (tmp_path / name).chmod(0o755)
    yield tmp_path


def test_missing_libraries_give_one_line_for_the_administrator(fake: Path) -> None:
    done = script("syslibs.sh", "pdf", path=str(fake))
    assert done.returncode == 3
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "apt-get install --no-install-recommends" in done.stderr
    assert "libpango-1.0-0" in done.stderr


def test_libraries_that_are_there_need_no_administrator(tmp_path: Path) -> None:
    assert script("syslibs.sh", "pdf", "browser", path=str(tmp_path)).returncode == 0


def test_a_second_setup_installs_nothing(fake: Path) -> None:
    done = script("setup.sh", "dev", path=str(fake))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# The whole product under its supervisor


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    data = Path(tempfile.mkdtemp(prefix="bihuan-", dir=quick_place()))
    data.chmod(0o755)
    made = Product(data)
    yield made
    made.process.terminate()
    made.process.communicate(timeout=60)
    shutil.rmtree(data)


def gone(children: dict[int, str]) -> bool:
    """Whether none of `children` lives any more."""
    return all(started_at(pid) != began for pid, began in children.items())


def test_the_product_starts_survives_a_kill_and_stops_whole(product: Product) -> None:
    assert f"http://127.0.0.1:{product.port}/" in product.ready()
    assert product.status() == 200
    settings = Settings.from_env({"BIHUAN_DATA": str(product.data)})
    assert settings.database_url.startswith("postgresql+psycopg://bihuan_app@")
    assert len(product.children()) == 7

    refused = product.start().communicate(timeout=60)[0]
    assert f"{product.process.pid}" in refused
    assert "already running" in refused

    children = product.children()
    product.process.kill()
    product.process.communicate(timeout=60)
    assert until(lambda: gone(children), 30)
    assert addresses_file(product.data).exists()

    secret = settings.context_key_file.read_bytes()
    product.process = product.start()
    product.ready()
    assert product.status() == 200
    assert settings.context_key_file.read_bytes() != secret

    children = product.children()
    owners = [
        Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        for pid in json.loads((product.data / "children.json").read_text())
    ]
    assert all(b"DATABASE_OWNER_URL=" in environment for environment in owners)
    product.process.send_signal(signal.SIGINT)
    assert "stopped" in product.process.communicate(timeout=60)[0]
    assert product.process.returncode == 0
    assert gone(children)
    assert not addresses_file(product.data).exists()
