"""What the rows of rosters must agree with: the ID number, each other, and what is already known."""

from collections import defaultdict

from app.core.imports.columns import Json
from app.core.imports.identifiers import IdFacts, facts_of_sound, id_facts, why_not_document, why_not_id
from app.core.imports.reasons import Note, note
from app.core.imports.vocabulary import label
from app.core.imports.work import BLOCKED, Work
from app.core.spreadsheets import Typed


def check_documents(work: Work) -> None:
    """Compare type and number of the identity document; birth date and gender that differ from an ID give way to it."""
    types, numbers = work.values["id_type"], work.values["id_no"]
    typed_types, typed_numbers = work.table.typed["id_type"], work.table.typed["id_no"]
    births, genders, student_nos = (work.values[code] for code in ("birth_date", "gender", "student_no"))
    for row, (kind, number) in enumerate(zip(types, numbers, strict=True)):
        if number is None:
            if kind not in (None, "none") and typed_numbers[row] == "":
                work.remark(row, "id_no", note("id_missing"))
            continue
        text, student_no = str(number), student_nos[row]
        sound = student_no[1:] if isinstance(student_no, str) and student_no[0] == "G" else None
        facts = (facts_of_sound(text) if sound == text else id_facts(text)) if kind in ("id", None) else None
        if facts is None:
            _check_other(work, row, kind, text, typed_types[row])
            continue
        types[row] = "id"
        if births[row] != facts.birth_date or genders[row] != facts.gender:
            _id_wins(work, row, facts)
        if sound is not None and sound != text:
            work.remark(row, "student_no", note("student_no_differs"))


def _check_other(work: Work, row: int, kind: Json, number: str, typed_type: Typed) -> None:
    if kind == "none":
        why: Note | None = note("id_with_none")
    elif kind in ("passport", "hk_mo_tw"):
        why = why_not_document(number)
    elif kind is None and typed_type != "":
        return
    elif kind is None and not number[:15].isdigit():
        why = note("id_without_type")
    else:
        why = why_not_id(number)
    if why:
        work.block(row, "id_no", why)


def _id_wins(work: Work, row: int, facts: IdFacts) -> None:
    births, genders = work.values["birth_date"], work.values["gender"]
    if births[row] != facts.birth_date:
        if births[row] is not None:
            work.remark(row, "birth_date", note("birth_differs", right=facts.birth_date))
            births[row] = facts.birth_date
    if genders[row] != facts.gender and genders[row] is not None:
        right = (label("gender", facts.gender), "male" if facts.gender == "1" else "female")
        work.remark(row, "gender", note("gender_differs", right=right))
        genders[row] = facts.gender


def compare_with_known_students(work: Work) -> None:
    """A name that differs blocks; having left, or another school than known, is only said."""
    known = work.lookups.students
    if not known:
        return
    names, schools = work.values["name"], work.values["school_code"]
    for row, number in enumerate(work.values["student_no"]):
        student = known.get(number) if isinstance(number, str) else None
        if student is None:
            continue
        if names[row] is not None and names[row] != student.name:
            work.remark(row, "name", note("name_differs", known=student.name))
        if student.status != "enrolled":
            work.remark(row, "student_no", note("not_enrolled", status=_status(student.status)))
        elif schools[row] is not None and schools[row] != student.school_code:
            known_school = work.lookups.directory.name(student.school_code)
            work.remark(row, "school_code", note("other_school", known=known_school))


def _status(status: str) -> tuple[str, str]:
    words = {"transferred": ("已转出", "transferred"), "graduated": ("已毕业", "graduated"), "left": ("已离校", "left")}
    return words.get(status, (status, status))


def find_shared_documents(work: Work) -> None:
    """One document number under two student numbers blocks both rows."""
    numbers = work.values["id_no"]
    filled = [number for number in numbers if number is not None]
    if len(set(filled)) == len(filled):
        return
    rows_by_number: dict[Json, list[int]] = defaultdict(list)
    for row, number in enumerate(numbers):
        if number is not None and work.stands(row):
            rows_by_number[number].append(row)
    for rows in rows_by_number.values():
        if len({work.values["student_no"][row] for row in rows}) > 1:
            for row in rows:
                other = next(each for each in rows if each != row)
                work.remark(row, "id_no", note("id_shared", other=work.where(other, row)))


def find_namesakes(work: Work) -> None:
    """Same name twice in a class: said, never merged."""
    columns = [work.values[code] for code in ("school_code", "grade", "class_no", "name")]
    keys = list(zip(*columns, strict=True))
    if len(set(keys)) == len(keys):
        return
    first_of: dict[tuple[Json, ...], int] = {}
    for row, key in enumerate(keys):
        if not work.stands(row):
            continue
        first = first_of.setdefault(key, row)
        if first != row and None not in key and _are_two(work, first, row):
            work.remark(row, "name", note("same_name", other=work.where(first, row)))


def _are_two(work: Work, first: int, second: int) -> bool:
    numbers = work.values["student_no"]
    return numbers[first] is not None and numbers[second] is not None and numbers[first] != numbers[second]


def compare_with_known_classes(work: Work) -> None:
    """Say which classes do not exist yet, each at its first row."""
    known = work.lookups.classes
    if known is None:
        return
    told = set(known)
    for row, key in enumerate(zip(*(work.values[code] for code in ("school_code", "grade", "class_no")), strict=True)):
        if key not in told and None not in key:
            told.add(key)
            school, grade, number = key
            words = label("grade", str(grade)), str(grade)
            name = work.lookups.directory.name(str(school))
            work.remark(row, "class_no", note("class_not_known", school=name, grade=words, number=number))


def find_homeroom_teachers(work: Work) -> None:
    """A class teacher must be on the staff list of the school."""
    known = work.lookups.staff
    if known is None:
        return
    for row, key in enumerate(zip(work.values["school_code"], work.values["homeroom_staff_no"], strict=True)):
        if None not in key and key not in known:
            name = work.lookups.directory.name(str(key[0]))
            work.remark(row, "homeroom_staff_no", note("homeroom_unknown", school=name))


def find_shared_teachers(work: Work) -> None:
    """Several classes with one class teacher are only said."""
    first_of: dict[tuple[Json, Json], int] = {}
    for row, key in enumerate(zip(work.values["school_code"], work.values["homeroom_staff_no"], strict=True)):
        if None in key or not work.stands(row):
            continue
        first = first_of.setdefault(key, row)
        if first != row and work.level[row] != BLOCKED:
            work.remark(row, "homeroom_staff_no", note("homeroom_twice", other=work.where(first, row)))
