"""ID numbers, student numbers and school codes: the vectors of the domain, and every way in which they arrive spoilt."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.imports.identifiers import (
    IdFacts,
    check_digit,
    id_facts,
    judge_student_no,
    why_not_document,
    why_not_id,
    why_not_school_code,
)

VALID = ["11010519491231002X", "330000201003070010", "330000201111150026", "330000201202291238"]
REFUSED = {
    "330000201003070011": "id_check",
    "330000201102290000": "id_date",
    "33000020100307001": "id_length",
    "3300002010030700100": "id_length",
    "330000100307001": "id_fifteen",
    "3.3E+17": "id_scientific",
    "3.30000E+17": "id_scientific",
    "3.300002E17": "id_scientific",
    "330000201003070000": "id_lost_digits",
    "33000020100307001A": "id_characters",
    "33000020101307001X": "id_date",
    "330000201003070O10": "id_characters",
    "": "id_length",
}


def codes(notes):
    return [note.reason.code for note in notes]


@pytest.mark.parametrize("number", VALID)
def test_the_valid_vectors_are_valid(number):
    assert why_not_id(number) is None


@pytest.mark.parametrize(("number", "code"), REFUSED.items())
def test_the_invalid_vectors_are_refused_for_their_reason(number, code):
    assert why_not_id(number).reason.code == code
    assert id_facts(number) is None


def test_an_id_tells_birth_date_and_gender_by_its_17th_digit():
    assert id_facts("330000201003070010") == IdFacts("2010-03-07", "1")
    assert id_facts("330000201111150026") == IdFacts("2011-11-15", "2")
    assert id_facts("11010519491231002X") == IdFacts("1949-12-31", "2")


def test_an_id_that_truly_ends_in_000_is_fine():
    number = next(n for n in (f"330000201003{d:02d}{s}000" for d in range(1, 29) for s in range(10)) if _is_right(n))
    assert why_not_id(number) is None


def _is_right(number):
    return len(number) == 18 and check_digit(number) == number[17]


areas = st.integers(100000, 999999)
days = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))


@given(areas, days, st.integers(0, 999))
def test_any_area_date_and_serial_with_its_check_digit_is_valid_and_any_other_digit_is_not(area, day, serial):
    digits = f"{area}{day:%Y%m%d}{serial:03d}"
    right = digits + check_digit(digits)
    assert id_facts(right) == IdFacts(day.isoformat(), "1" if serial % 2 else "2")
    for wrong in set("0123456789X") - {right[-1]}:
        assert id_facts(digits + wrong) is None


@given(areas, days, st.integers(0, 999), st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(area, day, serial, place, step):
    digits = f"{area}{day:%Y%m%d}{serial:03d}"
    right = digits + check_digit(digits)
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    assert id_facts(wrong) is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("G330000201003070010", []),
        ("J330000201003070010", []),
        ("L330000201003071234", []),
        ("G330000201003070011", ["student_no_check"]),
        ("J330000201003070011", ["student_no_check"]),
        ("G330000201102290009", ["student_no_check"]),
        ("330000201003070010", ["student_no_prefix"]),
        ("330000201003070011", ["student_no_prefix"]),
        ("G33000020100307001", ["student_no_length"]),
        ("X330000201003070010", ["student_no_form"]),
        ("L33000020100307123X", ["student_no_form"]),
        ("L330000201102301234", ["student_no_date"]),
        ("G330000201003070000", ["id_lost_digits"]),
        ("3.30000E+17", ["id_scientific"]),
        ("330000201003070000", ["id_lost_digits"]),
    ],
)
def test_student_numbers_are_judged_by_their_letter(number, expected):
    assert codes(judge_student_no(number)) == expected


def test_a_g_number_with_a_right_check_digit_and_an_impossible_date_is_refused_a_j_number_only_remarked():
    digits = "33000020110229123"
    number = digits + check_digit(digits)
    assert codes(judge_student_no(f"G{number}")) == ["id_date"]
    assert codes(judge_student_no(f"J{number}")) == ["student_no_date"]


def test_a_missing_letter_is_suggested_never_added():
    (note,) = judge_student_no("330000201003070010")
    assert note.level == "block"
    assert note.words["suggestion"] == "G330000201003070010"


def test_a_temporary_number_needs_no_check_digit():
    assert all(judge_student_no(f"L33000020100307{tail:04d}") == () for tail in range(0, 10000, 7))


@pytest.mark.parametrize("code", ["2133000001", "3133000001", "3433000001", "3633000001", "3833000001", "5133000001"])
def test_school_codes_of_every_type_are_taken(code):
    assert why_not_school_code(code) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [("9933000001", "school_type"), ("213300001", "school_code_form"), ("21330O0001", "school_code_form")],
)
def test_other_school_codes_are_refused(code, reason):
    assert why_not_school_code(code).reason.code == reason


@pytest.mark.parametrize("number", ["E12345678", "H1234567801", "12345"])
def test_passports_and_travel_documents_have_their_own_form(number):
    assert why_not_document(number) is None


@pytest.mark.parametrize("number", ["12", "护照1234", "E-123"])
def test_what_is_no_document_number_is_refused(number):
    assert why_not_document(number).reason.code == "id_characters"
