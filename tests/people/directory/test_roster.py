"""Rosters written many at a time."""

import uuid
from datetime import date

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.errors import ImportRefused
from app.core.imports.models import ImportBatch
from app.core.policy.actor import SYSTEM
from app.core.vault import Place
from app.people.directory import bulk
from app.people.directory.models import SchoolClass, Student
from app.people.directory.roster import A_PORTION
from tests.care.rainbow.test_erased_under_a_run import HELD, in_turn
from tests.cast import Cast
from tests.people.directory.rolls import child, children

DAY = date(2026, 9, 1)
COPIED = """insert into students (ref, county_id, class_id, school_id, batch_id, student_no, name, gender, birth_date, grade, from_on)
select 'another', county_id, {0}, {1}, left(student_no, 18), name, gender, birth_date, grade, from_on from students"""
"""Another child of the roll, with this class and school, and this import."""
EMPTY = "where id <> :class and id not in (select class_id from teaching_duties)"


def on_the_roll(school_id: object) -> int:
    use_context(SYSTEM.context())
    return db.session.scalar(select(func.count()).select_from(Student).where(Student.school_id == school_id)) or 0


def test_a_roll_is_written_with_its_classes_in_one_act_with_one_entry(app: Flask, cast: Cast) -> None:
    rows = list(children([(s.code, "G7" if s.code[:2] == "31" else "G4") for s in cast.schools[:2]], 200))
    before = db.session.execute(text("select seq from audit.head()")).scalar() or 0

    written = bulk.load_roster(cast.county.id, rows, DAY)

    assert written.as_dict() == {"added": 200}
    assert (db.session.execute(text("select seq from audit.head()")).scalar() or 0) == before + 1
    use_context(SYSTEM.context())
    entry = db.session.execute(text("select body from audit.access_log order by seq desc limit 1")).scalar_one()
    assert entry["rows"] == 200 and len(entry["digest"]) == 64
    assert db.session.scalar(select(func.count()).select_from(SchoolClass).where(SchoolClass.school_year == 2026)) >= 5


def test_id_and_phone_numbers_are_sealed_and_open_only_in_their_own_row(app: Flask, cast: Cast) -> None:
    row = child(7, cast.units["shuangqiao"].code, "G7", 1)
    bulk.load_roster(cast.county.id, [row], DAY)

    use_context(SYSTEM.context())
    kept = db.session.scalars(select(Student).where(Student.student_no == row[1])).one()
    place = Place(kept.school_id, "students", kept.id, "private")
    assert kept.private is not None and row[4].encode() not in kept.private
    assert row[4] in current_app.extensions["bihuan.vault"].open_text(place, kept.private)
    everything = db.session.execute(
        text("select to_jsonb(s)::text from students s where id = :id"), {"id": kept.id}
    ).scalar_one()
    assert row[13] not in everything
    assert row[4] not in everything.replace(row[1], "")


def test_the_same_roll_again_changes_nothing(app: Flask, cast: Cast) -> None:
    rows = list(children([(cast.units["shuangqiao"].code, "G7")], 60))
    bulk.load_roster(cast.county.id, rows, DAY)

    assert bulk.load_roster(cast.county.id, rows, DAY).as_dict() == {"same": 60}


def test_a_changed_child_is_changed_and_nobody_is_taken_off(app: Flask, cast: Cast) -> None:
    school = cast.units["shuangqiao"]
    rows = list(children([(school.code, "G7")], 40))
    bulk.load_roster(cast.county.id, rows, DAY)
    other_class = (*rows[0][:8], 9, *rows[0][9:])

    assert bulk.load_roster(cast.county.id, [other_class], DAY).as_dict() == {"changed": 1}
    assert on_the_roll(school.id) == 40


def test_an_id_number_under_two_student_numbers_of_a_school_is_refused_naming_both(app: Flask, cast: Cast) -> None:
    school = cast.units["shuangqiao"]
    row = child(1, school.code, "G7", 1)
    bulk.load_roster(cast.county.id, [row], DAY)
    again = (row[0], "L33000020130101" + "0001", *row[2:])

    with pytest.raises(ImportRefused, match=row[1]):
        bulk.load_roster(cast.county.id, [again], DAY)
    assert on_the_roll(school.id) == 1


def test_two_schools_may_hold_the_same_id_number_without_learning_of_each_other(app: Flask, cast: Cast) -> None:
    here, there = cast.units["shuangqiao"], cast.units["chengguan"]
    row = child(1, here.code, "G7", 1)
    bulk.load_roster(cast.county.id, [row], DAY)
    bulk.load_roster(cast.county.id, [(there.code, *row[1:])], DAY)

    use_context(SYSTEM.context())
    indexes = set(db.session.scalars(select(Student.id_index).where(Student.student_no == row[1])))
    assert len(indexes) == 2


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("update students set class_id = :their_class", "class_of_school"),
        ("update students set school_id = :their_school", "class_of_school"),
        ("update students set county_id = :their_county", "class_of_school"),
        ("update students set class_id = null, county_id = :their_county", "school_of_county"),
        ("update students set class_id = null, school_id = :nobody", "school_of_county"),
        ("delete from school_classes where id in (select class_id from students)", "class_of_school"),
        ("update school_classes set county_id = :their_county where id = :class", "of_county|class_of_school"),
        ("update students set class_id = null", ""),
    ],
)
def test_a_child_sits_in_a_class_of_its_own_school_and_county_or_in_none(
    app: Flask, cast: Cast, change: str, constraint: str
) -> None:
    school, theirs = cast.units["shuangqiao"], cast.units["chengguan"]
    bulk.load_roster(cast.county.id, [child(1, school.code, "G7", 2)], DAY)
    use_context(SYSTEM.context())
    given = {
        "their_class": cast.classes["chengguan"], "their_school": theirs.id, "their_county": cast.other_county.id,
        "nobody": uuid7(), "class": db.session.scalar(select(Student.class_id)),
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.move"):
        tried = db.session.begin_nested()
        if constraint:
            with pytest.raises(IntegrityError, match=constraint):
                db.session.execute(text(change), given)
            tried.rollback()
        else:
            db.session.execute(text(change), given)
            assert db.session.scalar(text("select bool_and(classless_in = school_id) from students"))
            tried.rollback()


def test_numbers_far_apart_in_one_list_are_compared_all_the_same(app: Flask, cast: Cast) -> None:
    code = cast.units["shuangqiao"].code
    rows = list(children([(code, "G7")], A_PORTION + 50))
    rows[-1] = (*rows[-1][:4], rows[0][4], *rows[-1][5:])
    with pytest.raises(ImportRefused, match=rows[0][1]):
        bulk.load_roster(cast.county.id, rows, DAY)

    early = [rows[0], (*rows[1][:4], rows[2][4], *rows[1][5:]), *rows[2:]]
    with pytest.raises(ImportRefused) as refused:
        bulk.load_roster(cast.county.id, early, DAY)
    told = [sentence.zh for sentence in refused.value.sentences]
    assert len(told) == 2 and any(rows[2][1] in one for one in told) and any(rows[0][1] in one for one in told)
    assert on_the_roll(cast.units["shuangqiao"].id) == 0

    assert bulk.load_roster(cast.county.id, rows[:-1], DAY).as_dict() == {"added": A_PORTION + 49}
    moved = [(*row[:8], 19, *row[9:]) for row in rows[A_PORTION - 2 : A_PORTION + 2]]
    assert bulk.load_roster(cast.county.id, rows[: A_PORTION - 2] + moved, DAY).as_dict() == {
        "same": A_PORTION - 2 + sum(row[8] == 19 for row in rows[A_PORTION - 2 : A_PORTION + 2]),
        "changed": sum(row[8] != 19 for row in rows[A_PORTION - 2 : A_PORTION + 2]),
    }


def test_the_database_knows_how_many_classes_a_first_roll_brought_before_it_looks_each_of_them_up(
    app: Flask, cast: Cast
) -> None:
    counted = text("select reltuples::int from pg_class where oid = 'school_classes'::regclass")
    bulk.load_roster(cast.county.id, children([(s.code, "G4") for s in cast.schools[:2]], 400), DAY)
    use_context(SYSTEM.context())
    assert db.session.scalar(counted) == db.session.scalar(select(func.count()).select_from(SchoolClass)) > 0


@pytest.mark.parametrize(
    ("change", "held_by"),
    [
        ("update students set class_id = :nobody", "class_of_school"),
        ("update students set batch_id = :nobody", "fk_students_batch_id"),
        ("update students set batch_id = :batch", ""),
        ("delete from import_batches", "fk_students_batch_id"),
        ("update import_batches set id = :nobody", "fk_students_batch_id"),
        ("update school_classes set id = :nobody where id = :class", "class_of_school"),
        (f"delete from school_classes {EMPTY}", ""),
        (COPIED.format("class_id, :theirs", "null"), "class_of_school"),
        (COPIED.format(":nobody, school_id", "null"), "class_of_school"),
        (COPIED.format("class_id, school_id", ":nobody"), "fk_students_batch_id"),
        (COPIED.format("class_id, school_id", ":batch"), ""),
    ],
)
def test_a_child_is_held_to_its_class_and_to_the_import_that_wrote_it(
    app: Flask, cast: Cast, change: str, held_by: str
) -> None:
    school = cast.units["shuangqiao"]
    bulk.load_roster(cast.county.id, [child(1, school.code, "G7", 2)], DAY)
    with trail.act(SYSTEM, "system", "test.hold"):
        batch = ImportBatch(
            kind="students", state="accepted", county_id=cast.county.id, school_id=school.id, unit_id=school.id,
            owner_id=cast["school_coordinator"].person_id, file_name="a.csv", file_sha256="0" * 64, file_size=1,
        )  # fmt: skip
        db.session.add(batch)
        db.session.flush()
        db.session.execute(text("update students set batch_id = :batch"), {"batch": batch.id})
        given = {
            "nobody": uuid7(), "batch": batch.id, "class": db.session.scalar(select(Student.class_id)),
            "theirs": cast.units["chengguan"].id,
        }  # fmt: skip
        tried = db.session.begin_nested()
        if held_by:
            with pytest.raises(IntegrityError, match=held_by):
                db.session.execute(text(change), given)
        else:
            db.session.execute(text(change), given)
        tried.rollback()


def class_of(cast: Cast) -> uuid.UUID:
    """The class of one child, by whom and whose class the roll begins."""
    bulk.load_roster(cast.county.id, [child(1, cast.units["shuangqiao"].code, "G7", 2)], DAY)
    use_context(SYSTEM.context())
    found = db.session.scalars(select(Student.class_id)).one()
    db.session.close()
    assert found is not None
    return found


def seat(one: uuid.UUID) -> int:
    """Have a child sit in this class anew, as an import would."""
    return db.session.execute(text(COPIED.format("cast(:one as uuid), school_id", "null")), {"one": one}).rowcount  # type: ignore[attr-defined,no-any-return]


def clear(one: uuid.UUID) -> int:
    return db.session.execute(text("delete from school_classes where id = :one"), {"one": one}).rowcount  # type: ignore[attr-defined,no-any-return]


def other_class(beside: uuid.UUID) -> uuid.UUID:
    """A class of the same school in which nobody sits."""
    with trail.act(SYSTEM, "system", "test.class"):
        return db.session.execute(
            text(
                """insert into school_classes (county_id, school_id, school_year, grade, class_no, name)
                   select county_id, school_id, school_year, grade, 99, '九十九班' from school_classes where id = :one
                   returning id"""
            ),
            {"one": beside},
        ).scalar_one()


@pytest.mark.parametrize("first", ["sits down", "is taken away"])
def test_a_class_is_not_taken_away_under_who_sits_down_in_it(committed: Flask, cast: Cast, first: str) -> None:
    empty = other_class(class_of(cast))
    deeds = [lambda: seat(empty), lambda: clear(empty)]
    (one, other), waited = in_turn(committed, *(deeds if first == "sits down" else deeds[::-1]))
    assert one == 1 and isinstance(other, IntegrityError) and "class_of_school" in str(other)
    assert waited > HELD / 2, "it did not wait for what becomes of the class"
