"""Units have a type to which papers go: by form, by kind, by table; the list is filtered by it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.database import db
from app.core.errors import Invalid
from app.core.spreadsheets import write_csv, write_workbook
from app.people.directory import operations, queries
from app.people.directory.models import Unit, UnitAlias
from app.people.directory.operations import UnitsIn
from app.people.directory.queries import UnitFilter
from app.people.directory.unit_sheet import HEADS, read_units, units_book
from tests.cast import Cast, sign_in
from tests.people.directory.test_units import given, seen_by, unit


def rows(*lines: tuple[str, ...]) -> bytes:
    return write_workbook(HEADS, lines)


def taken(cast: Cast, content: bytes, name: str = "机构.xlsx") -> operations.Taken:
    director = seen_by(cast, "office_director")
    bureau = db.session.get_one(Unit, cast.county.id)
    return operations.take_units(director, bureau, UnitsIn(read_units(content, name)))


def test_the_kind_decides_for_districts_and_sections_and_a_person_for_schools(app: Flask, cast: Cast) -> None:
    director = seen_by(cast, "office_director")
    bureau = db.session.get_one(Unit, cast.county.id)
    section = operations.open_unit(director, bureau, given("KS-9", "督导科", kind="department", school_type=None))
    school = operations.open_unit(director, bureau, given(addressee="township"))
    assert (section.sent_as, school.sent_as) == ("section", "township")
    for kind, chosen in (("school", "section"), ("department", "township"), ("school", "other")):
        with pytest.raises(Invalid) as refused:
            operations.open_unit(director, bureau, given("3133000777", kind=kind, addressee=chosen))
        assert "addressee" in refused.value.sentences


def test_a_table_sets_types_opens_units_and_keeps_former_names(app: Flask, cast: Cast) -> None:
    seen_by(cast, "office_director")
    held = unit(cast, "shuangqiao")
    former = held.name
    content = rows(
        (held.code, "双桥镇中学", "双桥中学", "学校", "乡镇学校", "", ""),
        ("XQ-01", "城东学区", "城东", "学区", "", "", ""),
        ("3133000555", "清澜县新港中学", "", "学校", "直属学校", "初中", "XQ-01"),
    )
    counts = taken(cast, content)
    assert (counts.opened, counts.changed, counts.same) == (2, 1, 0)
    made = {one.code: one for one in db.session.scalars(select(Unit).where(Unit.code.in_(("XQ-01", "3133000555"))))}
    assert unit(cast, "shuangqiao").addressee == "township"
    assert (made["XQ-01"].sent_as, made["3133000555"].sent_as) == ("district", "direct")
    assert made["3133000555"].parent_id == made["XQ-01"].id
    assert db.session.scalar(select(UnitAlias.unit_id).where(UnitAlias.alias == former)) == held.id
    assert taken(cast, content).same == 3


def test_what_is_downloaded_is_brought_in_again_without_a_change(app: Flask, cast: Cast) -> None:
    nodes = queries.tree(seen_by(cast, "office_director"), UnitFilter())
    counts = taken(cast, units_book([node.unit for node in nodes]))
    assert (counts.opened, counts.changed, counts.same) == (0, 0, len(nodes))


def test_a_csv_is_read_like_a_workbook(app: Flask, cast: Cast) -> None:
    line = ("XQ-02", "城西学区", "城西", "学区", "", "", "")
    assert taken(cast, write_csv(HEADS, [line]), "机构.csv").opened == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("X", "某校", "", "学校", "", "", ""), "编码用"),
        (("AB-1", "", "", "学校", "", "", ""), "全称要写"),
        (("AB-1", "某校", "", "学堂", "", "", ""), "学堂"),
        (("AB-1", "某校", "", "学校", "村小", "", ""), "村小"),
        (("AB-1", "某校", "", "学校", "局属科室", "", ""), "收文类型是定好的"),
        (("AB-1", "某校", "", "学校", "", "", "NO-9"), "上级编码"),
        (("AB-1", "某校", "", "学校", "", "", "AB-1"), "上级不能是自己"),
        (("AB-1", "某市", "", "市", "", "", ""), "不由县里开办"),
    ],
)
def test_one_bad_row_is_named_and_nothing_is_taken(app: Flask, cast: Cast, line: tuple[str, ...], said: str) -> None:
    good = ("XQ-03", "城北学区", "城北", "学区", "", "", "")
    with pytest.raises(Invalid) as refused:
        taken(cast, rows(good, line))
    assert said in refused.value.sentences["row 3"].zh and "第 3 行" in refused.value.sentences["row 3"].zh
    db.session.rollback()
    seen_by(cast, "office_director")
    assert db.session.scalar(select(Unit).where(Unit.code == "XQ-03")) is None


def test_the_list_is_filtered_by_type_and_the_file_is_refused_on_its_page(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    sign_in(client, cast["office_director"])
    seen_by(cast, "office_director")
    taken(
        cast,
        rows((unit(cast, "shuangqiao").code, unit(cast, "shuangqiao").name, "双桥中学", "学校", "乡镇学校", "", "")),
    )
    shown = client.get("/units?addressee=township").get_data(as_text=True)
    assert "双桥中学" in shown and "实验小学" not in shown.split("<tbody>")[1]
    book = client.get("/units/sheet.xlsx")
    assert book.status_code == 200
    answer = send(client, b"x", "units.xlsx")
    assert answer.status_code == 422
    answer = send(client, book.get_data(), "units.xlsx")
    assert answer.status_code == 303


def send(client: Any, content: bytes, name: str) -> Any:
    page = client.get("/units/sheet").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0] if 'name="csrf_token"' in page else ""
    data = {"csrf_token": token, "content": (io.BytesIO(content), name)}
    return client.post("/units/sheet", data=data, content_type="multipart/form-data")
