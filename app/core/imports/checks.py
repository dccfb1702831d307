"""Checks of single cells, built once per column and asked once per different cell content."""

import datetime as dt
import re
from collections.abc import Callable

from app.core.imports import identifiers
from app.core.imports.cleaning import judge_name, strip_apostrophe, tidy_identifier, tidy_name, tidy_text
from app.core.imports.columns import Check, Column, MakeCheck, Outcome, Setting
from app.core.imports.dates import read_date
from app.core.imports.reasons import Note, note, plain
from app.core.imports.vocabulary import choices, codes, labels, plain_word
from app.core.spreadsheets import Typed, as_typed

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_STAFF_NO = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}", re.ASCII)
_PARTS = re.compile(r"[、,，;；/|\s]+")
_ISO_END = re.compile(r"(\d{4})(?:年|级|学年)?(?:[-/.]?\d{1,2}月?)?", re.ASCII)


def as_text(typed: Typed) -> tuple[str | None, tuple[Note, ...]]:
    """A cell as tidy text; None with a note where Excel made a date of it."""
    if isinstance(typed, str):
        return tidy_text(typed)
    if isinstance(typed, (dt.date, dt.time, dt.timedelta)):
        return None, (note("not_text"),)
    return as_typed(typed), (() if isinstance(typed, bool) else (plain("number_as_text"),))


def is_blocked(notes: tuple[Note, ...]) -> bool:
    """Does one of the notes block the row?"""
    return bool(notes) and any(each.level == "block" for each in notes)


def text(limit: int) -> MakeCheck:
    """Any text up to `limit` characters."""

    def make(column: Column, setting: Setting) -> Check:
        def check(typed: Typed) -> Outcome:
            words, notes = as_text(typed)
            if words and len(words) > limit:
                return None, (*notes, note("too_long", limit=limit, length=len(words)))
            return words or None, notes

        return check

    return make


def name(limit: int) -> MakeCheck:
    """A person's name up to `limit` characters."""

    def make(column: Column, setting: Setting) -> Check:
        def check(typed: Typed) -> Outcome:
            if not isinstance(typed, str):
                return None, (note("name_characters", odd=as_typed(typed)[:12]),)
            words, notes = tidy_name(typed)
            if len(words) > limit:
                return None, (*notes, note("too_long", limit=limit, length=len(words)))
            notes += judge_name(words)
            return (None if is_blocked(notes) else words or None), notes

        return check

    return make


def identifier(judge: Callable[[str], tuple[Note, ...]], *, from_number: bool) -> MakeCheck:
    """A tidy identifier that `judge` finds nothing blocking in; number cells are refused where digits could be lost."""

    def make(column: Column, setting: Setting) -> Check:
        def check(typed: Typed) -> Outcome:
            if isinstance(typed, str):
                words, notes = tidy_identifier(typed)
            elif isinstance(typed, (dt.date, dt.time, dt.timedelta)):
                return None, (note("not_text"),)
            elif not from_number or isinstance(typed, bool):
                return None, (note("id_number"),)
            else:
                words, notes = as_typed(typed), (plain("number_as_text"),)
            if not words:
                return None, notes
            notes += judge(words)
            return (None if is_blocked(notes) else words), notes

        return check

    return make


def _spoilt(words: str) -> tuple[Note, ...]:
    found = identifiers.why_spoilt(words) if "E" in words else None
    return (found,) if found else ()


student_no = identifier(identifiers.judge_student_no, from_number=False)
document_no = identifier(_spoilt, from_number=False)


def _judge_staff_no(words: str) -> tuple[Note, ...]:
    return () if _STAFF_NO.fullmatch(words) else (_spoilt(words) or (note("staff_no_form"),))


staff_no = identifier(_judge_staff_no, from_number=True)


def digits(length: int) -> MakeCheck:
    """Exactly `length` digits."""
    wanted = re.compile(rf"\d{{{length}}}", re.ASCII)

    def judge(words: str) -> tuple[Note, ...]:
        return () if wanted.fullmatch(words) else (_spoilt(words) or (note("digits", length=length),))

    return identifier(judge, from_number=True)


def phone(column: Column, setting: Setting) -> Check:
    """A mobile number of 11 digits."""

    def check(typed: Typed) -> Outcome:
        words, notes = tidy_identifier(typed) if isinstance(typed, str) else as_text(typed)
        if not words:
            return None, notes
        bare = words.replace("-", "").replace("(", "").replace(")", "")
        if bare != words:
            notes = (*notes, plain("dashes"))
        local = re.sub(r"^(?:\+|00)86", "", bare)
        if local != bare:
            notes = (*notes, plain("country_code"))
        return (local, notes) if MOBILE.fullmatch(local) else (None, (*notes, note("phone")))

    return check


def word(column: Column, setting: Setting) -> Check:
    """One word of the column's group, as its code; how it was written is listed with the code, not as a fix."""
    table = codes(column.group)
    known, offered = labels(column.group), choices(column.group)

    def check(typed: Typed) -> Outcome:
        words, notes = as_text(typed)
        if not words:
            return None, notes
        code = table.get(plain_word(words))
        if code is None:
            return None, (*notes, note("unknown_word", words=known, choices=offered))
        return code, (() if code == typed else (plain("word"),))

    return check


def yes_no(column: Column, setting: Setting) -> Check:
    """是 or 否 as True or False."""
    inner = word(column, setting)

    def check(typed: Typed) -> Outcome:
        if isinstance(typed, bool):
            return typed, ()
        code, notes = inner(typed)
        return (None if code is None else code == "y"), notes

    return check


def words(column: Column, setting: Setting) -> Check:
    """Several words of the column's group, as a list of codes."""
    table = codes(column.group)
    known, offered = labels(column.group), choices(column.group)

    def check(typed: Typed) -> Outcome:
        given, notes = as_text(typed)
        if not given:
            return None, notes
        parts = [part for part in _PARTS.split(given) if part]
        found = [table.get(plain_word(part)) for part in parts]
        if None in found:
            return None, (*notes, note("unknown_word", words=known, choices=offered))
        return list(dict.fromkeys(code for code in found if code)), (plain("word"),)

    return check


def date(low: str, high: str | None = None) -> MakeCheck:
    """A date from `low` to `high` in ISO form; without `high` up to the day the table is about."""

    def make(column: Column, setting: Setting) -> Check:
        last = high or setting.lookups.as_of.isoformat()

        def check(typed: Typed) -> Outcome:
            value, notes = read_date(typed, setting.date1904)
            if value is not None and not low <= value <= last:
                return None, (*notes, note("date_range", value=value, low=low, high=last))
            return value, notes

        return check

    return make


def year(low: int, high: int) -> MakeCheck:
    """A year, also from 2021级, 2021年 or a date."""

    def make(column: Column, setting: Setting) -> Check:
        def check(typed: Typed) -> Outcome:
            if isinstance(typed, dt.date):
                return typed.year, (plain("date_style"),)
            given, notes = as_text(typed)
            if not given:
                return None, notes
            given = strip_apostrophe(given)[0]
            found = _ISO_END.fullmatch(given)
            if not found:
                return None, (*notes, note("date_form"))
            value = int(found[1])
            if not low <= value <= high:
                return None, (*notes, note("number_range", low=low, high=high))
            return value, (notes if given == found[1] else (*notes, plain("word")))

        return check

    return make
