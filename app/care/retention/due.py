"""What is due: which students' data of a class have reached their period today, and what is held; set-based SQL throughout."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from app.care.retention.classes import RetentionClass, classes
from app.care.retention.models import OPEN, RetentionDue, RetentionHold, RetentionPeriod
from app.core import clock
from app.core.casework.records import MOVABLES
from app.core.database import db
from app.core.erasure import Part, filled, table_of

HOLDING = (
    "critical_alerts", "rights_requests", "break_glass", "identity_grants", "emergency_notices", "handovers",
    "code_change_requests",
)  # fmt: skip
"""Matters of a student that hold everything of that student while they are open."""
ADULT = 18
TO_AUTUMN = 4
"""Months from which a day counts to the school year that ends in the next August: it begins on 1 September."""


def years_of(county: uuid.UUID | None) -> dict[str, int]:
    """Class → years in force in a county: what its bureau approved, else the default of the settings file."""
    wanted = select(RetentionPeriod.class_code, RetentionPeriod.years).where(
        RetentionPeriod.county_id == county, RetentionPeriod.state == "active"
    )
    set_here: dict[str, int] = {row.class_code: row.years for row in db.session.execute(wanted)}
    return {code: set_here.get(code, one.years) for code, one in classes().items()}


def due_of(county: uuid.UUID, one: RetentionClass, years: int) -> Select[Any]:
    """(student, school, day) of everybody in the county whose data of the class have reached their period today."""
    return _by_record(county, one, years) if one.counted == "record" else _by_leaving(county, one, years)


def _gone(county: uuid.UUID) -> Any:
    """Students of the county who are on no roll of it any more, with the last day on which they were."""
    students = table_of("students")
    same = {"partition_by": [students.c.county_id, students.c.student_no]}
    here = func.bool_or(students.c.left_on.is_(None)).over(**same)  # type: ignore[arg-type]
    last = func.max(students.c.left_on).over(**same)  # type: ignore[arg-type]
    found = select(
        students.c.id, students.c.school_id, students.c.birth_date, case((here, None), else_=last).label("left_on")
    ).where(students.c.county_id == county)
    return found.subquery("gone")


def away(one: RetentionClass, due: Any = RetentionDue) -> ColumnElement[bool]:
    """The student of a row of the list is still on no roll of the county; always for what is counted by record."""
    if one.counted == "record":
        return true()
    mine, there = table_of("students").alias(), table_of("students").alias()
    same = and_(there.c.county_id == mine.c.county_id, there.c.student_no == mine.c.student_no)
    return ~exists().where(mine.c.id == due.subject_id, same, there.c.left_on.is_(None))


def _by_leaving(county: uuid.UUID, one: RetentionClass, years: int) -> Select[Any]:
    gone = _gone(county)
    day = _day(one, years, gone).label("day")
    anything = [exists().where(filled(_part_of(table, gone.c.id, emptied))) for table, emptied in one.tables()]
    wanted = select(gone.c.id, gone.c.school_id, day).where(
        gone.c.left_on.is_not(None), day.element <= clock.today(), or_(*anything)
    )
    return wanted.where(~_anything_else(gone.c.id, one)) if one.code == "roll" else wanted


def _part_of(table: Table, student: Any, emptied: Any) -> Part:
    return Part(table, _whose(table) == student, emptied)


def _whose(table: Table) -> Any:
    return table.c.id if table.name == "students" else table.c.student_id


def _anything_else(student: Any, roll: RetentionClass) -> ColumnElement[bool]:
    """Rows of any other class are left: the roll goes last."""
    names = {name for other in classes().values() if other.code != roll.code for name in other.parts}
    return or_(*(exists().where(table_of(name).c.student_id == student) for name in sorted(names)))


def _day(one: RetentionClass, years: int, gone: Any) -> ColumnElement[date]:
    """The first day on which the data of a class are no longer kept."""
    left, after = gone.c.left_on, func.make_interval(years)
    if one.counted == "school_years":
        ended = cast(func.extract("year", left + func.make_interval(0, TO_AUTUMN)), Integer)
        return func.make_date(ended + years, 9, 1)
    if one.counted == "leaving":
        return cast(left + after, Date)
    return cast(func.greatest(gone.c.birth_date + func.make_interval(ADULT), left + after), Date)


def _by_record(county: uuid.UUID, one: RetentionClass, years: int) -> Select[Any]:
    parts = [
        select(table.c.student_id, table.c.school_id, _settled(table, years).label("day")).where(
            table.c.county_id == county, over(table, years)
        )
        for table, _emptied in one.tables()
    ]
    found = union_all(*parts).subquery("settled")
    first: Any = func.min(found.c.day)
    return select(found.c.student_id, found.c.school_id, first).group_by(found.c.student_id, found.c.school_id)


def _settled(table: Table, years: int) -> ColumnElement[date]:
    ended = func.timezone("Asia/Shanghai", table.c.state_since)
    return cast(ended + func.make_interval(years), Date)


def over(table: Table, years: int) -> ColumnElement[bool]:
    """A row of a class that is counted by record: settled, and so many years ago."""
    return and_(table.c.state.in_(finals(table.name)), _settled(table, years) <= clock.today())


def finals(table: str) -> list[str]:
    """The states of a table's records in which nothing is left to be done."""
    return [state.code for state in MOVABLES[table].workflow.states if state.final]


def parts_of(one: RetentionClass, years: int, subjects: Any) -> list[Part]:
    """What is erased of a class for the students whose ids `subjects` selects."""
    found = []
    for table, emptied in one.tables():
        which = _whose(table).in_(subjects)
        found.append(Part(table, and_(which, over(table, years)) if one.counted == "record" else which, emptied))
    return found


def held(due: Any = RetentionDue) -> ColumnElement[str]:
    """Why a row of the list is held today: the ground of a hold, `open` for an open matter, empty for nothing."""
    hold = RetentionHold
    by_hand = (
        select(func.min(hold.ground))
        .where(
            hold.county_id == due.county_id, hold.lifted_on.is_(None), hold.until_on >= clock.today(),
            or_(hold.class_code.is_(None), hold.class_code == due.class_code),
            or_(hold.school_id.is_(None), hold.school_id == due.school_id),
            or_(hold.record_id.is_(None), hold.record_id == due.subject_id),
        )
        .scalar_subquery()
    )  # fmt: skip
    return func.coalesce(by_hand, case((or_(*_open_matters(due)), OPEN), else_=""))


def _open_matters(due: Any) -> Sequence[ColumnElement[bool]]:
    found = []
    for name in HOLDING:
        table = table_of(name)
        found.append(exists().where(table.c.student_id == due.subject_id, table.c.state.not_in(finals(name))))
    return found


def rows_for(county: uuid.UUID, one: RetentionClass, years: int) -> Select[Any]:
    """The rows of the list, in the order of its columns."""
    found = due_of(county, one, years).subquery("due")
    student, school, day = found.c
    return select(
        literal(county).label("county_id"), school, literal(one.code).label("class_code"), student, day,
        literal(clock.now()).label("seen_at"),
    )  # fmt: skip
