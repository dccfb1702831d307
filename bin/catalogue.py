"""The English catalogue: extracts every Chinese sentence of the interface and keeps app/translations/en complete.

Usage: python bin/catalogue.py            write the catalogue anew, keep what is translated
       python bin/catalogue.py --missing  list what has no English yet
       python bin/catalogue.py --take F   take translations from a JSON object {Chinese: English}

A sentence that counts has two forms in English: {"%(n)s 行": ["%(n)s row", "%(n)s rows"]}. The catalogue keeps them as an
entry whose plural is the same Chinese (app/core/web/plurals.py chooses by the number given as n).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PO = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("app/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {
    "templates/**.html": {
        "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false", "extensions": "app.core.web.kept.Kept",
    }
}  # fmt: skip
"""Not silent: a template whose tags the extractor does not know is told, and does not drop out with all its sentences."""
KEYWORDS = {
    "_": None, "gettext": None, "lazy_gettext": None, "_l": None, "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2),
}  # fmt: skip


def extracted() -> Catalog:
    """Every message of code and templates, in the order of the alphabet."""
    found = Catalog(locale="en", charset="utf-8")
    walk = extract_from_dir(
        str(ROOT), METHODS, OPTIONS, keywords=KEYWORDS, directory_filter=lambda path: Path(path).name not in SKIP
    )
    for _file, _line, message, _comments, context in walk:
        found.add(message, None, context=context)
    return found


SKIP = {".venv", ".git", "node_modules", ".data", "__pycache__", "static", "tests", "docs"}


def kept() -> Catalog:
    """The catalogue as it stands."""
    if not PO.exists():
        return Catalog(locale="en", charset="utf-8")
    with PO.open("rb") as file:
        return read_po(file, locale="en")


Taken = dict[str, "str | list[str]"]


def merged(taken: Taken | None = None) -> Catalog:
    """What is extracted now, with the English that is known for it: one form, or one for one and one for many."""
    known, fresh = kept(), Catalog(locale="en", charset="utf-8", fuzzy=False)
    for message in extracted():
        if not message.id:
            continue
        before = known.get(message.id, context=message.context)
        words = before.string if before else ""
        if taken and message.id in taken:
            given = taken[message.id]
            words = given if isinstance(given, str) else tuple(given)
        chinese = [str(message.id)] * (2 if isinstance(words, tuple) else 1)
        fresh.add(tuple(chinese) if len(chinese) > 1 else chinese[0], words, context=message.context)
    return fresh


def missing(catalog: Catalog) -> list[str]:
    """The Chinese of messages without English."""
    found = []
    for message in catalog:
        if message.id and not (all(message.string) if isinstance(message.string, tuple) else message.string):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return sorted(found)


def write(catalog: Catalog) -> None:
    """Write the file without dates, so that it changes only when words do."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, omit_header=False, no_location=True, sort_output=True, width=0)
    lines = [line for line in PO.read_text("utf-8").splitlines() if "-Date:" not in line and "Generated-By" not in line]
    PO.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--missing"]:
        print("\n".join(missing(merged())))
    elif sys.argv[1:2] == ["--take"]:
        write(merged(json.loads(Path(sys.argv[2]).read_text("utf-8"))))
    else:
        write(merged())
