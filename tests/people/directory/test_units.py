"""Units: the tree, opening, renaming, closing, other names."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory import bulk, operations, queries
from app.people.directory.models import Unit, UnitAlias
from app.people.directory.operations import AliasIn, CloseIn, UnitIn
from app.people.directory.queries import UnitFilter
from tests.cast import Cast, sign_in
from tests.people.directory.rolls import child

REASON = "并入城关初中，学期末起不再单独办学"


def seen_by(cast: Cast, key: str) -> Actor:
    actor = cast.actor(key)
    use_context(actor.context())
    return actor


def unit(cast: Cast, key: str) -> Unit:
    return db.session.get_one(Unit, cast.units[key].id)


def given(code: str = "3133000199", name: str = "清澜县新桥中学", **changes: Any) -> UnitIn:
    return UnitIn(
        **{"kind": "school", "code": code, "name": name, "short_name": "新桥中学", "school_type": "31"} | changes
    )


def test_the_tree_puts_groups_below_the_bureau_and_shows_one_county_only(app: Flask, cast: Cast) -> None:
    nodes = queries.tree(seen_by(cast, "office_director"), UnitFilter())
    names = {node.unit.name: node.depth for node in nodes}

    assert names["清澜县教育局"] == 0
    assert names["清澜县教育质量监测结果应用领导小组"] == 1
    assert names["清澜县教育质量监测结果应用领导小组办公室"] == 2
    assert not any(name.startswith("云溪县") for name in names)


def test_a_school_sees_itself_and_its_parts(app: Flask, cast: Cast) -> None:
    director = seen_by(cast, "office_director")
    part = UnitIn("school_monitoring_center", "SQ-JC", "双桥中学教学质量监测中心", "监测中心")
    operations.open_unit(director, unit(cast, "shuangqiao"), part)

    nodes = queries.tree(seen_by(cast, "principal"), UnitFilter())
    assert [node.unit.short_name for node in nodes] == ["双桥中学", "监测中心"]
    with pytest.raises(NotFound):
        queries.unit_for(cast.actor("principal"), cast.units["shiyan"].ref)


@pytest.mark.parametrize("words", ["双桥", "shuangqiao", "qlxsqzx", "3133000101"])
def test_a_unit_is_found_by_name_pinyin_and_code(app: Flask, cast: Cast, words: str) -> None:
    found = queries.tree(seen_by(cast, "office_director"), UnitFilter(words))
    assert [node.unit.short_name for node in found] == ["双桥中学"]


def test_the_office_opens_a_school_and_the_trail_tells_of_it(app: Flask, cast: Cast) -> None:
    made = operations.open_unit(seen_by(cast, "office_director"), unit(cast, "bureau"), given())

    assert made.school_id == made.id and made.county_id == cast.county.id
    assert made.pinyin.startswith("qing lan xian")
    use_context(SYSTEM.context())
    from sqlalchemy import text

    step = db.session.execute(
        text("select step from audit.access_log where record_id = :id"), {"id": made.id}
    ).scalar_one()
    assert step == "unit.open"


def test_a_code_is_held_by_one_unit_of_a_county(app: Flask, cast: Cast) -> None:
    director = seen_by(cast, "office_director")
    with pytest.raises(Invalid, match="编码"):
        operations.open_unit(director, unit(cast, "bureau"), given(code=cast.units["shiyan"].code))
    other = seen_by(cast, "other_sys_admin")
    operations.open_unit(other, unit(cast, "other_bureau"), given(code=cast.units["shiyan"].code))


def test_nobody_opens_units_in_another_county(app: Flask, cast: Cast) -> None:
    director = seen_by(cast, "office_director")
    with pytest.raises(NotAllowed):
        operations.open_unit(director, unit(cast, "other_bureau"), given())
    with pytest.raises(NotAllowed):
        operations.open_unit(seen_by(cast, "principal"), unit(cast, "shuangqiao"), given(kind="school_group"))


def test_a_former_name_goes_on_being_understood(app: Flask, cast: Cast) -> None:
    director, school = seen_by(cast, "office_director"), unit(cast, "shuangqiao")
    operations.change_unit(director, school, given(school.code, "清澜县双桥实验中学", version=school.version))

    assert db.session.scalars(select(UnitAlias.alias).where(UnitAlias.unit_id == school.id)).all() == ["清澜县双桥中学"]
    found = queries.tree(director, UnitFilter("清澜县双桥中学"))
    assert [node.unit.name for node in found] == ["清澜县双桥实验中学"]


def test_a_unit_closes_only_when_nothing_is_open_in_it_and_says_everything(app: Flask, cast: Cast) -> None:
    director, school = seen_by(cast, "office_director"), unit(cast, "shuangqiao")
    bulk.load_roster(cast.county.id, [child(1, school.code, "G7", 1)], date(2026, 9, 1))
    use_context(director.context())
    with pytest.raises(StepRefused) as refused:
        operations.close_unit(director, school, CloseIn(date(2027, 7, 31), REASON, school.version))
    assert any("岗位" in str(sentence) for sentence in refused.value.sentences)

    department = unit(cast, "safety")
    operations.close_unit(director, department, CloseIn(core_clock.today(), REASON, department.version))
    assert department.to_on == core_clock.today()


def test_closed_units_leave_the_tree_the_next_day_and_show_when_asked_for(app: Flask, cast: Cast, clock: Any) -> None:
    director, department = seen_by(cast, "office_director"), unit(cast, "safety")
    operations.close_unit(director, department, CloseIn(core_clock.today(), REASON, department.version))
    clock.advance(days=1)

    assert "安全科" not in [node.unit.short_name for node in queries.tree(director, UnitFilter())]
    assert "安全科" in [node.unit.short_name for node in queries.tree(director, UnitFilter(closed=True))]


def test_another_name_stands_for_one_unit(app: Flask, cast: Cast) -> None:
    director = seen_by(cast, "office_director")
    operations.add_alias(director, unit(cast, "shuangqiao"), AliasIn("双中"))
    with pytest.raises(Invalid):
        operations.add_alias(director, unit(cast, "chengguan"), AliasIn("双中"))
    operations.remove_alias(director, unit(cast, "shuangqiao"), AliasIn("双中"))
    operations.add_alias(director, unit(cast, "chengguan"), AliasIn("双中"))


def test_the_pages_of_a_unit_work_and_keep_what_was_typed(app: Flask, cast: Cast) -> None:
    browser = sign_in(app.test_client(), cast["office_director"])
    bureau = cast.units["bureau"].ref
    fields = {"kind": "department", "code": "QL 坏的", "name": "德育科", "short_name": "德育科"}
    refused = browser.post(f"/units/new?parent={bureau}", data=fields)
    assert refused.status_code == 422 and 'value="德育科"' in refused.text and "编码用 2 至 20 位" in refused.text

    made = browser.post(f"/units/new?parent={bureau}", data={**fields, "code": "QL-05"})
    assert made.status_code == 303
    page = browser.get(made.headers["Location"])
    assert "德育科" in page.text and "还没有人在任" in page.text
    assert browser.get("/units/export").status_code == 404
    assert browser.post("/units/export?kind=department").data.startswith(b"PK")


def test_security_27_unknown_fields_of_a_form_change_nothing(app: Flask, cast: Cast) -> None:
    browser = sign_in(app.test_client(), cast["office_director"])
    school = cast.units["shuangqiao"]
    fields = {"kind": "school", "code": school.code, "name": school.name, "short_name": "双桥中学", "school_type": "31",
              "version": 1, "id": str(cast.units["shiyan"].id), "county_id": str(cast.other_county.id), "parent_id": ""}  # fmt: skip
    refused = browser.post(f"/units/{school.ref}/edit", data=fields | {"short_name": "双桥"})
    assert refused.status_code == 422 and "county_id、id、parent_id" in refused.text
    found = db.session.get_one(Unit, school.id, populate_existing=True)
    assert found.county_id == cast.county.id and found.parent_id is not None and found.short_name != "双桥"
