"""What the documents point at is there: files, variables, commands."""

import re
from pathlib import Path

import pytest

from config.settings import Settings

PROJECT = Path(__file__).parents[2]
DOCUMENTS = [
    PROJECT / "README.md",
    PROJECT / "README.zh.md",
    *sorted(PROJECT.glob("docs/*.md")),
    *sorted(PROJECT.glob("docs/guide/*.md")),
]
VARIABLES = {one.metadata["name"] for one in Settings.__dataclass_fields__.values()}
FILE = re.compile(r"`((?:config|deploy|app|bin|docs)/[\w./-]+)`")
VARIABLE = re.compile(r"\b(BIHUAN_[A-Z_]+[A-Z])\b")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.relative_to(PROJECT).as_posix())
def test_a_document_names_only_what_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", text)
    gone = [link for link in links if not (document.parent / link).exists()]
    gone += [name for name in FILE.findall(text) if not (PROJECT / name).exists()]
    gone += sorted(set(VARIABLE.findall(text)) - VARIABLES)
    assert not gone


def test_what_is_decided_before_going_live_stands_in_both_languages_row_for_row_and_is_set_in_the_same_places() -> None:
    chinese, _, english = (
        (PROJECT / "docs/before-going-live.md").read_text("utf-8").partition("\n# What the county decides")
    )
    told = [_decisions(chinese), _decisions(english)]
    assert len(told[0]) == len(told[1]) > 50
    assert not [(one, other) for one, other in zip(*told, strict=True) if one != other]


def _decisions(half: str) -> list[tuple[bool, frozenset[str]]]:
    """Each row of the tables: whether it goes to the legal office, and the files and variables by which it is set."""
    rows = [
        line
        for line in half.splitlines()
        if line.startswith("| ") and not line.startswith(("| 要定的事", "| to decide"))
    ]
    return [("⚖" in row, frozenset(re.findall(r"`([\w/.]*[_/][\w/.]*)`", row.rpartition(" | ")[2]))) for row in rows]
