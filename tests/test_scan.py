"""Security requirement 85: pinned packages, the bill of materials, and the search for flaws with its place in every run."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from config.settings import PROJECT


@pytest.fixture
def scan() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("scan", PROJECT / "bin" / "scan.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_security_85_the_bill_of_materials_names_every_package_with_version_and_digests() -> None:
    told = subprocess.run(
        [sys.executable, "bin/scan.py", "--bill"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    bill = json.loads(told.stdout)
    pins = (PROJECT / "requirements.txt").read_text("utf-8")
    wanted = {line.partition(" ")[0] for line in pins.splitlines() if line[:1].isalnum()}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert {f"{one['name']}=={one['version']}" for one in bill["components"]} == {w.rstrip(";") for w in wanted}
    assert all(one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in bill["components"])
    digests = sum(len(one["hashes"]) for one in bill["components"])
    assert digests == pins.count("--hash=sha256:") > 500


def test_security_85_every_run_of_the_tests_scans_first_and_a_finding_ends_it() -> None:
    target = (PROJECT / "Makefile").read_text("utf-8").partition("\ntest:")[2].partition("\n\n")[0]
    assert target.index("bin/check.sh scan\n") < target.index("-m pytest")
    assert "|| true" not in target and "-@" not in target
    checks = (PROJECT / "bin" / "check.sh").read_text("utf-8").splitlines()
    assert "set -eu" in checks
    assert '[ "${1:-}" != scan ] || step "scan" $python bin/scan.py' in checks


@pytest.mark.parametrize(
    ("bandit", "semgrep", "holes", "code"),
    [
        (0, 0, {"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, 0),
        (1, 0, {"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, 1),
        (0, 1, {"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, 1),
        (0, 0, {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}, 1),
        (0, 0, {"dependencies": [{"name": "a", "version": "1", "skip_reason": "not found"}]}, 0),
        (0, 0, None, 0),
    ],
)
def test_security_85_any_finding_of_any_tool_ends_with_one(
    scan: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    bandit: int,
    semgrep: int,
    holes: object,
    code: int,
) -> None:
    (tmp_path / "bin").mkdir()
    said = json.dumps(holes) if holes is not None else "ConnectionError"
    for name, script in (
        ("bandit", f"exit {bandit}"),
        ("semgrep", f"exit {semgrep}"),
        ("pip-audit", f"echo '{said}'; exit 1"),
    ):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "installed").write_text((PROJECT / "requirements-scan.txt").read_text("utf-8"), "utf-8")
    scan.TOOLS = tmp_path  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["scan.py"])
        assert scan.main() == code
    told = capsys.readouterr().out
    assert ("nothing was asked" in told) == (holes is None or "skip_reason" in said)
    assert ("PYSEC-1" in told) == ("PYSEC-1" in said)
    assert json.loads((tmp_path / "bill-of-materials.json").read_text("utf-8"))["components"]


def test_security_85_how_soon_a_finding_is_mended_is_written_down() -> None:
    said = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    assert "within 7 days" in said and "30 days" in said and "90 days" in said
