"""No two files need each other: whoever reads one can begin at the bottom, inside a room as between rooms."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files() -> dict[str, Path]:
    """Module name → file, of everything that is ours."""
    found = {}
    for folder in ("app", "workflows", "config"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def needs(text: str, known: dict[str, Path]) -> set[str]:
    """What a file imports of ours, also what it imports for its types alone."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named = {f"{node.module}.{name.name}" for name in node.names}
            found |= (named & set(known)) or ({node.module} & set(known))
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names} & set(known)
    return found


def test_no_file_imports_itself_over_others() -> None:
    known = files()
    assert len(known) > 200, "the files are not found any more"
    try:
        TopologicalSorter({name: needs(path.read_text("utf-8"), known) for name, path in known.items()}).prepare()
    except CycleError as circle:
        raise AssertionError(
            f"Take what both need out, or name a record instead of importing it: {circle.args[1]}"
        ) from None


def test_a_circle_of_two_is_seen() -> None:
    known = {"app.a": Path("a"), "app.b": Path("b")}
    graph = {"app.a": needs("from app.b import thing", known), "app.b": needs("from app import a", known)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return
    raise AssertionError("two files that import each other were let through")
