"""Chinese is the source, English complete: every sentence has its translation, with the same blanks to fill."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLANK = re.compile(r"%\(([a-z_0-9]+)\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = {"中文", "简体中文"}
GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "pgettext"}


@pytest.fixture(scope="module")
def catalogue() -> object:
    """bin/catalogue.py as a module."""
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "bin" / "catalogue.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_of_the_interface_has_its_english(catalogue: object) -> None:
    lacking = catalogue.missing(catalogue.merged())  # type: ignore[attr-defined]
    assert not lacking, f"Translate and run python bin/catalogue.py --take: {len(lacking)} sentences, {lacking[:10]}"


def test_sentences_of_templates_with_tags_of_our_own_are_found_too(catalogue: object) -> None:
    """The extractor left out every template with a tag it did not know: filters and pages were Chinese in English."""
    found = {message.id for message in catalogue.extracted()}  # type: ignore[attr-defined]
    assert {"更多条件", "清除筛选", "下一页", "主菜单"} <= found


def _methods(tree: ast.Module) -> list[tuple[str, dict[str, ast.FunctionDef]]]:
    """The methods of each kind of record in a module."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    classes = [one for one in classes if any(ast.unparse(base) == "Movable" for base in one.bases)]
    return [(one.name, {fn.name: fn for fn in one.body if isinstance(fn, ast.FunctionDef)}) for one in classes]


def test_a_record_whose_name_holds_chinese_words_has_a_name_in_english_too() -> None:
    """To-do lists and letters name records by `named`; a record that only says `label` would be Chinese in English."""
    files = [path for path in (ROOT / "app").rglob("*.py") if "models" in (path.stem, path.parent.name)]
    lacking = [
        name
        for path in files
        for name, methods in _methods(ast.parse(path.read_text("utf-8")))
        if "label" in methods and CHINESE.search(ast.unparse(methods["label"].body[-1])) and "named" not in methods
    ]
    assert not lacking


def test_a_translation_fills_the_same_blanks(catalogue: object) -> None:
    wrong = []
    for message in catalogue.kept():  # type: ignore[attr-defined]
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        for one in words:
            if one and not set(BLANK.findall(one)) <= set(BLANK.findall(ids[0])):
                wrong.append(ids[0])
        if len(words) > 1 and BLANK.search(ids[0]) and not BLANK.search(words[-1]):
            wrong.append(ids[0])
    assert not wrong, f"These have other blanks than the Chinese, or none in the form for many: {wrong}"


def test_no_chinese_is_left_in_the_english(catalogue: object) -> None:
    left = [
        message.id
        for message in catalogue.kept()  # type: ignore[attr-defined]
        for one in (message.string if isinstance(message.string, tuple) else (message.string,))
        if one and CHINESE.search(one) and one not in NAMES and not re.search(r"[“\"(（].*[\u4e00-\u9fff]", one)
    ]
    assert not left, f"Translate the whole sentence: {left[:10]}"


def test_no_sentence_hides_inside_an_f_string() -> None:
    """Older Pythons do not find it there, so its English would be missed on some machines."""
    hidden = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
                if any(isinstance(call.func, ast.Name) and call.func.id in GETTEXT for call in calls):
                    hidden.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not hidden, f"Take the sentence out of the f-string: {hidden}"
