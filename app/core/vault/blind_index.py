"""What a blind index is made of: the value in one agreed spelling, so that two spellings of one number meet."""

import re
import unicodedata
from collections.abc import Callable

_GAPS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad\-‐-―·.()（）]+")


def _id_number(text: str) -> str:
    return text.upper()


def _phone(text: str) -> str:
    digits = text.removeprefix("+")
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


_SPELLINGS: dict[str, Callable[[str], str]] = {"id_number": _id_number, "phone": _phone}


def normalised(kind: str, value: str) -> str:
    """`value` as it is hashed: NFKC (full-width to half-width), without gaps and dashes, lower case.

    kind `id_number`: upper case, so a trailing x meets X; kind `phone`: without +86; any other kind: folded case only.
    """
    if value.isascii() and value.isalnum():
        return _SPELLINGS.get(kind, str.casefold)(value)
    text = _GAPS.sub("", unicodedata.normalize("NFKC", value))
    return _SPELLINGS.get(kind, str.casefold)(text)
