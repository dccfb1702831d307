"""No effect of a school stands anywhere without its interval: not on a page, not in a sheet, not in a paper."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EFFECT = re.compile(r"\beffect\b\s*\|\s*signed|effects\[2\]\s*\|\s*signed")
INTERVAL = re.compile(r"_low\b|\.low\b|\bci95\b|effects\[1\]")
ROW = re.compile(r"(?=<tr|<li|<p[ >]|<dd|{%-? *macro)")
ROOMS = ("sheet.py", "sheets.py", "documents.py", "letters.py", "printing.py", "records.py")
LOWER, UPPER = {"effect_low", "low", "ci95"}, {"effect_high", "high", "ci95"}


def _bare_in(template: str) -> list[str]:
    """Rows of a template that print an effect and no interval beside it."""
    return [row.strip()[:120] for row in ROW.split(template) if EFFECT.search(row) and not INTERVAL.search(row)]


def _names_in(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute):
            yield one.attr
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            yield one.target.id


def _bare_parts(code: str) -> list[str]:
    """Functions, classes and tables of a module that name an effect and not both ends of its interval."""
    found = []
    for part in ast.parse(code).body:
        names = set(_names_in(part))
        if "effect" in names and not (names & LOWER and names & UPPER):
            found.append(getattr(part, "name", f"line {part.lineno}"))
    return found


def test_no_page_prints_an_effect_without_its_interval() -> None:
    bare = {
        str(path.relative_to(ROOT)): rows
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if (rows := _bare_in(path.read_text(encoding="utf-8")))
    }
    assert not bare


def test_no_sheet_or_paper_carries_an_effect_without_its_interval() -> None:
    rooms = [path for path in sorted((ROOT / "app").rglob("*.py")) if path.name in ROOMS]
    bare = {str(path.relative_to(ROOT)): parts for path in rooms if (parts := _bare_parts(path.read_text("utf-8")))}
    assert len(rooms) > 20 and not bare


def test_a_bare_effect_would_be_found() -> None:
    assert _bare_in("<tr><td>{{ row.effect|signed }}</td></tr><tr><td>{{ row.effect_low|signed }}</td></tr>")
    assert not _bare_in("<tr><td>{{ row.effect|signed }} {{ row.effect_low|signed }}</td></tr>")
    assert _bare_parts("def row(cell):\n    return [cell.effect, cell.effect_low]")
    assert not _bare_parts("def row(cell):\n    return [cell.effect, cell.effect_low, cell.effect_high]")
