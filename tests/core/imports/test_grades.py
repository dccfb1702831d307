"""Grades and classes in every writing that was seen, and cohort years that become grades only where one answer is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.imports.grades import cohort_of, read_class, read_grade, school_year, settle_grade
from app.core.imports.identifiers import SCHOOL_GRADES

PRIMARY, JUNIOR, COMPLETE, VOCATIONAL, NINE_YEAR, SPECIAL = (
    SCHOOL_GRADES[code] for code in ("21", "31", "34", "36", "38", "51")
)


@pytest.mark.parametrize(
    "word", ["七年级", "初一", "7", "G7", "g7", "7年级", "初中一年级", "07", "七", "７", " 七 年级 "]
)
def test_every_word_for_the_seventh_grade_is_g7(word):
    assert read_grade(word)[0] == "G7"


@pytest.mark.parametrize(
    ("word", "grade"), [("一年级", "G1"), ("小学六年级", "G6"), ("九年级", "G9"), ("高一", "G10"), ("12", "G12")]
)
def test_the_table_reaches_from_first_to_twelfth_grade(word, grade):
    assert read_grade(word)[0] == grade


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("预初", "grade_unknown"),
        ("13", "grade_unknown"),
        ("2024届", "grade_leavers"),
        ("21级", "grade_short_year"),
        ("大一", "grade_unknown"),
    ],
)
def test_words_that_name_no_grade_are_refused(word, code):
    value, (note,) = read_grade(word)
    assert value is None and note.reason.code == code and note.level == "block"


def test_a_class_keeps_its_cohort_as_it_moves_up():
    assert {cohort_of(f"G{grade}", 2018 + grade) for grade in range(1, 13)} == {2019}
    assert cohort_of("G7", 2026) == 2020


def test_the_school_year_rolls_on_the_first_of_september():
    assert [school_year(2026, 8), school_year(2026, 9), school_year(2027, 1)] == [2025, 2026, 2026]


@pytest.mark.parametrize(
    ("cohort", "taught", "grade"),
    [
        ("2021级", PRIMARY, "G6"),
        ("2026级", PRIMARY, "G1"),
        ("2024级", JUNIOR, "G9"),
        ("2026", JUNIOR, "G7"),
        ("2021级", NINE_YEAR, "G6"),
        ("2018级", NINE_YEAR, "G9"),
        ("2025级", VOCATIONAL, "G11"),
        ("2023级", COMPLETE, "G10"),
        ("2024级", frozenset({10, 11, 12}), "G12"),
        ("2022级", frozenset({4, 5, 6}), "G5"),
    ],
)
def test_a_cohort_becomes_the_grade_of_its_school_in_the_school_year_2026(cohort, taught, grade):
    marked, _ = read_grade(cohort)
    assert settle_grade(marked, taught, 2026)[0] == grade


@pytest.mark.parametrize(
    ("cohort", "taught", "code"),
    [
        ("2024级", NINE_YEAR, "cohort_two_answers"),
        ("2024级", COMPLETE, "cohort_two_answers"),
        ("2025级", SPECIAL, "cohort_two_answers"),
        ("2019级", PRIMARY, "cohort_no_answer"),
        ("2027级", PRIMARY, "cohort_no_answer"),
        ("2023级", JUNIOR, "cohort_no_answer"),
        ("2023级", VOCATIONAL, "cohort_no_answer"),
        ("2024级", None, "cohort_two_answers"),
    ],
)
def test_a_cohort_with_two_answers_or_none_is_refused(cohort, taught, code):
    value, (note,) = settle_grade(read_grade(cohort)[0], taught, 2026)
    assert value is None and note.reason.code == code


def test_a_grade_that_the_school_does_not_teach_is_refused():
    assert settle_grade("G7", PRIMARY, 2026)[0] is None
    assert settle_grade("G7", JUNIOR, 2026) == ("G7", ())
    assert settle_grade("G7", None, 2026) == ("G7", ())


@pytest.mark.parametrize("word", ["3班", "（3）班", "(3)班", "(3)", "三班", "3", "03", "第3班", "（三）班", "３班"])
def test_every_word_for_the_third_class_is_3(word):
    assert read_class(word) == (3, None)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("0703", (3, "G7")),
        ("703", (3, "G7")),
        ("1012", (12, "G10")),
        ("0703班", (3, "G7")),
        ("七(3)班", (3, "G7")),
        ("七年级三班", (3, "G7")),
        ("七年级（3）班", (3, "G7")),
        ("初一3班", (3, "G7")),
        ("高二(12)班", (12, "G11")),
        ("7(3)班", (3, "G7")),
        ("7-3班", (3, "G7")),
        ("2021级3班", (3, "@2021")),
        ("七三班", (3, "G7")),
        ("十二班", (12, None)),
        ("二十一班", (21, None)),
        ("十一(2)班", (2, "G11")),
    ],
)
def test_a_grade_within_the_class_is_kept_apart(word, expected):
    assert read_class(word) == expected


@pytest.mark.parametrize("word", ["实验班", "3班4班", "A班", "重点", "班", "0班级", "0003", "三四五班", "1999级"])
def test_words_that_name_no_class_are_refused(word):
    assert read_class(word) is None


@given(st.integers(1, 60))
def test_every_class_number_is_read_back_from_digits(number):
    assert read_class(f"{number}班") == (number, None)
    assert read_class(f"（{number}）班") == (number, None)
    assert read_class(f"07{number:02d}") == (number, "G7")
