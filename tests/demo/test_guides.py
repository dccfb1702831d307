"""What the guides call by name is so called on the pages: a button that was renamed is renamed in its guide too."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile
from flask import Flask

from app.core.web import navigation

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [
    ROOT / "docs" / "operations.md",
    ROOT / "docs" / "before-going-live.md",
    *sorted(path for path in (ROOT / "docs" / "guide").glob("*.md") if path.name != "README.md"),
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MEANT = {"没有差别", "同样起点本来会到多少", "未校正"}
"""Quoted as a thought, not as a name."""


@cache
def written() -> str:
    """Everything that pages are drawn from."""
    places = ("templates/**/*.html", "app/**/*.py", "workflows/**/*.py", "config/**/*.yaml")
    return "\n".join(path.read_text("utf-8") for place in places for path in sorted(ROOT.glob(place)))


@cache
def in_english() -> str:
    """All English that pages may say."""
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        said = [str(one.string) for one in pofile.read_po(file) if one.string]
    return "\n".join(said).lower() + written().lower()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_names_in_a_guide_are_those_of_the_pages(guide: Path) -> None:
    text = guide.read_text("utf-8")
    quoted = re.findall(r"“([^”]{1,40})”", text)
    wrong = [
        part
        for name in quoted
        if CHINESE.search(name)
        for part in re.split(" ?→ ?", name)
        if part not in MEANT and part not in written()
    ]
    wrong += [name for name in quoted if not CHINESE.search(name) and name.lower() not in in_english()]
    leaning = re.findall(r"(?<![*\w])\*([A-Z][^*\n]{2,60})\*(?!\*)", text)
    wrong += [part for name in leaning for part in re.split(" ?→ ?", name) if part.lower() not in in_english()]
    assert not wrong, f"{guide.name}: no page says {wrong}"


@pytest.mark.parametrize("guide", [one for one in GUIDES if one.stem != "menu"], ids=lambda path: path.stem)
def test_each_guide_speaks_both_languages(guide: Path) -> None:
    chinese, _, english = re.split(r"(English|\n---\n)", guide.read_text("utf-8"), maxsplit=1)
    assert len(CHINESE.findall(chinese)) > 130 and len(english) > 300


def test_every_entry_of_the_menu_is_told_in_both_languages(app: Flask) -> None:
    told = (ROOT / "docs" / "guide" / "menu.md").read_text("utf-8")
    rows = set(re.findall(r"^\| (.+?) · .+? \| [^|]*[\u4e00-\u9fff][^|]*[A-Za-z]{3}[^|]* \|$", told, re.MULTILINE)) - {
        "菜单"
    }
    titles = {str(entry.title) for entry in navigation.ENTRIES}
    assert len(titles) > 60 and rows == titles, sorted(rows ^ titles)
