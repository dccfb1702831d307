"""What is handed over for real use: the archive without tests and samples, and the unit that fences it in."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import PROJECT

UNIT = PROJECT / "deploy" / "bihuan.service"


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The delivery as `git archive` writes it, unpacked."""
    folder = tmp_path_factory.mktemp("delivery")
    packed = folder / "bihuan.tar"
    made = ["git", "archive", "--worktree-attributes", f"--output={packed}", "HEAD"]
    subprocess.run(made, cwd=PROJECT, check=True)
    subprocess.run(["tar", "-xf", str(packed), "-C", str(folder)], check=True)
    packed.unlink()
    return folder


def test_security_86_a_delivery_holds_no_tests_no_history_and_no_samples(delivery: Path) -> None:
    names = {str(path.relative_to(delivery)) for path in delivery.rglob("*")}
    assert {"app", "migrations", "templates", "workflows", "deploy/bihuan.service", "requirements.txt"} <= names
    unwanted = re.compile(
        r"(^|/)(tests?|bench|demo|\.git|\.ci|\.data|node_modules|__pycache__)(/|$)|(^|/)test_|requirements-dev"
    )
    assert not sorted(name for name in names if unwanted.search(name) and not name.startswith("app/static/"))


def test_security_86_a_delivery_knows_no_account_and_its_commands_work_without_the_demo(delivery: Path) -> None:
    asked = "from app.cli import commands; print(*sorted(one.name for one in commands()))"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(delivery), "PYTHONDONTWRITEBYTECODE": "1"}
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=delivery, env=env, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert {"audit", "keys", "worker"} <= set(told.stdout.split()) and "demo" not in told.stdout.split()
    inserted = [
        path
        for path in (delivery / "migrations").rglob("*.py")
        if "insert into accounts" in path.read_text("utf-8").lower()
    ]
    assert not inserted


def test_a_delivery_installs_its_packages(delivery: Path) -> None:
    """Its list of tools is left out; what it needs to run is not."""
    python = delivery / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> {delivery}/asked\n')
    python.chmod(0o755)
    for expected in (True, False):
        (delivery / "asked").write_text("")
        told = subprocess.run(["bin/setup.sh", "run"], cwd=delivery, capture_output=True, text=True, check=False)
        assert (told.returncode, told.stderr) == (0, "")
        assert ("pip install" in (delivery / "asked").read_text()) is expected
        assert ("-r requirements.txt" in (delivery / "asked").read_text()) is expected
    shutil.rmtree(delivery / ".venv")


def test_a_delivery_is_not_started_as_a_demo_and_says_what_to_read(delivery: Path, tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(delivery), "PYTHONDONTWRITEBYTECODE": "1"}
    start = [sys.executable, "-m", "app.core.servers"]
    told = subprocess.run(
        start,
        cwd=delivery,
        env=env | {"BIHUAN_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1 and "docs/operations.md" in told.stderr
    assert not (tmp_path / "data").exists() and (delivery / "docs" / "operations.md").exists()


def _unit() -> dict[str, list[str]]:
    section, found = "", dict[str, list[str]]()
    for line in UNIT.read_text("utf-8").splitlines():
        section = line if line.startswith("[") else section
        if section == "[Service]" and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


WANTED = {
    "User": "bihuan",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "RestrictSUIDSGID": "yes",
    "IPAddressDeny": "any",
    "IPAddressAllow": "localhost",
    "UMask": "0077",
    "LimitCORE": "0",
}


@pytest.mark.parametrize("name", WANTED)
def test_security_84_the_unit_fences_the_product_in(name: str) -> None:
    assert _unit()[name] == [WANTED[name]]


def test_security_84_the_unit_allows_the_system_calls_of_a_service_only() -> None:
    allowed, refused, *_ = _unit()["SystemCallFilter"]
    assert allowed == "@system-service"
    assert {"@privileged", "@mount", "@raw-io", "@debug"} <= set(refused.removeprefix("~").split())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_security_84_systemd_finds_no_fault_and_little_exposure(tmp_path: Path) -> None:
    for unit in UNIT.parent.glob("*.service"):
        trial = tmp_path / unit.name
        trial.write_text(
            re.sub(r"^ExecStart=/opt/\S+", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.M), "utf-8"
        )
        for command in (
            ["verify"],
            ["security", "--offline=yes", "--threshold=25" if unit == UNIT else "--threshold=70"],
        ):
            told = subprocess.run(
                ["systemd-analyze", *command, str(trial)], capture_output=True, text=True, check=False
            )
            assert told.returncode == 0, told.stdout + told.stderr
    for needed in (
        "backup make",
        "audit digest",
        "account tidy",
        "audit verify",
    ):  # without them the system page alarms
        assert f"flask {needed}" in (UNIT.parent / "bihuan-nightly.service").read_text("utf-8")
    for timer in UNIT.parent.glob("*.timer"):
        assert timer.with_suffix(".service").exists()
