"""What goes wrong in a screening, a row each, in both languages: forms on paper, codes at the door, lists nobody may bring.

Never a failure, not one row more or less, a sentence that names the row or the field and says what to do, and nothing is
told about anybody that the reader did not know.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.care.rainbow.rule_set import FOLDER
from app.care.screening.models import ScaleResponse, ScreeningCampaign
from app.care.screening.scales.choosing import usable
from app.care.screening.sheets import opened
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory import bulk
from app.people.directory.models import Student
from tests.bad_input.desk import Desk, Met
from tests.care.screening.papers import workbook
from tests.care.screening.scales import content as scale_yaml
from tests.care.taking_part import Family, door, row, send
from tests.care.terms import BORN, GOOD, MONDAY, Term, at
from tests.cast import Cast
from tests.factories.workbooks import as_xlsx, sent

NAME = "学生00"
HOST = "https://localhost"


@dataclass
class CareDesk(Desk):
    """The desk of a school that screens."""

    term: Term = field(kw_only=True)
    campaign: ScreeningCampaign = field(kw_only=True)

    @property
    def phone(self) -> FlaskClient:
        """A phone that speaks the language of the desk."""
        client = self.app.test_client()
        assert send(client, "/language", {"language": self.language}, "/code").status_code == 303
        return client

    def typed(self, cells: dict[tuple[str, str], Any], given: dict[int, Any] | None = None) -> Met:
        """The counsellor sends a workbook for the class and reads the report."""
        data = workbook(self.campaign, "周老师", {0: GOOD} if given is None else given, cells=cells)
        self.before = self.counts()
        return self.checked(
            "school_counselor", "七1班.xlsx", data, f"/imports/new?kind=answers&target={self.campaign.ref}"
        )


@dataclass(frozen=True)
class Row:
    """What is done, how it is answered, which words stand on the page in each language, and which never do."""

    do: Callable[[CareDesk], Met]
    status: int
    zh: tuple[str, ...]
    en: tuple[str, ...]
    never: tuple[str, ...] = ()


def cell(sheet: str, address: str, value: Any) -> Callable[[CareDesk], Met]:
    return lambda desk: desk.typed({(sheet, address): value})


def beyond_the_last_question(desk: CareDesk) -> Met:
    """A form of seven questions with an eighth answer, its heading copied along."""
    return desk.typed({("gad7 1.0.0", "O1"): "第8题", ("gad7 1.0.0", "O2"): 1})


def _student(order: int = 0) -> Student:
    use_context(SYSTEM.context())
    found = db.session.scalar(select(Student).where(Student.name == f"学生{order:02d}"))
    assert found is not None
    return found


def a_student_who_left(desk: CareDesk) -> Met:
    student = _student()
    with trail.act(SYSTEM, "system", "test.left"):
        student.left_on = core_clock.today()
    return desk.typed({})


def the_same_student_in_two_schools(desk: CareDesk) -> Met:
    bulk.load_roster(desk.cast.county.id, [row(desk.cast, 0, BORN, "chengguan")], core_clock.today())
    return desk.typed({})


def answered_on_the_phone(desk: CareDesk) -> Met:
    desk.term.answer(NAME, GOOD)
    return desk.typed({})


def the_same_student_twice(desk: CareDesk) -> Met:
    line: dict[tuple[str, str], Any] = {
        (SHEET, f"{letter}3"): value for letter, value in zip("ABCDEFG", _line(desk), strict=True)
    }
    return desk.typed(line | {(SHEET, "H3"): 3, (SHEET, "I3"): 3})


def _line(desk: CareDesk) -> tuple[str, ...]:
    return (desk.campaign.ref, _student().student_no, "七年级1班", "phq9", "1.0.0", "2026-12-21", "周老师")


def a_wrong_phone_clock(desk: CareDesk) -> Met:
    """A phone that believes it is another century sends its hours; the server's clock counts, the answer is kept."""
    phone = desk.phone
    assert door(phone, desk.term.slips[NAME, "student"], BORN).status_code == 303
    address = desk.term.task(NAME).address
    assert send(phone, f"{address}/begin", {}, address).status_code == 303
    desk.before = desk.counts()
    given = {"scale": "phq9", "item": 1, "value": 2, "sequence": 1, "milliseconds": -4 * 10**12, "next": 1}
    kept = send(phone, address, given, address)
    (sheet,) = [one for one in desk.term.all(ScaleResponse) if one.scale_code == "phq9"]
    assert opened(sheet, usable()["phq9", "1.0.0"]).values[0] == 2 and sheet.seconds <= 60
    page = phone.get(kept.headers["Location"], base_url=HOST)
    return Met(page.text, (kept.status_code, page.status_code))


def an_answer_that_is_none(desk: CareDesk) -> Met:
    phone = desk.phone
    door(phone, desk.term.slips[NAME, "student"], BORN)
    address = desk.term.task(NAME).address
    send(phone, f"{address}/begin", {}, address)
    desk.before = desk.counts()
    given = {"scale": "phq9", "item": 1, "value": 9, "sequence": 1, "milliseconds": 900, "next": 1}
    refused = send(phone, address, given, address)
    return Met(refused.text, (refused.status_code,))


def a_forwarded_link(desk: CareDesk) -> Met:
    """Another child's phone opens the address of somebody else's questions."""
    phone, address = desk.phone, desk.term.task(NAME).address
    desk.term.slips = desk.term.family.slips()
    door(phone, desk.term.slips["学生01", "student"], BORN)
    desk.before = desk.counts()
    page = phone.get(address, base_url=HOST)
    return Met(page.text, (page.status_code,))


def a_link_without_a_code(desk: CareDesk) -> Met:
    phone, address = desk.phone, desk.term.task(NAME).address
    page = phone.get(address, base_url=HOST, follow_redirects=True)
    return Met(page.text, (page.status_code,))


def an_expired_code(desk: CareDesk) -> Met:
    desk.term.clock.advance(hours=24 * 61)
    desk.before = desk.counts()
    slip = desk.term.slips[NAME, "student"]
    page = door(desk.phone, slip, BORN)
    return Met(page.text, (page.status_code,), (slip.code,))


def five_wrong_codes(desk: CareDesk) -> Met:
    """After five wrong tries the right one does not open it either; what was typed stands there still."""
    phone, slip = desk.phone, desk.term.slips[NAME, "student"]
    statuses = [door(phone, slip, BORN, "9999").status_code for _ in range(5)]
    page = door(phone, slip, BORN)
    return Met(page.text, (*statuses, page.status_code), (slip.code,))


def a_student_who_left_at_the_door(desk: CareDesk) -> Met:
    student, slip = _student(), desk.term.slips[NAME, "student"]
    with trail.act(SYSTEM, "system", "test.left"):
        student.left_on = core_clock.today()
    page = door(desk.phone, slip, BORN)
    return Met(page.text, (page.status_code,))


def a_forbidden_list(desk: CareDesk) -> Met:
    """A list that the law seals, sent as a roster: refused, and nothing of it is kept anywhere."""
    data = as_xlsx(sent([["姓名", "学籍号", "违法犯罪记录"], ["王小明", "G330000201003070010", "有"]]))
    answer = desk.sends("school_coordinator", "名册.xlsx", data)
    return Met(answer.text, (answer.status_code,), ("双桥中学教务处王老师发来",))


def a_file(at: str, text: str, **more: str) -> Callable[[CareDesk], Met]:
    """The county's centre sends a definition as YAML."""

    def send_it(desk: CareDesk) -> Met:
        client = desk["psych_center_lead"]
        form = client.get(f"{at}/new", base_url=HOST)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
        given: dict[str, Any] = {"csrf_token": token[1] if token else "", "note": "改了一处", **more}
        desk.before = desk.counts()
        answer = client.post(at, data={**given, "content": (io.BytesIO(text.encode()), "a.yaml")}, base_url=HOST)
        return Met(answer.text, (answer.status_code,))

    return send_it


def rules_whose_case_fails() -> str:
    told = yaml.safe_load((FOLDER / "rule_set_v1.yaml").read_text(encoding="utf-8"))
    told["version"], told["scales"]["band_points"] = "county-2", [0, 8, 18, 28, 30]
    return str(yaml.safe_dump(told, allow_unicode=True, sort_keys=False))


MOVED = scale_yaml().replace("max: 9", "max: 10")
ENDED = {"holder": "某出版社", "number": "授 1", "until": "2020-01-01"}
SHEET = "phq9 1.0.0"
DOOR = ("连续填错 5 次，这个码就作废，请找班主任补发",)
DOOR_EN = ("class teacher",)
TABLE: dict[str, Row] = {
    "the wrong version of a scale": Row(
        cell(SHEET, "E2", "9.9.9"), 200,
        (f"{SHEET} E2", "这次测评用的是 1.0.0 版，表里写的是“9.9.9”", "先核对纸质答卷上印的版本"),
        (f"{SHEET} E2", "asks version 1.0.0; the row says “9.9.9”", "Look at the version printed on the sheet"),
    ),
    "a scale of another survey": Row(
        cell(SHEET, "D2", "who5"), 200,
        (f"{SHEET} D2", "“who5”不是这次测评的量表", "phq9、gad7"), (f"{SHEET} D2", "no scale of this survey", "phq9"),
    ),
    "an answer out of range": Row(
        cell(SHEET, "P2", 9), 200,
        (f"{SHEET} P2", "第9题写的是“••••”，可以选的是 0、1、2、3", "对照纸质答卷改正"),
        (f"{SHEET} P2", "Question 9 says “••••”; it may be 0、1、2、3", "Correct it from the sheet"), ("“9”",),
    ),
    "an answer beyond the last question": Row(
        beyond_the_last_question, 200,
        ("gad7 1.0.0", "gad7 只有 7 题", "看看是不是错了一列"), ("gad7 1.0.0", "gad7 has 7 questions", "shifted by a column"),
    ),
    "an answer in words": Row(
        cell(SHEET, "H2", "经常"), 200, (f"{SHEET} H2", "不是数字", "填数字"), (f"{SHEET} H2", "not a number"), ("经常",),
    ),
    "a day that has not come": Row(
        cell(SHEET, "F2", "2027-06-01"), 200, (f"{SHEET} F2", "2027-06-01 还没有到"), (f"{SHEET} F2", "has not come yet"),
    ),
    "a student of another class": Row(
        cell(SHEET, "C2", "九年级9班"), 200,
        (f"{SHEET} C2", "名册上是七年级1班，表里写的是“九年级9班”", "核对学籍号和班级"),
        (f"{SHEET} C2", "the row says “九年级9班”", "Check student number and class"),
    ),
    "a student without consent": Row(
        lambda desk: desk.typed({}, {1: GOOD}), 200,
        (f"{SHEET} B3", "还没有知情同意", "先收齐并登记知情同意"), (f"{SHEET} B3", "no consent for this student yet", "record the consent first"),
    ),
    "a student who left": Row(
        a_student_who_left, 200,
        (f"{SHEET} B2", "已经离校，不再录入", "删去这一行"), (f"{SHEET} B2", "has left the school", "Delete the row"),
    ),
    "the same student in two schools": Row(
        the_same_student_in_two_schools, 200,
        (f"{SHEET} B2", "同时在另一所学校在册", "请学籍管理员先弄清"), (f"{SHEET} B2", "roll of another school too", "registrar"),
        ("城关",),
    ),
    "answered on the phone already": Row(
        answered_on_the_phone, 200,
        (f"{SHEET} B2", "已经交过，不再录入", "删去这一行"), (f"{SHEET} B2", "has handed in already", "Delete the row"),
    ),
    "the same student twice, unlike": Row(
        the_same_student_twice, 200, (f"{SHEET} B2", "第 3 行", "学籍号和量表"), (f"{SHEET} B2", "row 3", "student number and scale"),
    ),
    "a number that nobody has": Row(
        cell(SHEET, "B2", "L330901201303079999"), 200,
        (f"{SHEET} B2", "本校名册里没有“L330901201303079999”", "和名册核对学籍号"),
        (f"{SHEET} B2", "not on this school's roll", "Check the student number"),
    ),
    "a formula that failed": Row(
        cell(SHEET, "H2", "#REF!"), 200, (f"{SHEET} H2", "公式结果是 #REF!", "改好公式"), (f"{SHEET} H2", "The formula gives #REF!", "Mend the formula"),
    ),
    "rows without an answer": Row(
        lambda desk: desk.typed({}), 200, ("没有作答的学生",), ("Students without any answer",),
    ),
    "a wrong phone clock": Row(a_wrong_phone_clock, 200, ("感到心情低落、沮丧或绝望",), ("Feeling down, depressed, or hopeless",)),
    "an answer that is none, on the phone": Row(
        an_answer_that_is_none, 422, ("这道题没有这个答案，请再选一次",), ("choose again",),
    ),
    "a forwarded link": Row(a_forwarded_link, 404, ("找不到",), ("not found",), (NAME, "心情低落")),
    "a link without a code": Row(a_link_without_a_code, 200, ("个人码",), ("ode",), (NAME, "心情低落")),
    "an expired code": Row(an_expired_code, 422, DOOR, DOOR_EN, (NAME,)),
    "five wrong codes": Row(five_wrong_codes, 422, DOOR, DOOR_EN, (NAME,)),
    "a student who left, at the door": Row(a_student_who_left_at_the_door, 422, DOOR, DOOR_EN, (NAME,)),
    "a rule set whose case fails": Row(
        a_file("/support/rules", rules_whose_case_fails()), 422, ("用例没有通过，不能接收", "R22"), ("Worked cases fail", "R22"),
    ),
    "a scale whose vector fails": Row(
        a_file("/scales", MOVED), 422, ("第 1 组用例：band 应为 2，算出 1",), ("vector 1: band is 1, expected 2",),
    ),
    "a scale of a wrong schema version": Row(
        a_file("/scales", scale_yaml(number="eins")), 422, ("version：写法不对",), ("version: it has to look like",),
    ),
    "a scale file that swells": Row(
        a_file("/scales", "a: &a [x, x]\nb: [*a, *a]\n"), 422, ("文件读不懂",), ("aliases", "write the value out"),
    ),
    "a scale whose licence has ended": Row(
        a_file("/scales", scale_yaml(), **ENDED), 422, ("这一天已经过了",), ("This day has passed",),
    ),
    "a forbidden list": Row(
        a_forbidden_list, 422,
        ("“名册.xlsx”里有“违法犯罪记录”", "依法封存，任何人都不能导入", "请删去这一列"),
        ("名册.xlsx", "law seals such records", "Delete that column"), ("王小明",),
    ),
}  # fmt: skip


@pytest.fixture(params=["zh", "en"])
def desk(app: Flask, cast: Cast, clock: Any, request: pytest.FixtureRequest) -> CareDesk:
    """A school in its first morning of screening, one child with consent, in each language."""
    clock.set(at(MONDAY, 9))
    family = Family(cast, BORN).enrol()
    family.ask()
    term = Term(cast, family, clock, family.slips())
    campaign = term.opened()
    term.agree(NAME)
    nobody: Any = None
    made = CareDesk(app, cast, nobody, nobody, request.param, term=term, campaign=campaign)
    made.before = made.counts()
    return made


@pytest.mark.parametrize("what", TABLE)
def test_bad_input_in_a_screening_is_answered_in_words_and_changes_nothing(what: str, desk: CareDesk) -> None:
    wanted = TABLE[what]
    met = wanted.do(desk)
    assert met.statuses[-1] == wanted.status and max(met.statuses) < 500, met.words[:400]
    for words in wanted.zh if desk.language == "zh" else wanted.en:
        assert words in met.words, f"“{words}” is not said: {met.words[:1500]}"
    for typed in met.kept:
        assert typed in met.words, f"{desk.language}: what was typed is gone"
    for words in wanted.never:
        assert words not in met.page, f"“{words}” is told"
    assert desk.counts() == desk.before
