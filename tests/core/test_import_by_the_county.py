"""Lists of the whole county: at which school a child is on the roll, who comes back, and what taking a list back leaves."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.imports import operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import StepIn
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from app.people.directory.operations.students import EnrolmentAgain, EnrolmentEnd, end_enrolment, enrol_again
from tests.cast import Cast
from tests.core.imports.rosters import accepted, broken, carried_out, checked, uploaded
from tests.people.directory.rolls import child, children, workbook

REASON = "这批名册传错了学校，需要撤回重传"


def test_the_whole_county_comes_in_by_one_list_of_the_county(app: Flask, cast: Cast) -> None:
    rows = list(children([(cast.units["shuangqiao"].code, "G7"), (cast.units["chengguan"].code, "G8")], 80))
    batch = uploaded(cast, workbook(rows), who="evaluator")
    checked(cast, batch, who="evaluator")
    accepted(cast, batch, who="assessment_member")

    assert batch.school_id is None and batch.outcome == {"added": 80}


def test_a_child_that_moved_ends_at_the_old_school_by_the_countys_list(app: Flask, cast: Cast) -> None:
    old, new = cast.units["shuangqiao"], cast.units["chengguan"]
    row = child(1, old.code, "G7", 1)
    accepted(cast, checked(cast, uploaded(cast, workbook([row]))))

    batch = uploaded(cast, workbook([broken(row, 0, new.code)]), who="evaluator")
    accepted(cast, checked(cast, batch, who="evaluator"), who="assessment_member")

    use_context(SYSTEM.context())
    places = db.session.execute(
        select(Student.school_id, Student.left_on).where(Student.student_no == row[1]).order_by(Student.left_on)
    ).all()
    assert [(place.school_id, place.left_on is None) for place in places] == [(old.id, False), (new.id, True)]


def place_of(cast: Cast, row: Any) -> dict[str, bool]:
    """School → whether the child is on its roll."""
    use_context(SYSTEM.context())
    found = select(Student.school_id, Student.left_on).where(Student.student_no == row[1])
    keys = {unit.id: key for key, unit in cast.units.items()}
    return {keys[place.school_id]: place.left_on is None for place in db.session.execute(found)}


def listed_by_the_county(cast: Cast, row: Any) -> ImportBatch:
    batch = checked(cast, uploaded(cast, workbook([row]), who="evaluator"), who="evaluator")
    return accepted(cast, batch, who="assessment_member")


def test_a_child_that_comes_back_by_the_countys_list_was_away_in_between_and_a_rollback_says_so_again(
    app: Flask, cast: Cast, clock: Any
) -> None:
    def days() -> tuple[Any, Any]:
        use_context(SYSTEM.context())
        wanted = select(Student.from_on, Student.left_on).where(Student.school_id == cast.units["shuangqiao"].id)
        return tuple(db.session.execute(wanted).one())  # type: ignore[return-value]

    row = child(1, cast.units["shuangqiao"].code, "G7", 1)
    came = core_clock.today()
    listed_by_the_county(cast, row)
    clock.advance(days=3)
    left = core_clock.today()
    listed_by_the_county(cast, broken(row, 0, cast.units["chengguan"].code))
    assert days() == (came, left)
    clock.advance(days=3)
    batch = listed_by_the_county(cast, broken(row, 8, 2))
    assert days() == (core_clock.today(), None)
    operations.roll_back(cast.actor("assessment_member"), batch, StepIn(reason=REASON))
    carried_out(batch)
    assert days() == (came, left)


@pytest.mark.parametrize("last", ["back", "away"])
def test_what_the_school_recorded_by_hand_since_stands_when_a_list_is_taken_back(
    app: Flask, cast: Cast, last: str
) -> None:
    coordinator, row = cast.actor("school_coordinator"), child(1, cast.units["shuangqiao"].code, "G7", 1)
    listed_by_the_county(cast, row)

    def found() -> Student:
        use_context(SYSTEM.context())
        return db.session.scalars(select(Student).execution_options(populate_existing=True)).one()

    if last == "back":
        end_enrolment(coordinator, found(), EnrolmentEnd(found().from_on, REASON))
    batch = listed_by_the_county(cast, broken(row, 8, 2))
    listed_in = found().class_id
    if last == "back":
        assert listed_in is not None
        enrol_again(coordinator, found(), EnrolmentAgain(found().from_on, listed_in, REASON))
    else:
        end_enrolment(coordinator, found(), EnrolmentEnd(found().from_on, REASON))
    operations.roll_back(cast.actor("assessment_member"), batch, StepIn(reason=REASON))
    carried_out(batch)
    assert place_of(cast, row) == {"shuangqiao": last == "back"}
    assert found().class_id == listed_in and batch.state == "rolled_back"


def test_a_child_that_comes_back_is_on_the_roll_of_the_first_school_again(app: Flask, cast: Cast) -> None:
    row = child(1, cast.units["shuangqiao"].code, "G7", 1)
    away = broken(row, 0, cast.units["chengguan"].code)
    for one in (row, away):
        listed_by_the_county(cast, one)
    assert place_of(cast, row) == {"shuangqiao": False, "chengguan": True}
    batch = listed_by_the_county(cast, broken(row, 8, 2))
    assert batch.outcome == {"changed": 1, "removed": 1}
    assert place_of(cast, row) == {"shuangqiao": True, "chengguan": False}
    operations.roll_back(cast.actor("assessment_member"), batch, StepIn(reason=REASON))
    carried_out(batch)
    assert place_of(cast, row) == {"shuangqiao": False, "chengguan": True}


@pytest.mark.parametrize("who", ["school_coordinator", "evaluator"])
def test_who_left_for_good_and_is_still_listed_stays_away(app: Flask, cast: Cast, who: str) -> None:
    row = child(1, cast.units["shuangqiao"].code, "G7", 1)
    listed_by_the_county(cast, row)
    use_context(SYSTEM.context())
    found = db.session.scalars(select(Student)).one()
    end_enrolment(cast.actor("school_coordinator"), found, EnrolmentEnd(found.from_on, REASON))
    batch = checked(cast, uploaded(cast, workbook([broken(row, 8, 2)]), who=who), who=who)
    accepted(cast, batch, who="assessment_member" if who == "evaluator" else "principal")
    assert place_of(cast, row) == {"shuangqiao": False}


def test_a_schools_own_list_calls_nobody_back_from_another_school(app: Flask, cast: Cast) -> None:
    row = child(1, cast.units["shuangqiao"].code, "G7", 1)
    for key in ("shuangqiao", "chengguan"):
        listed_by_the_county(cast, broken(row, 0, cast.units[key].code))
    accepted(cast, checked(cast, uploaded(cast, workbook([broken(row, 8, 2)]))))
    assert place_of(cast, row) == {"shuangqiao": False, "chengguan": True}


def test_the_countys_list_ends_the_place_at_a_school_that_did_not_take_the_child_off(app: Flask, cast: Cast) -> None:
    row = child(1, cast.units["shuangqiao"].code, "G7", 1)
    there = broken(row, 0, cast.units["yuntai"].code)
    accepted(cast, checked(cast, uploaded(cast, workbook([row]))))
    batch = checked(cast, uploaded(cast, workbook([there]), who="yuntai_coordinator"), who="yuntai_coordinator")
    accepted(cast, batch, who="yuntai_principal")
    assert place_of(cast, row) == {"shuangqiao": True, "yuntai": True}
    assert listed_by_the_county(cast, broken(there, 8, 2)).outcome == {"changed": 1, "removed": 1}
    assert place_of(cast, row) == {"shuangqiao": False, "yuntai": True}
