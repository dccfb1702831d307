"""Dates as people and Excel write them, read to ISO form or refused; nothing is guessed (domain §6.4)."""

import datetime as dt
import re

from app.core.imports.cleaning import strip_apostrophe, tidy_text
from app.core.imports.reasons import Note, note, plain
from app.core.spreadsheets import Typed, as_typed

DateOutcome = tuple[str | None, tuple[Note, ...]]

_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.,年·]\s*(\d{1,2})\s*[-/.,月·]\s*(\d{1,2})\s*[日号]?", re.ASCII)
_EIGHT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?$")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}", re.ASCII)
_NO_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}月?|\d{6}|\d{4}年?|\d{1,2}月\d{1,2}日|\d{1,2}[-/.]\d{1,2}", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.0+)?", re.ASCII)
_EPOCH_1900, _EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
_SERIAL_FROM, _SERIAL_TO = dt.date(1950, 1, 1), dt.date(2100, 12, 31)


def read_date(typed: Typed, date1904: bool = False) -> DateOutcome:
    """ISO date of a cell, with notes; None with a blocking note where it cannot be told for certain.

    `date1904` is the workbook's flag: serial numbers then count from 1904-01-01 instead of 1899-12-30.
    """
    if isinstance(typed, str):
        if _ISO.fullmatch(typed):
            return _calendar(typed, int(typed[:4]), int(typed[5:7]), int(typed[8:]), ())
        return _from_text(typed, date1904)
    if isinstance(typed, dt.datetime):
        return typed.date().isoformat(), ()
    if isinstance(typed, dt.date):
        return typed.isoformat(), ()
    if isinstance(typed, bool) or not isinstance(typed, (int, float)) or typed != int(typed):
        return None, (note("date_form"),)
    return _from_number(int(typed), date1904)


def _from_text(text: str, date1904: bool) -> DateOutcome:
    bare, notes = tidy_text(text)
    bare, more = strip_apostrophe(bare)
    notes += more
    if not bare:
        return None, notes
    bare = _MIDNIGHT.sub("", bare)
    found = _YEAR_FIRST.fullmatch(bare) or _EIGHT.fullmatch(bare)
    if found:
        iso_notes = notes if _ISO.fullmatch(bare) else (*notes, plain("date_style"))
        return _calendar(bare, int(found[1]), int(found[2]), int(found[3]), iso_notes)
    if _SERIAL.fullmatch(bare):
        return _from_number(int(float(bare)), date1904, notes)
    last = _YEAR_LAST.fullmatch(bare)
    if last:
        return _year_last(bare, int(last[1]), int(last[2]), int(last[3]), notes)
    if _SHORT_YEAR.fullmatch(bare):
        return None, (note("date_two_digit_year"),)
    return None, (note("date_incomplete" if _NO_DAY.fullmatch(bare) else "date_form"),)


def _year_last(text: str, first: int, second: int, year: int, notes: tuple[Note, ...]) -> DateOutcome:
    if first <= 12 and second <= 12 and first != second:
        return None, (note("date_ambiguous"),)
    month, day = (first, second) if second > 12 else (second, first)
    return _calendar(text, year, month, day, (*notes, plain("date_style")))


def _calendar(text: str, year: int, month: int, day: int, notes: tuple[Note, ...]) -> DateOutcome:
    try:
        return dt.date(year, month, day).isoformat(), notes
    except ValueError:
        return None, (note("date_impossible"),)


def _from_number(number: int, date1904: bool, notes: tuple[Note, ...] = ()) -> DateOutcome:
    text = as_typed(number)
    eight = _EIGHT.fullmatch(text)
    if eight:
        return _calendar(text, int(eight[1]), int(eight[2]), int(eight[3]), (*notes, plain("date_style")))
    if len(text) == 5:
        day = (_EPOCH_1904 if date1904 else _EPOCH_1900) + dt.timedelta(days=number)
        if _SERIAL_FROM <= day <= _SERIAL_TO:
            return day.isoformat(), (*notes, plain("date_serial"))
    return None, (note("date_incomplete" if _NO_DAY.fullmatch(text) else "date_form"),)
