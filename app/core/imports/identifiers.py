"""Identity cards (GB 11643), student numbers (学籍号), school codes: form, check digit, dates (domain §6.1)."""

import datetime as dt
import re
from typing import NamedTuple

from app.core.imports.reasons import Note, note

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
ID_FORM = re.compile(r"\d{17}[\dX]", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E\+?\d{1,3}", re.IGNORECASE | re.ASCII)
_LOST_DIGITS = re.compile(r"[A-Z]?\d{15}000", re.ASCII)
_SCHOOL_CODE = re.compile(r"\d{10}", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{5,18}", re.ASCII)

SCHOOL_GRADES: dict[str, frozenset[int]] = {
    "21": frozenset(range(1, 7)),
    "31": frozenset(range(7, 10)),
    "34": frozenset(range(7, 13)),
    "36": frozenset(range(10, 13)),
    "38": frozenset(range(1, 10)),
    "51": frozenset(range(1, 13)),
}


class IdFacts(NamedTuple):
    """What a valid ID number tells: birth date in ISO form, gender code 1 or 2."""

    birth_date: str
    gender: str


class _Sums(dict[str, int]):
    """Weighted sums of slices of an ID, remembered: areas, dates and tails repeat in every roster."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self._start = start

    def __missing__(self, digits: str) -> int:
        total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS[self._start :], strict=False))
        if len(self) < 200_000:
            self[digits] = total
        return total


class _Dates(dict[str, str | None]):
    """ISO form of eight digits, None where there is no such day."""

    def __missing__(self, digits: str) -> str | None:
        try:
            answer: str | None = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
        except ValueError:
            answer = None
        if len(self) < 200_000:
            self[digits] = answer
        return answer


_AREA_SUMS, _BIRTH_SUMS, _TAIL_SUMS, _DATES = _Sums(0), _Sums(6), _Sums(14), _Dates()


def check_digit(seventeen: str) -> str:
    """The 18th character that belongs to 17 digits."""
    return _CHECK[(_AREA_SUMS[seventeen[:6]] + _BIRTH_SUMS[seventeen[6:14]] + _TAIL_SUMS[seventeen[14:17]]) % 11]


def id_facts(number: str) -> IdFacts | None:
    """Birth date and gender of a valid, tidy ID number; None where form, date or check digit is wrong."""
    if len(number) != 18 or not number.isascii() or not number[:17].isdigit():
        return None
    return facts_of_sound(number) if _DATES[number[6:14]] and check_digit(number) == number[17] else None


def facts_of_sound(number: str) -> IdFacts:
    """The same of a number whose form, date and check digit are known to be right, as it stands in a student number."""
    return IdFacts(str(_DATES[number[6:14]]), "1" if number[16] in "13579" else "2")


def why_not_id(number: str) -> Note | None:
    """The reason why a tidy text is no valid ID number, or None (vectors in domain §6.1)."""
    if id_facts(number):
        return None
    spoilt = why_spoilt(number)
    if spoilt:
        return spoilt
    if re.fullmatch(r"\d{15}", number, re.ASCII):
        return note("id_fifteen")
    if len(number) != 18:
        return note("id_length", length=len(number))
    if not ID_FORM.fullmatch(number):
        return note("id_characters")
    if _DATES[number[6:14]] is None:
        return note("id_date", year=int(number[6:10]), month=int(number[10:12]), day=int(number[12:14]))
    return _wrong_check("id_check", number)


def _wrong_check(code: str, number: str) -> Note:
    if _LOST_DIGITS.fullmatch(number):
        return note("id_lost_digits")
    return note(code, right=check_digit(number[-18:]), found=number[-1])


def why_spoilt(text: str) -> Note | None:
    """The note when a text is what Excel leaves of a long number."""
    return note("id_scientific") if _SCIENTIFIC.fullmatch(text) else None


def why_not_document(number: str) -> Note | None:
    """The reason why a tidy text is no number of a passport or a document from Hong Kong, Macao or Taiwan."""
    return why_spoilt(number) or (None if _PASSPORT.fullmatch(number) else note("id_characters"))


def is_valid_student_no(number: str) -> bool:
    """True for G or J with a right check digit, or L, which has none; the birth date in it must exist."""
    if len(number) != 19 or not number.isascii() or not number[1:18].isdigit() or _DATES[number[7:15]] is None:
        return False
    if number[0] == "L":
        return number[18].isdigit()
    return number[0] in "GJ" and check_digit(number[1:]) == number[18]


def judge_student_no(number: str) -> tuple[Note, ...]:
    """What is wrong or odd about a tidy student number, worst first; empty when nothing is."""
    if is_valid_student_no(number):
        return ()
    blocked = why_spoilt(number) or _why_not_student_no(number)
    return (blocked,) if blocked else (note("student_no_date"),)


def _why_not_student_no(number: str) -> Note | None:
    prefix, body = number[:1], number[1:]
    if ID_FORM.fullmatch(number):
        if _LOST_DIGITS.fullmatch(number) and id_facts(number) is None:
            return note("id_lost_digits")
        return note("student_no_prefix", suggestion=f"G{number}")
    if len(number) != 19:
        return note("student_no_length", length=len(number))
    if prefix not in ("G", "J", "L") or not ID_FORM.fullmatch(body) or (prefix == "L" and body[17] == "X"):
        return note("student_no_form")
    if prefix == "L":
        return None
    if check_digit(body) != body[17]:
        return _wrong_check("student_no_check", number)
    if prefix == "J":
        return None
    return note("id_date", year=int(body[6:10]), month=int(body[10:12]), day=int(body[12:14]))


def why_not_school_code(text: str) -> Note | None:
    """The reason why a tidy text is no school code: 2 digits type, 2 province, 6 serial."""
    if not _SCHOOL_CODE.fullmatch(text):
        return note("school_code_form")
    return None if text[:2] in SCHOOL_GRADES else note("school_type", type=text[:2])
