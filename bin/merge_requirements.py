"""Puts the rows of docs/security/requirements/*.yaml into one file, docs/security/requirements.yaml, in order of number.

Several areas may speak of one number: their reasons and tests stand together, and the weakest status counts.

Usage: python bin/merge_requirements.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "security"
HEAD = "# Written by bin/merge_requirements.py from docs/security/requirements/; change the rows there.\n"
WEAKEST_FIRST = ("not", "partly", "met")


def together(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """One row of what the areas say of one number. Raises ValueError for a status that is none of ours."""
    return {
        "number": rows[0]["number"],
        "status": WEAKEST_FIRST[min(WEAKEST_FIRST.index(row["status"]) for row in rows)],
        "reason": " ".join(row["reason"] for row in rows),
        "tests": list(dict.fromkeys(test for row in rows for test in row["tests"])),
    }


def merged() -> str:
    """The text of the whole file."""
    said: dict[int, list[dict[str, Any]]] = {}
    for path in sorted((FOLDER / "requirements").glob("*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            said.setdefault(row["number"], []).append(row)
    ordered = [together(said[number]) for number in sorted(said)]
    return HEAD + yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=1000)


if __name__ == "__main__":
    (FOLDER / "requirements.yaml").write_text(merged(), "utf-8")
