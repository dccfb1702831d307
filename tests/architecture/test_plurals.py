"""English says "1 row" and "2 rows": wherever a sentence counts, it has a form for one and a form for many."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from babel.messages import Catalog

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NUMBER = r"(?P<blank>%\((?P<name>\w+)\)[sd]|\{(?P<field>\w*)\})"
LINK = r"(?!(?:of|to|at|in|on|for|and|or|is|are|was|were|has|have|by|with|from|than|as|after|before|more)\b)"
COUNTED = re.compile(
    rf"{NUMBER}[ -]+(?:{LINK}[a-z-]+ ){{0,2}}?{LINK}(?P<noun>[a-z-]*[a-rt-z]s|people|children)\b", re.I
)
NOT_PLURAL = {"this", "its", "does", "us", "plus", "minus", "always", "towards", "perhaps"}
NAMES = {"name", "unit", "label", "field", "who", "school", "person", "title", "about", "version", "what", "place"}
"""Blanks that hold a name or a title: the word after them is no thing that is counted."""
FINE = {
    "%(name)s: %(interval)s standard deviations",  # an interval
    "{text} points",  # +1.0 points: a decimal takes the plural
    "“{name}” is too large ({millions} megapixels, limit 40). Make it smaller, then upload",  # always above 40
}
"""English that counts nothing that could be one."""


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The catalogue as bin/catalogue.py writes it now."""
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "bin" / "catalogue.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast(Catalog, module.merged())


def counted(english: str) -> list[str]:
    """What is counted with one form only: the number's blank and the words up to the plural noun."""
    return [
        found.group()
        for found in COUNTED.finditer(english)
        if not _is_fine(found["name"] or found["field"] or "", found["noun"].lower())
    ]


def _is_fine(blank: str, noun: str) -> bool:
    """Names count nothing; a limit in capitals is a constant greater than one."""
    return blank in NAMES or (blank.isupper() and len(blank) > 1) or noun in NOT_PLURAL


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{" + _last(part) + "}" for part in node.values
        )
    return ""


def _last(part: ast.expr) -> str:
    """The last name of what is put in: `rows` for {batch.rows}; a call that chooses the form itself has none."""
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return getattr(value, "attr", getattr(value, "id", ""))


def _pairs(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The English of each pair of a Chinese and an English text."""
    for node in ast.walk(tree):
        texts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
        for chinese, english in zip(texts, texts[1:], strict=False):
            if CHINESE.search(_text(chinese)) and not CHINESE.search(_text(english)):
                yield english.lineno, _text(english)


def test_every_english_sentence_that_counts_has_a_form_for_one(catalogue: Catalog) -> None:
    lacking = {
        message.id: found
        for message in catalogue
        if message.id and isinstance(message.string, str) and message.string not in FINE
        for found in [counted(message.string)]
        if found
    }
    assert not lacking, (
        "Give both forms to bin/catalogue.py --take ({Chinese: [one, many]}), with the number called n; two numbers in a "
        f"sentence: write the second as “rows: 1”. {len(lacking)}: {lacking}"
    )


def test_the_form_for_one_and_the_form_for_many_differ_and_count_by_n(catalogue: Catalog) -> None:
    wrong = []
    for message in catalogue:
        if isinstance(message.string, tuple):
            one, many = message.string
            other = [part for part in counted(many) if "(n)" not in part]
            if one == many or set(counted(one)) & set(counted(many)) or other:
                wrong.append((message.id[0], one, many))
    assert not wrong, wrong


def test_whoever_says_a_sentence_with_two_forms_gives_the_number_as_n(catalogue: Catalog) -> None:
    texts = [
        (path, path.read_text("utf-8"))
        for folder, kind in (("app", "*.py"), ("templates", "*.html"))
        for path in sorted((ROOT / folder).rglob(kind))
    ]
    counting = [m.id[0] for m in catalogue if isinstance(m.string, tuple)]
    said, silent = 0, []
    for chinese in counting:
        call = re.compile(rf"\b(?:_|gettext|lazy_gettext)\(\s*([\"']){re.escape(chinese)}\1(?P<rest>.{{0,300}})", re.S)
        for path, text in texts:
            for found in call.finditer(text) if chinese in text else ():
                said += 1
                if not re.match(r"\s*,.*?\bn=", found["rest"], re.S):
                    silent.append(f"{path.relative_to(ROOT)}: {chinese}")
    assert said >= len(counting) / 2, "the calls are not found any more"
    assert not silent, f"Say how many, with n=…: {silent}"


def test_a_sentence_of_code_that_counts_chooses_its_form() -> None:
    lacking = [
        f"{path.relative_to(ROOT)}:{line} {english}"
        for folder in ("app", "workflows")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, english in _pairs(ast.parse(path.read_text("utf-8")))
        if english not in FINE and counted(english)
    ]
    assert not lacking, "Write the number and its noun with plural(n, …) of workflows.wording:\n" + "\n".join(lacking)
