"""Which school, grade and class a row is about: codes, names, aliases, cohort years, grades written into the class."""

from app.core.imports.checks import as_text, is_blocked
from app.core.imports.cleaning import tidy_identifier
from app.core.imports.columns import Check, Column, Json, Outcome, Setting
from app.core.imports.directory import Directory
from app.core.imports.grades import read_class, read_grade, settle_grade
from app.core.imports.identifiers import why_not_school_code
from app.core.imports.reasons import Note, note, plain
from app.core.imports.vocabulary import label
from app.core.imports.work import Work
from app.core.spreadsheets import Typed

_MOST_CLASSES = 60
_MARK = "\x1f"


def school(column: Column, setting: Setting) -> Check:
    """A school by its code or any of its names, as its code; unknown ones come with three candidates."""
    directory = setting.lookups.directory
    known = setting.lookups.schools is not None

    def check(typed: Typed) -> Outcome:
        code, notes = _code_like(typed)
        if code is not None and code in directory.by_code:
            return code, notes
        words, text_notes = as_text(typed)
        if not words:
            return None, text_notes
        if code is not None and code.isdigit():
            why = why_not_school_code(code)
            if why is None and not known:
                return code, notes
            return None, (*notes, why or _unknown(directory, words))
        return _by_name(directory, words, text_notes)

    return check


def _code_like(typed: Typed) -> tuple[str | None, tuple[Note, ...]]:
    if isinstance(typed, str):
        return tidy_identifier(typed)
    words, notes = as_text(typed)
    return words, notes


def _by_name(directory: Directory, words: str, notes: tuple[Note, ...]) -> Outcome:
    found = directory.codes_for(words)
    if len(found) == 1:
        return next(iter(found)), (plain("school_from_name"),)
    if found:
        return None, (*notes, note("school_ambiguous", choices=directory.candidates(words, found)))
    return None, (*notes, _unknown(directory, words))


def _unknown(directory: Directory, words: str) -> Note:
    return note("school_unknown", choices=directory.candidates(words))


def grade(column: Column, setting: Setting) -> Check:
    """A grade word; a cohort year stays marked until the school is known."""

    def check(typed: Typed) -> Outcome:
        words, notes = as_text(typed)
        if not words:
            return None, notes
        value, more = read_grade(words)
        return value, (more if value else (*notes, *more))

    return check


def class_no(column: Column, setting: Setting) -> Check:
    """A class; a grade written into it stays with the number until both are compared."""

    def check(typed: Typed) -> Outcome:
        words, notes = as_text(typed)
        if not words:
            return None, notes
        found = read_class(words)
        if found is None:
            return None, (*notes, note("class_unknown"))
        if not 1 <= found.number <= _MOST_CLASSES:
            return None, (*notes, note("class_range", number=found.number))
        value: Json = f"{found.grade}{_MARK}{found.number}" if found.grade else found.number
        return value, (() if words == str(found.number) else (plain("word"),))

    return check


def settle_schools(work: Work) -> None:
    """Take the school from its name where no code was given; say where code and name disagree."""
    if not work.column_in_use("school_name"):
        return
    codes, names = work.values["school_code"], work.values["school_name"]
    directory = work.lookups.directory
    by_name = school(work.kind.column("school_code"), work.setting)
    given = work.table.typed["school_code"]
    answers = work.ask(names, lambda name: by_name(name) if isinstance(name, str) else (None, ()))
    for row, (code, name, (found, notes)) in enumerate(zip(codes, names, answers, strict=True)):
        if name is None:
            continue
        if code is None and given[row] == "":
            codes[row] = found
            for each in notes:
                if each.level != "coded":
                    work.remark(row, "school_name", each)
        elif isinstance(code, str) and isinstance(name, str) and code != found:
            others = directory.codes_for(name)
            if others and code not in others:
                work.block(row, "school_code", note("school_name_differs", code_name=directory.name(code), typed=name))


def settle_grades(work: Work) -> None:
    """Turn cohorts into grades, split grades out of classes, compare both with what the school teaches."""
    schools, grades, classes = (work.values[code] for code in ("school_code", "grade", "class_no"))
    answers = work.ask(zip(schools, grades, classes, strict=True), lambda key: _settled(work, *key))
    for row, (found_grade, found_class, remarks) in enumerate(answers):
        grades[row], classes[row] = found_grade, found_class
        for column, said in remarks:
            work.remark(row, column, said)


Settled = tuple[Json, Json, tuple[tuple[str, Note], ...]]


def _settled(work: Work, school_code: Json, grade_value: Json, class_value: Json) -> Settled:
    directory, year = work.lookups.directory, work.lookups.school_year
    code = school_code if isinstance(school_code, str) else None
    taught = directory.grades(code) if code else None
    name = directory.name(code) if code else ""
    remarks: list[tuple[str, Note]] = []
    named, number = _split(class_value)
    settled, notes = settle_grade(grade_value, taught, year, name) if isinstance(grade_value, str) else (None, ())
    if code or not work.kind.column("school_code").required:
        remarks += (("grade", each) for each in notes)
    within, class_notes = settle_grade(named, taught, year, name) if named else (None, ())
    if named and within is None and not is_blocked(notes):
        remarks += (("class_no", each) for each in class_notes)
    if within and grade_value is None:
        settled = within
        remarks.append(("class_no", plain("grade_from_class")))
    elif within and settled and within != settled:
        remarks.append(("class_no", _differs(within, settled)))
    return settled, number, tuple(remarks)


def _split(value: Json) -> tuple[str | None, Json]:
    """A class value as the grade it names, if any, and its number."""
    if isinstance(value, str) and _MARK in value:
        named, _, number = value.partition(_MARK)
        return named, int(number)
    return None, value


def number_of(value: Json) -> Json:
    """The number of a class value, without the grade that may be written into it."""
    return _split(value)[1]


def _differs(found: str, settled: str) -> Note:
    return note("class_grade_differs", found=(label("grade", found), found), grade=(label("grade", settled), settled))
