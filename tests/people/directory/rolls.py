"""Rolls of students for tests: invented children with lawful numbers, as rows and as workbooks."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from app.core.spreadsheets import write_workbook

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "安宁清远明川若溪子涵知夏语禾书言景行慕白望舒嘉树砚秋晓棠一苇怀谷"


def id_number(number: int, born: date) -> str:
    """A lawful ID number of the area that was never issued; even running numbers are girls."""
    digits = f"330000{born:%Y%m%d}{number % 1000:03}"
    check = "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11]
    return digits + check


def child(number: int, school_code: str, grade: str, class_no: int, year: int = 2026) -> tuple[Any, ...]:
    """One child as a row of the roster's columns."""
    age = int(grade[1:]) + 6
    born = date(year - age, 1, 1) + timedelta(days=(number // 1000) % 240)
    id_no = id_number(number, born)
    gender = "1" if int(id_no[16]) % 2 else "2"
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)] + GIVEN[(number // 7) % len(GIVEN)]
    phone = f"138{number % 100000000:08}"
    return (
        school_code, f"G{id_no}", name, "id", id_no, gender, born.isoformat(), grade, class_no, year - 1, number % 5 == 0,
        f"{name[0]}大山", "father", phone, None, None, None, "none", None,
    )  # fmt: skip


def children(
    schools: Sequence[tuple[str, str]], count: int, class_size: int = 40, start: int = 0
) -> Iterator[tuple[Any, ...]]:
    """`count` children spread over schools (code, grade), class after class."""
    for number in range(start, start + count):
        code, grade = schools[number // class_size % len(schools)]
        yield child(number, code, grade, 1 + number // (class_size * len(schools)) % 20)


HEADERS = (
    "学校代码", "学籍号", "姓名", "证件类型", "证件号码", "性别", "出生日期", "年级", "班级", "入学年份", "是否住校",
    "监护人1姓名", "监护人1关系", "监护人1电话", "监护人2姓名", "监护人2关系", "监护人2电话", "留守情况", "村社区代码",
)  # fmt: skip
WORDS = {"id": "身份证", "1": "男", "2": "女", True: "是", False: "否", "father": "父亲", "none": "非留守", None: ""}


def workbook(rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS) -> bytes:
    """The rows as the xlsx that a school would send."""
    out = io.BytesIO()
    write_workbook(
        headers, ([_typed(position, value) for position, value in enumerate(row)] for row in rows), target=out
    )
    return out.getvalue()


def _typed(position: int, value: Any) -> str:
    if position in (3, 5, 10, 12, 15, 17):
        return WORDS.get(value, str(value))
    return "" if value is None else str(value)
