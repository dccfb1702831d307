"""Looks for flaws: bandit and our own rules on the code, known holes of the pinned packages; writes the bill of materials.

The tools live in .venv-scan, pinned with hashes in requirements-scan.txt. Any finding of high severity ends with 1. Where no
network is, the list of known holes cannot be asked: that is said, and is no finding.

Usage: python bin/scan.py            all of it
       python bin/scan.py --bill     the bill of materials (CycloneDX) alone, to standard output
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv-scan"
PINS = ROOT / "requirements.txt"
SCANNED = ("app", "config", "workflows", "migrations", "wsgi.py")
NOT_ASKED = "nothing was asked"
QUIETLY = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0", "PATH": "/usr/bin:/bin"}


def pinned(text: str) -> list[tuple[str, str, list[str]]]:
    """Name, version and SHA-256 digests of every pin."""
    found = []
    for part in re.split(r"\n(?=[a-z0-9])", text.strip()):
        named = re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)", part)
        if named:
            found.append((named[1], named[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", part)))
    return found


def bill_of_materials(text: str) -> dict[str, Any]:
    """The packages of a file of pins as a CycloneDX 1.5 document."""
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
        }
        for name, version, digests in pinned(text)
    ]
    application = {"type": "application", "bom-ref": "bihuan", "name": "bihuan"}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": application},
        "components": components,
    }


def told_of_holes(answer: str) -> tuple[bool, str]:
    """What pip-audit's JSON says: whether all is well, and a sentence. Packages that could not be asked about are counted."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        return True, f"known holes: the list cannot be reached from here, {NOT_ASKED}"
    holes = [f"{one['name']} {one['version']}: {hole['id']}" for one in packages for hole in one.get("vulns", ())]
    silent = sum("skip_reason" in one for one in packages)
    if holes:
        return False, "known holes: " + "; ".join(holes)
    if silent == len(packages):
        return True, f"known holes: the list cannot be reached from here, {NOT_ASKED}"
    left_out = f", {silent} not in the list" if silent else ""
    return True, f"known holes: none in {len(packages) - silent} packages{left_out}"


def _ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(TOOLS / "bin" / command[0]), *command[1:]],
        cwd=ROOT,
        env=QUIETLY,
        capture_output=True,
        text=True,
        check=False,
    )


def _install() -> str:
    """Put the tools in place; a sentence when that is not possible here."""
    pins = ROOT / "requirements-scan.txt"
    mark = TOOLS / "installed"
    if mark.exists() and mark.read_text("utf-8") == pins.read_text("utf-8"):
        return ""
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(TOOLS)],
        [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "-r", str(pins)],
    )  # fmt: skip
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"the tools cannot be installed here, nothing was scanned: {done.stderr.strip().splitlines()[-1:]}"
    mark.write_text(pins.read_text("utf-8"), "utf-8")
    return ""


def _scan() -> list[tuple[bool, str]]:
    """Every tool's verdict with a sentence."""
    bandit = _ran("bandit", "--quiet", "--recursive", "-lll", *SCANNED)
    rules = _ran("semgrep", "scan", "--config", "config/semgrep.yaml", "--metrics", "off", "--quiet", "--error",
                 "--disable-version-check", *SCANNED)  # fmt: skip
    holes = _ran("pip-audit", "--requirement", str(PINS), "--disable-pip", "--require-hashes", "--format", "json",
                 "--progress-spinner", "off", "--timeout", "10")  # fmt: skip
    return [
        (bandit.returncode == 0, f"bandit: {bandit.stdout.strip() or 'no high finding'}"),
        (rules.returncode == 0, f"own rules: {(rules.stdout + rules.stderr).strip() or 'no finding'}"),
        told_of_holes(holes.stdout),
    ]


def told(verdicts: list[tuple[bool, str]], at: datetime) -> dict[str, Any]:
    """What the evidence of controls reads of a scan: when, and of each tool whether all is well and whether it could ask."""
    kinds = [{"sound": sound, "asked": NOT_ASKED not in sentence} for sound, sentence in verdicts]
    return {"at": at.isoformat(timespec="seconds"), "verdicts": kinds}


def main() -> int:
    """The exit code of the process."""
    bill = json.dumps(bill_of_materials(PINS.read_text("utf-8")), indent=1)
    if "--bill" in sys.argv:
        print(bill)
        return 0
    trouble = _install()
    if trouble:
        print(f"· {trouble}")
        return 0
    (TOOLS / "bill-of-materials.json").write_text(bill, "utf-8")
    verdicts = _scan()
    (TOOLS / "verdicts.json").write_text(json.dumps(told(verdicts, datetime.now(UTC))), "utf-8")
    for sound, sentence in verdicts:
        print(f"{'·' if sound else '✗'} {sentence}")
    return 0 if all(sound for sound, _ in verdicts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
