"""The terms (学期) of a school year."""

from __future__ import annotations

from datetime import date


def term_of(day: date) -> tuple[date, date]:
    """First and last day of the term (学期): September to January, February to August."""
    if 2 <= day.month <= 8:
        return date(day.year, 2, 1), date(day.year, 8, 31)
    year = day.year if day.month >= 9 else day.year - 1
    return date(year, 9, 1), date(year + 1, 1, 31)
