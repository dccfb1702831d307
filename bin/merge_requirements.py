"""Puts the rows of docs/security/requirements/*.yaml into one file, docs/security/requirements.yaml, in order of number.

Usage: python bin/merge_requirements.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "security"
HEAD = "# Written by bin/merge_requirements.py from docs/security/requirements/; change the rows there.\n"


def merged() -> str:
    """The text of the whole file. Raises ValueError where two files have a row of one number."""
    rows: dict[int, dict[str, Any]] = {}
    for path in sorted((FOLDER / "requirements").glob("*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            if row["number"] in rows:
                raise ValueError(f"{path.name}: number {row['number']} has a row already")
            rows[row["number"]] = row
    ordered = [rows[number] for number in sorted(rows)]
    return HEAD + yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=1000)


if __name__ == "__main__":
    (FOLDER / "requirements.yaml").write_text(merged(), "utf-8")
