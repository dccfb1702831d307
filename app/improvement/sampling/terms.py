"""The term (学期) that a draw is made for: September to January, February to August, in words."""

from __future__ import annotations

from datetime import date

from app.core import clock
from app.core.calendar.terms import term_of
from app.core.errors import Sentence


def this_term() -> tuple[date, date]:
    """First and last day of the term that runs today."""
    return term_of(clock.today())


def term_words(first: date) -> Sentence:
    """2026—2027 学年第一学期."""
    if first.month == 9:
        return Sentence(f"{first.year}—{first.year + 1} 学年第一学期", f"First term of {first.year}–{first.year + 1}")
    return Sentence(f"{first.year - 1}—{first.year} 学年第二学期", f"Second term of {first.year - 1}–{first.year}")
