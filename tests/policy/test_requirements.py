"""Every security requirement of this stage has its row, and every test that a row names exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "security" / "requirements.yaml"
WANTED = {1, *range(3, 63), *range(64, 68), 73, 75, *range(77, 89)}


def _rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))
    return found


def test_every_requirement_of_this_stage_has_a_row() -> None:
    assert not WANTED - {row["number"] for row in _rows()}, sorted(WANTED - {row["number"] for row in _rows()})


def test_every_row_says_how_far_it_is_and_why() -> None:
    odd = [
        row["number"]
        for row in _rows()
        if row["status"] not in ("met", "partly", "not")
        or not row["reason"]
        or (row["status"] != "not" and not row["tests"])
    ]
    assert not odd, f"Give these a status, a reason and, unless nothing is there, a test: {odd}"


def test_every_test_that_a_row_names_exists() -> None:
    missing = []
    for row in _rows():
        for named in row["tests"]:
            path, _, name = named.partition("::")
            text = (ROOT / path).read_text("utf-8") if (ROOT / path).is_file() else ""
            if not re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE):
                missing.append(f"{row['number']}: {named}")
    assert not missing, missing


def test_the_file_is_what_its_parts_say() -> None:
    spec = importlib.util.spec_from_file_location("merge_requirements", ROOT / "bin" / "merge_requirements.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert FILE.read_text("utf-8") == module.merged(), "Run python bin/merge_requirements.py"
