"""Finding identity numbers in text: a place, a date of birth that exists, three digits and a check sign."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

from app.core.errors import Sentence

MOST_TOLD = 20
_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}[ -]?((?:19|20)\d{2})(\d{2})(\d{2})[ -]?\d{3}[\dXx](?![\dXx])")


def count_in(text: str) -> int:
    """How many identity numbers stand in the text, full-width digits and the usual gaps included."""
    return sum(_is_date(*map(int, found.groups())) for found in _NUMBER.finditer(unicodedata.normalize("NFKC", text)))


def places_of(texts: Iterable[tuple[Sentence, str]]) -> Iterator[Sentence]:
    """The places whose text holds an identity number, one for each number."""
    for place, text in texts:
        for _ in range(count_in(text) if len(text) >= 18 else 0):
            yield place


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
