"""Grades and classes as schools write them; cohort years become grades by school year and type of school."""

import re
from typing import NamedTuple

from app.core.imports.reasons import Note, note, plain
from app.core.imports.vocabulary import codes, label, plain_word

GRADE_WORDS = re.compile(r"G(?:[1-9]|1[0-2])", re.IGNORECASE | re.ASCII)
_COHORT = re.compile(r"((?:19|20)\d\d)级?(?:学生|新生)?", re.ASCII)
_LEAVERS = re.compile(r"(?:20)?\d\d届.*", re.ASCII)
_SHORT_COHORT = re.compile(r"\d\d级", re.ASCII)
_COHORT_MARK = "@"
_STAGES = {1: range(1, 7), 7: range(7, 10), 10: range(10, 13)}
_DIGITS = "零一二三四五六七八九"
_CLASS_ALONE = re.compile(r"第?\(?(\d{1,2}|[一二三四五六七八九十]{1,3})\)?班?", re.ASCII)
_CLASS_PACKED = re.compile(r"(0[1-9]|1[0-2]|[1-9])(\d\d)班?", re.ASCII)
_CLASS_IN_GRADE = re.compile(
    r"(?P<grade>.*?(?:年级|级)|初[一二三]|高[一二三]|小[一二三四五六]|[一二三四五六七八九]|十[一二]?|\d{1,2}(?=[-.(]))"
    r"[-.]?\(?(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})\)?班?",
    re.ASCII,
)


class ClassText(NamedTuple):
    """What a class text says: its number and the grade it names, if any ("G7" or a cohort such as "@2021")."""

    number: int
    grade: str | None = None


GradeOutcome = tuple[str | None, tuple[Note, ...]]


def read_grade(text: str) -> GradeOutcome:
    """The grade a tidy text names: "G7", or "@2021" for a cohort that `settle_grade` turns into a grade."""
    word = plain_word(text)
    code = codes("grade").get(word)
    if code:
        return code, (() if word == code.casefold() else (plain("word"),))
    cohort = _COHORT.fullmatch(word)
    if cohort:
        return f"{_COHORT_MARK}{cohort[1]}", (plain("cohort"),)
    if _LEAVERS.fullmatch(word):
        return None, (note("grade_leavers"),)
    if _SHORT_COHORT.fullmatch(word):
        return None, (note("grade_short_year"),)
    return None, (note("grade_unknown"),)


def school_year(year: int, month: int) -> int:
    """The year in which the school year of this month began: it rolls on 1 September."""
    return year if month >= 9 else year - 1


def cohort_of(grade: str, year: int) -> int:
    """The year in which pupils who are in `grade` (G1–G12) in the school year `year` were in grade 1, so none skipped one."""
    return year - int(grade[1:]) + 1


def settle_grade(grade: str, taught: frozenset[int] | None, year: int, school: str = "") -> GradeOutcome:
    """The grade within a school that teaches the grades `taught` (None: not known) in the school year `year`."""
    if not grade.startswith(_COHORT_MARK):
        if taught is not None and int(grade[1:]) not in taught:
            return None, (note("grade_conflict", school=school, grade=(label("grade", grade), grade)),)
        return grade, ()
    years = year - int(grade[1:])
    possible = sorted({entry + years for entry in _STAGES if _leads_to(entry, entry + years, taught)})
    if len(possible) == 1:
        return f"G{possible[0]}", ()
    if not possible:
        return None, (note("cohort_no_answer", year=year),)
    first, second = ((label("grade", f"G{each}"), f"G{each}") for each in possible[:2])
    return None, (note("cohort_two_answers", first=first, second=second),)


def _leads_to(entry: int, grade: int, taught: frozenset[int] | None) -> bool:
    """May pupils who began in the grade `entry` sit in `grade` of a school that teaches `taught`?"""
    if not entry <= grade <= 12:
        return False
    return taught is None or (grade in taught and any(each in taught for each in _STAGES[entry]))


def read_class(text: str) -> ClassText | None:
    """The class a tidy text names, or None: 3班, （3）班, 0703, 三班, 七(3)班, 初一3班, 2021级3班."""
    word = plain_word(text)
    alone = _CLASS_ALONE.fullmatch(word)
    if alone:
        number = _numeral(alone[1])
        if number is not None:
            return ClassText(number)
    packed = _CLASS_PACKED.fullmatch(word)
    if packed:
        return ClassText(int(packed[2]), f"G{int(packed[1])}")
    within = _CLASS_IN_GRADE.fullmatch(word)
    if not within:
        return None
    grade, _ = read_grade(within["grade"])
    number = _numeral(within["number"])
    return ClassText(number, grade) if grade and number is not None else None


def _numeral(text: str) -> int | None:
    """A number up to 99 in digits or Chinese characters."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.index(text) if len(text) == 1 else None
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return None
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)
