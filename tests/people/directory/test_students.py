"""Students: who sees whom, by page, by query and by raw SQL; every look leaves a line."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.errors import NotFound
from app.core.policy.actor import SYSTEM
from app.people.directory import bulk, queries
from app.people.directory.models import SchoolClass, Student, TeachingDuty
from app.people.directory.queries import StudentFilter
from tests.cast import Cast, sign_in
from tests.people.directory.rolls import child, children

DAY = date(2026, 9, 1)


@pytest.fixture
def roll(app: Flask, cast: Cast) -> dict[str, list[Any]]:
    """Thirty children in class 7.1 and ten in 7.2 of 双桥中学, five at 城关初中, five in the other county."""
    here, there = cast.units["shuangqiao"].code, cast.units["chengguan"].code
    own = [child(n, here, "G7", 1) for n in range(30)] + [child(n, here, "G7", 2) for n in range(100, 110)]
    near = [child(n, there, "G7", 1) for n in range(200, 205)]
    bulk.load_roster(cast.county.id, [*own, *near], DAY)
    far = list(children([(cast.units["other_yizhong"].code, "G7")], 5, start=300))
    bulk.load_roster(cast.other_county.id, far, DAY)
    return {"own": own, "near": near, "far": far}


def refs(school_id: Any) -> list[str]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(Student.ref).where(Student.school_id == school_id)))


def as_player(cast: Cast, key: str) -> Any:
    actor = cast.actor(key)
    use_context(actor.context())
    return actor


def test_security_26_a_school_sees_only_its_own_children_even_by_raw_sql(roll: Any, cast: Cast) -> None:
    as_player(cast, "school_coordinator")
    schools = set(db.session.execute(text("select school_id from students")).scalars())
    assert schools == {cast.units["shuangqiao"].id}

    as_player(cast, "other_school_coordinator")
    assert set(db.session.execute(text("select school_id from students")).scalars()) == {cast.units["other_yizhong"].id}


@pytest.mark.parametrize("key", ["office_director", "evaluator", "leading_group_head", "assessment_member", "principal",
                                 "sys_admin", "security_admin", "auditor", "inspector", "subject_teacher"])  # fmt: skip
def test_security_23_nobody_else_sees_a_child_even_by_raw_sql(roll: Any, cast: Cast, key: str) -> None:
    as_player(cast, key)
    assert db.session.execute(text("select count(*) from students")).scalar() == 0


def test_security_28_without_a_signed_context_there_is_nobody(roll: Any, cast: Cast) -> None:
    use_context(None)
    assert db.session.execute(text("select count(*) from students")).scalar() == 0
    db.session.execute(
        text("select set_config('bihuan.context', :forged, true)"), {"forged": "0" * 64 + "1|9999999999|t||||{}|{}|{}"}
    )
    assert db.session.execute(text("select count(*) from students")).scalar() == 0


def test_security_26_a_school_cannot_write_into_another_one_by_raw_sql(roll: Any, cast: Cast) -> None:
    actor = cast.actor("school_coordinator")
    values = {
        "id": uuid7(), "county": cast.county.id, "school": cast.units["chengguan"].id, "no": "L33000020130101" + "0009",
    }  # fmt: skip
    insert = text(
        """insert into students (id, county_id, school_id, student_no, name, gender, birth_date, grade, from_on)
           values (:id, :county, :school, :no, '冒名', '1', '2013-01-01', 'G7', '2026-09-01')"""
    )
    with pytest.raises(ProgrammingError, match="row-level security"), trail.act(actor, "write", "test.write"):
        db.session.execute(insert, values)
    with trail.act(actor, "write", "test.write"):
        changed: Any = db.session.execute(
            text("update students set name = '改名' where school_id = :school"), {"school": cast.units["chengguan"].id}
        )
        assert changed.rowcount == 0
    with pytest.raises(ProgrammingError, match="row-level security"), trail.act(actor, "write", "test.write"):
        db.session.execute(text("update students set school_id = :school"), {"school": cast.units["chengguan"].id})


def test_writes_outside_an_act_are_refused_by_the_database(roll: Any, cast: Cast) -> None:
    as_player(cast, "school_coordinator")
    with pytest.raises(ProgrammingError, match="row-level security"):
        db.session.execute(text("update students set boarding = true"))


def test_a_homeroom_teacher_sees_the_children_of_the_own_class(roll: Any, cast: Cast) -> None:
    actor = as_player(cast, "homeroom_teacher")
    found = queries.students(actor, StudentFilter(), 100)
    assert len(found) == 30 and {student.class_id for student, _name in found} == set(actor.classes)

    coordinator = as_player(cast, "school_coordinator")
    assert len(queries.students(coordinator, StudentFilter(), 100)) == 40


def test_security_25_a_homeroom_teachers_view_ends_the_day_after_the_duty(
    roll: Any, cast: Cast, app: Flask, clock: Any
) -> None:
    with trail.act(SYSTEM, "system", "test.end"):
        duty = db.session.scalars(
            select(TeachingDuty).where(TeachingDuty.person_id == cast["homeroom_teacher"].person_id)
        ).one()
        duty.to_on = core_clock.today()
    browser = sign_in(app.test_client(), cast["homeroom_teacher"])
    assert "30 人" in browser.get("/students").text

    clock.advance(days=1)
    tomorrow = sign_in(app.test_client(), cast["homeroom_teacher"])
    assert "还没有学生" in tomorrow.get("/students").text


def test_security_24_a_foreign_child_is_as_absent_as_one_that_is_not_there(roll: Any, cast: Cast, app: Flask) -> None:
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    ref = refs(cast.units["chengguan"].id)[0]
    foreign = browser.get(f"/students/{ref}")
    absent = browser.get("/students/0123456789abcdef")

    assert foreign.status_code == absent.status_code == 404
    assert _without_token(foreign.text).replace(ref, "0123456789abcdef") == _without_token(absent.text)
    actor = as_player(cast, "school_coordinator")
    with pytest.raises(NotFound):
        queries.student_for(actor, refs(cast.units["other_yizhong"].id)[0])


def _without_token(html: str) -> str:
    return re.sub(r'(csrf_token"[^>]*value="|X-CSRFToken": ")[^"]*', "", html)


def test_security_32_reading_the_list_writes_one_entry_with_the_references_shown(
    roll: Any, cast: Cast, app: Flask
) -> None:
    browser = sign_in(app.test_client(), cast["homeroom_teacher"])
    browser.get("/students?q=zh")
    use_context(SYSTEM.context())
    reads = db.session.execute(
        text("select body, person_id from audit.access_log where kind = 'read' order by seq")
    ).all()
    assert len(reads) == 1
    assert reads[0].body["purpose"] == "students.list" and reads[0].person_id == cast["homeroom_teacher"].person_id
    assert 0 < len(reads[0].body["refs"]) <= 30


def test_security_32_opening_one_child_is_an_entry_of_its_own(roll: Any, cast: Cast, app: Flask) -> None:
    ref = refs(cast.units["shuangqiao"].id)[0]
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    page = browser.get(f"/students/{ref}")

    assert page.status_code == 200
    use_context(SYSTEM.context())
    entry = db.session.execute(
        text("select entity, body from audit.access_log where kind = 'read' order by seq desc limit 1")
    ).one()
    assert entry.entity == "students" and entry.body["purpose"] == "student.page"


def test_no_page_or_export_shows_an_id_or_phone_number(roll: dict[str, list[Any]], cast: Cast, app: Flask) -> None:
    row = roll["own"][0]
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    use_context(SYSTEM.context())
    ref = db.session.scalars(select(Student.ref).where(Student.student_no == row[1])).one()
    export = browser.post("/students/export")
    cells = [str(cell) for line in load_workbook(io.BytesIO(export.data)).active.values for cell in line]

    for seen in (browser.get(f"/students/{ref}").text, browser.get("/students").text, "\n".join(cells)):
        assert row[13] not in seen
        assert row[4] not in seen.replace(row[1], "")


def test_security_53_names_that_look_like_formulas_leave_as_text(cast: Cast, app: Flask) -> None:
    row = child(1, cast.units["shuangqiao"].code, "G7", 1)
    bulk.load_roster(cast.county.id, [(*row[:2], "=1+1", *row[3:])], DAY)
    browser = sign_in(app.test_client(), cast["school_coordinator"])

    sheet = load_workbook(io.BytesIO(browser.post("/students/export").data)).active
    assert sheet["B2"].value == "=1+1" and sheet["B2"].data_type == "s"


def test_security_17_an_export_needs_a_fresh_second_factor_and_is_written_down(
    roll: Any, cast: Cast, app: Flask
) -> None:
    stale = sign_in(app.test_client(), cast["school_coordinator"], fresh=False)
    assert stale.post("/students/export").status_code == 422

    fresh = sign_in(app.test_client(), cast["school_coordinator"])
    answer = fresh.post("/students/export")
    assert answer.status_code == 200 and answer.data.startswith(b"PK")
    use_context(SYSTEM.context())
    entry = db.session.execute(
        text("select body from audit.access_log where kind = 'read' order by seq desc limit 1")
    ).scalar_one()
    assert entry["purpose"] == "students.export" and len(entry["refs"]) == 40


def test_a_homeroom_teacher_cannot_export(roll: Any, cast: Cast, app: Flask) -> None:
    assert sign_in(app.test_client(), cast["homeroom_teacher"]).post("/students/export").status_code == 404


def test_the_list_is_searched_by_name_pinyin_and_initials(cast: Cast, app: Flask) -> None:
    base = child(1, cast.units["shuangqiao"].code, "G7", 1)
    bulk.load_roster(cast.county.id, [(*base[:2], "单晓雯", *base[3:])], DAY)
    actor = as_player(cast, "school_coordinator")

    for words in ("单晓", "shanxiaowen", "shan xiao", "sxw", base[1][:8]):
        assert queries.student_count(actor, StudentFilter(words)) == 1, words
    assert queries.student_count(actor, StudentFilter("dan")) == 0


def test_pages_of_the_list_follow_one_another_without_gaps(roll: Any, cast: Cast) -> None:
    actor = as_player(cast, "school_coordinator")
    seen, after = [], ""
    for _ in range(5):
        found = queries.students(actor, StudentFilter(order="name", after=after), 10)
        seen += [student.ref for student, _name in found[:10]]
        if len(found) <= 10:
            break
        after = found[9][0].ref
    assert len(seen) == len(set(seen)) == 40


def test_a_child_that_leaves_is_off_the_list_and_out_of_the_teachers_sight(roll: Any, cast: Cast, app: Flask) -> None:
    use_context(SYSTEM.context())
    group = db.session.scalars(
        select(SchoolClass.id).where(SchoolClass.id.in_(cast.actor("homeroom_teacher").classes))
    ).one()
    gone = db.session.scalars(select(Student).where(Student.class_id == group)).first()
    assert gone is not None
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    short = {"version": gone.version, "left_on": "2026-11-01", "reason": "转学"}
    assert browser.post(f"/students/{gone.ref}/leave", data=short).status_code == 422
    answer = browser.post(f"/students/{gone.ref}/leave", data={**short, "reason": "随父母迁往外省，已办转学手续"})

    assert answer.status_code == 303
    assert len(queries.students(as_player(cast, "homeroom_teacher"), StudentFilter(), 100)) == 29
    assert queries.student_count(as_player(cast, "school_coordinator"), StudentFilter(left=True)) == 1


def test_another_school_cannot_take_a_child_off_the_roll(roll: Any, cast: Cast, app: Flask) -> None:
    ref = refs(cast.units["shuangqiao"].id)[0]
    stranger: FlaskClient = sign_in(app.test_client(), cast["yuntai_coordinator"])
    given = {"version": 1, "left_on": str(DAY + timedelta(days=60)), "reason": "冒充别校登记离校，应当办不成"}
    assert stranger.post(f"/students/{ref}/leave", data=given).status_code == 404
