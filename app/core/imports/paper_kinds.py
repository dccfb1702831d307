"""Two kinds of files that come from paper: answers of students, one scale a row, and consents of guardians."""

from app.core.imports import checks, identifiers
from app.core.imports.columns import Check, Column, Kind, Outcome, Setting
from app.core.imports.numbers import read_number
from app.core.imports.reasons import note
from app.core.spreadsheets import Typed

MOST_QUESTIONS = 100
"""The longest scale of the registry (domain §5.1)."""
_DAY = checks.date("1990-01-01", "2099-12-31")
_DATE_HINT = ("2026-12-21", "2026-12-21")
_STUDENT_NO_HINT = ("G、J 或 L 加 18 位，文本格式", "G, J or L with 18 characters, as text")


def _student_no() -> Column:
    return Column(
        "student_no",
        "学籍号",
        "Student number",
        checks.student_no,
        True,
        faultless=identifiers.is_valid_student_no,
        hint=_STUDENT_NO_HINT,
        example="G330000201003070010",
        width=24,
    )


def answer(column: Column, setting: Setting) -> Check:
    """One answer as a whole number; which numbers may be given depends on the scale of the row."""

    def check(typed: Typed) -> Outcome:
        value, notes = read_number(typed)
        if value is None:
            return None, notes
        if value != int(value):
            return None, (*notes, note("number_whole"))
        return int(value), notes

    return check


_ANSWER_HINT = ("按答卷上圈的数字填；没有作答就空着", "The number that is ringed on the sheet; empty where nothing is")
QUESTIONS = tuple(f"q{number}" for number in range(1, MOST_QUESTIONS + 1))
ANSWERS = Kind(
    "answers",
    "纸质答卷",
    "Answers on paper",
    (
        Column("campaign_code", "测评编号", "Campaign", checks.text(40), True, example="4f1c2a9b7d3e8a60", width=20),
        _student_no(),
        Column("class_name", "班级名称", "Class", checks.text(40), helper=True, example="七年级1班"),
        Column("scale_code", "量表代码", "Scale", checks.text(40), True, example="phq9"),
        Column("scale_version", "量表版本", "Scale version", checks.text(20), True, example="1.0.0"),
        Column("answered_on", "作答日期", "Answered on", _DAY, True, hint=_DATE_HINT, example="2026-12-21"),
        Column("operator", "录入人", "Typed by", checks.text(30), True, example="周明"),
        *(
            Column(code, f"第{code[1:]}题", f"Question {code[1:]}", answer, hint=_ANSWER_HINT, example="1", width=7)
            for code in QUESTIONS
        ),
    ),
    key=("student_no", "scale_code"),
    key_name=("学籍号和量表", "student number and scale"),
    quiet=frozenset(QUESTIONS),
)

CONSENTS = Kind(
    "consents",
    "纸质知情同意",
    "Consents on paper",
    (
        _student_no(),
        Column("class_name", "班级名称", "Class", checks.text(40), helper=True, example="七年级1班"),
        Column("purpose", "用途", "Purpose", checks.word, True, group="consent_purpose", example="心理健康测评"),
        Column("notice_version", "告知书版本", "Version of the notice", checks.text(20), True, example="2026-1"),
        Column("who", "签字人", "Who signed", checks.word, True, group="consent_who", example="监护人1"),
        Column("answer", "意见", "Answer", checks.word, True, group="consent_answer", example="同意"),
        Column("signed_on", "签字日期", "Signed on", _DAY, True, hint=_DATE_HINT, example="2026-12-01"),
        Column("scan", "扫描件编号", "Scan", checks.text(64), example="", width=20),
    ),
    key=("student_no", "who"),
    key_name=("学籍号和签字人", "student number and who signed"),
)
