"""Evening out text as people type it: width, invisible characters, spaces, apostrophes; every change is named.

All functions are idempotent: cleaning what was cleaned changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable

from app.core.imports.reasons import Note, note, plain
from app.core.imports.vocabulary import no_values

Cleaned = tuple[str, tuple[Note, ...]]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af〇"
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_DOTS = re.compile(r"\s*[•・‧∙⋅●]\s*|(?<=[^\x00-\x7f])\.(?=[^\x00-\x7f])|\s*·\s*")
_APOSTROPHES = "'’‘`＇"
_EXCEL_TEXT = re.compile(r'^="([^"]*)"$')
_PLAIN_IDENTIFIER = re.compile(r"[0-9A-Z]+")
_NAME_EXTRA = re.compile(r"[0-9()\[\]]")
_NAME_ALLOWED = frozenset("·-.' ()[]")
_PLAIN_NAME = re.compile("[\u4e00-\u9fff]{2,4}").fullmatch
_DANGEROUS_START = "=+-@"


def _stable(text: str) -> str:
    for _ in range(4):
        bare = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\r\n\x0b\x0c\x85")
        evened = unicodedata.normalize("NFKC", bare)
        if evened == text:
            return text
        text = evened
    return text


def tidy_text(text: str) -> Cleaned:
    """Half-width, without invisible characters, one space where there were several, none at the ends."""
    if text.isprintable() and text.isascii() and "  " not in text and text == text.strip():
        return text, ()
    notes: list[Note] = []
    evened = _stable(text)
    if _changed_more_than_spaces(text, evened):
        notes.append(plain("width"))
    joined = " ".join(evened.split())
    if any(c in "\r\n\t\x0b\x0c\x85\u2028\u2029" or unicodedata.category(c) in ("Cf", "Cc") for c in text):
        notes.append(plain("invisible"))
    elif any(unicodedata.category(c) == "Zs" and c != " " for c in text):
        notes.append(plain("invisible"))
    elif text != text.strip():
        notes.append(plain("trimmed"))
    elif joined != evened:
        notes.append(plain("spaces"))
    return joined, tuple(notes)


def _changed_more_than_spaces(text: str, evened: str) -> bool:
    visible = [c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc")]
    return visible != [c for c in evened if not c.isspace()]


def strip_apostrophe(text: str) -> Cleaned:
    """Without the apostrophes with which spreadsheets mark text."""
    bare = text.lstrip(_APOSTROPHES + " ")
    return (bare, (plain("apostrophe"),)) if bare != text else (text, ())


def tidy_identifier(text: str) -> Cleaned:
    """An identifier: half-width capitals without spaces, apostrophe or the ="…" of text exports."""
    if _PLAIN_IDENTIFIER.fullmatch(text):
        return text, ()
    return _until_settled(text, (tidy_text, _unwrap, strip_apostrophe, _join, _capitals))


def _until_settled(text: str, steps: tuple[Callable[[str], Cleaned], ...]) -> Cleaned:
    """Take the steps again and again until none changes anything; each note is kept once."""
    notes: dict[str, Note] = {}
    before = None
    while text != before:
        before = text
        for step in steps:
            text, found = step(text)
            notes.update((each.reason.code, each) for each in found)
    return text, tuple(notes.values())


def _unwrap(text: str) -> Cleaned:
    wrapped = _EXCEL_TEXT.match(text)
    return (wrapped[1].strip(), (plain("excel_text"),)) if wrapped else (text, ())


def _join(text: str) -> Cleaned:
    joined = "".join(text.split())
    return (joined, (note("id_spaces"),)) if joined != text else (text, ())


def _capitals(text: str) -> Cleaned:
    capitals = text.upper() if text.isascii() else text
    return (capitals, (plain("upper"),)) if capitals != text else (text, ())


def tidy_name(text: str) -> Cleaned:
    """A person's name: no spaces between Chinese characters, one kind of dot within, no leading apostrophe."""
    if text.isalpha() and unicodedata.is_normalized("NFKC", text):
        return text, ()
    return _until_settled(text, (tidy_text, strip_apostrophe, _close_up, _one_kind_of_dot))


def _close_up(name: str) -> Cleaned:
    joined = _BETWEEN_HAN.sub("", name)
    return (joined, (plain("name_spaces"),)) if joined != name else (name, ())


def _one_kind_of_dot(name: str) -> Cleaned:
    dotted = _DOTS.sub("·", name)
    return (dotted, (plain("name_dot"),)) if dotted != name else (name, ())


def is_plain_name(text: str) -> bool:
    """Two to four Chinese characters that mean nothing else: a name as it should be, seen at a glance."""
    return _PLAIN_NAME(text) is not None and text not in no_values()


def judge_name(name: str) -> tuple[Note, ...]:
    """What is odd about a tidy name: signs that block, digits or private-use characters that only warn."""
    if name.isalpha() or not name:
        return ()
    odd = next((c for c in name if not (c.isalnum() or c in _NAME_ALLOWED or unicodedata.category(c)[0] in "MC")), None)
    if name[:1] in _DANGEROUS_START:
        odd = name[0]
    if odd is not None:
        return (note("name_characters", odd=odd),)
    if any(unicodedata.category(c) == "Co" for c in name):
        return (note("private_use"),)
    return (note("name_extra"),) if _NAME_EXTRA.search(name) else ()
