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
